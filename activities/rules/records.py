"""When a record may be filed, whether it was filed in time, whether it is there already."""

from dataclasses import dataclass, field
from datetime import date, time

from activities.rules.duties import KINDS
from activities.rules.vocabulary import ActivityKind, Presence
from activities.rules.votes import Ballot, contradictions

FILING_DAYS = 7
LEAST_MINUTES = 20


@dataclass(frozen=True)
class Missing:
    """What still has to be filled in: the field that it stands in, and what to do."""

    field: str
    text: str


@dataclass(frozen=True)
class Person:
    """One expected member as the record has it."""

    name: str
    presence: str = ""
    reason: str = ""
    grade: str = ""


@dataclass(frozen=True)
class RecordFacts:
    """A record as far as it is filled in."""

    kinds: tuple[str, ...] = ()
    title: str = ""
    held_on: date | None = None
    starts_at: time | None = None
    ends_at: time | None = None
    place: str = ""
    host: str = ""
    recorder: str = ""
    agenda: str = ""
    minutes: str = ""
    has_group: bool = False
    people: tuple[Person, ...] = ()
    ballots: tuple[Ballot, ...] = ()
    resolutions: tuple[tuple[str, str], ...] = ()
    founded_on: date | None = None
    dissolved_on: date | None = None
    today: date = field(default=date.max)


TEXTS = {
    "title": "主题",
    "place": "地点",
    "host": "主持人",
    "recorder": "记录人",
    "agenda": "议题",
}


def missing(record: RecordFacts) -> list[Missing]:
    """Everything that keeps this record from being filed, in the order of the form."""
    found: list[Missing] = []

    def say(name: str, text: str) -> None:
        found.append(Missing(name, text))

    if not record.kinds:
        say("kinds", "选择类型")
    if ActivityKind.GROUP_MEETING in record.kinds and not record.has_group:
        say("group", "选择党小组")
    if not record.title.strip():
        say("title", "填写主题")
    found += _about_the_day(record)
    for name in ("place", "host", "recorder", "agenda"):
        if not getattr(record, name).strip():
            say(name, f"填写{TEXTS[name]}")
    written = len("".join(record.minutes.split()))
    if written < LEAST_MINUTES:
        rest = LEAST_MINUTES - written
        say("minutes", f"会议记录还太短(至少 {LEAST_MINUTES} 字,还差 {rest} 字)")
    found += _about_people(record)
    for number, ballot in enumerate(record.ballots, start=1):
        found += [Missing("votes", f"第 {number} 项表决:{text}") for text in contradictions(ballot)]
    for text, owner in record.resolutions:
        if text and not owner:
            say("resolutions", f"决议“{text[:12]}”缺责任人")
    return found


def _about_the_day(record: RecordFacts) -> list[Missing]:
    found = []
    if record.held_on is None:
        found.append(Missing("held_on", "填写日期"))
    else:
        if record.held_on > record.today:
            found.append(Missing("held_on", "活动还没有举行,到期后才能归档"))
        if record.founded_on and record.held_on < record.founded_on:
            found.append(Missing("held_on", "日期早于党组织成立日期"))
        if record.dissolved_on and record.held_on >= record.dissolved_on:
            found.append(Missing("held_on", "日期晚于党组织撤销日期"))
    if record.starts_at is None:
        found.append(Missing("starts_at", "填写开始时间"))
    elif record.ends_at and record.ends_at <= record.starts_at:
        found.append(Missing("ends_at", "结束时间须晚于开始时间"))
    return found


def _about_people(record: RecordFacts) -> list[Missing]:
    found = []
    unmarked = [p.name for p in record.people if not p.presence]
    if not record.people:
        found.append(Missing("people", "登记应到人员"))
    elif unmarked:
        names = "、".join(unmarked[:3]) + ("等" if len(unmarked) > 3 else "")
        found.append(Missing("people", f"还有 {len(unmarked)} 人没有登记到会情况:{names}"))
    elif all(p.presence != Presence.PRESENT for p in record.people):
        found.append(Missing("people", "没有一人到会,不能归档"))
    for person in record.people:
        if person.presence == Presence.EXCUSED and not person.reason.strip():
            found.append(Missing("people", f"填写{person.name}的请假原因"))
    if ActivityKind.APPRAISAL in record.kinds:
        open_ones = [p.name for p in record.people if not p.grade]
        if open_ones:
            found.append(Missing("people", f"还有 {len(open_ones)} 人没有填写民主评议结果"))
    return found


def steps_in_all(record: RecordFacts) -> int:
    """How many things the form asks for: what completeness is measured against."""
    return 9 + len(record.people) + len(record.ballots)


def completeness(record: RecordFacts) -> int:
    """How far the record is filled in, in whole per cent; 100 only when nothing is missing."""
    lacking = missing(record)
    if not lacking:
        return 100
    unmarked = sum(not p.presence for p in record.people)
    open_points = len([m for m in lacking if m.field != "people"]) + max(
        unmarked, 1 if any(m.field == "people" for m in lacking) else 0
    )
    total = steps_in_all(record)
    return max(0, min(99, (total - open_points) * 100 // total))


def filed_in_time(held_on: date, filed_on: date) -> bool:
    """Within seven days of the meeting."""
    return (filed_on - held_on).days <= FILING_DAYS


def is_the_same(
    kinds: set[str], group: int | None, other_kinds: set[str], other_group: int | None
) -> bool:
    """Do two records of one organization and one day look like one meeting?"""
    if kinds & other_kinds == {ActivityKind.GROUP_MEETING.value}:
        return group == other_group
    return bool(kinds & other_kinds - {ActivityKind.TALK.value})


def allows_vote(kinds: list[str]) -> bool:
    return any(KINDS[ActivityKind(kind)].votes for kind in kinds)
