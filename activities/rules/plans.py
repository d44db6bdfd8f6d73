"""The year plan that follows from the duties."""

from dataclasses import dataclass
from datetime import date

from activities.rules.duties import KIND_OF_DUTY, DutySpec
from activities.rules.periods import Unit, day_in, owed, periods
from activities.rules.vocabulary import ActivityKind, Duty

# the month of a quarter in which meetings of members are planned, and those of the year's end
QUARTER_MONTH, YEAR_MONTHS = 2, {Duty.TALK: 11, Duty.LIFE_MEETING: 12, Duty.APPRAISAL: 12}
THEMES = {
    Duty.MEMBERS_MEETING: "召开党员大会,通报工作、讨论决定重要事项",
    Duty.COMMITTEE_MEETING: "召开支委会,研究本月工作",
    Duty.GROUP_MEETING: "召开党小组会,组织学习、汇报思想",
    Duty.LECTURE: "上党课",
    Duty.THEME_DAY: "主题党日",
    Duty.LIFE_MEETING: "召开组织生活会",
    Duty.APPRAISAL: "开展民主评议党员",
    Duty.TALK: "开展谈心谈话",
}


@dataclass(frozen=True)
class Planned:
    """One line of a plan: what, on which day, for which group (its key)."""

    kind: ActivityKind
    on: date
    theme: str
    group: int | None = None


@dataclass(frozen=True)
class Lives:
    """Who plans: from when to when the organization and its groups (key, from, to) exist.

    `committee_on` are those first days of periods on which it has a committee.
    """

    founded_on: date
    dissolved_on: date | None
    theme_day: int
    committee_on: frozenset[date] = frozenset()
    groups: tuple[tuple[int, date, date | None], ...] = ()


def planned_items(year: int, lives: Lives, specs: list[DutySpec]) -> list[Planned]:
    """A line for every period of the year that is owed, on the organization's fixed day."""
    found: list[Planned] = []
    for spec in specs:
        kind = KIND_OF_DUTY.get(spec.duty)
        if kind is None:
            continue
        for period in periods(spec.unit, year):
            if not owed(period, lives.founded_on, lives.dissolved_on):
                continue
            month = period.months[0]
            if spec.unit == Unit.QUARTER:
                month += QUARTER_MONTH - 1
            elif spec.unit == Unit.YEAR:
                month = YEAR_MONTHS.get(spec.duty, 12)
            on = day_in(year, month, lives.theme_day)
            if spec.duty == Duty.COMMITTEE_MEETING and period.first not in lives.committee_on:
                continue
            if spec.duty == Duty.GROUP_MEETING:
                found += [
                    Planned(kind, on, THEMES[spec.duty], key)
                    for key, begins, ends in lives.groups
                    if owed(period, begins, ends)
                ]
                continue
            found += [Planned(kind, on, THEMES[spec.duty])] * spec.times
    order = list(ActivityKind)
    return sorted(found, key=lambda item: (item.on, order.index(item.kind), item.group or 0))
