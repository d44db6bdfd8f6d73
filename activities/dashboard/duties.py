"""The duty panel: expected, done, late by township, period by period, in a fixed number of queries."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Count, F, IntegerField, Q, QuerySet, Value
from django.db.models.functions import Cast

from activities.models import Activity, ActivityType, DutyRule, YearPlan
from activities.models.duty import group_owes, owes
from activities.rules.duties import (
    LIVING_KINDS,
    DutySpec,
    DutyState,
    duty_periods,
    duty_state,
    has_committee,
    plan_in_time,
)
from activities.rules.periods import Period, Unit, owed
from activities.rules.vocabulary import Duty, PlanState, RecordState
from members.models import PartyGroup
from organizations.models import Township

# a duty's number of the period, township code -> how many
Counts = Counter[tuple[str, str, int]]


@dataclass(frozen=True)
class Tally:
    """Of so many that owe a duty, how many have done it; the rest is late, or still has time.

    `done` counts what is done in periods that are over; `early` in the one that runs.
    """

    expected: int = 0
    done: int = 0
    running: int = 0
    early: int = 0

    @property
    def late(self) -> int:
        return self.expected - self.done

    @property
    def waiting(self) -> int:
        """Still to be done in the period that runs."""
        return self.running - self.early

    @property
    def due(self) -> int:
        """All that owe it, whether or not the period is over."""
        return self.expected + self.running

    @property
    def did(self) -> int:
        return self.done + self.early

    @property
    def share(self) -> str:
        """Done of all that owe it, in per cent, for a bar."""
        return f"{self.did * 100 / self.due:.1f}" if self.due else "—"

    @property
    def percent(self) -> str:
        """Done of what was due, in per cent, for a bar; a dash when nothing was due."""
        return f"{self.done * 100 / self.expected:.1f}" if self.expected else "—"

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(
            self.expected + other.expected,
            self.done + other.done,
            self.running + other.running,
            self.early + other.early,
        )


@dataclass
class Panel:
    """All figures of one year, as of a day, of the organizations at hand."""

    year: int
    as_of: date
    specs: list[DutySpec]
    townships: list[Township]
    cells: dict[tuple[str, str, int], Tally] = field(default_factory=dict)
    filings: dict[str, tuple[int, int]] = field(default_factory=dict)
    late_plans: dict[str, int] = field(default_factory=dict)

    def periods(self, spec: DutySpec) -> list[Period]:
        """The duty's periods that have begun."""
        return [p for p in duty_periods(spec, self.year) if p.first <= self.as_of]

    def tally(self, spec: DutySpec, township: str = "", number: int = 0) -> Tally:
        """Summed over whatever is not given."""
        wanted = [number] if number else [p.number for p in duty_periods(spec, self.year)]
        places = [township] if township else [t.code for t in self.townships]
        total = Tally()
        for place in places:
            for one in wanted:
                total += self.cells.get((place, spec.duty, one), Tally())
        return total

    def filed(self, township: str = "") -> tuple[int, int]:
        """Records filed, and how many of them in time."""
        places = [township] if township else [t.code for t in self.townships]
        found = [self.filings.get(place, (0, 0)) for place in places]
        return sum(n for n, _ in found), sum(n for _, n in found)


def duty_panel(parties: QuerySet, townships: Iterable[Township], year: int, as_of: date) -> Panel:
    """Count everything of these organizations; `parties` must hold each of them once."""
    specs = DutyRule.specs(year)
    panel = Panel(year, as_of, specs, list(townships))
    expected = _expected(parties, specs, year)
    done = _done(parties, specs, year, as_of)
    done += _plans(parties, panel)
    for spec in specs:
        for period in panel.periods(spec):
            for township in panel.townships:
                key = (township.code, spec.duty.value, period.number)
                due, did = expected[key], done[key]
                if as_of >= period.end:
                    panel.cells[key] = Tally(expected=due, done=did)
                else:
                    panel.cells[key] = Tally(running=due, early=did)
    panel.filings = _filings(parties, year, as_of)
    return panel


def _expected(parties: QuerySet, specs: list[DutySpec], year: int) -> Counts:
    """Who owes what: one query for the organizations, one for their groups."""
    counts: Counts = Counter()
    by_name: dict[str, tuple[str, int]] = {}
    aggregates: dict[str, Any] = {}
    group_aggregates: dict[str, Any] = {}
    for spec in specs:
        for period in duty_periods(spec, year):
            name = f"{spec.duty.value}_{period.number}"
            by_name[name] = (spec.duty.value, period.number)
            if spec.duty == Duty.GROUP_MEETING:
                group_aggregates[name] = Count("pk", filter=group_owes(period))
            else:
                aggregates[name] = Count("pk", filter=owes(spec, period))
    rows = list(parties.order_by().values(area=F("township")).annotate(**aggregates))
    if group_aggregates:
        kinds = [kind.value for kind in LIVING_KINDS]
        groups = PartyGroup.objects.filter(party_organization__in=parties.filter(kind__in=kinds))
        by_place = groups.order_by().values(area=F("party_organization__township"))
        rows += list(by_place.annotate(**group_aggregates))
    for row in rows:
        place = row.pop("area")
        for name, number in row.items():
            counts[(place, *by_name[name])] += number
    return counts


def _done(parties: QuerySet, specs: list[DutySpec], year: int, as_of: date) -> Counts:
    """Who has done what they owe: one query for each length of period."""
    counts: Counts = Counter()
    for unit in Unit:
        own = [spec for spec in specs if spec.unit == unit and spec.duty != Duty.PLAN]
        if not own:
            continue
        rows = ActivityType.objects.filter(
            is_filed=True,
            held_on__gte=date(year, 1, 1),
            held_on__lte=min(as_of, date(year, 12, 31)),
            party_organization__in=parties,
        )
        counted = Q(pk__in=[])
        for spec in own:
            counted |= _counts_for(spec, year)
        number = Cast(_number_of_period(unit), IntegerField())
        base = (
            rows.filter(counted)
            .order_by()
            .values("duty", area=F("party_organization__township"), number=number)
        )
        # what is due once a period is counted by the database; more often, organization by organization
        single = [spec.duty.value for spec in own if spec.times == 1]
        several = {spec.duty.value: spec.times for spec in own if spec.times > 1}
        once = base.filter(duty__in=single).annotate(
            parties=Count("party_organization", distinct=True),
            groups=Count("group", distinct=True),
        )
        for row in once if single else ():
            found = row["groups" if row["duty"] == Duty.GROUP_MEETING else "parties"]
            counts[(row["area"], row["duty"], row["number"])] += found
        if several:
            each = base.filter(duty__in=several).values(
                "duty", "area", "number", "party_organization", "group"
            )
            for row in each.annotate(times=Count("pk")):
                if row["times"] >= several[row["duty"]]:
                    counts[(row["area"], row["duty"], row["number"])] += 1
    return counts


def _number_of_period(unit: Unit) -> Any:
    if unit == Unit.MONTH:
        return F("month")
    return (F("month") + 2) / 3 if unit == Unit.QUARTER else Value(1)


def _counts_for(spec: DutySpec, year: int) -> Q:
    """Records that serve the duty for an organization, or group, that owes it in their period."""
    found = Q(pk__in=[])
    for period in duty_periods(spec, year):
        months = Q(month__in=list(period.months))
        owing = owes(spec, period, "party_organization__")
        if spec.duty == Duty.GROUP_MEETING:
            owing &= group_owes(period, "group__")
        found |= months & owing
    return Q(duty=spec.duty) & found


def _plans(parties: QuerySet, panel: Panel) -> Counts:
    """Year plans filed, and which of them late, by township."""
    counts: Counts = Counter()
    spec = next((one for one in panel.specs if one.duty == Duty.PLAN), None)
    if spec is None:
        return counts
    (period,) = duty_periods(spec, panel.year)
    plans = YearPlan.objects.filter(
        owes(spec, period, "party_organization__"),
        year=panel.year,
        state=PlanState.FILED,
        filed_on__lte=panel.as_of,
        party_organization__in=parties,
    )
    rows = plans.order_by().values("filed_on", area=F("party_organization__township"))
    for row in rows.annotate(number=Count("pk")):
        counts[(row["area"], Duty.PLAN.value, period.number)] += row["number"]
        if not plan_in_time(panel.year, row["filed_on"]):
            late = panel.late_plans.get(row["area"], 0)
            panel.late_plans[row["area"]] = late + row["number"]
    return counts


def _filings(parties: QuerySet, year: int, as_of: date) -> dict[str, tuple[int, int]]:
    """Records of the year that are filed, and how many in time, by township."""
    rows = Activity.objects.filter(
        state=RecordState.FILED,
        held_on__gte=date(year, 1, 1),
        held_on__lte=min(as_of, date(year, 12, 31)),
        party_organization__in=parties,
    )
    counted = rows.order_by().values(area=F("party_organization__township"))
    counted = counted.annotate(number=Count("pk"), timely=Count("pk", filter=Q(is_late=False)))
    return {row["area"]: (row["number"], row["timely"]) for row in counted}


# --- one organization ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Square:
    """One duty in one period of one organization (or group)."""

    period: Period
    state: DutyState
    records: tuple[int, ...] = ()


@dataclass(frozen=True)
class Line:
    """A duty's year: a square a period."""

    spec: DutySpec
    group: PartyGroup | None
    squares: list[Square]


def life_of(party: Any, year: int, as_of: date) -> list[Line]:
    """A party organization's year, duty by duty."""
    specs = DutyRule.specs(year)
    types = ActivityType.objects.filter(
        party_organization=party, is_filed=True, held_on__year=year, held_on__lte=as_of
    ).exclude(duty="")
    records: dict[tuple[str, int | None], list[tuple[date, int]]] = {}
    for one in types.order_by("held_on").values_list("duty", "group", "held_on", "activity"):
        records.setdefault((one[0], one[1]), []).append((one[2], one[3]))
    committee = _committee_days(party, specs, year)
    plans = YearPlan.objects.filter(
        party_organization=party, year=year, state=PlanState.FILED, filed_on__lte=as_of
    )
    plan_day = plans.values_list("filed_on", flat=True).first()
    groups = list(PartyGroup.objects.filter(party_organization=party))
    lines = []
    for spec in specs:
        owners: list[PartyGroup | None] = (
            list(groups) if spec.duty == Duty.GROUP_MEETING else [None]
        )
        for group in owners:
            squares = []
            for period in duty_periods(spec, year):
                is_owed = _owes(party, spec, period, group, committee)
                key = (spec.duty.value, group.pk if group else None)
                own = [pk for day, pk in records.get(key, []) if period.first <= day < period.end]
                done = len(own) if spec.duty != Duty.PLAN else int(plan_day is not None)
                state = duty_state(period, is_owed, done, spec.times, as_of)
                squares.append(Square(period, state, tuple(own)))
            if any(s.state != DutyState.NOT_OWED or s.records for s in squares):
                lines.append(Line(spec, group, squares))
    return lines


def _committee_days(party: Any, specs: list[DutySpec], year: int) -> set[date]:
    """First days of periods on which the organization has a committee."""
    spec = next((one for one in specs if one.duty == Duty.COMMITTEE_MEETING), None)
    if spec is None:
        return set()
    posts = list(party.posts.values_list("member", "valid_from", "valid_to"))
    return {
        period.first for period in duty_periods(spec, year) if has_committee(posts, period.first)
    }


def _owes(
    party: Any, spec: DutySpec, period: Period, group: PartyGroup | None, committee: set[date]
) -> bool:
    if party.kind not in LIVING_KINDS or not owed(period, party.founded_on, party.dissolved_on):
        return False
    if spec.duty == Duty.COMMITTEE_MEETING:
        return period.first in committee
    return group is None or owed(period, group.valid_from, group.valid_to)
