"""What a rating is computed from: plain numbers of one party organization and one period."""

from dataclasses import dataclass, fields
from datetime import date
from functools import lru_cache
from typing import Any


@dataclass(frozen=True)
class Facts:
    """Counts of records of one party organization in one period, as of one day.

    `months_due` is the number of whole months of the period, up to `as_of`, in which the
    organization existed: 12 for a full year. Counts marked "due" are denominators; a zero
    denominator makes an item not applicable. Persons and units are counted, never named.
    """

    kind: str
    founded_on: date
    period_start: date
    period_end: date  # first day after the period
    as_of: date
    level: str = "branch"
    months_due: int = 12

    # A 组织设置与班子
    failed_setup_rules: tuple[str, ...] = ()
    term_ends_on: date | None = None
    extended_until: date | None = None
    joint_elects: bool = False  # by the parameter of the year: joint ones elect for a term too
    full_member_count: int = 0
    has_secretary: bool = False
    committee_size: int = 0
    committee_duties: int = 0  # of 组织, 宣传, 纪检
    cross_post_count: int = 0
    covered_count: int = 0
    charter_approved_count: int = 0

    # B 组织生活
    general_meeting_quarters: int = 0
    committee_meeting_months: int = 0
    group_months_held: int = 0
    group_months_due: int = 0
    lecture_quarters: int = 0
    theme_day_months: int = 0
    has_life_meeting: bool = False
    has_appraisal: bool = False

    # C 党员队伍
    present_count: int = 0
    expected_count: int = 0
    dues_on_time: int = 0
    dues_due: int = 0
    member_count: int = 0
    complete_member_count: int = 0
    mobile_count: int = 0
    mobile_contacted_count: int = 0
    admission_faults: int = 0
    trained_count: int = 0

    # D 阵地与保障
    venue_features: tuple[str, ...] = ()
    has_fund: bool = False
    has_expense: bool = False

    # E 作用发挥
    pledged_count: int = 0
    service_count: int = 0
    has_agreement: bool = False
    has_brand_plan: bool = False

    # F 基础工作
    plan_filed_on: date | None = None
    record_count: int = 0
    timely_record_count: int = 0
    folder_count: int = 0

    # 加分
    honours: tuple[tuple[str, str], ...] = ()  # (matter, level)
    is_model: bool = False
    promoted_count: int = 0
    teaching_count: int = 0
    has_lifted_partner: bool = False

    # 一票否决
    confirmed_vetoes: tuple[str, ...] = ()
    has_bad_registration: bool = False
    months_without_activity: int = 0

    # what came before
    last_star: int | None = None
    was_rated: bool = False

    @property
    def has_terms(self) -> bool:
        """Does it elect for a term?"""
        return self.kind != "joint" or self.joint_elects

    @property
    def is_whole_year(self) -> bool:
        return self.months_due == 12

    def as_json(self) -> dict[str, Any]:
        """Plain JSON, from which `facts_of` makes the same facts again."""
        found = dict(self.__dict__)
        for name in _DATES:
            if found[name] is not None:
                found[name] = found[name].isoformat()
        return found


_DATES = {one.name for one in fields(Facts) if "date" in str(one.type)}
_TUPLES = {one.name for one in fields(Facts) if str(one.type).startswith("tuple")}


def facts_of(stored: dict[str, Any]) -> Facts:
    """Facts as they were stored; a fact that did not exist then has its default."""
    known = {one.name for one in fields(Facts)}
    values: dict[str, Any] = {}
    for name, value in stored.items():
        if name not in known:
            continue
        if name in _DATES and value is not None:
            value = date.fromisoformat(value)
        elif name == "honours":
            value = tuple((matter, level) for matter, level in value)
        elif name in _TUPLES:
            value = tuple(value)
        values[name] = value
    return Facts(**values)


@dataclass(frozen=True)
class Period:
    """A calendar year, or a part of it, that a score is computed for."""

    start: date
    end: date  # first day after it

    @property
    def year(self) -> int:
        return self.start.year


def year_period(year: int) -> Period:
    return Period(date(year, 1, 1), date(year + 1, 1, 1))


def quarter_period(year: int, quarter: int) -> Period:
    """One of the four quarters, 1 to 4, of a year."""
    if not 1 <= quarter <= 4:
        raise ValueError("a year has the quarters 1 to 4")
    start = date(year, 3 * quarter - 2, 1)
    return Period(start, date(year + quarter // 4, 3 * quarter % 12 + 1, 1))


def months_due(period: Period, as_of: date, founded_on: date, dissolved_on: date | None) -> int:
    """Whole months of the period that have passed by the end of `as_of` and saw the organization.

    A month in which it was founded or dissolved, unless on its edge, is not whole and not due.
    """
    return sum(
        founded_on <= start and (dissolved_on is None or dissolved_on >= end)
        for start, end in _passed_months(period, as_of)
    )


@lru_cache(maxsize=64)
def _passed_months(period: Period, as_of: date) -> tuple[tuple[date, date], ...]:
    """First day, and the day after the last, of the period's months that are over."""
    found = []
    start = period.start
    while start < period.end:
        end = date(start.year + start.month // 12, start.month % 12 + 1, 1)
        if end.toordinal() - 1 <= as_of.toordinal():
            found.append((start, end))
        start = end
    return tuple(found)
