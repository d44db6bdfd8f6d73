"""Ending what hangs on a membership: posts and places in groups."""

from datetime import date

from django.db import models

from members.models.group import GroupMember
from members.models.post import PartyPost
from members.rules.vocabulary import PartyDuty
from organizations.models import PartyOrganization


def close(rows: models.QuerySet, on: date) -> None:
    """End dated rows that are open, on a day; what began on that day or later never was."""
    rows = rows.filter(valid_to__isnull=True)
    rows.filter(valid_from__gte=on).delete()
    rows.filter(valid_from__lt=on).update(valid_to=on)


def reopen(rows: models.QuerySet, on: date) -> None:
    rows.filter(valid_to=on).update(valid_to=None)


def leave_offices(member_id: int, on: date, party_id: int | None = None) -> None:
    """End posts and group places in an organization on a day; in all of them without one."""
    posts = PartyPost.objects.filter(member=member_id)
    groups = GroupMember.objects.filter(member=member_id)
    if party_id is not None:
        posts = posts.filter(party_organization=party_id)
        groups = groups.filter(group__party_organization=party_id)
    for post in posts.filter(duty=PartyDuty.SECRETARY, valid_to__isnull=True):
        PartyOrganization.objects.filter(pk=post.party_organization_id).update(secretary="")
    close(posts, on)
    close(groups, on)
