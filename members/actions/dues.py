"""党费: bases of a year, what is due in a month, what was paid."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from members.access import require_reach
from members.models import DuesBase, DuesMonth, Member, Membership
from members.models.dues import bands_of, due_of, takes_dues
from members.models.move import current_membership
from members.rules.dates import month_of, next_month
from members.rules.vocabulary import Payer
from organizations.actions.versions import locked
from organizations.models import PartyOrganization

LATEST_SUPPLEMENT_MONTHS = 6


@dataclass(frozen=True)
class Payment:
    """What one member paid for the month, and on which day; nothing paid has no day."""

    paid: Decimal
    paid_on: date | None
    note: str = ""


@transaction.atomic
def set_base(
    *,
    member: Member,
    year: int,
    payer: Payer,
    base: Decimal,
    by: User | None,
    reduced_to: Decimal | None = None,
    document: str = "",
) -> DuesBase:
    """Fix a member's base of a year; months without a payment follow it.

    Paying less or nothing needs the number of the superior's approval.
    """
    stored = locked(member)
    current = current_membership(stored.pk)
    if current is None:
        raise ValidationError("这名党员现在不属于任何党组织。")
    require_reach(by, current.party_organization)
    if (reduced_to is not None or payer == Payer.EXEMPT) and not document.strip():
        raise ValidationError({"document": "少交或免交须经上级党组织批准,请填写批准文号。"})
    row = DuesBase.objects.filter(member=stored, year=year).first()
    row = row or DuesBase(member=stored, year=year)
    before = {"payer": row.payer, "base": row.base} if row.pk else None
    row.payer, row.base = payer.value, base
    row.reduced_to, row.document = reduced_to, document
    row.full_clean()
    row.save()
    unpaid = DuesMonth.objects.filter(member=stored, month__year=year, paid=0)
    unpaid.update(payer=row.payer, base=row.base, due=due_of(row, bands_of(year)))
    audit.record(
        by=by,
        action="member.set_dues_base",
        object=stored,
        before=before,
        after={"year": year, "payer": row.payer, "base": base, "reduced_to": reduced_to},
        reason=document,
    )
    return row


def payers_of(party: PartyOrganization, month: date) -> list[Member]:
    """Who pays here for the month: whoever's first day of it as a member was spent here."""
    first, after = month_of(month), next_month(month)
    rows = Membership.objects.filter(valid_from__lt=after).exclude(valid_to__lte=first)
    here = rows.filter(party_organization=party).values("member")
    earliest: dict[int, Membership] = {}
    for row in rows.filter(member__in=here).select_related("member").order_by("valid_from"):
        earliest.setdefault(row.member_id, row)
    own = [row.member for row in earliest.values() if row.party_organization_id == party.pk]
    return sorted(own, key=lambda member: (member.pinyin, member.pk))


@transaction.atomic
def open_month(*, party: PartyOrganization, month: date, by: User | None) -> list[DuesMonth]:
    """Make the month's sheet: one row for everyone who pays here and has none yet."""
    require_reach(by, party)
    month = month_of(month)
    if not takes_dues(party, month.year):
        raise ValidationError("兼合式党组织和临时党支部不收缴党费,由党员组织关系所在的党组织收缴。")
    if month > month_of(timezone.localdate()):
        raise ValidationError("这个月份还没有到。")
    PartyOrganization.objects.select_for_update().get(pk=party.pk)
    payers = payers_of(party, month)
    known = set(
        DuesMonth.objects.filter(month=month, member__in=payers).values_list("member", flat=True)
    )
    bases = latest_bases(payers, month.year)
    bands = bands_of(month.year)
    rows = []
    for member in payers:
        if member.pk in known:
            continue
        base = bases.get(member.pk) or DuesBase(payer=Payer.EMPLOYED.value, base=Decimal(0))
        rows.append(
            DuesMonth(
                member=member,
                party_organization=party,
                month=month,
                deadline=next_month(month),
                payer=base.payer,
                base=base.base,
                due=due_of(base, bands),
            )
        )
    made = DuesMonth.objects.bulk_create(rows)
    if made:
        audit.record(
            by=by,
            action="dues.open_month",
            object=party,
            after={"month": f"{month:%Y-%m}", "number": len(made)},
        )
    return made


def latest_bases(members: Sequence[Member], year: int) -> dict[int, DuesBase]:
    """The base of the year, or of the latest year before it, by member."""
    found: dict[int, DuesBase] = {}
    rows = DuesBase.objects.filter(member__in=members, year__lte=year).order_by("year")
    for row in rows:
        found[row.member_id] = row
    return found


@transaction.atomic
def record_dues(
    *, party: PartyOrganization, month: date, payments: Mapping[int, Payment], by: User | None
) -> int:
    """Note what the members (by key) paid for the month; returns how many rows changed.

    Raises ValidationError naming the member; nothing is saved then.
    """
    require_reach(by, party)
    month = month_of(month)
    today = timezone.localdate()
    rows = DuesMonth.objects.select_for_update().filter(party_organization=party, month=month)
    entries, problems = [], []
    for row in rows.select_related("member"):
        payment = payments.get(row.member_id)
        if payment is None:
            continue
        if wrong := _wrong(payment, month, today):
            problems.append(f"{row.member.name}:{wrong}")
            continue
        paid_on = payment.paid_on if payment.paid else None
        values = {"paid": payment.paid, "paid_on": paid_on, "note": payment.note}
        before, after = audit.changes(row, values)
        if not after:
            continue
        for name, value in values.items():
            setattr(row, name, value)
        row.full_clean()
        row.save()
        entries.append(audit.Entry("dues_month.change", row, before, after))
    if problems:
        raise ValidationError(problems)
    if entries:
        audit.record_many(entries, by=by)
    return len(entries)


def _wrong(payment: Payment, month: date, today: date) -> str:
    if payment.paid < 0:
        return "实交金额不能为负数"
    if not payment.paid:
        return ""
    if payment.paid_on is None:
        return "请填写交纳日期"
    if payment.paid_on > today:
        return "交纳日期晚于今天"
    if payment.paid_on < month.replace(month=1) and payment.paid_on.year < month.year - 1:
        return "交纳日期早于所属月份一年以上,请核对"
    return ""
