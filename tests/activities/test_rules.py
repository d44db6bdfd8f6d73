"""Periods, duties, votes, completeness, plans: what follows from dates and numbers."""

from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activities.rules.duties import DUTIES, KINDS, DutyState, duty_state, plan_in_time
from activities.rules.periods import Period, Unit, day_in, owed, period_of, periods
from activities.rules.plans import Lives, planned_items
from activities.rules.records import (
    Person,
    RecordFacts,
    completeness,
    filed_in_time,
    is_the_same,
    missing,
)
from activities.rules.vocabulary import ActivityKind
from activities.rules.votes import (
    Ballot,
    contradictions,
    election_is_valid,
    has_quorum,
    may_vote,
    passed,
)

DAYS = st.dates(date(2015, 1, 1), date(2030, 12, 31))


@given(DAYS, st.sampled_from(list(Unit)))
def test_every_day_lies_in_exactly_one_period_of_its_year(day: date, unit: Unit) -> None:
    around = [p for p in periods(unit, day.year) if p.first <= day < p.end]
    assert around == [period_of(unit, day)]
    days = sum((p.end - p.first).days for p in periods(unit, day.year))
    assert days == (date(day.year + 1, 1, 1) - date(day.year, 1, 1)).days


@pytest.mark.parametrize(
    ("year", "month", "day", "found"),
    [
        (2024, 2, 31, date(2024, 2, 29)),
        (2023, 2, 29, date(2023, 2, 28)),
        (2026, 4, 31, date(2026, 4, 30)),
        (2026, 12, 31, date(2026, 12, 31)),
        (2026, 1, 1, date(2026, 1, 1)),
    ],
)
def test_a_fixed_day_in_short_months(year: int, month: int, day: int, found: date) -> None:
    assert day_in(year, month, day) == found


MARCH, Q1, YEAR = (
    Period(Unit.MONTH, 2026, 3),
    Period(Unit.QUARTER, 2026, 1),
    Period(Unit.YEAR, 2026, 1),
)


@pytest.mark.parametrize(
    ("period", "begins", "ends", "is_owed"),
    [
        (MARCH, date(2026, 3, 1), None, True),
        (MARCH, date(2026, 3, 2), None, False),
        (MARCH, date(2020, 1, 1), date(2026, 4, 1), True),
        (MARCH, date(2020, 1, 1), date(2026, 3, 31), False),
        (Q1, date(2026, 1, 1), None, True),
        (Q1, date(2026, 1, 2), None, False),
        (Q1, date(2020, 1, 1), date(2026, 3, 31), False),
        (YEAR, date(2026, 10, 1), None, True),
        (YEAR, date(2026, 10, 2), None, False),
        (YEAR, date(2020, 1, 1), date(2027, 1, 1), True),
        (YEAR, date(2020, 1, 1), date(2026, 12, 31), False),
    ],
)
def test_what_is_lived_through_is_owed(
    period: Period, begins: date, ends: date | None, is_owed: bool
) -> None:
    assert owed(period, begins, ends) is is_owed


def test_the_quarters_of_a_year_of_foundation_and_dissolution() -> None:
    born, ended = date(2026, 2, 14), date(2026, 11, 20)
    quarters = [p.number for p in periods(Unit.QUARTER, 2026) if owed(p, born, ended)]
    months = [p.number for p in periods(Unit.MONTH, 2026) if owed(p, born, ended)]
    assert quarters == [2, 3]
    assert months == [3, 4, 5, 6, 7, 8, 9, 10]


@pytest.mark.parametrize(
    ("day", "done", "state"),
    [
        (date(2026, 2, 28), 0, DutyState.FUTURE),
        (date(2026, 3, 1), 0, DutyState.RUNNING),
        (date(2026, 3, 31), 0, DutyState.RUNNING),
        (date(2026, 4, 1), 0, DutyState.LATE),
        (date(2026, 3, 1), 1, DutyState.DONE),
        (date(2026, 4, 1), 1, DutyState.DONE),
    ],
)
def test_a_period_is_late_only_once_it_is_over(day: date, done: int, state: DutyState) -> None:
    assert duty_state(MARCH, True, done, 1, day) == state
    assert duty_state(MARCH, False, done, 1, day) == DutyState.NOT_OWED


def test_two_times_a_period_are_done_by_two() -> None:
    assert duty_state(MARCH, True, 1, 2, date(2026, 4, 1)) == DutyState.LATE
    assert duty_state(MARCH, True, 2, 2, date(2026, 4, 1)) == DutyState.DONE


def test_the_plan_is_due_by_the_end_of_january() -> None:
    assert plan_in_time(2026, date(2026, 1, 31))
    assert not plan_in_time(2026, date(2026, 2, 1))
    assert plan_in_time(2026, date(2025, 12, 20))


# --- votes --------------------------------------------------------------------------------------


@pytest.mark.parametrize("entitled", range(1, 61))
def test_quorum_and_majority_for_one_to_sixty_entitled(entitled: int) -> None:
    least = next(n for n in range(entitled + 1) if n > entitled / 2)
    for present in range(entitled + 1):
        assert has_quorum(entitled, present) is (present >= least)
        four_fifths = -(-entitled * 4 // 5)
        assert election_is_valid(entitled, present) is (present >= four_fifths)
        for in_favour in range(present + 1):
            ballot = Ballot(entitled, present, in_favour, present - in_favour, 0)
            assert passed(ballot) is (in_favour >= least)


@pytest.mark.parametrize(
    ("ballot", "wrong"),
    [
        (Ballot(10, 8, 6, 1, 1), 0),
        (Ballot(10, 11, 11, 0, 0), 1),
        (Ballot(10, 8, 6, 1, 0), 1),
        (Ballot(0, 0, 0, 0, 0), 1),
        (Ballot(10, 8, -1, 9, 0), 1),
    ],
)
def test_numbers_of_a_vote_must_fit(ballot: Ballot, wrong: int) -> None:
    assert len(contradictions(ballot)) == wrong
    assert wrong == 0 or not passed(ballot)


@pytest.mark.parametrize(
    ("full_on", "is_full", "suspended", "votes"),
    [
        (date(2026, 3, 15), True, False, True),
        (date(2026, 3, 16), True, False, False),
        (None, True, False, True),
        (None, False, False, False),
        (date(2020, 1, 1), True, True, False),
    ],
)
def test_who_may_vote(full_on: date | None, is_full: bool, suspended: bool, votes: bool) -> None:
    assert may_vote(full_on, is_full, suspended, date(2026, 3, 15)) is votes


# --- completeness -------------------------------------------------------------------------------

FULL = RecordFacts(
    kinds=("theme_day",),
    title="主题党日",
    held_on=date(2026, 3, 15),
    starts_at=time(15),
    ends_at=time(16),
    place="会议室",
    host="陈",
    recorder="林",
    agenda="学习",
    minutes="会" * 20,
    people=(Person("甲", "present"), Person("乙", "excused", "出差")),
    founded_on=date(2020, 1, 1),
    today=date(2026, 3, 20),
)


def test_a_full_record_misses_nothing() -> None:
    assert missing(FULL) == []
    assert completeness(FULL) == 100


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": " "}, "title"),
        ({"held_on": None}, "held_on"),
        ({"held_on": date(2026, 3, 21)}, "held_on"),
        ({"founded_on": date(2026, 3, 16)}, "held_on"),
        ({"dissolved_on": date(2026, 3, 15)}, "held_on"),
        ({"starts_at": None}, "starts_at"),
        ({"ends_at": time(15)}, "ends_at"),
        ({"place": ""}, "place"),
        ({"host": ""}, "host"),
        ({"recorder": ""}, "recorder"),
        ({"agenda": "\n"}, "agenda"),
        ({"minutes": "会" * 19}, "minutes"),
        ({"people": ()}, "people"),
        ({"people": (Person("甲", "present"), Person("乙"))}, "people"),
        ({"people": (Person("甲", "absent"),)}, "people"),
        ({"people": (Person("甲", "present"), Person("乙", "excused"))}, "people"),
        ({"kinds": ()}, "kinds"),
        ({"kinds": ("group_meeting",)}, "group"),
        ({"kinds": ("appraisal",)}, "people"),
        ({"ballots": (Ballot(3, 2, 1, 0, 0),)}, "votes"),
        ({"resolutions": (("维修场所", ""),)}, "resolutions"),
    ],
)
def test_each_gap_is_named_beside_its_field(changes: dict, field: str) -> None:
    facts = RecordFacts(**{**FULL.__dict__, **changes})
    assert [one.field for one in missing(facts)] == [field]
    assert 0 <= completeness(facts) < 100


@given(
    st.dictionaries(
        st.sampled_from(["title", "place", "host", "recorder", "agenda", "minutes"]),
        st.text(max_size=30),
    )
)
def test_completeness_is_whole_only_when_nothing_is_missing(changes: dict[str, str]) -> None:
    facts = RecordFacts(**{**FULL.__dict__, **changes})
    assert (completeness(facts) == 100) is (missing(facts) == [])


def test_seven_days_to_file() -> None:
    held = date(2026, 2, 25)
    assert filed_in_time(held, held + timedelta(days=7))
    assert not filed_in_time(held, held + timedelta(days=8))


def test_what_looks_like_the_same_meeting() -> None:
    assert is_the_same({"theme_day"}, None, {"theme_day", "lecture"}, None)
    assert not is_the_same({"theme_day"}, None, {"lecture"}, None)
    assert is_the_same({"group_meeting"}, 1, {"group_meeting"}, 1)
    assert not is_the_same({"group_meeting"}, 1, {"group_meeting"}, 2)
    assert not is_the_same({"talk"}, None, {"talk"}, None)


# --- plans --------------------------------------------------------------------------------------


def test_a_whole_year_of_a_branch_with_committee_and_two_groups() -> None:
    groups = ((1, date(2025, 1, 1), None), (2, date(2026, 7, 1), None))
    committee = frozenset(date(2026, month, 1) for month in range(1, 13))
    lives = Lives(date(2020, 1, 1), None, 31, committee, groups)
    items = planned_items(2026, lives, DUTIES)
    by_kind = {kind: [i for i in items if i.kind == kind] for kind in ActivityKind}
    numbers = {kind: len(found) for kind, found in by_kind.items() if found}
    assert numbers == {
        ActivityKind.MEMBERS_MEETING: 4,
        ActivityKind.COMMITTEE_MEETING: 12,
        ActivityKind.GROUP_MEETING: 12 + 6,
        ActivityKind.LECTURE: 4,
        ActivityKind.THEME_DAY: 12,
        ActivityKind.LIFE_MEETING: 1,
        ActivityKind.APPRAISAL: 1,
        ActivityKind.TALK: 1,
    }
    assert by_kind[ActivityKind.THEME_DAY][1].on == date(2026, 2, 28)
    assert items == sorted(items, key=lambda item: item.on)


@given(DAYS, st.integers(1, 31), st.integers(2015, 2030))
def test_a_plan_stays_within_its_year_and_the_organizations_life(
    founded: date, theme_day: int, year: int
) -> None:
    items = planned_items(year, Lives(founded, None, theme_day), DUTIES)
    assert all(item.on.year == year for item in items)
    assert all(item.on >= founded for item in items)
    assert year >= founded.year or items == []


def test_every_kind_says_what_it_serves() -> None:
    assert set(KINDS) == set(ActivityKind)
