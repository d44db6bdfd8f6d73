"""Every item of the default scheme at its borders: values, zero denominators, not applicable."""

from dataclasses import fields
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.rules.criteria import CRITERIA, known_targets, score
from evaluation.rules.facts import Facts, facts_of, months_due, quarter_period, year_period
from evaluation.rules.scheme import (
    DEFAULT_ITEMS,
    DEFAULT_SCHEME,
    FOUND_SCHEME,
    Item,
    faults_of,
    scheme_of,
)
from tests.evaluation.star_facts import GOOD, facts

ITEMS = {item.code: item for item in DEFAULT_ITEMS}
QUARTER = {
    "period_start": date(2019, 4, 1),
    "period_end": date(2019, 7, 1),
    "as_of": date(2019, 6, 30),
    "months_due": 3,
}

CASES: list[tuple[str, dict[str, Any], str | None]] = [
    ("A1", {}, "5"),
    ("A1", {"failed_setup_rules": ("R3",)}, "0"),
    ("A2", {}, "5"),
    ("A2", {"term_ends_on": date(2020, 1, 1)}, "5"),
    ("A2", {"term_ends_on": date(2019, 12, 31)}, "0"),
    ("A2", {"term_ends_on": date(2019, 12, 31), "extended_until": date(2020, 12, 31)}, "3"),
    ("A2", {"term_ends_on": date(2019, 12, 31), "extended_until": date(2021, 1, 1)}, "0"),
    ("A2", {"term_ends_on": date(2019, 6, 1), "extended_until": date(2019, 12, 31)}, "0"),
    ("A2", {"term_ends_on": None}, "0"),
    ("A2", {"kind": "joint"}, None),
    ("A2", {"kind": "joint", "joint_elects": True}, "5"),
    ("A2", {"kind": "joint", "joint_elects": True, "term_ends_on": None}, "0"),
    ("A2", {"joint_elects": True, "term_ends_on": date(2019, 12, 31)}, "0"),
    ("A3", {}, "4"),
    ("A3", {"has_secretary": False}, "2"),
    ("A3", {"committee_size": 2}, "2"),
    ("A3", {"committee_size": 7}, "4"),
    ("A3", {"committee_size": 8}, "2"),
    ("A3", {"committee_duties": 2}, "2"),
    ("A3", {"full_member_count": 7, "committee_size": 0}, "2"),
    ("A3", {"full_member_count": 6, "committee_size": 0}, "4"),
    ("A3", {"full_member_count": 6, "committee_size": 0, "has_secretary": False}, "2"),
    ("A4", {}, "3"),
    ("A4", {"cross_post_count": 0}, "0"),
    ("A5", {"charter_approved_count": 0}, "0"),
    ("A5", {"charter_approved_count": 1}, "0.75"),
    ("A5", {"covered_count": 0, "charter_approved_count": 0}, None),
    ("B1", {"general_meeting_quarters": 0}, "0"),
    ("B1", {"general_meeting_quarters": 3}, "4.5"),
    ("B1", {}, "6"),
    ("B1", {**QUARTER, "general_meeting_quarters": 1}, "6"),
    ("B1", {**QUARTER, "general_meeting_quarters": 0}, "0"),
    ("B1", {"months_due": 0}, None),
    ("B2", {}, "5"),
    ("B2", {"committee_meeting_months": 6}, "2.5"),
    ("B2", {"committee_size": 0}, None),
    ("B2", {**QUARTER, "committee_meeting_months": 2}, "3.33"),
    ("B3", {}, "3"),
    ("B3", {"group_months_held": 12}, "1.5"),
    ("B3", {"group_months_held": 0, "group_months_due": 0}, None),
    ("B4", {"lecture_quarters": 3}, "3.75"),
    ("B4", {}, "5"),
    ("B5", {"theme_day_months": 11}, "5.5"),
    ("B5", {"theme_day_months": 0}, "0"),
    ("B5", {"months_due": 10, "theme_day_months": 10}, "6"),
    ("B5", {"months_due": 10, "theme_day_months": 11}, "6"),
    ("B6", {}, "5"),
    ("B6", {"has_appraisal": False}, "2.5"),
    ("B6", {"has_appraisal": False, "has_life_meeting": False}, "0"),
    ("B6", {**QUARTER, "has_appraisal": False, "has_life_meeting": False}, None),
    ("C1", {"present_count": 50}, "0"),
    ("C1", {"present_count": 49}, "0"),
    ("C1", {"present_count": 85}, "6"),
    ("C1", {"present_count": 84}, "5.83"),
    ("C1", {"present_count": 100}, "6"),
    ("C1", {"present_count": 0, "expected_count": 0}, None),
    ("C2", {"dues_on_time": 119}, "5.95"),
    ("C2", {"dues_on_time": 0}, "0"),
    ("C2", {"dues_on_time": 0, "dues_due": 0}, None),
    ("C2", {"kind": "joint"}, None),
    ("C3", {}, "3"),
    ("C3", {"complete_member_count": 5}, "2"),
    ("C3", {"mobile_contacted_count": 0}, "2"),
    ("C3", {"mobile_count": 0, "mobile_contacted_count": 0}, "3"),
    ("C3", {"member_count": 0, "complete_member_count": 0}, None),
    ("C4", {}, "3"),
    ("C4", {"admission_faults": 1}, "2"),
    ("C4", {"admission_faults": 4}, "0"),
    ("C4", {"kind": "joint"}, None),
    ("C4", {"level": "temporary_branch"}, None),
    ("C5", {"trained_count": 5}, "1"),
    ("C5", {"member_count": 0, "trained_count": 0}, None),
    ("D1", {}, "7"),
    ("D1", {"venue_features": ()}, "0"),
    ("D1", {"venue_features": ("place", "sign")}, "2"),
    ("D2", {"has_fund": False}, "1.5"),
    ("D2", {"has_fund": False, "has_expense": False}, "0"),
    ("E1", {"pledged_count": 1}, "0.3"),
    ("E1", {"member_count": 0, "pledged_count": 0}, None),
    ("E2", {"service_count": 0}, "0"),
    ("E2", {"service_count": 1}, "2"),
    ("E2", {"service_count": 5}, "4"),
    ("E2", {**QUARTER, "service_count": 1}, "4"),
    ("E3", {"has_agreement": False}, "1.5"),
    ("E3", {"has_brand_plan": False, "has_agreement": False}, "0"),
    ("F1", {}, "3"),
    ("F1", {"plan_filed_on": date(2019, 2, 1)}, "1.5"),
    ("F1", {"plan_filed_on": date(2018, 12, 20)}, "3"),
    ("F1", {"plan_filed_on": None}, "0"),
    ("F2", {"timely_record_count": 30}, "2.25"),
    ("F2", {"record_count": 0, "timely_record_count": 0}, None),
    ("F3", {"folder_count": 6}, "2"),
    ("F3", {"folder_count": 13}, "4"),
]


@pytest.mark.parametrize(("code", "changes", "expected"), CASES)
def test_an_item_gives(code: str, changes: dict[str, Any], expected: str | None) -> None:
    got = score(facts(**changes), ITEMS[code]).got
    assert (None if got is None else round(got, 2)) == (
        None if expected is None else Decimal(expected)
    )


def test_every_item_is_in_the_table_and_in_the_scheme() -> None:
    assert {code for code, _, _ in CASES} == set(CRITERIA) == set(ITEMS)
    assert DEFAULT_SCHEME.total_points == 100
    groups = {group: sum(i.points for i in DEFAULT_ITEMS if i.group == group) for group in "ABCDEF"}
    assert list(groups.values()) == [20, 30, 20, 10, 10, 10]


class Watched(Facts):
    """Notes which facts are looked at."""

    def __getattribute__(self, name: str) -> Any:
        if name in FIELDS:
            SEEN.add(name)
        return super().__getattribute__(name)


FIELDS = {field.name for field in fields(Facts)}
SEEN: set[str] = set()


@pytest.mark.parametrize("code", CRITERIA)
def test_a_formula_reads_what_it_says_and_no_more(code: str) -> None:
    SEEN.clear()
    for one, changes, _ in CASES:
        if one == code:
            values = {name: getattr(facts(**changes), name) for name in FIELDS}
            score(Watched(**values), ITEMS[code])
    assert set(CRITERIA[code].reads) == SEEN


COUNTS = [
    name
    for name, value in GOOD.as_json().items()
    if isinstance(value, int) and not isinstance(value, bool)
]


@given(st.fixed_dictionaries({name: st.integers(0, 40) for name in COUNTS}), st.booleans())
def test_no_item_leaves_its_bounds(counts: dict[str, int], joint: bool) -> None:
    counts["months_due"] %= 13
    one = facts(**counts, kind="joint" if joint else "standing")
    for item in DEFAULT_ITEMS:
        found = score(one, item)
        assert found.words
        assert found.got is None or 0 <= found.got <= item.points


def test_facts_and_schemes_come_back_from_json() -> None:
    one = facts(honours=(("a", "city"), ("b", "nation")), confirmed_vetoes=("V1",))
    assert facts_of(one.as_json()) == one
    assert facts_of({**one.as_json(), "a_fact_of_the_past": 1}) == one
    joint = facts(kind="joint", joint_elects=True)
    stored = joint.as_json()
    assert facts_of(stored) == joint
    del stored["joint_elects"]  # as ratings were stored before there was such a fact
    assert facts_of(stored) == facts(kind="joint")
    for scheme in (DEFAULT_SCHEME, FOUND_SCHEME):
        assert scheme_of(scheme.as_json()) == scheme
        assert faults_of(scheme, known_targets()) == []


@pytest.mark.parametrize(
    ("change", "part"),
    [
        ({"items": (*DEFAULT_ITEMS, DEFAULT_ITEMS[0])}, "出现了两次"),
        ({"items": (Item("A9", "无", Decimal(1)),)}, "没有对应的算法"),
        ({"items": (Item("A1", "负", Decimal(-1)),)}, "不能为负"),
        ({"bands": {1: Decimal(70), 2: Decimal(60)}}, "逐级升高"),
        ({"bands": {1: Decimal(60), 3: Decimal(70)}}, "从一星起"),
        ({"quotas": {5: Decimal(2)}}, "比例"),
        ({"group_minimum": Decimal(2)}, "得分率"),
    ],
)
def test_a_scheme_that_cannot_be_used_says_why(change: dict[str, Any], part: str) -> None:
    stored = DEFAULT_SCHEME
    values = {**{n: getattr(stored, n) for n in stored.__dataclass_fields__}, **change}
    assert any(part in fault for fault in faults_of(type(stored)(**values), known_targets()))


@pytest.mark.parametrize(
    ("as_of", "founded", "dissolved", "expected"),
    [
        (date(2019, 12, 31), date(2012, 1, 1), None, 12),
        (date(2019, 12, 30), date(2012, 1, 1), None, 11),
        (date(2019, 1, 30), date(2012, 1, 1), None, 0),
        (date(2019, 1, 31), date(2012, 1, 1), None, 1),
        (date(2019, 2, 28), date(2012, 1, 1), None, 2),
        (date(2020, 5, 1), date(2012, 1, 1), None, 12),
        (date(2019, 12, 31), date(2019, 3, 1), None, 10),
        (date(2019, 12, 31), date(2019, 3, 2), None, 9),
        (date(2019, 12, 31), date(2012, 1, 1), date(2019, 7, 1), 6),
        (date(2019, 12, 31), date(2012, 1, 1), date(2019, 6, 30), 5),
        (date(2018, 12, 31), date(2012, 1, 1), None, 0),
    ],
)
def test_months_that_are_due(
    as_of: date, founded: date, dissolved: date | None, expected: int
) -> None:
    assert months_due(year_period(2019), as_of, founded, dissolved) == expected


def test_quarters_make_the_year() -> None:
    quarters = [quarter_period(2020, number) for number in (1, 2, 3, 4)]
    assert [one.end for one in quarters[:-1]] == [one.start for one in quarters[1:]]
    assert (quarters[0].start, quarters[-1].end) == (date(2020, 1, 1), date(2021, 1, 1))
    assert sum(months_due(q, date(2021, 1, 1), date(2012, 1, 1), None) for q in quarters) == 12
