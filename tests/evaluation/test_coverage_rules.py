"""Rates at their borders."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.rules.coverage import Coverage, month_days, percent, rate
from organizations.rules.coverage import body_kind, is_live, uncovered_reason


@pytest.mark.parametrize(
    ("part", "whole", "fraction", "shown"),
    [
        (885, 1045, "0.8469", "84.7"),
        (884, 1045, "0.8459", "84.6"),
        (886, 1045, "0.8478", "84.8"),
        (0, 7, "0.0000", "0.0"),
        (7, 7, "1.0000", "100.0"),
        (1, 8, "0.1250", "12.5"),
        (1, 3, "0.3333", "33.3"),
        (2, 3, "0.6667", "66.7"),
        (1, 20000, "0.0001", "0.0"),  # 0.00005 goes up
        (1, 2000, "0.0005", "0.1"),  # 0.05 per cent goes up
        (1999, 2000, "0.9995", "100.0"),
    ],
)
def test_rates_are_rounded_half_up(part: int, whole: int, fraction: str, shown: str) -> None:
    assert rate(part, whole) == Decimal(fraction)
    assert percent(part, whole) == shown


def test_a_rate_over_nothing_is_no_rate() -> None:
    assert rate(0, 0) is None
    assert percent(0, 0) == "—"
    assert Coverage().organization_coverage_rate is None


@given(st.integers(0, 10**6), st.integers(1, 10**6))
def test_a_rate_is_nearest_to_the_fraction(part: int, whole: int) -> None:
    found = rate(part, whole)
    assert abs(found * whole * 10000 - part * 10000) * 2 <= whole


@pytest.mark.parametrize(
    ("members", "reason"),
    [(0, "no_members"), (1, "too_few_members"), (2, "too_few_members"), (3, "should_establish")],
)
def test_reasons_at_their_borders(members: int, reason: str) -> None:
    assert uncovered_reason(members) == reason


def test_validity_is_half_open() -> None:
    start, end = date(2019, 1, 1), date(2019, 2, 1)
    assert not is_live(date(2018, 12, 31), start, end)
    assert is_live(start, start, end)
    assert is_live(date(2019, 1, 31), start, end)
    assert not is_live(end, start, end)
    assert is_live(date(2099, 1, 1), start, None)


def test_the_reduced_base_takes_away_from_both_sides() -> None:
    whole = Coverage(
        social_organization_count=10,
        covered_count=6,
        work_covered_count=8,
        removed_shell=2,
        removed_winding_up=1,
        removed_covered=1,
        removed_work_covered=2,
    )
    assert whole.removed_count == 3
    assert whole.reduced.social_organization_count == 7
    assert whole.reduced.covered_count == 5
    assert whole.reduced.work_covered_count == 6


@pytest.mark.parametrize(
    ("as_of", "days"),
    [
        (date(2019, 10, 16), ["2019-08-31", "2019-09-30", "2019-10-16"]),
        (date(2020, 3, 1), ["2020-01-31", "2020-02-29", "2020-03-01"]),
        (date(2019, 1, 31), ["2018-11-30", "2018-12-31", "2019-01-31"]),
    ],
)
def test_a_trend_shows_month_ends_and_the_day_itself(as_of: date, days: list[str]) -> None:
    assert [day.isoformat() for day in month_days(as_of, 3)] == days


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("市社会组织综合党委", "committee"),
        ("镇(街道)两新组织党委", "township"),
        ("蚶江镇两新组织党委", "township"),
        ("市民政局党组", "line"),
        ("纺织行业党委", "line"),
    ],
)
def test_lines_of_responsibility_by_name(name: str, kind: str) -> None:
    assert body_kind(name) == kind
