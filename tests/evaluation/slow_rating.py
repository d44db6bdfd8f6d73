"""The star rating once more, slowly and with exact fractions, to hold the product's against.

Written from the table of the scheme alone, not from the product: one line of marks for every
clause of the table, and plain loops over those lines. It knows the default scheme only.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from evaluation.rules.facts import Facts

ONE, NOTHING = Fraction(1), Fraction(0)
HONOURS = {"county": 1, "city": 2, "province": 3, "nation": 5}
FLOORS = ((90, 5), (85, 4), (80, 3), (70, 2), (60, 1), (0, 0))

# a clause: the item, the marks it can bring, the share of them that was reached (None: no matter)
Clause = tuple[str, Fraction, Fraction | None]


@dataclass(frozen=True)
class SlowRating:
    """What an organization gets: marks by item (got, of), the score, the bonus, and the star."""

    marks: dict[str, tuple[Fraction, Fraction] | None]
    score: Fraction
    bonus: int
    star: int | None

    @property
    def total(self) -> Fraction:
        return self.score + self.bonus


def hundredths(value: Fraction) -> Fraction:
    """Two decimals, a half going up; no value here is negative."""
    return Fraction((value * 100 + Fraction(1, 2)).__floor__(), 100)


def year_later(day: date) -> date:
    if (day.month, day.day) == (2, 29):
        return date(day.year + 1, 2, 28)
    return date(day.year + 1, day.month, day.day)


def of(part: int, whole: int | Fraction) -> Fraction | None:
    return None if whole == 0 else min(ONE, Fraction(part) / whole)


def due(part: int, whole_year: int, facts: Facts) -> Fraction | None:
    return of(part, Fraction(whole_year * facts.months_due, 12))


def yes(truth: object) -> Fraction:
    return ONE if truth else NOTHING


def term_share(facts: Facts) -> Fraction:
    if facts.term_ends_on is None:
        return NOTHING
    if facts.as_of < facts.term_ends_on:
        return ONE
    until = facts.extended_until
    if until is not None and facts.as_of < until and until <= year_later(facts.term_ends_on):
        return Fraction(3, 5)
    return NOTHING


def clauses(facts: Facts) -> Iterator[Clause]:
    """The table, row by row."""
    joint = facts.kind == "joint"
    part_year = facts.months_due < 12
    people = facts.member_count

    def row(code: str, marks: str, share: Fraction | None) -> Clause:
        return code, Fraction(marks), share

    yield row("A1", "5", yes(not facts.failed_setup_rules))
    yield row("A2", "5", None if joint and not facts.joint_elects else term_share(facts))
    committee = facts.full_member_count < 7 or (
        facts.committee_size in range(3, 8) and facts.committee_duties == 3
    )
    yield row("A3", "2", yes(facts.has_secretary))
    yield row("A3", "2", yes(committee))
    yield row("A4", "3", yes(facts.cross_post_count))
    yield row("A5", "3", of(facts.charter_approved_count, facts.covered_count))

    yield row("B1", "6", due(facts.general_meeting_quarters, 4, facts))
    held = due(facts.committee_meeting_months, 12, facts)
    yield row("B2", "5", held if facts.committee_size else None)
    yield row("B3", "3", of(facts.group_months_held, facts.group_months_due))
    yield row("B4", "5", due(facts.lecture_quarters, 4, facts))
    yield row("B5", "6", due(facts.theme_day_months, 12, facts))
    early = part_year and not facts.has_life_meeting and not facts.has_appraisal
    yield row("B6", "2.5", None if early else yes(facts.has_life_meeting))
    yield row("B6", "2.5", None if early else yes(facts.has_appraisal))

    rate = of(facts.present_count, facts.expected_count)
    if rate is not None:
        rate = min(ONE, max(NOTHING, (rate - Fraction(50, 100)) / Fraction(35, 100)))
    yield row("C1", "6", rate)
    yield row("C2", "6", None if joint else of(facts.dues_on_time, facts.dues_due))
    yield row("C3", "2", of(facts.complete_member_count, people))
    followed = yes(facts.mobile_contacted_count >= facts.mobile_count)
    yield row("C3", "1", followed if people else None)
    admits = not joint and facts.level != "temporary_branch"
    clean = Fraction(max(0, 3 - facts.admission_faults), 3)
    yield row("C4", "3", clean if admits else None)
    yield row("C5", "2", of(facts.trained_count, people))

    yield row("D1", "7", of(len(set(facts.venue_features)), 7))
    yield row("D2", "1.5", yes(facts.has_fund))
    yield row("D2", "1.5", yes(facts.has_expense))

    yield row("E1", "3", of(facts.pledged_count, people))
    yield row("E2", "4", due(facts.service_count, 2, facts))
    yield row("E3", "1.5", yes(facts.has_agreement))
    yield row("E3", "1.5", yes(facts.has_brand_plan))

    filed = facts.plan_filed_on
    in_time = filed is not None and filed <= date(facts.period_start.year, 1, 31)
    yield row("F1", "1.5", yes(filed))
    yield row("F1", "1.5", yes(in_time))
    yield row("F2", "3", of(facts.timely_record_count, facts.record_count))
    yield row("F3", "4", due(facts.folder_count, 12, facts))


def marks_of(facts: Facts) -> dict[str, tuple[Fraction, Fraction] | None]:
    found: dict[str, tuple[Fraction, Fraction] | None] = {}
    for code, marks, share in clauses(facts):
        if share is None:
            found[code] = None
            continue
        got, whole = found.get(code) or (NOTHING, NOTHING)
        found[code] = (got + marks * share, whole + marks)
    return found


def bonus_of(facts: Facts) -> int:
    highest: dict[str, int] = {}
    for matter, level in facts.honours:
        highest[matter] = max(highest.get(matter, 0), HONOURS[level])
    points = sum(highest.values())
    points += 2 if facts.is_model else 0
    points += min(2, facts.promoted_count)
    points += min(2, facts.teaching_count)
    points += 2 if facts.has_lifted_partner else 0
    return min(10, points)


def every_group_holds(marks: dict[str, tuple[Fraction, Fraction] | None]) -> bool:
    for group in "ABCDEF":
        got = whole = NOTHING
        for code, pair in marks.items():
            if code.startswith(group) and pair is not None:
                got, whole = got + pair[0], whole + pair[1]
        if whole and got * 10 < whole * 6:
            return False
    return True


def slow_rating(facts: Facts) -> SlowRating:
    marks = marks_of(facts)
    got = whole = NOTHING
    for pair in marks.values():
        if pair is not None:
            got, whole = got + pair[0], whole + pair[1]
    score, bonus = hundredths(got / whole * 100), bonus_of(facts)
    return SlowRating(marks, score, bonus, star_of(facts, marks, score + bonus, bonus))


def star_of(
    facts: Facts,
    marks: dict[str, tuple[Fraction, Fraction] | None],
    total: Fraction,
    bonus: int,
) -> int | None:
    last_day = date(facts.period_start.year, 12, 31)
    if facts.kind == "affiliated" or year_later(facts.founded_on) > last_day:
        return None
    if facts.confirmed_vetoes:
        return 0
    before = facts.last_star or 0
    star = next(star for floor, star in FLOORS if total >= floor)
    if star == 5 and not (before >= 4 and bonus > 0 and every_group_holds(marks)):
        star = 4
    return min(star, before + 1 if facts.was_rated else 3)


def slow_quotas(city: dict[str, tuple[Facts, SlowRating]]) -> dict[str, int]:
    """The star by code after the quotas, of those that are rated; 兼合式 ranked by themselves."""
    stars: dict[str, int] = {}
    for apart in (False, True):
        ranked = []
        for code, (facts, rating) in city.items():
            if rating.star is None or (facts.kind == "joint") != apart:
                continue
            stars[code] = rating.star
            rank = -rating.total, -rating.bonus, -(facts.last_star or 0), facts.founded_on, code
            ranked.append((rank, code))
        ranked.sort()
        for star, percent in ((5, 10), (4, 20)):
            room = max(1, len(ranked) * percent // 100)
            for _, code in ranked:
                if stars[code] == star:
                    if room == 0:
                        stars[code] = star - 1
                    else:
                        room -= 1
    return stars
