"""The steps to the next star: they lead there, none is needless, what cannot be is said."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation.rules.facts import Facts
from evaluation.rules.next_star import Way, way_to_next_star
from evaluation.rules.rating import rate
from evaluation.rules.scheme import DEFAULT_SCHEME
from evaluation.rules.steps import Outlook, applied
from tests.evaluation.star_facts import facts

TODAY = date(2019, 10, 16)
ENDS = tuple(date(2019, month, 30 if month == 11 else 31) for month in (10, 11, 12))
OUTLOOK = Outlook(
    today=TODAY,
    general_meetings=(date(2019, 12, 31),),
    lectures=(date(2019, 12, 31),),
    committee_meetings=ENDS,
    theme_days=ENDS,
    group_meetings=ENDS,
    dues=tuple((day, 10) for day in ENDS),
)


def poor(**changes: Any) -> Facts:
    """An organization of three quarters' work, two stars last year."""
    return facts(
        **{
            "general_meeting_quarters": 3,
            "lecture_quarters": 2,
            "committee_meeting_months": 8,
            "theme_day_months": 8,
            "group_months_held": 0,
            "group_months_due": 0,
            "has_life_meeting": False,
            "has_appraisal": False,
            "dues_on_time": 80,
            "venue_features": ("place", "sign", "books"),
            "pledged_count": 0,
            "service_count": 0,
            "folder_count": 7,
            "has_brand_plan": False,
            "last_star": 2,
            "is_model": False,
            **changes,
        }
    )


def way(one: Facts) -> Way:
    return way_to_next_star(one, DEFAULT_SCHEME, OUTLOOK)


def test_the_steps_give_the_star_and_none_is_needless() -> None:
    one = poor()
    before = rate(one, DEFAULT_SCHEME)
    found = way(one)
    assert before.star == 2
    assert found.star == 3
    assert found.steps
    assert rate(applied(one, found.steps), DEFAULT_SCHEME).star == 3
    for left_out in found.steps:
        rest = list(found.steps)
        rest.remove(left_out)
        assert (rate(applied(one, rest), DEFAULT_SCHEME).star or 0) < 3
    assert all(step.deadline <= date(2019, 12, 31) and step.gain > 0 for step in found.steps)


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({"kind": "affiliated"}, "挂靠"),
        ({"founded_on": date(2019, 5, 1)}, "不满一年"),
        ({"confirmed_vetoes": ("V1",)}, "一票否决"),
        ({"was_rated": False, "last_star": None}, "首次评定"),
        ({"last_star": 1}, "一年最多升一级"),
    ],
)
def test_why_there_is_no_way(changes: dict[str, Any], part: str) -> None:
    assert part in way(facts(**changes)).blocked


def test_the_highest_star_has_nothing_above_it() -> None:
    assert "最高" in way(facts()).blocked


def test_the_highest_star_asks_for_a_bonus() -> None:
    found = way(facts(is_model=False))
    assert found.star == 5
    assert [step.code for step in found.steps] == ["bonus"]


def test_a_group_below_its_minimum_is_lifted_first() -> None:
    found = way(facts(venue_features=(), has_fund=False))
    assert found.star == 5
    assert {step.code[0] for step in found.steps} == {"D"}
    assert (
        rate(applied(facts(venue_features=(), has_fund=False), found.steps), DEFAULT_SCHEME).star
        == 5
    )


def test_where_time_is_up_it_is_said() -> None:
    never = ("general_meeting_quarters", "lecture_quarters", "theme_day_months", "dues_on_time")
    one = facts(**dict.fromkeys((*never, "committee_meeting_months", "present_count"), 0))
    assert rate(one, DEFAULT_SCHEME).star == 1
    assert "不足以" in way_to_next_star(one, DEFAULT_SCHEME, Outlook(TODAY)).blocked


@settings(max_examples=60, deadline=None)
@given(
    st.fixed_dictionaries(
        {
            "general_meeting_quarters": st.integers(0, 3),
            "lecture_quarters": st.integers(0, 3),
            "theme_day_months": st.integers(0, 9),
            "committee_meeting_months": st.integers(0, 9),
            "present_count": st.integers(30, 100),
            "dues_on_time": st.integers(0, 90),
            "complete_member_count": st.integers(0, 10),
            "trained_count": st.integers(0, 10),
            "pledged_count": st.integers(0, 10),
            "folder_count": st.integers(0, 12),
            "service_count": st.integers(0, 2),
            "has_agreement": st.booleans(),
            "cross_post_count": st.integers(0, 1),
            "last_star": st.integers(0, 5),
            "is_model": st.booleans(),
            "kind": st.sampled_from(["standing", "joint"]),
            "joint_elects": st.booleans(),
        }
    )
)
def test_a_promised_star_is_given(changes: dict[str, Any]) -> None:
    one = poor(**changes)
    found = way(one)
    now = rate(one, DEFAULT_SCHEME).star or 0
    if found.blocked:
        assert not found.steps
    else:
        assert found.star == now + 1
        assert rate(applied(one, found.steps), DEFAULT_SCHEME).star == now + 1
