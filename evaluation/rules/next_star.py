"""What is missing to the next star: the cheapest set of steps that can still be taken.

Facts are those of the year's last day if nothing more were done; the outlook says what is still
open. A step changes facts as its records would; the chosen steps are rated again before they are
told, so that what is promised holds (before the city's quotas).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from evaluation.rules.facts import Facts
from evaluation.rules.rating import HUNDRED, Limit, Rating, rate
from evaluation.rules.scheme import Scheme
from evaluation.rules.scoring import ZERO
from evaluation.rules.steps import Options, Outlook, Step, applied

UNITS = Decimal(10_000)  # a point in whole numbers for the search


@dataclass(frozen=True)
class Way:
    """The way to a star: `steps` to take, or `blocked` says why there is none this year."""

    star: int
    steps: tuple[Step, ...] = ()
    blocked: str = ""
    reached: Rating | None = None

    @property
    def effort(self) -> int:
        return sum(step.effort for step in self.steps)

    def keeps(self, star: int | None) -> bool:
        """Whether it leads to no more than a star held today.

        What is due later this year counts as missing at the year's end, so that it takes work to stay.
        """
        return bool(self.steps) and self.star <= (star or 0)


# --- the cheapest choice ------------------------------------------------------------------------

Frontier = list[tuple[int, tuple[Step, ...]] | None]


def _units(points: Decimal) -> int:
    return int((points * UNITS).to_integral_value(ROUND_FLOOR))


def _joined(left: Frontier, right: Frontier) -> Frontier:
    """For each effort the most that both sides together bring."""
    found: Frontier = [None] * (len(left) + len(right) - 1)
    for one, first in enumerate(left):
        if first is None:
            continue
        for two, second in enumerate(right):
            if second is None:
                continue
            gain = first[0] + second[0]
            best = found[one + two]
            if best is None or gain > best[0]:
                found[one + two] = (gain, first[1] + second[1])
    return found


def _frontier(options: list[list[Step]]) -> Frontier:
    most = max((sum(step.effort for step in steps) for steps in options), default=0)
    found: Frontier = [None] * (most + 1)
    found[0] = (0, ())
    for steps in options:
        effort = sum(step.effort for step in steps)
        gain = sum(_units(step.gain) for step in steps)
        best = found[effort]
        if best is None or gain > best[0]:
            found[effort] = (gain, tuple(steps))
    return found


def _thinned(frontier: Frontier, least: int = 0) -> Frontier:
    """Without what costs more and brings no more; and without what stays below `least`."""
    found: Frontier = []
    most = -1
    for one in frontier:
        better = one is not None and one[0] > most and one[0] >= least
        if better and one is not None:
            most = one[0]
        found.append(one if better else None)
    while len(found) > 1 and found[-1] is None:
        found.pop()
    return found


def cheapest(
    facts: Facts, scheme: Scheme, outlook: Outlook, rating: Rating, star: int
) -> tuple[Step, ...] | None:
    """The steps of least effort whose item gains reach the star's total; None when none do."""
    applicable = sum((group.applicable for group in rating.groups), ZERO)
    got = sum((group.got for group in rating.groups), ZERO)
    bonus_steps = _bonus_steps(facts, scheme, rating, star)
    bonus = sum((step.gain for step in bonus_steps), ZERO)
    wanted = (scheme.bands[star] - rating.bonus - bonus) * applicable / HUNDRED - got
    need = int((wanted * UNITS).to_integral_value(ROUND_CEILING))
    by_group: dict[str, Frontier] = {}
    for options in Options(facts, scheme, outlook).all():
        if options:
            group = options[0][0].code[0]
            start: Frontier = by_group.get(group, [(0, ())])
            by_group[group] = _thinned(_joined(start, _frontier(options)))
    total: Frontier = [(0, ())]
    for group_score in rating.groups:
        least = 0
        if star == scheme.top_star and group_score.applicable:
            short = scheme.group_minimum * group_score.applicable - group_score.got
            least = max(0, int((short * UNITS).to_integral_value(ROUND_CEILING)))
        frontier = _thinned(by_group.get(group_score.code, [(0, ())]), least)
        if all(one is None for one in frontier):
            return None
        total = _thinned(_joined(total, frontier))
    for one in total:
        if one is not None and one[0] >= need:
            return (*one[1], *bonus_steps)
    return None


def _bonus_steps(facts: Facts, scheme: Scheme, rating: Rating, star: int) -> tuple[Step, ...]:
    """The highest star asks for a bonus item; teaching a visiting class can be planned."""
    if star < scheme.top_star or not scheme.top_needs_bonus or rating.bonus:
        return ()
    by = facts.period_end - timedelta(days=1)
    gain = scheme.bonus["teaching"]
    if not gain:
        return ()
    return (Step("bonus", "承接一次现场教学任务", by, 10, gain, (("teaching_count", 1),)),)


BLOCKED = {
    Limit.KIND: "挂靠的单位由所在村(社区)、部门评定,不在此评定。",
    Limit.YOUNG: "成立不满一年,本年暂不定星。",
    Limit.VETO: "已确认一票否决,本年不能定星。",
    Limit.FIRST: "首次评定已达上限,来年可以再升。",
    Limit.STEP: "一年最多升一级,本年已达上限。",
    Limit.LAST_STAR: "最高星须上年已达规定星级,本年已达上限。",
}


def way_to_next_star(facts: Facts, scheme: Scheme, outlook: Outlook) -> Way:
    """The cheapest way from what the facts give to one star more, or why there is none."""
    rating = rate(facts, scheme)
    for limit in (Limit.KIND, Limit.YOUNG, Limit.VETO, Limit.FIRST, Limit.STEP):
        if limit in rating.limits:
            return Way(rating.star or 0, blocked=BLOCKED[limit])
    star = (rating.star or 0) + 1
    if star > scheme.top_star:
        return Way(scheme.top_star, blocked="已是最高星。")
    if star == scheme.top_star and (facts.last_star or 0) < scheme.top_needs_last_star:
        return Way(rating.star or 0, blocked=BLOCKED[Limit.LAST_STAR])
    if not facts.was_rated and star > scheme.first_star_limit:
        return Way(rating.star or 0, blocked=BLOCKED[Limit.FIRST])
    if facts.was_rated and star > (facts.last_star or 0) + scheme.step:
        return Way(rating.star or 0, blocked=BLOCKED[Limit.STEP])
    steps = cheapest(facts, scheme, outlook, rating, star)
    if steps is None or not _reaches(facts, scheme, steps, star):
        return Way(star, blocked="剩余时间内的可做事项已不足以升到这一星。")
    steps = _pruned(facts, scheme, steps, star)
    return Way(star, steps, reached=rate(applied(facts, steps), scheme))


def _reaches(facts: Facts, scheme: Scheme, steps: Iterable[Step], star: int) -> bool:
    return (rate(applied(facts, steps), scheme).star or 0) >= star


def _pruned(facts: Facts, scheme: Scheme, steps: tuple[Step, ...], star: int) -> tuple[Step, ...]:
    """Without steps that turn out not to be needed, since others helped more than one item."""
    kept = list(steps)
    for step in sorted(steps, key=lambda one: -one.effort):
        rest = list(kept)
        rest.remove(step)
        if _reaches(facts, scheme, rest, star):
            kept = rest
    return tuple(sorted(kept, key=lambda one: (one.deadline, one.code)))
