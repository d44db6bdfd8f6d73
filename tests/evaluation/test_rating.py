"""Bands, the highest star's conditions, steps of a year, bonus, quotas, suggested vetoes."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.rules.rating import (
    Limit,
    Ranked,
    band_of,
    bonus_of,
    quota_of,
    rate,
    stars_within_quotas,
    suggested_vetoes,
    two_places,
)
from evaluation.rules.scheme import DEFAULT_SCHEME, FOUND_SCHEME
from tests.evaluation.star_facts import facts


@pytest.mark.parametrize(
    ("total", "star"),
    [
        ("0", 0), ("59.99", 0), ("60", 1), ("69.99", 1), ("70", 2), ("79.99", 2), ("80", 3),
        ("84.99", 3), ("85", 4), ("89.99", 4), ("90", 5), ("110", 5),
    ],
)  # fmt: skip
def test_bands(total: str, star: int) -> None:
    assert band_of(Decimal(total), DEFAULT_SCHEME.bands) == star


def test_the_found_bands_leave_nobody_without_a_star() -> None:
    assert [band_of(Decimal(n), FOUND_SCHEME.bands) for n in (0, 59, 60, 70, 80, 90)] == [
        *(1, 1, 2, 3, 4, 5)
    ]


def test_an_exemplary_organization_has_five() -> None:
    found = rate(facts(), DEFAULT_SCHEME)
    assert (found.score, found.bonus, found.star, found.limits) == (100, 2, 5, ())


@pytest.mark.parametrize(
    ("changes", "star", "limits"),
    [
        ({"last_star": 3}, 4, {Limit.LAST_STAR}),
        ({"last_star": 2}, 3, {Limit.LAST_STAR, Limit.STEP}),
        ({"last_star": 0}, 1, {Limit.LAST_STAR, Limit.STEP}),
        ({"last_star": 5}, 5, set()),
        ({"last_star": None, "was_rated": False}, 3, {Limit.LAST_STAR, Limit.FIRST}),
        ({"is_model": False}, 4, {Limit.NO_BONUS}),
        ({"venue_features": ("a", "b"), "has_fund": False}, 4, {Limit.GROUP}),
        ({"venue_features": ("a", "b", "c")}, 5, set()),  # 6 of 10 is not below 60 %
        ({"confirmed_vetoes": ("V2",)}, 0, {Limit.VETO}),
        ({"kind": "affiliated"}, None, {Limit.KIND}),
        ({"founded_on": date(2019, 1, 1)}, None, {Limit.YOUNG}),
        ({"founded_on": date(2018, 12, 31)}, 5, set()),
        ({"founded_on": date(2018, 12, 31), "was_rated": False, "last_star": None}, 3,
         {Limit.LAST_STAR, Limit.FIRST}),
    ],
)  # fmt: skip
def test_what_limits_a_star(changes: dict[str, Any], star: int | None, limits: set) -> None:
    found = rate(facts(**changes), DEFAULT_SCHEME)
    assert (found.star, set(found.limits)) == (star, limits)


def test_items_that_do_not_apply_leave_the_denominator() -> None:
    joint = rate(facts(kind="joint"), DEFAULT_SCHEME)
    assert sum(group.applicable for group in joint.groups) == 100 - 5 - 6 - 3
    assert joint.score == 100
    none = rate(facts(kind="joint", present_count=50), DEFAULT_SCHEME)
    assert none.score == Decimal("93.02")  # 80 of 86


@pytest.mark.parametrize(
    ("changes", "bonus"),
    [
        ({}, "2"),
        ({"is_model": False}, "0"),
        ({"is_model": False, "honours": (("甲", "county"), ("甲", "nation"))}, "5"),
        ({"is_model": False, "honours": (("甲", "county"), ("乙", "county"))}, "2"),
        ({"is_model": False, "promoted_count": 1}, "1"),
        ({"is_model": False, "promoted_count": 3}, "2"),
        ({"is_model": False, "teaching_count": 5}, "2"),
        ({"is_model": False, "has_lifted_partner": True}, "2"),
        ({"honours": tuple((str(n), "nation") for n in range(4))}, "10"),
    ],
)
def test_bonus(changes: dict[str, Any], bonus: str) -> None:
    assert bonus_of(facts(**changes), DEFAULT_SCHEME)[0] == Decimal(bonus)


@pytest.mark.parametrize(("share", "rated", "most"), [
    ("0.10", 0, 0), ("0.10", 1, 1), ("0.10", 19, 1), ("0.10", 20, 2), ("0.20", 133, 26),
    ("0.10", 133, 13),
])  # fmt: skip
def test_quota_sizes(share: str, rated: int, most: int) -> None:
    assert quota_of(Decimal(share), rated) == most


def ranked(key: str, **changes: Any) -> Ranked:
    one = facts(**changes)
    return Ranked.of(key, one, rate(one, DEFAULT_SCHEME))


def test_over_quota_goes_down_in_the_order_of_total_bonus_last_star_and_age() -> None:
    best = ranked("best", honours=(("甲", "nation"),))
    same_total = ranked("less-bonus", is_model=False, promoted_count=1, last_star=5)
    earlier_star = ranked("earlier-five", last_star=5)
    older = ranked("older", founded_on=date(2010, 1, 1))
    plain = ranked("plain")
    rows = [plain, older, earlier_star, same_total, best]
    found = stars_within_quotas(rows, DEFAULT_SCHEME)
    assert [row.key for row in rows if found[row.key] == 5] == ["best"]
    # one of five for four stars: the best of those who came down
    assert [row.key for row in rows if found[row.key] == 4] == ["earlier-five"]
    assert found["older"] == 3
    assert stars_within_quotas(reversed(rows), DEFAULT_SCHEME) == found


def test_joint_organizations_are_ranked_apart() -> None:
    rows = [ranked(f"s{n}") for n in range(10)] + [ranked("j", kind="joint")]
    found = stars_within_quotas(rows, DEFAULT_SCHEME)
    assert found["j"] == 5
    assert sum(one == 5 for one in found.values()) == 2


@given(st.lists(st.tuples(st.integers(0, 100), st.integers(0, 5)), min_size=1, max_size=60))
def test_quotas_hold_and_nobody_rises(world: list[tuple[int, int]]) -> None:
    rows = [
        ranked(str(n), present_count=present, last_star=last, founded_on=date(2000, 1, 1 + n % 28))
        for n, (present, last) in enumerate(world)
    ]
    found = stars_within_quotas(rows, DEFAULT_SCHEME)
    for star, share in DEFAULT_SCHEME.quotas.items():
        assert sum(one == star for one in found.values()) <= quota_of(share, len(rows))
    assert all(found[row.key] <= row.star for row in rows)


def test_two_places_are_half_up_and_forgive_long_divisions() -> None:
    third = Decimal(1) / 3
    assert two_places(third * 3 * Decimal("84.995")) == Decimal("85.00")
    assert two_places(Decimal("84.994")) == Decimal("84.99")


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({}, set()),
        ({"has_bad_registration": True}, {"V3"}),
        ({"months_without_activity": 5}, set()),
        ({"months_without_activity": 6}, {"V4"}),
        ({"term_ends_on": date(2018, 12, 31)}, {"V5"}),
        ({"term_ends_on": date(2019, 1, 1)}, set()),
        ({"term_ends_on": date(2018, 12, 31), "extended_until": date(2020, 3, 1)}, set()),
        ({"term_ends_on": date(2018, 12, 31), "kind": "joint"}, set()),
        ({"term_ends_on": date(2018, 12, 31), "kind": "joint", "joint_elects": True}, {"V5"}),
    ],
)
def test_vetoes_that_records_suggest(changes: dict[str, Any], codes: set[str]) -> None:
    assert set(suggested_vetoes(facts(**changes))) == codes


def test_the_same_facts_give_the_same_rating_byte_for_byte() -> None:
    one = facts(dues_on_time=77, present_count=71)
    assert rate(one, DEFAULT_SCHEME).as_json() == rate(replace(one), DEFAULT_SCHEME).as_json()
