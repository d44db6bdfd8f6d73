"""Branches that were dissolved and founded anew in the middle of a year."""

from datetime import date, timedelta
from random import Random

from members.models import DuesMonth, GroupMember, Membership, PartyGroup, PartyPost
from members.rules.vocabulary import Entry, Exit
from organizations.models import CoverageLink, PartyOrganization
from organizations.rules.vocabulary import Mode
from shishi_portal.demo.areas import CITY_CODE

NUMBER = 4


def found_anew(random: Random, today: date, leave: tuple[int, ...]) -> None:
    """End four branches and found their successors on the same day: totals stay as they were."""
    year_ago, recent = today - timedelta(days=480), today - timedelta(days=70)
    links = CoverageLink.objects.filter(
        mode=Mode.SOLO, valid_to__isnull=True, party_organization__level="branch"
    ).exclude(party_organization__in=leave)
    # whoever moved or came lately has a history of their own
    settled = links.exclude(party_organization__memberships__valid_from__gte=year_ago).exclude(
        party_organization__memberships__valid_to__isnull=False
    )
    candidates = list(settled.select_related("party_organization").order_by("pk"))[1:]
    number = PartyOrganization.objects.count()
    for link in random.sample(candidates, min(NUMBER, len(candidates))):
        number += 1
        old = link.party_organization
        day = year_ago + timedelta(days=random.randint(0, (recent - year_ago).days))
        new = PartyOrganization.objects.get(pk=old.pk)
        new.pk, new.code = None, f"{CITY_CODE}{number:05d}"
        new._state.adding = True
        new.founded_on = day
        new.term_started_on = day if old.term_years else None
        new.save()
        PartyOrganization.objects.filter(pk=old.pk).update(dissolved_on=day)
        link.valid_to = day
        link.save(update_fields=["valid_to"])
        CoverageLink.objects.create(
            social_organization_id=link.social_organization_id,
            party_organization=new,
            mode=link.mode,
            valid_from=day,
        )
        _move_people(old, new, day)


def _move_people(old: PartyOrganization, new: PartyOrganization, day: date) -> None:
    stays = Membership.objects.filter(party_organization=old, valid_to__isnull=True)
    members = list(stays.values_list("member", flat=True))
    stays.update(valid_to=day, exit=Exit.MOVED.value)
    Membership.objects.bulk_create(
        Membership(member_id=key, party_organization=new, valid_from=day, entry=Entry.MOVED.value)
        for key in members
    )
    # what began later began in the new one
    for model in (PartyPost, PartyGroup):
        late = model.objects.filter(party_organization=old, valid_from__gte=day)
        late.update(party_organization=new)
    posts = list(PartyPost.objects.filter(party_organization=old, valid_to__isnull=True))
    PartyPost.objects.filter(pk__in=[post.pk for post in posts]).update(valid_to=day)
    PartyPost.objects.bulk_create(
        PartyPost(
            member_id=post.member_id,
            party_organization=new,
            duty=post.duty,
            valid_from=day,
        )
        for post in posts
    )
    groups = PartyGroup.objects.filter(party_organization=old, valid_to__isnull=True)
    listed = GroupMember.objects.filter(group__in=groups, valid_to__isnull=True)
    listed.filter(valid_from__gte=day).delete()
    listed.update(valid_to=day)
    groups.update(valid_to=day)
    DuesMonth.objects.filter(party_organization=old, month__gte=day).update(party_organization=new)
