"""How points come about, in numbers and in words: what the formulas of the items share."""

from dataclasses import dataclass
from decimal import Decimal

from evaluation.rules.facts import Facts

ZERO, ONE = Decimal(0), Decimal(1)
YEAR_MONTHS = 12


@dataclass(frozen=True)
class Score:
    """Points of one item, None when it does not apply; and how they came about, in words."""

    got: Decimal | None
    words: str


def not_applicable(why: str) -> Score:
    return Score(None, f"不适用:{why}")


def shown(number: Decimal | int) -> str:
    """A number without needless zeros, at most two decimals."""
    text = f"{Decimal(number):.2f}"
    return text.rstrip("0").rstrip(".")


def share(points: Decimal, part: int, whole: int, what: str) -> Score:
    """points × part / whole; a zero denominator does not apply."""
    if whole == 0:
        return not_applicable(f"没有应计的{what}")
    got = points * min(part, whole) / whole
    return Score(got, f"{shown(points)} × {part} ÷ {whole}({what})")


def counted(facts: Facts, points: Decimal, done: int, yearly: Decimal, what: str) -> Score:
    """points × done / target, at most all; the year's target falls with the months due."""
    target = yearly * facts.months_due / YEAR_MONTHS
    if target == 0:
        return not_applicable("本期没有满月")
    if done >= target:
        return Score(points, f"{done} {what},已达本期应有的 {shown(target)},满分")
    got = points * done / target
    return Score(got, f"{shown(points)} × {done} ÷ 本期应有 {shown(target)}({what})")


def all_or_nothing(points: Decimal, holds: bool, yes: str, no: str) -> Score:
    return Score(points if holds else ZERO, yes if holds else no)


def parts(*chosen: tuple[bool, Decimal, str]) -> Score:
    """Some points for each of several things that are there."""
    got = sum((points for holds, points, _ in chosen if holds), ZERO)
    words = ";".join(f"{what} {shown(points) if holds else 0} 分" for holds, points, what in chosen)
    return Score(got, words)
