"""Months, quarters and years as periods in which a duty falls due; days are days in the city."""

from dataclasses import dataclass
from datetime import date, timedelta

from accounts.rules import Vocabulary


class Unit(Vocabulary):
    MONTH = "month", "每月"
    QUARTER = "quarter", "每季度"
    YEAR = "year", "每年"


MONTHS = {Unit.MONTH: 1, Unit.QUARTER: 3, Unit.YEAR: 12}


@dataclass(frozen=True, order=True)
class Period:
    """One month, quarter or year; `number` counts within the year from 1."""

    unit: Unit
    year: int
    number: int

    @property
    def months(self) -> range:
        size = MONTHS[self.unit]
        return range((self.number - 1) * size + 1, self.number * size + 1)

    @property
    def first(self) -> date:
        return date(self.year, self.months[0], 1)

    @property
    def end(self) -> date:
        """The day after the last one."""
        last = self.months[-1]
        return date(self.year + 1, 1, 1) if last == 12 else date(self.year, last + 1, 1)

    @property
    def last(self) -> date:
        return self.end - timedelta(days=1)

    @property
    def owed_from(self) -> date:
        """Whoever exists on this day owes the period; a yearly duty is one of the last quarter."""
        return date(self.year, 10, 1) if self.unit == Unit.YEAR else self.first

    @property
    def label(self) -> str:
        if self.unit == Unit.MONTH:
            return f"{self.number}月"
        if self.unit == Unit.QUARTER:
            return f"第{'一二三四'[self.number - 1]}季度"
        return f"{self.year}年"

    @property
    def code(self) -> str:
        """2026-M03, 2026-Q1, 2026-Y1."""
        return f"{self.year}-{self.unit.value[0].upper()}{self.number:02d}"


def periods(unit: Unit, year: int) -> list[Period]:
    return [Period(unit, year, n) for n in range(1, 12 // MONTHS[unit] + 1)]


def period_of(unit: Unit, day: date) -> Period:
    return Period(unit, day.year, (day.month - 1) // MONTHS[unit] + 1)


def owed(period: Period, begins_on: date, ends_on: date | None) -> bool:
    """Does who exists from `begins_on` until before `ends_on` owe this period?

    A month or quarter is owed by who lived it through; a year by who lived through its last
    quarter. So what is founded or dissolved within a year owes the part that it lived.
    """
    return begins_on <= period.owed_from and (ends_on is None or ends_on >= period.end)


def day_in(year: int, month: int, day: int) -> date:
    """This day of the month, or the month's last one when it is shorter."""
    last = Period(Unit.MONTH, year, month).last
    return last if day > last.day else date(year, month, day)
