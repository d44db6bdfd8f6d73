"""The duty panel: its numbers are those of a slow recount, in a fixed number of queries."""

from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from django.db.models import QuerySet

from activities.actions.activity import set_kinds
from activities.dashboard.duties import Panel, duty_panel, life_of
from activities.models import Activity, DutyRule, YearPlan
from activities.models.duty import owing_groups, owing_parties
from activities.rules.duties import DutyState, duty_periods
from members.models import PartyGroup, PartyPost
from organizations.models import PartyOrganization, Township
from tests.activities.recount import recount
from tests.members.world import make_member
from tests.world import FIRST, SECOND, THIRD, make_party

pytestmark = pytest.mark.django_db
YEAR = 2024


def seen() -> QuerySet:
    return PartyOrganization.objects.all()


def panel_of(as_of: date = date(YEAR, 12, 31), parties: Any = None) -> Panel:
    rows = seen() if parties is None else parties
    return duty_panel(rows, Township.objects.all(), YEAR, as_of)


def held(party: PartyOrganization, on: date, *kinds: str, **fields: Any) -> Activity:
    values = {"state": "filed", "filed_at": "2024-12-31T00:00:00Z", **fields}
    activity = Activity.objects.create(party_organization=party, held_on=on, **values)
    set_kinds(activity, kinds)
    return activity


def some_city(random: Random, number: int = 14) -> None:
    """Organizations of all kinds and ages with committees, groups, records good and bad."""

    def day(first: date, last: date) -> date:
        return first + timedelta(days=random.randint(0, (last - first).days))

    for place in range(number):
        founded = day(date(2023, 1, 1), date(YEAR, 11, 5)) if place % 2 else date(2010, 1, 1)
        if place == 3:
            founded = date(YEAR, 4, 1)
        dissolved = day(date(YEAR, 3, 1), date(YEAR + 1, 2, 1)) if place % 5 == 0 else None
        if dissolved and dissolved <= founded:
            dissolved = None
        party = make_party(
            (FIRST, SECOND, THIRD)[place % 3],
            kind=("standing", "joint", "affiliated")[min(2, place % 4)],
            founded_on=founded,
            dissolved_on=dissolved,
        )
        if place % 3 == 0:
            start = day(founded, date(YEAR, 6, 1)) if founded < date(YEAR, 6, 1) else founded
            for _ in range(3):
                PartyPost.objects.create(
                    member=make_member(party=party),
                    party_organization=party,
                    duty="member",
                    valid_from=start,
                    valid_to=date(YEAR, 10, 1) if place == 6 else None,
                )
        groups = [
            PartyGroup.objects.create(
                party_organization=party,
                name=f"第{n}组",
                valid_from=founded + timedelta(days=40 * n),
            )
            for n in range(place % 3)
        ]
        for _ in range(random.randint(8, 26)):
            kinds = random.choice(
                [
                    *(("theme_day",), ("members_meeting", "lecture"), ("committee_meeting",)),
                    *(("lecture",), ("life_meeting", "appraisal"), ("talk",), ("service",)),
                    ("group_meeting",),
                ]
            )
            group = random.choice(groups) if groups and kinds == ("group_meeting",) else None
            edges = [date(YEAR, 2, 29), date(YEAR, 3, 31), date(YEAR, 4, 1), date(YEAR, 12, 31)]
            on = random.choice([*edges, *[day(date(2023, 12, 1), date(2025, 1, 31))] * 8])
            state = random.choices(("filed", "draft", "void"), (8, 1, 1))[0]
            held(party, on, *kinds, group=group, state=state, is_late=random.random() < 0.2)
        if random.random() < 0.8:
            filed = day(date(2023, 12, 10), date(YEAR, 6, 1))
            YearPlan.objects.create(
                party_organization=party, year=YEAR, state="filed", filed_on=filed
            )


@pytest.mark.parametrize(
    "as_of",
    [
        *(date(YEAR, 1, 1), date(YEAR, 1, 31), date(YEAR, 2, 29), date(YEAR, 3, 31)),
        *(date(YEAR, 4, 1), date(YEAR, 12, 31)),
    ],
)
def test_the_panel_equals_a_slow_recount(as_of: date) -> None:
    some_city(Random(as_of.toordinal()))
    panel = panel_of(as_of)
    slow = recount(YEAR, as_of, list(PartyOrganization.objects.all()))
    owed, done = {}, {}
    for key, tally in panel.cells.items():
        if number := tally.expected + tally.running:
            owed[key] = number
        if number := tally.done + tally.early:
            done[key] = number
        assert tally.late >= 0
        assert tally.waiting >= 0
    assert owed == {k: n for k, n in slow["owed"].items() if n}
    assert done == {k: n for k, n in slow["done"].items() if n}


def test_every_number_is_that_of_its_list() -> None:
    some_city(Random(5))
    as_of = date(YEAR, 8, 20)
    panel = panel_of(as_of)
    for spec in panel.specs:
        for period in panel.periods(spec):
            for township in panel.townships:
                parties = seen().filter(township=township)
                if spec.duty == "group_meeting":
                    rows = owing_groups(parties, period, as_of)
                else:
                    rows = owing_parties(parties, spec, period, as_of)
                tally = panel.tally(spec, township.code, period.number)
                done = rows.filter(times_done__gte=spec.times).count()
                assert rows.count() == tally.expected + tally.running
                assert done == tally.done + tally.early


def test_a_line_of_one_organization_agrees_with_the_panel() -> None:
    some_city(Random(9), 8)
    as_of = date(YEAR, 9, 10)
    for party in PartyOrganization.objects.all():
        panel = panel_of(as_of, seen().filter(pk=party.pk))
        states = [
            (line.spec.duty, square.state)
            for line in life_of(party, YEAR, as_of)
            for square in line.squares
        ]
        for spec in panel.specs:
            tally = panel.tally(spec)
            assert states.count((spec.duty, DutyState.DONE)) == tally.done + tally.early
            assert states.count((spec.duty, DutyState.LATE)) == tally.late
            assert states.count((spec.duty, DutyState.RUNNING)) == tally.waiting


def test_a_stricter_rule_counts_how_often() -> None:
    DutyRule.objects.create(duty="lecture", since_year=YEAR, unit="quarter", times=2)
    party, other = make_party(FIRST), make_party(FIRST)
    held(party, date(YEAR, 1, 5), "lecture")
    held(party, date(YEAR, 2, 5), "lecture")
    held(other, date(YEAR, 2, 5), "lecture")
    panel = panel_of(date(YEAR, 3, 31))
    spec = next(one for one in panel.specs if one.duty == "lecture")
    assert (panel.tally(spec).early, panel.tally(spec).waiting) == (1, 1)
    (first, *_) = duty_periods(spec, YEAR)
    rows = owing_parties(seen(), spec, first, date(YEAR, 3, 31))
    assert [row.pk for row in rows.filter(times_done__gte=2)] == [party.pk]


def test_the_number_of_queries_does_not_grow(django_assert_max_num_queries: Any) -> None:
    def queries() -> int:
        with django_assert_max_num_queries(9) as counted:
            panel_of()
        return len(counted.captured_queries)

    some_city(Random(1), 3)
    few = queries()
    some_city(Random(2), 12)
    assert queries() == few
