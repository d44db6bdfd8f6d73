"""Facts of an exemplary party organization; tests change one thing at a time."""

from dataclasses import replace
from datetime import date
from typing import Any

from evaluation.rules.facts import Facts

GOOD = Facts(
    kind="standing",
    founded_on=date(2012, 3, 1),
    period_start=date(2019, 1, 1),
    period_end=date(2020, 1, 1),
    as_of=date(2019, 12, 31),
    term_ends_on=date(2021, 6, 1),
    full_member_count=9,
    has_secretary=True,
    committee_size=3,
    committee_duties=3,
    cross_post_count=1,
    covered_count=4,
    charter_approved_count=4,
    general_meeting_quarters=4,
    committee_meeting_months=12,
    group_months_held=24,
    group_months_due=24,
    lecture_quarters=4,
    theme_day_months=12,
    has_life_meeting=True,
    has_appraisal=True,
    present_count=90,
    expected_count=100,
    dues_on_time=120,
    dues_due=120,
    member_count=10,
    complete_member_count=10,
    mobile_count=1,
    mobile_contacted_count=1,
    trained_count=10,
    venue_features=("place", "kit", "sign", "books", "rules", "log", "board"),
    has_fund=True,
    has_expense=True,
    pledged_count=10,
    service_count=2,
    has_agreement=True,
    has_brand_plan=True,
    plan_filed_on=date(2019, 1, 31),
    record_count=40,
    timely_record_count=40,
    folder_count=12,
    last_star=4,
    was_rated=True,
    is_model=True,
)


def facts(**changes: Any) -> Facts:
    return replace(GOOD, **changes)
