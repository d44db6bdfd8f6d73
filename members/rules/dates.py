"""Months, terms and what follows from a member's dates."""

import calendar
from datetime import date, timedelta

from members.rules.vocabulary import Gender


def add_months(day: date, months: int) -> date:
    """The same day some months later; the last of a shorter month instead of a day it lacks."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def month_of(day: date) -> date:
    return day.replace(day=1)


def next_month(month: date) -> date:
    return add_months(month_of(month), 1)


def month_end(month: date) -> date:
    return next_month(month) - timedelta(days=1)


def age_on(born_on: date, day: date) -> int:
    """Full years; born on 29 February, the year is full on 1 March of a common year."""
    return day.year - born_on.year - ((day.month, day.day) < (born_on.month, born_on.day))


def membership_start(joined_on: date | None, party_founded_on: date, today: date) -> date:
    """First day in a party organization when a roster does not say it.

    The later of joining the Party and the organization's founding; never after today.
    """
    start = max(joined_on, party_founded_on) if joined_on else party_founded_on
    return min(start, today)


def probation_end(passed_on: date, extended_months: int = 0) -> date:
    """预备期 is a year from the 支部大会 that passed the admission (step 15), plus an extension."""
    return add_months(passed_on, 12 + extended_months)


def contradicts_identity(id_number: str, born_on: date | None, gender: str) -> list[str]:
    """What an 18-digit identity number says otherwise than the member's birthday and gender."""
    found = []
    if born_on and id_number[6:14] != f"{born_on:%Y%m%d}":
        found.append("身份证号中的出生日期与登记的不一致")
    own = Gender.MALE if int(id_number[16]) % 2 else Gender.FEMALE
    if gender and gender != own:
        found.append("身份证号中的性别与登记的不一致")
    return found
