"""Working days of China by the yearly arrangement of holidays, for public notices."""

from datetime import date, timedelta

import chinese_calendar


def is_workday(day: date) -> bool:
    """A working day by the published arrangement; a weekday where none is published yet."""
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < 5


def is_arranged(day: date) -> bool:
    """Has the arrangement of this day's year been published (and reached this server)?"""
    try:
        chinese_calendar.is_workday(day)
    except NotImplementedError:
        return False
    return True


def last_working_day(start: date, count: int) -> date:
    """The last of `count` working days, the first of which is `start` or the next one after it."""
    if count < 1:
        raise ValueError("a notice lasts one working day at least")
    day, left = start, count
    while True:
        left -= is_workday(day)
        if left == 0:
            return day
        day += timedelta(days=1)
