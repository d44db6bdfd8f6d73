"""Rating one party organization: points, bonus, star, and why; then the city's quotas."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from functools import cached_property
from operator import attrgetter
from typing import Any

from accounts.rules import Vocabulary
from evaluation.rules.criteria import CRITERIA, score
from evaluation.rules.facts import Facts
from evaluation.rules.scheme import Item, Scheme
from evaluation.rules.scoring import ZERO
from organizations.rules.terms import months_later

HUNDRED, TWO_PLACES, EXACT = Decimal(100), Decimal("0.01"), Decimal("1e-12")
dumps = json.JSONEncoder(ensure_ascii=False).encode
HONOURS = ("honour_county", "honour_city", "honour_province", "honour_nation")


class Limit(Vocabulary):
    """Why a star is lower than the total alone would give, or why there is none."""

    KIND = "kind", "挂靠的单位不在此评定"
    YOUNG = "young", "成立不满规定月数,暂不定星"
    VETO = "veto", "一票否决"
    GROUP = "group", "有一组得分率低于最低要求"
    NO_BONUS = "no_bonus", "没有加分项目"
    LAST_STAR = "last_star", "上年星级未达到最高星的要求"
    FIRST = "first", "首次评定有上限"
    STEP = "step", "一年最多升一级"
    QUOTA = "quota", "超比例调整"


@dataclass(frozen=True)
class ItemScore:
    """One item's result: `got` is None when it does not apply."""

    code: str
    points: Decimal
    got: Decimal | None
    words: str

    @cached_property
    def rounded(self) -> Decimal | None:
        return None if self.got is None else two_places(self.got)

    @cached_property
    def as_text(self) -> str:
        """What is stored of it, as JSON; written once however many organizations have it."""
        got = None if self.rounded is None else str(self.rounded)
        return dumps(
            {"code": self.code, "points": str(self.points), "got": got, "words": self.words}
        )

    @cached_property
    def got_as_text(self) -> str:
        """Its code and points, for counting in the database."""
        return f'"{self.code}": {"null" if self.rounded is None else float(self.rounded)}'


@dataclass(frozen=True)
class GroupScore:
    code: str
    got: Decimal
    applicable: Decimal

    @property
    def ratio(self) -> Decimal | None:
        return self.got / self.applicable if self.applicable else None


@dataclass(frozen=True)
class Rating:
    """`star` 0 is 未达标, None is not rated. `band` is the star that the total alone gives."""

    items: tuple[ItemScore, ...]
    groups: tuple[GroupScore, ...]
    score: Decimal
    bonus: Decimal
    bonus_words: tuple[str, ...]
    band: int
    star: int | None
    limits: tuple[Limit, ...]

    @property
    def total(self) -> Decimal:
        return self.score + self.bonus

    @property
    def is_rated(self) -> bool:
        return self.star is not None

    def as_text(self, **more: Any) -> str:
        """What is stored of a rating, as JSON; the same for the same facts and scheme."""
        rest = {
            "groups": [
                {
                    "code": one.code,
                    "got": str(two_places(one.got)),
                    "applicable": str(one.applicable),
                }
                for one in self.groups
            ],
            "score": str(self.score),
            "bonus": str(self.bonus),
            "bonus_words": list(self.bonus_words),
            "band": self.band,
            "star": self.star,
            "limits": [limit.value for limit in self.limits],
            **more,
        }
        items = ", ".join([one.as_text for one in self.items])
        got = ", ".join([one.got_as_text for one in self.items])
        return f'{{"items": [{items}], "got": {{{got}}}, {dumps(rest)[1:]}'

    def as_json(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.as_text())
        return found


def two_places(number: Decimal) -> Decimal:
    """Two decimals, half up; what a long division left beyond the twelfth place does not decide."""
    return number.quantize(EXACT, ROUND_HALF_EVEN).quantize(TWO_PLACES, ROUND_HALF_UP)


def rate(facts: Facts, scheme: Scheme) -> Rating:
    """Points, bonus and star of one organization, before the city's quotas."""
    return Rater(scheme).rate(facts)


class Rater:
    """Rates many organizations under one scheme; where they have the same facts of an item, once.

    It holds the scores that it has seen, and is to be dropped with the run that it serves.
    """

    def __init__(self, scheme: Scheme) -> None:
        self.scheme = scheme
        self._scores: list[tuple[Item, Callable[[Facts], Any], dict[Any, ItemScore]]] = [
            (item, attrgetter(*CRITERIA[item.code].reads), {}) for item in scheme.items
        ]

    def rate(self, facts: Facts) -> Rating:
        items = []
        for item, read, known in self._scores:
            values = read(facts)
            found = known.get(values)
            if found is None:
                found = known[values] = _item_score(facts, item)
            items.append(found)
        return _rating(facts, self.scheme, tuple(items))


def _rating(facts: Facts, scheme: Scheme, items: tuple[ItemScore, ...]) -> Rating:
    groups = tuple(_group_scores(scheme, items))
    got = sum((one.got for one in groups), ZERO)
    applicable = sum((one.applicable for one in groups), ZERO)
    score100 = two_places(got / applicable * HUNDRED) if applicable else ZERO.quantize(TWO_PLACES)
    bonus, words = bonus_of(facts, scheme)
    band = band_of(score100 + bonus, scheme.bands)
    star, limits = _star(facts, scheme, groups, band, bonus)
    return Rating(items, groups, score100, bonus, words, band, star, limits)


def _item_score(facts: Facts, item: Item) -> ItemScore:
    found = score(facts, item)
    return ItemScore(item.code, item.points, found.got, found.words)


def _group_scores(scheme: Scheme, items: Iterable[ItemScore]) -> Iterable[GroupScore]:
    got = dict.fromkeys(scheme.groups, ZERO)
    applicable = dict.fromkeys(scheme.groups, ZERO)
    for one in items:
        if one.got is not None:
            got[one.code[0]] += one.got
            applicable[one.code[0]] += one.points
    for code in scheme.groups:
        yield GroupScore(code, got[code], applicable[code])


def band_of(total: Decimal, bands: Mapping[int, Decimal]) -> int:
    """The highest star whose lowest total is reached; 0 below them all."""
    return max((star for star, least in bands.items() if total >= least), default=0)


def bonus_of(facts: Facts, scheme: Scheme) -> tuple[Decimal, tuple[str, ...]]:
    """Bonus points, at most the scheme's most; the same matter counts once at its highest."""
    points = scheme.bonus
    best: dict[str, Decimal] = {}
    for matter, level in facts.honours:
        best[matter] = max(best.get(matter, ZERO), points.get(f"honour_{level}", ZERO))
    found = [(sum(best.values(), ZERO), f"荣誉 {len(best)} 项")]
    found.append((points["model"] if facts.is_model else ZERO, "典型培育对象"))
    promoted = min(facts.promoted_count * points["promoted"], points["promoted_most"])
    found.append((promoted, f"经验推广 {facts.promoted_count} 次"))
    teaching = min(facts.teaching_count * points["teaching"], points["teaching_most"])
    found.append((teaching, f"现场教学 {facts.teaching_count} 次"))
    found.append((points["lifted_partner"] if facts.has_lifted_partner else ZERO, "结对帮带升星"))
    total = min(sum((value for value, _ in found), ZERO), points["most"])
    return two_places(total), tuple(f"{words} {value} 分" for value, words in found if value)


def is_young(facts: Facts, scheme: Scheme) -> bool:
    """Founded less than the scheme's months before the last day of the period's year."""
    last = date(facts.period_start.year, 12, 31)
    return months_later(facts.founded_on, scheme.months_before_rating) > last


def _star(
    facts: Facts, scheme: Scheme, groups: Iterable[GroupScore], band: int, bonus: Decimal
) -> tuple[int | None, tuple[Limit, ...]]:
    if facts.kind in scheme.unrated_kinds:
        return None, (Limit.KIND,)
    if is_young(facts, scheme):
        return None, (Limit.YOUNG,)
    if facts.confirmed_vetoes:
        return 0, (Limit.VETO,)
    star, limits = band, []
    if star == scheme.top_star and (found := _below_the_top(facts, scheme, groups, bonus)):
        star -= 1
        limits += found
    most, limit = _most(facts, scheme)
    if star > most:
        star = most
        limits.append(limit)
    return star, tuple(limits)


def _below_the_top(
    facts: Facts, scheme: Scheme, groups: Iterable[GroupScore], bonus: Decimal
) -> list[Limit]:
    """What is missing for the highest star beside the total."""
    found = []
    if any(one.ratio is not None and one.ratio < scheme.group_minimum for one in groups):
        found.append(Limit.GROUP)
    if scheme.top_needs_bonus and not bonus:
        found.append(Limit.NO_BONUS)
    if (facts.last_star or 0) < scheme.top_needs_last_star:
        found.append(Limit.LAST_STAR)
    return found


def _most(facts: Facts, scheme: Scheme) -> tuple[int, Limit]:
    if not facts.was_rated:
        return scheme.first_star_limit, Limit.FIRST
    return (facts.last_star or 0) + scheme.step, Limit.STEP


# --- quotas -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Ranked:
    """What a rating is ranked by; `key` names the organization, `star` is that before quotas."""

    key: str
    kind: str
    star: int
    total: Decimal
    bonus: Decimal
    last_star: int | None
    founded_on: date

    @classmethod
    def of(cls, key: str, facts: Facts, rating: Rating) -> "Ranked":
        star = rating.star or 0
        last, founded = facts.last_star, facts.founded_on
        return cls(key, facts.kind, star, rating.total, rating.bonus, last, founded)


def quota_of(share: Decimal, rated: int) -> int:
    """How many may have the star: the share rounded down, but one at least."""
    return max(1, int(share * rated)) if rated else 0


def stars_within_quotas(ranked: Iterable[Ranked], scheme: Scheme) -> dict[str, int]:
    """Stars by key after quotas; kinds that are ranked apart have lists of their own.

    Pass those that are rated only. Who is over a quota goes one star down, and there stands in
    line with the others, the highest star first.
    """
    lists: dict[str, list[Ranked]] = {}
    for row in ranked:
        apart = row.kind if row.kind in scheme.apart_kinds else ""
        lists.setdefault(apart, []).append(row)
    found = {row.key: row.star for rows in lists.values() for row in rows}
    for rows in lists.values():
        for star in sorted(scheme.quotas, reverse=True):
            most = quota_of(scheme.quotas[star], len(rows))
            holders = [row for row in rows if found[row.key] == star]
            for row in sorted(holders, key=_rank)[most:]:
                found[row.key] = star - 1
    return found


def _rank(row: Ranked) -> tuple[Decimal, Decimal, int, date, str]:
    """Best first: total, bonus, last star, then the older organization."""
    return (-row.total, -row.bonus, -(row.last_star or 0), row.founded_on, row.key)


# --- vetoes that records suggest ----------------------------------------------------------------

SILENT_MONTHS, OVERDUE_MONTHS = 6, 12


def suggested_vetoes(facts: Facts) -> dict[str, str]:
    """Vetoes that the records propose, with the reason; a person confirms or dismisses each."""
    found = {}
    if facts.has_bad_registration:
        found["V3"] = "所覆盖的社会组织有异常名录、年检不合格或行政处罚记录"
    if facts.months_without_activity >= SILENT_MONTHS:
        found["V4"] = f"已连续 {facts.months_without_activity} 个月没有党的活动记录"
    ends = facts.term_ends_on
    extended = facts.extended_until
    if (
        facts.has_terms
        and ends is not None
        and facts.as_of >= months_later(ends, OVERDUE_MONTHS)
        and (extended is None or facts.as_of >= extended)
    ):
        found["V5"] = "任期届满已超过一年,没有批准延期"
    return found
