"""What an organization can still do until the year ends, and what each step changes and brings.

A step changes facts as its records would.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from accounts.rules import day_words
from evaluation.rules.criteria import score
from evaluation.rules.facts import Facts
from evaluation.rules.scheme import Item, Scheme
from evaluation.rules.scoring import ZERO, Score
from organizations.rules.terms import months_later

TERM_YEARS = 3


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
    # anybody who belongs to it or takes part in it: without them nothing is held, no post given
    has_people: bool = True


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
            self.one(code, f"{words}({day_words(day)}前)", effort, *changes, by=day)
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
        repaired: tuple[tuple[str, Any], ...] = (("failed_setup_rules", ()),)
        if "R5" in facts.failed_setup_rules:
            repaired += (*self._committee_changes(), ("has_secretary", True))
        if self.outlook.has_people or "R5" not in facts.failed_setup_rules:
            yield self.alternatives(self.one("A1", f"整改组织设置:{failed}", 8, *repaired))
        term = months_later(self.outlook.today, 12 * TERM_YEARS)
        extended = self._longest_extension()
        yield self.alternatives(
            self.one("A2", "完成换届选举并录入", 8, ("term_ends_on", term)),
            self.one("A2", "报上级批准延期并录入批文", 3, ("extended_until", extended)),
        )
        if self.outlook.has_people:
            yield from self._posts()
        lacking = facts.covered_count - facts.charter_approved_count
        charter = ("charter_approved_count", 1)
        yield self.times("A5", "推动一家所覆盖社会组织的章程核准", 6, lacking, charter)

    def _posts(self) -> Iterator[list[list[Step]]]:
        facts = self.facts
        # who is new among the leaders has more hours to reach
        newcomer = ("trained_count", -min(1, facts.trained_count))
        secretary = self.one("A3", "配备书记并录入任职", 3, ("has_secretary", True), newcomer)
        words = "选配支委会,明确组织、宣传、纪检分工"
        yield self.alternatives(self.one("A3", words, 6, *self._committee_changes()))
        words = "班子成员进入理事会或管理层并录入任职"
        cross = self.one("A4", words, 4, ("cross_post_count", 1)) if facts.covered_count else None
        if facts.has_secretary or facts.committee_size:
            yield self.alternatives(secretary)
            yield self.alternatives(cross)
        elif secretary is not None:
            # nobody holds a post yet: the secretary comes first
            yield [[secretary], *([[secretary, cross]] if cross is not None else [])]

    def _committee_changes(self) -> tuple[tuple[str, Any], ...]:
        """What a committee changes where one is asked for and missing."""
        facts, item = self.facts, self.items.get("A3")
        if item is None or facts.full_member_count < item.targets["committee_from"]:
            return ()
        missing = max(0, int(item.targets["smallest"]) - facts.committee_size)
        duties = max(0, 3 - facts.committee_duties)
        return (
            ("committee_size", missing),
            ("committee_duties", duties),
            ("trained_count", -min(max(missing, duties), facts.trained_count)),
        )

    def _longest_extension(self) -> date | None:
        item, ends = self.items.get("A2"), self.facts.term_ends_on
        if item is None or ends is None:
            return None
        return months_later(ends, int(item.targets["longest_extension"]))

    def life(self) -> Iterator[list[list[Step]]]:
        outlook = self.outlook
        if not outlook.has_people:
            return
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
        if self.outlook.has_people:
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
