"""A small invented city for tests: short makers with sensible defaults."""

from collections.abc import Sequence
from datetime import date
from itertools import count
from typing import Any

from django.test import Client
from stdnum.cn import uscc

from accounts.actions.sessions import begin_session
from accounts.models import User
from accounts.views.sign_in import BACKEND
from organizations.models import (
    CoverageLink,
    Instructor,
    InstructorAssignment,
    PartyOrganization,
    SocialOrganization,
    SupervisingUnit,
    Township,
)

CITY = "990101"
FIRST, SECOND, THIRD = "990101001", "990101002", "990101003"
NAMES = {FIRST: "东风街道", SECOND: "西岭镇", THIRD: "南港镇"}
DAY = date(2019, 10, 16)
_number = count(1)

# a hash of a password costs a tenth of a second; tests that sign in by form set their own
UNUSABLE = "!"


def make_user(username: str, role: str, scope: str = "", **fields: Any) -> User:
    values = {"person_code": username, "password": UNUSABLE, **fields}
    return User.objects.create(username=username, role=role, scope_code=scope, **values)


def sign_in(client: Client, user: User) -> None:
    """Give the client a session of this user, as the sign-in page does."""
    client.force_login(user, backend=BACKEND)
    session = client.session
    session["second_factor"] = True
    session.save()
    begin_session(user=user, session_key=session.session_key or "", agent="test", how="测试")


def credit_code(number: int, prefix: str = "51") -> str:
    stem = f"{prefix}{CITY}TXT{number:06d}"
    return stem + uscc.calc_check_digit(stem)


def make_township(code: str = FIRST, name: str | None = None, **fields: Any) -> Township:
    return Township.objects.get_or_create(
        code=code, defaults={"name": name or NAMES.get(code, f"镇{code}"), **fields}
    )[0]


def make_unit(name: str = "市民政局") -> SupervisingUnit:
    code = f"{CITY}U{next(_number):04d}"
    return SupervisingUnit.objects.get_or_create(
        name=name, area_code=CITY, defaults={"code": code}
    )[0]


def make_organization(township: str = FIRST, **fields: Any) -> SocialOrganization:
    number = next(_number)
    values: dict[str, Any] = {
        "name": f"第{number}商会",
        "credit_code": credit_code(number),
        "category": "social_group",
        "registered_on": date(2010, 1, 1),
        "township": make_township(township),
        **fields,
    }
    return SocialOrganization.objects.create(**values)


def make_party(township: str = FIRST, **fields: Any) -> PartyOrganization:
    number = next(_number)
    values: dict[str, Any] = {
        "code": f"{CITY}{number:05d}",
        "name": f"第{number}党支部",
        "kind": "standing",
        "level": "branch",
        "founded_on": date(2012, 1, 1),
        "township": make_township(township),
        **fields,
    }
    return PartyOrganization.objects.create(**values)


def make_link(
    organization: SocialOrganization, party: PartyOrganization | None = None, **fields: Any
) -> CoverageLink:
    values: dict[str, Any] = {"mode": "solo", "valid_from": date(2015, 1, 1), **fields}
    return CoverageLink.objects.create(
        social_organization=organization,
        party_organization=party or make_party(organization.township_id),
        **values,
    )


def make_instructor(township: str = FIRST, **fields: Any) -> Instructor:
    number = next(_number)
    values: dict[str, Any] = {"code": f"Z{number}", "name": f"指导员{number}", **fields}
    return Instructor.objects.create(township=make_township(township), **values)


def make_assignment(organization: SocialOrganization, **fields: Any) -> InstructorAssignment:
    values: dict[str, Any] = {"valid_from": date(2015, 1, 1), **fields}
    values.setdefault("instructor", make_instructor(organization.township_id))
    return InstructorAssignment.objects.create(social_organization=organization, **values)


def make_city(
    covered: Sequence[str] = (FIRST, FIRST, SECOND), uncovered: Sequence[str] = ()
) -> None:
    """Townships first to third; one covered organization each of `covered`, and so on."""
    for code in (FIRST, SECOND, THIRD):
        make_township(code)
    for code in covered:
        make_link(make_organization(code))
    for code in uncovered:
        make_organization(code)
