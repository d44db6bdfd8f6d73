"""流动党员: registered when away, kept in touch with, back again."""

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts import audit
from accounts.models import User
from members.access import require_reach
from members.actions.affiliation import check_day
from members.models import Member, MobileContact, MobilePeriod
from members.models.membership import Membership
from members.models.move import current_membership
from organizations.actions.versions import locked


def _own(member: Member, by: User | None) -> Membership:
    current = current_membership(member.pk)
    if current is None:
        raise ValidationError("这名党员现在不属于任何党组织。")
    require_reach(by, current.party_organization)
    return current


@transaction.atomic
def register_mobile(
    *, member: Member, valid_from: date, destination: str, by: User | None, **more: Any
) -> MobilePeriod:
    """流动党员登记; membership stays where it is."""
    stored = locked(member)
    _own(stored, by)
    check_day(valid_from)
    period = MobilePeriod(member=stored, valid_from=valid_from, destination=destination, **more)
    period.full_clean()
    period.save()
    audit.record(
        by=by,
        action="member.go_away",
        object=stored,
        after={"destination": destination, "on": valid_from},
    )
    return period


@transaction.atomic
def note_contact(
    *, period: MobilePeriod, on: date, way: str, note: str, by: User | None
) -> MobileContact:
    """One line of the contact log."""
    stored = MobilePeriod.objects.select_for_update().get(pk=period.pk)
    _own(stored.member, by)
    check_day(on)
    if on < stored.valid_from or (stored.valid_to and on >= stored.valid_to):
        raise ValidationError({"on": "联系日期不在外出期间。"})
    contact = MobileContact(period=stored, on=on, way=way, note=note)
    contact.full_clean()
    contact.save()
    audit.record(
        by=by, action="member.keep_in_touch", object=stored.member, after={"on": on, "way": way}
    )
    return contact


@transaction.atomic
def come_back(*, period: MobilePeriod, on: date, by: User | None) -> None:
    """The member is back from this day on."""
    stored = MobilePeriod.objects.select_for_update().get(pk=period.pk)
    _own(stored.member, by)
    check_day(on)
    if stored.valid_to is not None:
        raise ValidationError("已经登记过返回。")
    stored.valid_to = on
    stored.full_clean()
    stored.save(update_fields=["valid_to"])
    audit.record(by=by, action="member.come_back", object=stored.member, after={"on": on})
