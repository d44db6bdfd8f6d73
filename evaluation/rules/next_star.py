"""What is missing to the next star: the cheapest set of steps that can still be taken.

Facts are those of the year's last day if nothing more were done; the outlook says what is still
open. A step changes facts as its records would; the chosen steps are rated again before they are
told, so that what is promised holds (before the city's quotas).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any

from evaluation.rules.criteria import ZERO, Score, in_words, score
from evaluation.rules.facts import Facts
from evaluation.rules.rating import HUNDRED, Limit, Rating, rate
from evaluation.rules.scheme import Item, Scheme
from organizations.rules.terms import months_later

TERM_YEARS = 3
UNITS = Decimal(10_000)  # a point in whole numbers for the search


@dataclass(frozen=True)
class Outlook:
    """What can still be done until the year ends: last days of what is open, one entry each."""

    today: date
    general_meetings: tuple[date, ...] = ()
    lectures: tuple[date, ...] = ()
    committee_meetings: tuple[date, ...] = ()
    theme_days: tuple[date, ...] = ()
    group_meetings: tuple[date, ...] = ()
    dues: tuple[tuple[date, int], ...] = ()  # last day to pay in time, person-months


@dataclass(frozen=True)
class Step:
    """Something to do: what, by when, what it brings, how much effort it is (1 = an hour's work).

    `changes` says which facts become what: numbers are added, lists extended, all else replaced.
    """

    code: str
    words: str
    deadline: date
    effort: int
    gain: Decimal
    changes: tuple[tuple[str, Any], ...]


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


def applied(facts: Facts, steps: Iterable[Step]) -> Facts:
    """The facts after these steps."""
    for step in steps:
        values: dict[str, Any] = {}
        for name, value in step.changes:
            old = getattr(facts, name)
            number = isinstance(old, int) and not isinstance(old, bool)
            values[name] = old + value if number or isinstance(old, tuple) else value
        facts = replace(facts, **values)
    return facts


# --- what could be done -------------------------------------------------------------------------


def _gain(facts: Facts, item: Item, changes: tuple[tuple[str, Any], ...]) -> Decimal:
    """What the item alone gains by the changes."""
    before = score(facts, item)
    after = score(applied(facts, [Step("", "", date.max, 0, ZERO, changes)]), item)
    return _points(after) - _points(before)


def _points(found: Score) -> Decimal:
    return found.got or ZERO


class Options:
    """Alternatives that exclude each other: nothing, or one of several sets of steps."""

    def __init__(self, facts: Facts, scheme: Scheme, outlook: Outlook) -> None:
        self.facts, self.outlook = facts, outlook
        self.items = {item.code: item for item in scheme.items}
        self.bonus = scheme.bonus
        self.end = facts.period_end - timedelta(days=1)

    def one(
        self, code: str, words: str, effort: int, *changes: tuple[str, Any], by: date | None = None
    ) -> Step | None:
        """A step when it brings anything for its item."""
        item = self.items.get(code)
        gain = _gain(self.facts, item, changes) if item else ZERO
        return Step(code, words, by or self.end, effort, gain, changes) if gain > 0 else None

    def several(self, steps: Iterable[Step | None]) -> list[list[Step]]:
        """The first, the first two, and so on, of steps of one kind, each with its own gain."""
        found: list[list[Step]] = []
        taken: list[Step] = []
        facts = self.facts
        for step in steps:
            if step is None:
                break
            gain = _gain(facts, self.items[step.code], step.changes)
            if gain <= 0:
                break
            facts = applied(facts, [step])
            taken = [*taken, replace(step, gain=gain)]
            found.append(taken)
        return found

    def times(
        self, code: str, words: str, effort: int, number: int, *changes: tuple[str, Any]
    ) -> list[list[Step]]:
        step = self.one(code, words, effort, *changes)
        return self.several([step] * number)

    def meetings(
        self, code: str, words: str, effort: int, days: Sequence[date], name: str
    ) -> list[list[Step]]:
        """Meetings still to be held, all present, recorded in time."""
        people = self.facts.member_count
        changes: tuple[tuple[str, Any], ...] = (
            (name, 1),
            ("record_count", 1),
            ("timely_record_count", 1),
        )
        if code in ("B1", "B5"):
            changes += (("expected_count", people), ("present_count", people))
        return self.several(
            self.one(code, f"{words}({in_words(day)}前)", effort, *changes, by=day)
            for day in sorted(days)
        )

    def all(self) -> Iterator[list[list[Step]]]:
        yield from self.leadership()
        yield from self.life()
        yield from self.people()
        yield from self.base()

    def leadership(self) -> Iterator[list[list[Step]]]:
        facts = self.facts
        failed = "、".join(facts.failed_setup_rules)
        yield self.alternatives(
            self.one("A1", f"整改组织设置:{failed}", 8, ("failed_setup_rules", ()))
        )
        term = months_later(self.outlook.today, 12 * TERM_YEARS)
        extended = self._longest_extension()
        yield self.alternatives(
            self.one("A2", "完成换届选举并录入", 8, ("term_ends_on", term)),
            self.one("A2", "报上级批准延期并录入批文", 3, ("extended_until", extended)),
        )
        secretary = self.one("A3", "配备书记并录入任职", 3, ("has_secretary", True))
        item = self.items.get("A3")
        least = int(item.targets["smallest"]) if item else 0
        missing = max(0, least - facts.committee_size)
        committee = self.one(
            "A3",
            "选配支委会,明确组织、宣传、纪检分工",
            6,
            ("committee_size", missing),
            ("committee_duties", max(0, 3 - facts.committee_duties)),
        )
        yield self.alternatives(secretary)
        yield self.alternatives(committee)
        cross = self.one("A4", "班子成员进入理事会或管理层并录入任职", 4, ("cross_post_count", 1))
        yield self.alternatives(cross)
        lacking = facts.covered_count - facts.charter_approved_count
        charter = ("charter_approved_count", 1)
        yield self.times("A5", "推动一家所覆盖社会组织的章程核准", 6, lacking, charter)

    def _longest_extension(self) -> date | None:
        item, ends = self.items.get("A2"), self.facts.term_ends_on
        if item is None or ends is None:
            return None
        return months_later(ends, int(item.targets["longest_extension"]))

    def life(self) -> Iterator[list[list[Step]]]:
        outlook = self.outlook
        yield self.meetings(
            "B1", "召开党员大会", 3, outlook.general_meetings, "general_meeting_quarters"
        )
        yield self.meetings(
            "B2", "召开支委会", 2, outlook.committee_meetings, "committee_meeting_months"
        )
        yield self.meetings("B3", "召开党小组会", 2, outlook.group_meetings, "group_months_held")
        yield self.meetings("B4", "上党课", 3, outlook.lectures, "lecture_quarters")
        yield self.meetings("B5", "开展主题党日", 3, outlook.theme_days, "theme_day_months")
        yield self.alternatives(self.one("B6", "召开组织生活会", 3, ("has_life_meeting", True)))
        yield self.alternatives(self.one("B6", "开展民主评议党员", 3, ("has_appraisal", True)))

    def people(self) -> Iterator[list[list[Step]]]:
        facts = self.facts
        yield self.several(
            self.one("C2", f"{by.month}月党费全部按时交纳", 1, ("dues_on_time", people), by=by)
            for by, people in sorted(self.outlook.dues)
        )
        lacking = facts.member_count - facts.complete_member_count
        yield self.times("C3", "补全一名党员的信息", 1, lacking, ("complete_member_count", 1))
        mobile = facts.mobile_count - facts.mobile_contacted_count
        contact = self.one(
            "C3", f"联系 {mobile} 名流动党员并记录", mobile, ("mobile_contacted_count", mobile)
        )
        yield self.alternatives(contact)
        untrained = facts.member_count - facts.trained_count
        yield self.times("C5", "为一名党员补足学时", 3, untrained, ("trained_count", 1))
        unpledged = facts.member_count - facts.pledged_count
        yield self.times("E1", "完成一名党员的承诺、评诺", 1, unpledged, ("pledged_count", 1))

    def base(self) -> Iterator[list[list[Step]]]:
        facts = self.facts
        item = self.items.get("D1")
        lacking = int(item.targets["features"]) - len(facts.venue_features) if item else 0
        yield self.several(
            self.one("D1", "补齐活动场所的一项“七有”", 3, ("venue_features", (f"+{number}",)))
            for number in range(max(0, lacking))
        )
        yield self.alternatives(self.one("D2", "录入经费预算或返拨", 1, ("has_fund", True)))
        yield self.alternatives(self.one("D2", "录入经费支出", 1, ("has_expense", True)))
        service = (("service_count", 1), ("record_count", 1), ("timely_record_count", 1))
        most = int(self.items["E2"].targets["activities"]) if "E2" in self.items else 0
        words = "开展一次志愿、服务活动,有记录和照片"
        yield self.times("E2", words, 4, max(0, most - facts.service_count), *service)
        yield self.alternatives(self.one("E3", "签订结对共建协议", 3, ("has_agreement", True)))
        brand = self.one("E3", "制定党建品牌或特色方案", 3, ("has_brand_plan", True))
        yield self.alternatives(brand)
        yield self.alternatives(self._plan())
        item = self.items.get("F3")
        folders = int(item.targets["folders"]) - facts.folder_count if item else 0
        yield self.times("F3", "为一个空的档案目录归档材料", 1, folders, ("folder_count", 1))

    def _plan(self) -> Step | None:
        if self.facts.plan_filed_on is not None:
            return None
        today, item = self.outlook.today, self.items.get("F1")
        if item is None:
            return None
        due = date(today.year, int(item.targets["month"]), int(item.targets["day"]))
        by = due if today <= due else self.end
        return self.one("F1", "报备年度计划", 2, ("plan_filed_on", today), by=by)

    @staticmethod
    def alternatives(*steps: Step | None) -> list[list[Step]]:
        return [[step] for step in steps if step is not None]


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
