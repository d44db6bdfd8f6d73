"""The items of a rating: one function each, from facts and an item's targets to points.

A new criterion is one function with its line `@criterion` (code, rule in words, the facts it reads), a field of `Facts`, its points in a new
version of the scheme. Pages, API, exports and print loop over what is registered here.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from accounts.rules import day_words
from evaluation.rules.facts import Facts
from evaluation.rules.scheme import DEFAULT_ITEMS, Item
from evaluation.rules.scoring import (
    ONE,
    ZERO,
    Score,
    all_or_nothing,
    counted,
    not_applicable,
    parts,
    share,
    shown,
)
from organizations.rules.terms import months_later

Formula = Callable[[Facts, Item], Score]


@dataclass(frozen=True)
class Criterion:
    """`reads` names every fact that the formula looks at: where they agree, so does the score."""

    code: str
    formula: Formula
    rule: str  # the formula in words, for everybody to read
    reads: tuple[str, ...]


CRITERIA: dict[str, Criterion] = {}


def criterion(code: str, rule: str, reads: str) -> Callable[[Formula], Formula]:
    def register(formula: Formula) -> Formula:
        CRITERIA[code] = Criterion(code, formula, rule, tuple(reads.split()))
        return formula

    return register


def score(facts: Facts, item: Item) -> Score:
    return CRITERIA[item.code].formula(facts, item)


def known_targets() -> Mapping[str, Mapping[str, Decimal]]:
    """The item codes that have a formula, each with the targets that it reads."""
    return {item.code: item.targets for item in DEFAULT_ITEMS if item.code in CRITERIA}


# --- A 组织设置与班子 ----------------------------------------------------------------------------


@criterion(
    "A1",
    "规则 R1 至 R5 全部符合得满分,有一条不符合得 0 分",
    "failed_setup_rules",
)
def setup_rules(facts: Facts, item: Item) -> Score:
    failed = "、".join(facts.failed_setup_rules)
    holds = not facts.failed_setup_rules
    return all_or_nothing(item.points, holds, "R1 至 R5 全部符合", f"不符合 {failed}")


@criterion(
    "A2",
    "任期内得满分;已批准延期且不超过规定月数得一部分;逾期未批准得 0 分;不按期换届的兼合式不适用",
    "kind joint_elects term_ends_on as_of extended_until",
)
def election_on_time(facts: Facts, item: Item) -> Score:
    if not facts.has_terms:
        return not_applicable("兼合式党组织不按期换届")
    ends = facts.term_ends_on
    if ends is None:
        return Score(ZERO, "没有任期记录")
    if facts.as_of < ends:
        return Score(item.points, f"任期至{day_words(ends)}")
    extended = facts.extended_until
    longest = months_later(ends, int(item.targets["longest_extension"]))
    if extended is not None and facts.as_of < extended <= longest:
        return Score(item.targets["extended"], f"已批准延期至{day_words(extended)}")
    return Score(ZERO, f"任期已于{day_words(ends)}届满,没有有效的延期批准")


@criterion(
    "A3",
    "书记在岗得一部分;正式党员达到规定人数的,须有规定人数的支委会并分工组织、宣传、纪检,得其余部分",
    "full_member_count committee_size committee_duties has_secretary",
)
def complete_leadership(facts: Facts, item: Item) -> Score:
    secretary = item.targets["secretary"]
    rest = item.points - secretary
    needs = facts.full_member_count >= item.targets["committee_from"]
    fits = item.targets["smallest"] <= facts.committee_size <= item.targets["largest"]
    if not needs:
        return parts(
            (facts.has_secretary, secretary, "书记在岗"),
            (True, rest, f"正式党员 {facts.full_member_count} 人,不要求设支委会"),
        )
    return parts(
        (facts.has_secretary, secretary, "书记在岗"),
        (
            fits and facts.committee_duties >= 3,
            rest,
            f"支委会 {facts.committee_size} 人,组织、宣传、纪检分工 {facts.committee_duties} 项",
        ),
    )


@criterion(
    "A4",
    "班子成员中至少 1 人同时任理事会或管理层职务得满分,否则 0 分",
    "cross_post_count",
)
def cross_posts(facts: Facts, item: Item) -> Score:
    holds = facts.cross_post_count >= item.targets["posts"]
    words = f"班子成员交叉任职 {facts.cross_post_count} 人"
    return all_or_nothing(item.points, holds, words, words)


@criterion(
    "A5",
    "分值 × 章程已核准的所覆盖社会组织 ÷ 所覆盖的社会组织",
    "charter_approved_count covered_count",
)
def charters(facts: Facts, item: Item) -> Score:
    return share(
        item.points, facts.charter_approved_count, facts.covered_count, "所覆盖社会组织的章程"
    )


# --- B 组织生活 ----------------------------------------------------------------------------------


@criterion(
    "B1",
    "每个季度至少 1 次有效的党员大会(到会过半),按有会的季度数计分",
    "general_meeting_quarters months_due",
)
def general_meetings(facts: Facts, item: Item) -> Score:
    return counted(
        facts, item.points, facts.general_meeting_quarters, item.targets["quarters"], "个季度"
    )


@criterion(
    "B2",
    "分值 × 召开支委会的月数 ÷ 应有月数;不设支委会的不适用",
    "committee_size committee_meeting_months months_due",
)
def committee_meetings(facts: Facts, item: Item) -> Score:
    if facts.committee_size == 0:
        return not_applicable("没有设支委会")
    return counted(
        facts, item.points, facts.committee_meeting_months, item.targets["months"], "个月"
    )


@criterion(
    "B3",
    "分值 × 各党小组已开会的月数 ÷ 应开会的月数;没有党小组的不适用",
    "group_months_held group_months_due",
)
def group_meetings(facts: Facts, item: Item) -> Score:
    if facts.group_months_due == 0:
        return not_applicable("没有党小组")
    return share(item.points, facts.group_months_held, facts.group_months_due, "组·月")


@criterion(
    "B4",
    "每个季度至少 1 次党课,按有课的季度数计分",
    "lecture_quarters months_due",
)
def party_lectures(facts: Facts, item: Item) -> Score:
    return counted(facts, item.points, facts.lecture_quarters, item.targets["quarters"], "个季度")


@criterion(
    "B5",
    "每月至少 1 次主题党日,按有党日的月数计分",
    "theme_day_months months_due",
)
def theme_days(facts: Facts, item: Item) -> Score:
    return counted(facts, item.points, facts.theme_day_months, item.targets["months"], "个月")


@criterion(
    "B6",
    "当年召开组织生活会、开展民主评议党员各得一半;不足一年的期间,都还没有做的不计入",
    "has_life_meeting has_appraisal months_due",
)
def yearly_meetings(facts: Facts, item: Item) -> Score:
    done = [facts.has_life_meeting, facts.has_appraisal]
    if not facts.is_whole_year and not any(done):
        return not_applicable("一年一次,本期尚未开展")
    half = item.points / 2
    return parts(
        (facts.has_life_meeting, half, "组织生活会"), (facts.has_appraisal, half, "民主评议党员")
    )


# --- C 党员队伍 ----------------------------------------------------------------------------------


@criterion(
    "C1",
    "到会率 = 实到 ÷ 应到(党员大会、主题党日);在得 0 分与得满分的到会率之间按比例计分",
    "present_count expected_count",
)
def attendance(facts: Facts, item: Item) -> Score:
    if facts.expected_count == 0:
        return not_applicable("没有应到人次")
    ratio = Decimal(facts.present_count) / facts.expected_count
    none, full = item.targets["none"], item.targets["full"]
    reached = (ratio - none) / (full - none) if full > none else Decimal(ratio >= full)
    got = item.points * min(ONE, max(ZERO, reached))
    return Score(
        got, f"实到 {facts.present_count} ÷ 应到 {facts.expected_count} = {shown(ratio * 100)} %"
    )


@criterion(
    "C2",
    "分值 × 按时足额交纳的人·月 ÷ 应交的人·月;兼合式不适用",
    "kind dues_on_time dues_due",
)
def dues(facts: Facts, item: Item) -> Score:
    if facts.kind == "joint":
        return not_applicable("兼合式党组织不收缴党费")
    return share(item.points, facts.dues_on_time, facts.dues_due, "人·月")


@criterion(
    "C3",
    "一部分 × 必填信息完整的党员 ÷ 党员;每名流动党员近期都有联系记录,得其余部分",
    "complete_member_count member_count mobile_count mobile_contacted_count",
)
def member_records(facts: Facts, item: Item) -> Score:
    complete = item.targets["complete"]
    if facts.member_count == 0:
        return not_applicable("没有党员")
    kept = share(complete, facts.complete_member_count, facts.member_count, "党员信息完整")
    contacted = facts.mobile_contacted_count >= facts.mobile_count
    rest = item.points - complete
    words = f"流动党员 {facts.mobile_count} 人,近期已联系 {facts.mobile_contacted_count} 人"
    got = (kept.got or ZERO) + (rest if contacted else ZERO)
    return Score(got, f"{kept.words};{words},{shown(rest) if contacted else 0} 分")


@criterion(
    "C4",
    "满分起,发展党员的步骤每有一处超期或漏项扣分,扣完为止;兼合式、临时党支部不适用",
    "kind level admission_faults",
)
def admissions(facts: Facts, item: Item) -> Score:
    if facts.kind == "joint" or facts.level == "temporary_branch":
        return not_applicable("兼合式、临时党支部不发展党员")
    got = max(ZERO, item.points - item.targets["fault"] * facts.admission_faults)
    return Score(got, f"超期或漏项 {facts.admission_faults} 处")


@criterion(
    "C5",
    "分值 × 达到学时的党员 ÷ 党员(班子成员的学时要求更高,见党员管理参数)",
    "trained_count member_count",
)
def training(facts: Facts, item: Item) -> Score:
    return share(item.points, facts.trained_count, facts.member_count, "党员达到学时")


# --- D 阵地与保障 --------------------------------------------------------------------------------


@criterion(
    "D1",
    "按“七有”具备的项数计分,共享的活动场所同样计分",
    "venue_features",
)
def venue(facts: Facts, item: Item) -> Score:
    whole = item.targets["features"]
    there = min(Decimal(len(facts.venue_features)), whole)
    got = item.points * there / whole if whole else ZERO
    return Score(got, f"已具备 {len(facts.venue_features)} 项")


@criterion(
    "D2",
    "有党建经费预算或返拨记录、有支出记录各得一半",
    "has_fund has_expense",
)
def funds(facts: Facts, item: Item) -> Score:
    half = item.points / 2
    return parts((facts.has_fund, half, "预算或返拨"), (facts.has_expense, half, "支出记录"))


# --- E 作用发挥 ----------------------------------------------------------------------------------


@criterion(
    "E1",
    "分值 × 有承诺并经评诺的党员 ÷ 党员",
    "pledged_count member_count",
)
def pledges(facts: Facts, item: Item) -> Score:
    return share(item.points, facts.pledged_count, facts.member_count, "党员承诺践诺评诺")


@criterion(
    "E2",
    "有记录和照片的志愿、服务活动,按次数计分,够数为止",
    "service_count months_due",
)
def services(facts: Facts, item: Item) -> Score:
    return counted(facts, item.points, facts.service_count, item.targets["activities"], "次")


@criterion(
    "E3",
    "签有共建协议、有党建品牌或特色方案各得一半",
    "has_agreement has_brand_plan",
)
def partnership(facts: Facts, item: Item) -> Score:
    half = item.points / 2
    return parts(
        (facts.has_agreement, half, "共建协议"), (facts.has_brand_plan, half, "品牌或特色方案")
    )


# --- F 基础工作 ----------------------------------------------------------------------------------


@criterion(
    "F1",
    "截止日前报备年度计划得满分,此后得一部分,没有 0 分",
    "plan_filed_on period_start",
)
def year_plan(facts: Facts, item: Item) -> Score:
    filed = facts.plan_filed_on
    if filed is None:
        return Score(ZERO, "没有报备年度计划")
    year = facts.period_start.year
    due = date(year, int(item.targets["month"]), int(item.targets["day"]))
    late = filed > due
    words = f"{day_words(filed)}报备,{'超过' if late else '不晚于'}{due.month}月{due.day}日"
    return Score(item.targets["late"] if late else item.points, words)


@criterion(
    "F2",
    "分值 × 完整且 7 天内归档的记录 ÷ 会议活动",
    "timely_record_count record_count",
)
def records(facts: Facts, item: Item) -> Score:
    return share(item.points, facts.timely_record_count, facts.record_count, "会议活动记录")


@criterion(
    "F3",
    "分值 × 当年有材料的档案目录 ÷ 应有目录数",
    "folder_count months_due",
)
def archive(facts: Facts, item: Item) -> Score:
    return counted(facts, item.points, facts.folder_count, item.targets["folders"], "个目录")
