"""Facts about people: members, posts, dues, training, pledges; and whom the organization covers."""

from collections import defaultdict
from datetime import date
from typing import Any

from django.db.models import Case, Count, Exists, FloatField, OuterRef, Q, Subquery, Sum, When
from django.db.models.functions import Coalesce, Round

from activities.rules.duties import COMMITTEE_LEAST
from evaluation.gather.span import Keys, Span, by_party, live_memberships
from evaluation.rules.facts import months_due
from members.models import (
    Applicant,
    DuesMonth,
    Member,
    MobileContact,
    MobilePeriod,
    PartyPost,
    Pledge,
    SocialPost,
    Training,
)
from members.models.dues import paid_on_time
from members.models.parameter import whole
from members.rules.admission import breaches
from members.rules.parameters import Parameter
from members.rules.vocabulary import MemberStatus, PartyDuty
from organizations.models import CoverageLink
from organizations.models.scoping import valid_on
from organizations.rules.terms import months_later
from organizations.rules.vocabulary import CharterState, InspectionResult, Status

ASKED_DUTIES = (PartyDuty.ORGANIZATION, PartyDuty.PUBLICITY, PartyDuty.DISCIPLINE)
BAD_INSPECTIONS = (InspectionResult.FAILED, InspectionResult.MISSED, InspectionResult.UNREPORTED)
BAD_STATUSES = (Status.SHELL, Status.REVOKED)


def members(keys: Keys, span: Span) -> dict[int, dict[str, Any]]:
    full = Q(member__full_on__lte=span.as_of) | Q(
        member__full_on__isnull=True, member__status=MemberStatus.FULL
    )
    incomplete = Member.objects.incomplete().filter(pk=OuterRef("member"))
    rows = (
        live_memberships(keys, span.as_of)
        .annotate(is_incomplete=Exists(incomplete))
        .values("party_organization")
        .annotate(
            member_count=Count("pk"),
            full_member_count=Count("pk", filter=full),
            complete_member_count=Count("pk", filter=Q(is_incomplete=False)),
        )
    )
    return by_party(rows, "party_organization")


def posts(keys: Keys, span: Span) -> dict[int, dict[str, Any]]:
    """Secretary, committee (three holders of posts or more make one), cross posts."""
    live = PartyPost.objects.live_on(span.as_of).filter(party_organization__among=keys).order_by()
    crossing = SocialPost.objects.crossing_on(span.as_of)
    rows = (
        live.annotate(is_crossing=Exists(crossing))
        .values("party_organization")
        .annotate(
            secretaries=Count("pk", filter=Q(duty=PartyDuty.SECRETARY)),
            holders=Count("member", distinct=True),
            committee_duties=Count("duty", filter=Q(duty__in=ASKED_DUTIES), distinct=True),
            cross_post_count=Count("member", filter=Q(is_crossing=True), distinct=True),
        )
    )
    return {
        row["party_organization"]: {
            "has_secretary": bool(row["secretaries"]),
            "committee_size": row["holders"] if row["holders"] >= COMMITTEE_LEAST else 0,
            "committee_duties": row["committee_duties"],
            "cross_post_count": row["cross_post_count"],
        }
        for row in rows
    }


def covered(keys: Keys, span: Span) -> dict[int, dict[str, Any]]:
    alive = valid_on(
        span.as_of, "social_organization__registered_on", "social_organization__deregistered_on"
    )
    approved = Q(social_organization__charter_state=CharterState.APPROVED) & (
        Q(social_organization__charter_on__isnull=True)
        | Q(social_organization__charter_on__lte=span.as_of)
    )
    bad = Q(social_organization__status__in=BAD_STATUSES) | Q(
        social_organization__inspection_result__in=BAD_INSPECTIONS
    )
    rows = (
        CoverageLink.objects.live_on(span.as_of)
        .filter(alive, party_organization__among=keys)
        .order_by()
        .values("party_organization")
        .annotate(
            covered_count=Count("social_organization", distinct=True),
            charter_approved_count=Count("social_organization", filter=approved, distinct=True),
            bad_count=Count("social_organization", filter=bad, distinct=True),
        )
    )
    return {
        row["party_organization"]: {
            "covered_count": row["covered_count"],
            "charter_approved_count": row["charter_approved_count"],
            # one host of many has no part in what one of them did; its own organization's counts
            "has_bad_registration": row["bad_count"] > 0 and row["covered_count"] == 1,
        }
        for row in rows
    }


def dues_grace(year: int) -> int:
    """Days after a month in which its dues are still paid on time."""
    return whole(Parameter.DUES_GRACE_DAYS, year)


def paid_dues(keys: Keys, span: Span) -> dict[int, dict[str, Any]]:
    """Person-months that are over: due, and paid in full by their end."""
    grace = dues_grace(span.period.year)
    over = DuesMonth.objects.due().filter(
        **span.within("month"), party_organization__among=keys, deadline__lte=span.end
    )
    rows = (
        over.order_by()
        .values("party_organization")
        .annotate(dues_due=Count("pk"), dues_on_time=Count("pk", filter=paid_on_time(grace)))
    )
    return by_party(rows, "party_organization")


def mobile(keys: Keys, span: Span) -> dict[int, dict[str, Any]]:
    months = whole(Parameter.CONTACT_MONTHS, span.period.year)
    contact = MobileContact.objects.filter(
        period__member=OuterRef("member"),
        on__gt=months_later(span.as_of, -months),
        on__lte=span.as_of,
    )
    away = MobilePeriod.objects.live_on(span.as_of).filter(member=OuterRef("member"))
    rows = (
        live_memberships(keys, span.as_of)
        .filter(Exists(away))
        .annotate(is_contacted=Exists(contact))
        .values("party_organization")
        .annotate(
            mobile_count=Count("pk"),
            mobile_contacted_count=Count("pk", filter=Q(is_contacted=True)),
        )
    )
    return by_party(rows, "party_organization")


def admissions(keys: Keys, span: Span) -> dict[int, dict[str, Any]]:
    """Steps that came late or were skipped, of people on whom a step was taken in the period."""
    touched = Applicant.objects.filter(
        party_organization__among=keys,
        pk__in=Applicant.objects.filter(**span.within("steps__done_on")).values("pk"),
    )
    found: dict[int, int] = defaultdict(int)
    for applicant in touched.with_steps():
        done = {number: day for number, day in applicant.done.items() if day < span.end}
        found[applicant.party_organization_id] += len(breaches(done))
    return {pk: {"admission_faults": number} for pk, number in found.items()}


def training_goals(span: Span) -> tuple[float, float]:
    """Hours that a member, and one who holds a post, should have had by now."""
    year = span.period.year
    months = months_due(span.period, span.as_of, date.min, None)
    goals = (Parameter.TRAINING_HOURS, Parameter.LEADER_HOURS)
    goal, leader_goal = (whole(name, year) * months / 12 for name in goals)
    return goal, leader_goal


def hours_by_member(keys: Keys, span: Span) -> dict[int, tuple[int, float, float]]:
    """By member: the party organization, hours of training, and the target for the months passed.

    Who holds a post has the target of leaders, wherever it is held: the same in every batch.
    """
    live = live_memberships(keys, span.as_of)
    members = live.values_list("member", flat=True)
    trained = Training.objects.filter(**span.within("on"), member__in=members).order_by()
    sums = trained.values_list("member").annotate(total=Sum("hours"))
    hours = {member: float(total) for member, total in sums}
    leaders = set(
        PartyPost.objects.live_on(span.as_of)
        .filter(member__in=members)
        .values_list("member", flat=True)
    )
    goal, leader_goal = training_goals(span)
    return {
        member: (party, hours.get(member, 0.0), leader_goal if member in leaders else goal)
        for member, party in live.values_list("member", "party_organization")
    }


def trained(keys: Keys, span: Span) -> dict[int, dict[str, Any]]:
    """Members whose hours reach the target."""
    goal, leader_goal = training_goals(span)
    trained = Training.objects.filter(**span.within("on"), member=OuterRef("member"))
    hours = trained.order_by().values("member").annotate(total=Round(Sum("hours"), 1))
    leads = Exists(PartyPost.objects.live_on(span.as_of).filter(member=OuterRef("member")))
    target = Case(When(leads, then=leader_goal), default=goal, output_field=FloatField())
    rows = (
        live_memberships(keys, span.as_of)
        .annotate(hours=Coalesce(Subquery(hours.values("total")), 0.0, output_field=FloatField()))
        .values("party_organization")
        .annotate(trained_count=Count("pk", filter=Q(hours__gte=target)))
    )
    return by_party(rows, "party_organization")


def pledged(keys: Keys, span: Span) -> dict[int, dict[str, Any]]:
    kept = Pledge.objects.reviewed().filter(
        member=OuterRef("member"), year=span.period.year, reviewed_on__lte=span.as_of
    )
    rows = (
        live_memberships(keys, span.as_of)
        .filter(Exists(kept))
        .values("party_organization")
        .annotate(pledged_count=Count("pk"))
    )
    return by_party(rows, "party_organization")
