"""Turning the records of a year into facts: a fixed number of statements for any number of
organizations.

Each function answers one question for all organizations asked about, as a mapping by key; what a
mapping does not hold is zero.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from activities.actions.attendance import expected_members
from activities.rules.vocabulary import ActivityKind
from evaluation.gather import life, people, standing
from evaluation.gather.span import Span
from evaluation.rules.facts import Facts, Period, months_due
from evaluation.rules.scheme import Scheme
from evaluation.rules.setup import failed_setup_rules
from evaluation.rules.steps import Outlook
from members.actions.dues import bands_of, due_of, latest_bases, payers_of, takes_dues
from members.models import DuesMonth, PartyGroup
from members.models.parameter import joint_elects
from organizations.models import PartyOrganization
from organizations.rules.terms import months_later
from organizations.rules.vocabulary import PartyKind


def rated_parties(area_code: str, period: Period, scheme: Scheme) -> QuerySet[PartyOrganization]:
    """Party organizations of the area that lived in the period and are of a kind that is rated."""
    lived = Q(dissolved_on__isnull=True) | Q(dissolved_on__gt=period.start)
    rows = PartyOrganization.objects.filter(
        lived, township__code__startswith=area_code, founded_on__lt=period.end
    )
    return rows.exclude(kind__in=scheme.unrated_kinds)


def yearly_facts(
    parties: QuerySet[PartyOrganization], period: Period, as_of: date
) -> dict[int, Facts]:
    """Facts of these organizations by key."""
    rows = list(
        parties.order_by("pk").values(
            *("pk", "kind", "level", "founded_on", "dissolved_on", "term_ends_on"),
            "term_extended_to",
        )
    )
    keys = [row["pk"] for row in rows]
    span = Span(period, as_of)
    elects = joint_elects(period.year)
    found: dict[int, dict[str, Any]] = {pk: {} for pk in keys}
    for part in (
        people.members(keys, span),
        people.posts(keys, span),
        people.covered(keys, span),
        life.meetings(keys, span),
        life.groups(keys, span),
        life.attendance(keys, span),
        people.paid_dues(keys, span),
        people.mobile(keys, span),
        people.admissions(keys, span),
        people.trained(keys, span),
        people.pledged(keys, span),
        standing.venues(keys, span),
        standing.funds(keys, span),
        life.services(keys, span),
        standing.agreements(keys, span),
        standing.plans(keys, span),
        life.filed_records(keys, span),
        standing.folders(keys, span),
        standing.honours(keys, span),
        standing.vetoes(keys, span),
        life.last_activities(keys, span),
        standing.earlier_stars(keys, span),
    ):
        for pk, values in part.items():
            if pk in found:
                found[pk] |= values
    return {row["pk"]: _facts(row, found[row["pk"]], span, elects) for row in rows}


def _facts(row: Mapping[str, Any], values: dict[str, Any], span: Span, elects: bool) -> Facts:
    founded = row["founded_on"]
    last = values.pop("last_activity", None) or founded
    failed = failed_setup_rules(
        kind=row["kind"],
        level=row["level"],
        members=values.get("member_count", 0),
        full_members=values.get("full_member_count", 0),
        covered=values.get("covered_count", 0),
        has_secretary=values.get("has_secretary", False),
        committee_size=values.get("committee_size", 0),
    )
    return Facts(
        kind=row["kind"],
        level=row["level"],
        founded_on=founded,
        period_start=span.period.start,
        period_end=span.period.end,
        as_of=span.as_of,
        months_due=months_due(span.period, span.as_of, founded, row["dissolved_on"]),
        failed_setup_rules=failed,
        term_ends_on=row["term_ends_on"],
        extended_until=row["term_extended_to"],
        joint_elects=elects,
        months_without_activity=whole_months(max(last, founded), span.as_of),
        **values,
    )


def whole_months(since: date, until: date) -> int:
    """Months that have wholly passed from one day to another."""
    months = (until.year - since.year) * 12 + until.month - since.month
    return max(0, months - (until < months_later(since, months)))


def outlook_of(party: PartyOrganization, facts: Facts, today: date) -> tuple[Outlook, Facts]:
    """What can still be done this year; and the year's-end facts with the dues yet to fall due.

    `facts` are those of the year's last day, from the records of today.
    """
    keys = [party.pk]
    period = Period(facts.period_start, facts.period_end)
    span = Span(period, facts.as_of)
    held: dict[str, set[int]] = {}
    for kind, day in life.valid_meetings(keys, span).values_list("kind", "held_on"):
        held.setdefault(kind, set()).add(day.month)
    ends = [
        months_later(period.start, month) - timedelta(days=1)
        for month in range(1, 13)
        if months_later(period.start, month) > today
    ]

    def months(kind: str) -> tuple[date, ...]:
        return tuple(day for day in ends if day.month not in held.get(kind, set()))

    def quarters(kind: str) -> tuple[date, ...]:
        done = {(month + 2) // 3 for month in held.get(kind, set())}
        return tuple(day for day in ends if day.month % 3 == 0 and day.month // 3 not in done)

    dues, to_come = _dues_ahead(party, facts, today, ends)
    projected = replace(facts, dues_due=facts.dues_due + to_come)
    open_groups = PartyGroup.objects.live_on(today).filter(party_organization=party)
    group_held = set(
        life.filed_types(keys, span)
        .filter(kind=ActivityKind.GROUP_MEETING)
        .values_list("group", "month")
    )
    return (
        Outlook(
            today=today,
            general_meetings=quarters(ActivityKind.MEMBERS_MEETING),
            lectures=quarters(ActivityKind.LECTURE),
            committee_meetings=months(ActivityKind.COMMITTEE_MEETING)
            if facts.committee_size
            else (),
            theme_days=months(ActivityKind.THEME_DAY),
            group_meetings=tuple(
                day
                for group in open_groups.values_list("pk", flat=True)
                for day in ends
                if (group, day.month) not in group_held
            ),
            dues=dues,
            has_people=bool(expected_members(party=party, day=today)),
        ),
        projected,
    )


def _dues_ahead(
    party: PartyOrganization, facts: Facts, today: date, ends: list[date]
) -> tuple[tuple[tuple[date, int], ...], int]:
    """Person-months still to be paid in time by their last day; how many of them are not due yet.

    The sheet of a month that is open says who has not paid; a month to come asks as many as have
    a base to pay by.
    """
    year = facts.period_start.year
    if facts.kind == PartyKind.JOINT or not takes_dues(party, year):
        return (), 0
    sheets = DuesMonth.objects.filter(party_organization=party, month__year=year)
    known = set(sheets.values_list("month__month", flat=True))
    unpaid = Counter(
        sheets.due()
        .exclude(pk__in=sheets.on_time(people.dues_grace(year)).values("pk"))
        .values_list("month__month", flat=True)
    )
    bands, bases = bands_of(year), latest_bases(payers_of(party, today), year)
    payers = sum(due_of(base, bands) > 0 for base in bases.values())
    ahead = [(day, unpaid[day.month] if day.month in known else payers) for day in ends]
    to_come = sum(payers for day in ends if day.month not in known)
    return tuple(one for one in ahead if one[1]), to_come
