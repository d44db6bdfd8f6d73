"""Posts: appointing and relieving, in the party organization and in the social organization."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts import audit
from accounts.models import User
from members.access import require_reach
from members.actions.affiliation import check_day
from members.models import Member, Participation, PartyPost, SocialPost
from members.models.move import current_membership
from members.rules.vocabulary import PartyDuty, SocialDuty
from organizations.actions.versions import locked
from organizations.models import PartyOrganization, SocialOrganization


@transaction.atomic
def appoint(
    *,
    member: Member,
    party: PartyOrganization,
    duty: PartyDuty,
    on: date,
    by: User | None,
    document: str = "",
) -> PartyPost:
    """Give a post of a party organization to one of its members (in a joint one: participants)."""
    stored = locked(member)
    require_reach(by, party)
    check_day(on)
    current = current_membership(stored.pk)
    takes_part = Participation.objects.live_on(on).filter(member=stored, party_organization=party)
    if not (current and current.party_organization_id == party.pk) and not takes_part.exists():
        raise ValidationError("只能任命本党组织的党员(兼合式党组织为参加其组织生活的党员)。")
    PartyOrganization.objects.select_for_update().get(pk=party.pk)
    post = PartyPost(
        member=stored,
        party_organization=party,
        duty=duty.value,
        valid_from=on,
        document=document,
    )
    post.full_clean()
    post.save()
    if duty == PartyDuty.SECRETARY:
        PartyOrganization.objects.filter(pk=party.pk).update(secretary=stored.name)
    audit.record(
        by=by,
        action="member.appoint",
        object=stored,
        after={"party_organization": party, "duty": duty.label, "on": on},
        reason=document,
    )
    return post


@transaction.atomic
def relieve(*, post: PartyPost, on: date, by: User | None) -> None:
    """End a party post on a day."""
    stored = PartyPost.objects.select_for_update().get(pk=post.pk)
    require_reach(by, stored.party_organization)
    check_day(on)
    if stored.valid_to is not None:
        raise ValidationError("已经登记过离任。")
    stored.valid_to = on
    stored.full_clean()
    stored.save(update_fields=["valid_to"])
    if stored.duty == PartyDuty.SECRETARY:
        PartyOrganization.objects.filter(pk=stored.party_organization_id).update(secretary="")
    audit.record(
        by=by,
        action="member.relieve",
        object=stored.member,
        before={"duty": stored.get_duty_display()},
        after={"party_organization": stored.party_organization, "on": on},
    )


@transaction.atomic
def appoint_social(
    *,
    member: Member,
    organization: SocialOrganization,
    duty: SocialDuty,
    on: date,
    by: User | None,
    title: str = "",
) -> SocialPost:
    """Note a member's post in a social organization; measured for 双向进入、交叉任职."""
    stored = locked(member)
    current = current_membership(stored.pk)
    if current is None:
        raise ValidationError("这名党员现在不属于任何党组织。")
    require_reach(by, current.party_organization)
    check_day(on)
    post = SocialPost(
        member=stored,
        social_organization=organization,
        duty=duty.value,
        title=title,
        valid_from=on,
    )
    post.full_clean()
    post.save()
    audit.record(
        by=by,
        action="member.appoint",
        object=stored,
        after={"social_organization": organization, "duty": duty.label, "on": on},
    )
    return post


@transaction.atomic
def relieve_social(*, post: SocialPost, on: date, by: User | None) -> None:
    """End a post in a social organization on a day."""
    stored = SocialPost.objects.select_for_update().get(pk=post.pk)
    current = current_membership(stored.member_id)
    if current is None:
        raise ValidationError("这名党员现在不属于任何党组织。")
    require_reach(by, current.party_organization)
    check_day(on)
    if stored.valid_to is not None:
        raise ValidationError("已经登记过离任。")
    stored.valid_to = on
    stored.full_clean()
    stored.save(update_fields=["valid_to"])
    audit.record(
        by=by,
        action="member.relieve",
        object=stored.member,
        before={"duty": stored.get_duty_display()},
        after={"social_organization": stored.social_organization, "on": on},
    )
