"""Fill an empty database with the demo city and one account for each role."""

import json
import os
from argparse import ArgumentParser
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import models, transaction
from django.utils import timezone

from accounts import audit
from accounts.actions.accounts import create_account, one_time_password
from accounts.models import User
from accounts.rules import SCOPE_KINDS, Role
from evaluation.actions.coverage import drain_coverage
from organizations.models import PartyOrganization, SocialOrganization, SupervisingUnit, Township
from organizations.rules.vocabulary import PartyKind
from shishi_portal.demo.affairs import seed_affairs
from shishi_portal.demo.areas import CITY_CODE
from shishi_portal.demo.city import build_city
from shishi_portal.demo.life import build_life, set_bodies, set_steps
from shishi_portal.demo.ratings import seed_ratings
from shishi_portal.demo.roster import build_roster
from shishi_portal.demo.years import live_two_years

SEED = 20191016


class Command(BaseCommand):
    help = "在空数据库中建立演示城市(虚构数据,总数与 2019 年案例一致)和各角色演示账号"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--if-empty", action="store_true", help="已有数据时什么也不做")
        parser.add_argument("--print-accounts", action="store_true", help="只显示演示账号")
        parser.add_argument("--today", type=date.fromisoformat, help="演示城市的“今天”")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["print_accounts"]:
            self.print_accounts()
            return
        if Township.objects.exists() or SocialOrganization.objects.exists():
            if not options["if_empty"]:
                raise CommandError("数据库中已有数据,演示城市只能建在空数据库中。")
            self._refresh_passwords()
            return
        self.stdout.write("正在建立演示城市(虚构数据)……")
        seed(options["today"] or timezone.localdate())
        passwords = create_demo_accounts()
        _write_passwords(passwords)
        seed_affairs()
        drain_coverage()

    def print_accounts(self) -> None:
        passwords = _read_passwords()
        users = User.objects.filter(username__in=passwords).order_by("pk")
        if not users:
            return
        self.stdout.write("  演示账号(虚构数据,请勿用于正式环境):")
        shown: set[str] = set()
        for user in users:
            if user.role in shown:
                continue
            shown.add(user.role)
            more = (
                "  另有 township-<区划代码> 各镇账号" if user.role == Role.TOWNSHIP_OFFICER else ""
            )
            line = f"    {user.username:<22} {passwords[user.username]:<18} "
            self.stdout.write(f"{line}{Role(user.role).label}{more}")
        officers = {u.username: passwords[u.username] for u in users if u.username in passwords}
        if len(set(officers.values())) > 1:
            self.stdout.write(f"    全部密码:{_passwords_file()}")

    def _refresh_passwords(self) -> None:
        """DEMO_PASSWORD given at a later start holds for the accounts that are there already."""
        chosen = os.environ.get("DEMO_PASSWORD")
        passwords = _read_passwords()
        if not chosen or not passwords or set(passwords.values()) == {chosen}:
            return
        for user in User.objects.filter(username__in=passwords):
            user.set_password(chosen)
            user.must_change_password = False
            user.save(update_fields=["password", "must_change_password"])
            passwords[user.username] = chosen
        _write_passwords(passwords)


@transaction.atomic
def seed(today: date) -> None:
    """Save the demo city of this day; the database must be empty."""
    random = Random(SEED)  # noqa: S311 - invented data, the same on every machine
    city = build_city(random, today)
    set_bodies(city)
    set_steps(city)
    # secretaries are members: the past of the organizations names them
    roster = build_roster(random, today, city.parties, city.links)
    life = build_life(city)
    for records in (
        *(city.townships, city.units, city.bodies, city.organizations, city.parties),
        *(city.links, city.instructors, city.assignments, *life.batches(), *roster.batches()),
    ):
        _save(records)
    # a source of its own: what the years hold does not move what was drawn before
    live_two_years(Random(SEED + 1), today)  # noqa: S311
    seed_ratings(Random(SEED + 2), today, CITY_CODE)  # noqa: S311
    audit.record(by=None, action="demo.seed", after={"day": today, "seed": SEED})


def _save(records: Sequence[models.Model]) -> None:
    """Save in bulk; relations to records saved a moment ago take over their keys."""
    if not records:
        return
    model = type(records[0])
    relations = [f for f in model._meta.concrete_fields if isinstance(f, models.ForeignKey)]
    for record in records:
        for relation in relations:
            related = relation.get_cached_value(record, default=None)
            if related is not None:
                setattr(record, relation.attname, related.pk)
    model._default_manager.bulk_create(records, batch_size=500)


def create_demo_accounts() -> dict[str, str]:
    """One account a role, a township officer for each township; returns their passwords."""
    unit = SupervisingUnit.objects.order_by("code").first()
    party = PartyOrganization.objects.filter(kind=PartyKind.STANDING, level="branch").first()
    accounts = [
        ("city", Role.CITY_STAFF, CITY_CODE, "市委组织部演示账号"),
        *(
            (f"township-{t.code}", Role.TOWNSHIP_OFFICER, t.code, f"{t.name}工作站演示账号")
            for t in Township.objects.order_by("code")
        ),
        ("committee", Role.COMMITTEE_STAFF, CITY_CODE, "综合党委演示账号"),
        ("unit", Role.UNIT_STAFF, unit.code if unit else "", "业务主管单位演示账号"),
        ("secretary", Role.SECRETARY, party.code if party else "", "党组织书记演示账号"),
        ("leader", Role.LEADER, CITY_CODE, "领导演示账号"),
        ("sysadmin", Role.SYSTEM_ADMIN, "", "系统管理员演示账号"),
        ("secadmin", Role.SECURITY_ADMIN, "", "安全管理员演示账号"),
        ("auditor", Role.AUDIT_ADMIN, "", "审计管理员演示账号"),
    ]
    chosen = os.environ.get("DEMO_PASSWORD")
    passwords = {}
    for username, role, scope, name in accounts:
        if role in SCOPE_KINDS and not scope:
            continue
        password = chosen or one_time_password()
        create_account(
            username=username,
            role=role,
            scope_code=scope,
            display_name=name,
            password=password,
            must_change_password=False,
            by=None,
        )
        passwords[username] = password
    return passwords


def _passwords_file() -> Path:
    return Path(settings.LOCAL_DIR) / "demo_accounts.json"


def _read_passwords() -> dict[str, str]:
    try:
        return json.loads(_passwords_file().read_text())
    except FileNotFoundError:
        return {}


def _write_passwords(passwords: dict[str, str]) -> None:
    path = _passwords_file()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_text(json.dumps(passwords, indent=1))
