"""党小组: forming, dissolving, who is in which."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts import audit
from accounts.models import User
from members.access import require_reach
from members.actions.affiliation import check_day
from members.models import GroupMember, Member, PartyGroup
from members.models.closing import close
from members.models.move import current_membership
from organizations.actions.versions import locked
from organizations.models import PartyOrganization


@transaction.atomic
def form_group(*, party: PartyOrganization, name: str, on: date, by: User | None) -> PartyGroup:
    require_reach(by, party)
    check_day(on)
    if on < party.founded_on:
        raise ValidationError({"on": "党小组不能早于党组织成立。"})
    group = PartyGroup(party_organization=party, name=name, valid_from=on)
    group.full_clean()
    group.save()
    audit.record(
        by=by,
        action="party_group.create",
        object=group,
        after={"name": name, "party_organization": party, "valid_from": on},
    )
    return group


@transaction.atomic
def end_group(*, group: PartyGroup, on: date, by: User | None) -> None:
    """Dissolve a group; its places end with it."""
    stored = PartyGroup.objects.select_for_update().get(pk=group.pk)
    require_reach(by, stored.party_organization)
    check_day(on)
    if stored.valid_to is not None:
        raise ValidationError("这个党小组已经撤销。")
    close(GroupMember.objects.filter(group=stored), on)
    stored.valid_to = on
    stored.full_clean()
    stored.save(update_fields=["valid_to"])
    audit.record(by=by, action="party_group.end", object=stored, after={"valid_to": on})


@transaction.atomic
def place_in_group(
    *, member: Member, group: PartyGroup, on: date, by: User | None, is_leader: bool = False
) -> GroupMember:
    """Put a member into a group of the own organization, from another one if need be."""
    stored = locked(member)
    PartyGroup.objects.select_for_update().get(pk=group.pk)
    require_reach(by, group.party_organization)
    check_day(on)
    current = current_membership(stored.pk)
    if current is None or current.party_organization_id != group.party_organization_id:
        raise ValidationError("只能编入所在党组织的党小组。")
    if group.valid_to is not None or on < group.valid_from:
        raise ValidationError({"on": "日期不在党小组存续期间。"})
    if on < current.valid_from:
        raise ValidationError({"on": "日期早于进入党支部的日期。"})
    if is_leader:
        leaders = GroupMember.objects.filter(
            group=group, is_leader=True, valid_to__isnull=True
        ).exclude(member=stored)
        for leader in leaders:
            close(GroupMember.objects.filter(pk=leader.pk), on)
            GroupMember.objects.create(group=group, member=leader.member, valid_from=on)
    close(GroupMember.objects.filter(member=stored), on)
    place = GroupMember(group=group, member=stored, is_leader=is_leader, valid_from=on)
    place.full_clean()
    place.save()
    audit.record(
        by=by,
        action="member.place_in_group",
        object=stored,
        after={"group": group, "is_leader": is_leader, "on": on},
    )
    return place
