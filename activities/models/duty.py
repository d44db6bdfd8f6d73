"""Who owes which duty in which period, and who has done it: conditions that figures and lists share."""

from datetime import date
from typing import Any

from django.db import models
from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from activities.models.activity import ActivityType
from activities.models.plan import YearPlan
from activities.rules.duties import COMMITTEE_LEAST, LIVING_KINDS, DutySpec
from activities.rules.periods import Period
from activities.rules.vocabulary import Duty, PlanState
from members.models import PartyGroup, PartyPost
from organizations.models.scoping import valid_on


def lived_through(period: Period, begins: str, ends: str) -> Q:
    """The rule `owed` as a condition on two columns."""
    lasted = Q(**{f"{ends}__isnull": True}) | Q(**{f"{ends}__gte": period.end})
    return Q(**{f"{begins}__lte": period.owed_from}) & lasted


def with_committee_on(day: date) -> models.QuerySet:
    """Keys of party organizations in which enough members hold posts for a committee."""
    posts = PartyPost.objects.live_on(day).order_by().values("party_organization")
    counted = posts.annotate(size=Count("member", distinct=True))
    return counted.filter(size__gte=COMMITTEE_LEAST).values("party_organization")


def owes(spec: DutySpec, period: Period, path: str = "") -> Q:
    """Party organizations, reached by `path`, that owe the duty in the period."""
    condition = Q(**{f"{path}kind__in": [kind.value for kind in LIVING_KINDS]})
    condition &= lived_through(period, f"{path}founded_on", f"{path}dissolved_on")
    if spec.duty == Duty.COMMITTEE_MEETING:
        condition &= Q(**{f"{path}pk__in": with_committee_on(period.first)})
    return condition


def group_owes(period: Period, path: str = "") -> Q:
    """Groups, reached by `path`, that owe a meeting in the period."""
    own = lived_through(period, f"{path}valid_from", f"{path}valid_to")
    return own & lived_through(
        period,
        f"{path}party_organization__founded_on",
        f"{path}party_organization__dissolved_on",
    )


def owing_parties(
    parties: models.QuerySet, spec: DutySpec, period: Period, as_of: date
) -> models.QuerySet:
    """These organizations, as far as they owe the duty, with `times_done` until the day."""
    rows = parties.filter(owes(spec, period))
    if spec.duty == Duty.PLAN:
        filed = YearPlan.objects.filter(
            party_organization=OuterRef("pk"),
            year=period.year,
            state=PlanState.FILED,
            filed_on__lte=as_of,
        )
        return rows.annotate(times_done=_number(filed, "party_organization"))
    done = ActivityType.objects.filter(
        party_organization=OuterRef("pk"),
        duty=spec.duty,
        is_filed=True,
        held_on__gte=period.first,
        held_on__lt=period.end,
        held_on__lte=as_of,
    )
    return rows.annotate(times_done=_number(done, "party_organization"))


def owing_groups(parties: models.QuerySet, period: Period, as_of: date) -> models.QuerySet:
    """Groups of these organizations that owe a meeting, with `times_done` until the day."""
    living = parties.filter(kind__in=[kind.value for kind in LIVING_KINDS])
    done = ActivityType.objects.filter(
        group=OuterRef("pk"),
        duty=Duty.GROUP_MEETING,
        is_filed=True,
        held_on__gte=period.first,
        held_on__lt=period.end,
        held_on__lte=as_of,
    )
    groups = PartyGroup.objects.filter(party_organization__in=living).filter(group_owes(period))
    return groups.annotate(times_done=_number(done, "group"))


def _number(rows: models.QuerySet, by: str) -> Any:
    counted = rows.order_by().values(by).annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(counted), 0)


def living(parties: models.QuerySet, day: date) -> models.QuerySet:
    """Organizations that live the full organizational life, alive on the day."""
    return parties.filter(
        valid_on(day, "founded_on", "dissolved_on"),
        kind__in=[kind.value for kind in LIVING_KINDS],
    )
