"""一方隶属,过双重组织生活: joining and leaving a joint organization's life; membership stays."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from members.access import reaches, require_reach
from members.actions.affiliation import check_day
from members.models import Member, Participation
from members.models.move import current_membership
from organizations.actions.versions import locked
from organizations.models import PartyOrganization
from organizations.rules.vocabulary import PartyKind


@transaction.atomic
def participate(
    *, member: Member, party: PartyOrganization, on: date, by: User | None
) -> Participation:
    """Take part in a joint organization from this day; nothing is counted there."""
    stored = locked(member)
    require_reach(by, party)
    check_day(on)
    current = current_membership(stored.pk)
    if current is None:
        raise ValidationError("这名党员现在不属于任何党组织,不能参加双重组织生活。")
    if party.kind != PartyKind.JOINT:
        raise ValidationError("双重组织生活限于兼合式党组织。")
    if on < party.founded_on or party.dissolved_on:
        raise ValidationError("参加日期不在这个党组织存续期间。")
    first = stored.memberships.order_by("valid_from").first()
    if first and on < first.valid_from:
        raise ValidationError("参加日期早于这名党员的组织关系登记日期。")
    own = Participation.objects.filter(member=stored, party_organization=party, valid_to__gt=on)
    if own.exists():
        raise ValidationError("与已登记的参加期间重叠。")
    made = Participation(member=stored, party_organization=party, valid_from=on)
    made.full_clean()
    made.save()
    audit.record(
        by=by,
        action="member.participate",
        object=stored,
        after={"party_organization": party, "on": on},
    )
    return made


@transaction.atomic
def stop_participating(*, participation: Participation, on: date, by: User | None) -> None:
    """End it; either side may."""
    stored = Participation.objects.select_for_update().get(pk=participation.pk)
    current = current_membership(stored.member_id)
    home = current.party_organization if current else stored.party_organization
    own = stored.party_organization
    require_reach(by, own if by is None or reaches(by, own) else home)
    check_day(on)
    if stored.valid_to is not None:
        raise ValidationError("已经登记过结束。")
    if on <= stored.valid_from:
        stored.delete()
    else:
        stored.valid_to = on
        stored.save(update_fields=["valid_to"])
    audit.record(
        by=by,
        action="member.stop_participating",
        object=participation.member,
        after={"party_organization": participation.party_organization, "on": on},
        reason=f"{timezone.localdate():%Y-%m-%d} 登记",
    )
