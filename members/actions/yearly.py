"""Pledges, training and honours of members; parameters of the roster."""

from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction

from accounts import audit
from accounts.access import require
from accounts.models import User
from accounts.rules import Right
from members.access import require_reach
from members.models import Honour, Member, Pledge, RosterParameter, Training
from members.models.move import current_membership
from members.rules.parameters import Parameter
from organizations.actions.versions import require_reason


def _reach(member: Member, by: User | None) -> None:
    current = current_membership(member.pk)
    if current is None:
        raise ValidationError("这名党员现在不属于任何党组织。")
    require_reach(by, current.party_organization)


@transaction.atomic
def save_pledge(*, member: Member, year: int, values: dict[str, Any], by: User | None) -> Pledge:
    """承诺, later completed by 践诺 and 评诺; one a year."""
    _reach(member, by)
    pledge = Pledge.objects.select_for_update().filter(member=member, year=year).first()
    pledge = pledge or Pledge(member=member, year=year)
    names = list(values)
    before = audit.snapshot(pledge, names) if pledge.pk else None
    for name, value in values.items():
        setattr(pledge, name, value)
    pledge.full_clean()
    pledge.save()
    verb = "change" if before else "create"
    audit.record(
        by=by,
        action=f"pledge.{verb}",
        object=member,
        before=before,
        after={"year": year, **values},
    )
    return pledge


def _add(record: models.Model, noun: str, member: Member, by: User | None) -> None:
    _reach(member, by)
    record.full_clean()
    record.save()
    audit.record(by=by, action=f"{noun}.create", object=member, after={"what": str(record)})


@transaction.atomic
def add_training(*, member: Member, values: dict[str, Any], by: User | None) -> Training:
    training = Training(member=member, **values)
    _add(training, "training", member, by)
    return training


@transaction.atomic
def add_honour(*, member: Member, values: dict[str, Any], by: User | None) -> Honour:
    honour = Honour(member=member, **values)
    _add(honour, "honour", member, by)
    return honour


@transaction.atomic
def remove_record(*, record: Training | Honour, reason: str, by: User | None) -> None:
    """Take away what was entered by mistake; the audit log keeps all that it said, and why."""
    _reach(record.member, by)
    text = require_reason(reason, "请写明删除的理由。")
    noun = str(record._meta.model_name)
    names = [f.name for f in record._meta.concrete_fields if f.name not in ("id", "member")]
    before = {"what": str(record), **audit.snapshot(record, names)}
    audit.record(by=by, action=f"{noun}.delete", object=record.member, before=before, reason=text)
    record.delete()


@transaction.atomic
def set_parameter(*, name: Parameter, year: int, value: Decimal, by: User) -> RosterParameter:
    """Set a number of the roster from a year on; the city's own staff only."""
    require(by, Right.DECIDE_MEMBERS)
    if not by.scope.is_area or len(by.scope.code) > 6:
        raise ValidationError("参数由市级统一设定。")
    row = RosterParameter.objects.select_for_update().filter(name=name, year=year).first()
    before = {"value": row.value} if row else None
    row = row or RosterParameter(name=name.value, year=year)
    row.value = value
    row.full_clean()
    row.save()
    audit.record(
        by=by,
        action="roster_parameter.change",
        object=row,
        before=before,
        after={"value": value, "year": year},
    )
    return row
