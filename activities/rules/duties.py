"""Which duty falls due how often, which kind of record serves it, and how a period stands."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from accounts.rules import Vocabulary
from activities.rules.periods import Period, Unit, periods
from activities.rules.vocabulary import ActivityKind, Duty
from organizations.rules.vocabulary import PartyKind


@dataclass(frozen=True)
class DutySpec:
    """How often a duty is due from a year on, and what says so."""

    duty: Duty
    unit: Unit
    times: int
    basis: str
    since_year: int = 2016


# who lives the full organizational life; what is affiliated lives that of its host (domain: the
# host, a village's or department's party organization, is rated in its own line)
LIVING_KINDS = (PartyKind.STANDING, PartyKind.JOINT)
# so many members with posts make a committee; fewer are a secretary and a deputy
COMMITTEE_LEAST = 3

# what a new portal starts with; a city changes the rows, not this table
DUTIES = [
    DutySpec(Duty.MEMBERS_MEETING, Unit.QUARTER, 1, "支部工作条例:一般每季度召开1次"),
    DutySpec(Duty.COMMITTEE_MEETING, Unit.MONTH, 1, "支部工作条例:一般每月召开1次"),
    DutySpec(Duty.GROUP_MEETING, Unit.MONTH, 1, "支部工作条例:一般每月召开1次"),
    DutySpec(Duty.LECTURE, Unit.QUARTER, 1, "条例要求定期上党课;每季度1次为通行做法,可调整"),
    DutySpec(Duty.THEME_DAY, Unit.MONTH, 1, "支部工作条例:每月相对固定1天"),
    DutySpec(Duty.LIFE_MEETING, Unit.YEAR, 1, "支部工作条例:每年至少1次,一般在第四季度"),
    DutySpec(Duty.APPRAISAL, Unit.YEAR, 1, "支部工作条例:每年1次,可与组织生活会合并"),
    DutySpec(Duty.TALK, Unit.YEAR, 1, "支部工作条例:每年谈心谈话一般不少于1次"),
    DutySpec(Duty.PLAN, Unit.YEAR, 1, "年度计划于1月31日前报备为按时"),
]


class Attends(Vocabulary):
    """Who is expected at a kind of meeting."""

    ALL = "all", "全体党员"
    COMMITTEE = "committee", "支委会成员"
    GROUP = "group", "党小组成员"
    OPEN = "open", "按需确定"


@dataclass(frozen=True)
class KindSpec:
    """What a kind of record serves, where it is archived, who is expected, whether it may vote."""

    duty: Duty | None
    folder: int
    attends: Attends
    votes: bool = False


KINDS: dict[ActivityKind, KindSpec] = {
    ActivityKind.MEMBERS_MEETING: KindSpec(Duty.MEMBERS_MEETING, 5, Attends.ALL, votes=True),
    ActivityKind.COMMITTEE_MEETING: KindSpec(Duty.COMMITTEE_MEETING, 6, Attends.COMMITTEE, True),
    ActivityKind.GROUP_MEETING: KindSpec(Duty.GROUP_MEETING, 6, Attends.GROUP),
    ActivityKind.LECTURE: KindSpec(Duty.LECTURE, 7, Attends.ALL),
    ActivityKind.THEME_DAY: KindSpec(Duty.THEME_DAY, 7, Attends.ALL),
    ActivityKind.LIFE_MEETING: KindSpec(Duty.LIFE_MEETING, 8, Attends.ALL),
    ActivityKind.APPRAISAL: KindSpec(Duty.APPRAISAL, 8, Attends.ALL),
    ActivityKind.TALK: KindSpec(Duty.TALK, 8, Attends.OPEN),
    ActivityKind.SERVICE: KindSpec(None, 12, Attends.OPEN),
    ActivityKind.PARTY_SOCIAL: KindSpec(None, 12, Attends.OPEN),
    ActivityKind.DEMOCRATIC_TALK: KindSpec(None, 12, Attends.OPEN),
    ActivityKind.CONSULTATION: KindSpec(None, 12, Attends.OPEN),
    ActivityKind.TRAINING: KindSpec(None, 7, Attends.OPEN),
    ActivityKind.CO_BUILDING: KindSpec(None, 12, Attends.OPEN),
}
KIND_OF_DUTY = {spec.duty: kind for kind, spec in KINDS.items() if spec.duty}
# whose presence makes 到会率
COUNTED_FOR_PRESENCE = (ActivityKind.MEMBERS_MEETING, ActivityKind.THEME_DAY)

FOLDERS = [
    "组织机构与批复",
    "换届选举",
    "党员名册与组织关系",
    "年度计划与总结",
    "党员大会",
    "支委会(党小组会)",
    "党课与主题党日",
    "组织生活会与民主评议",
    "发展党员",
    "党费与经费",
    "制度与阵地(七有)",
    "活动、荣誉与创星材料",
]
FOLDER_SETUP, FOLDER_ELECTIONS, FOLDER_ROSTER, FOLDER_PLANS = 1, 2, 3, 4
FOLDER_ADMISSION, FOLDER_FUNDS, FOLDER_VENUES, FOLDER_HONOURS = 9, 10, 11, 12
# what comes into a folder by itself, for its page
FILLED_BY = {
    FOLDER_SETUP: "党组织的成立批复、类型和层级的变更,登记后自动列入。",
    FOLDER_ELECTIONS: "换届选举、延期换届,登记后自动列入。",
    FOLDER_ROSTER: "党员进入和离开本组织,登记后自动列入。",
    FOLDER_PLANS: "年度计划报备后自动存入。",
    5: "党员大会的记录归档后自动存入。",
    6: "支委会、党小组会的记录归档后自动存入。",
    7: "党课、主题党日、培训的记录归档后自动存入。",
    8: "组织生活会、民主评议、谈心谈话的记录归档后自动存入。",
    FOLDER_ADMISSION: "发展党员的每一步,登记后自动列入。",
    FOLDER_FUNDS: "经费的预算、返拨和支出,登记后自动存入。",
    FOLDER_VENUES: "活动场所填写核查日期后自动存入。",
    FOLDER_HONOURS: "服务、联席会、议事、共建的记录归档后,协议、荣誉登记后,自动存入。",
}

# what activities bring about, with the unit in which it is counted
OUTCOMES = [
    ("rescue", "救助", "人次"),
    ("mediation", "调处纠纷", "起"),
    ("legal_aid", "法律援助", "件"),
    ("clinic", "义诊", "人次"),
    ("volunteering", "志愿服务", "小时"),
    ("schooling", "助学", "人"),
    ("donation", "捐赠", "元"),
    ("served", "服务群众", "人次"),
    ("trained", "培训", "人次"),
]


def duty_periods(spec: DutySpec, year: int) -> list[Period]:
    """The periods of a year in which the duty falls due; the plan is January's business."""
    if spec.duty == Duty.PLAN:
        return [Period(Unit.MONTH, year, 1)]
    return periods(spec.unit, year)


def has_committee(posts: Iterable[tuple[Any, date, date | None]], day: date) -> bool:
    """Do enough members (key, from, to) hold posts on the day?"""
    holders = {key for key, begins, ends in posts if begins <= day and (ends is None or ends > day)}
    return len(holders) >= COMMITTEE_LEAST


class DutyState(Vocabulary):
    """How an organization stands with a duty in a period, on a day."""

    DONE = "done", "已开展"
    RUNNING = "running", "本期待开展"
    LATE = "late", "逾期未开展"
    FUTURE = "future", "未到期"
    NOT_OWED = "not_owed", "不要求"


def duty_state(period: Period, is_owed: bool, done: int, times: int, day: date) -> DutyState:
    """Done as soon as it is done; late only once the period is over."""
    if not is_owed:
        return DutyState.NOT_OWED
    if done >= times:
        return DutyState.DONE
    if day >= period.end:
        return DutyState.LATE
    return DutyState.RUNNING if day >= period.first else DutyState.FUTURE


PLAN_DUE = (1, 31)


def plan_in_time(year: int, filed_on: date) -> bool:
    """The year's plan counts as in time when it is filed by 31 January."""
    return filed_on <= date(year, *PLAN_DUE)


def served_by(kinds: list[str]) -> list[Duty]:
    """The duties that a record of these kinds serves."""
    specs = [KINDS[ActivityKind(kind)] for kind in kinds]
    return [spec.duty for spec in specs if spec.duty]
