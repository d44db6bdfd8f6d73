"""Terms of party organizations, their elections and extensions.

支部工作条例(试行), 基层组织选举工作条例: a branch serves three years (village and community ones and
committees generally five); an extension needs approval and generally lasts no more than a year; an
election is valid when at least four fifths of those entitled attend.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from organizations.rules.vocabulary import PartyKind

EXTENSION_MONTHS = 12
REMINDER_MONTHS = (1, 3, 6)  # before a term's end
TERM_YEARS = {"committee": 5}
USUAL_TERM_YEARS = 3


def years_later(day: date, years: int) -> date:
    """The same day years later; 29 February becomes 28 February."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def months_later(day: date, months: int) -> date:
    """The same day months later, or the last day of that month."""
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month, min(day.day, last))
        except ValueError:
            continue
    raise AssertionError("every month has 28 days")


def term_end(started: date | None, years: int | None) -> date | None:
    """The day on which the next election is due."""
    return years_later(started, years) if started and years else None


def kinds_with_terms(joint_elects: bool) -> tuple[PartyKind, ...]:
    """The kinds that elect for a term: standing ones; joint ones only where the city says so."""
    return (PartyKind.STANDING, PartyKind.JOINT) if joint_elects else (PartyKind.STANDING,)


def usual_term(level: str) -> int:
    """Years of a term at this level, where nothing else was approved."""
    return TERM_YEARS.get(level, USUAL_TERM_YEARS)


def latest_extension(end: date) -> date:
    """Until when a term may be extended at most."""
    return months_later(end, EXTENSION_MONTHS)


def begun_term(
    term: Mapping[str, Any], held_on: date, years: int, secretary: str
) -> dict[str, Any]:
    """What an election changes of the organization's term.

    One after the term's first day begins another term. The one that began the present term only
    fills what is blank: the secretary may have changed since, and an extension been approved.
    """
    started, told = term["term_started_on"], {"term_years": years, "secretary": secretary}
    if started is None or held_on > started:
        return {"term_started_on": held_on, "term_extended_to": None, **told}
    if held_on < started:
        return {}
    return {name: value for name, value in told.items() if not term[name]}


def put_off(term: Mapping[str, Any], approved_on: date, until: date) -> dict[str, Any]:
    """What an approved extension changes of the organization's term: nothing of an earlier term's."""
    started, known = term["term_started_on"], term["term_extended_to"]
    is_of_this_term = started is not None and approved_on >= started
    return {"term_extended_to": until} if is_of_this_term and until > (known or started) else {}


def is_quorate(entitled: int, present: int) -> bool:
    """Did at least four fifths of those entitled to elect attend?"""
    return entitled > 0 and present * 5 >= entitled * 4
