"""Checks by the rules of the Party (R1 to R10, R18, R19): what, how grave, what to do, who."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from accounts.rules import Vocabulary


class Severity(Vocabulary):
    HIGH = "high", "须整改"
    MEDIUM = "medium", "应处理"
    LOW = "low", "提醒"


class Subject(Vocabulary):
    """What kind of record a check looks at."""

    SOCIAL = "social_organization", "社会组织"
    PARTY = "party_organization", "党组织"
    MEMBER = "member", "党员"


@dataclass(frozen=True)
class Check:
    """One check. `parameters` are its numbers with their defaults; a year may set others.

    `told` are the attributes that its list shows of a row beside the name, with their labels.
    """

    code: str
    title: str
    severity: Severity
    subject: Subject
    basis: str
    cure: str
    who: str
    parameters: Mapping[str, tuple[str, int]] = field(default_factory=dict)
    told: Mapping[str, str] = field(default_factory=dict)


BRANCH_RULES = "支部工作条例(试行)"
OFFICER, SECRETARY = "镇(街道)党建工作站", "党组织书记"
# the last signs of a member: a meeting attended, dues paid
SIGNS = {"last_seen_on": "最近到会", "last_paid_on": "最近交纳党费"}

CHECKS = (
    Check(
        "R1",
        "应建未建",
        Severity.HIGH,
        Subject.SOCIAL,
        f"{BRANCH_RULES}:正式党员 3 人以上的,应当成立党支部",
        "指导单独组建党支部,或先由其他党组织覆盖;上报的党员数有误的,请更正",
        OFFICER,
        {"full_members": ("应建的正式党员数", 3)},
    ),
    Check(
        "R1b",
        "单独组建的党组织正式党员不足",
        Severity.MEDIUM,
        Subject.PARTY,
        f"{BRANCH_RULES}:正式党员不足 3 人的,应当成立联合党支部",
        "核对党员名册;确实不足的,改为联合党支部或并入其他党组织",
        OFFICER,
        {"full_members": ("最少正式党员数", 3)},
    ),
    Check(
        "R2",
        "党员人数与层级不相称",
        Severity.LOW,
        Subject.PARTY,
        f"{BRANCH_RULES}:党支部党员一般不超过 50 人;50 人以上可设党总支,100 人以上可设党委",
        "报上级批准后升格,或分设党支部;已有批准文号的,请填写",
        OFFICER,
        {"branch": ("党支部最多人数", 50), "general": ("党总支最多人数", 100)},
    ),
    Check(
        "R3",
        "联合党支部覆盖单位过多",
        Severity.LOW,
        Subject.PARTY,
        f"{BRANCH_RULES}:联合党支部覆盖单位一般不超过 5 个",
        "把一部分社会组织转由其他党组织覆盖,或分设党支部",
        OFFICER,
        {"units": ("最多覆盖单位数", 5)},
    ),
    Check(
        "R4",
        "临时党支部存续过久",
        Severity.LOW,
        Subject.PARTY,
        f"{BRANCH_RULES}:6 个月以上的应成立党支部;临时党组织随任务结束而撤销",
        "转为正式党支部,或办理撤销",
        OFFICER,
        {"months": ("临时党支部最长月数", 6)},
    ),
    Check(
        "R5",
        "班子不健全",
        Severity.HIGH,
        Subject.PARTY,
        f"{BRANCH_RULES}:正式党员 7 人以上的设支委会 3 至 5 人、不超过 7 人;不足 7 人的设书记 1 人",
        "补选书记或支委,并在党员的“党内职务”中录入",
        SECRETARY,
        {
            "committee_from": ("须设支委会的正式党员数", 7),
            "least": ("支委会最少人数", 3),
            "most": ("支委会最多人数", 7),
        },
    ),
    Check(
        "R6",
        "任期届满或将届满",
        Severity.MEDIUM,
        Subject.PARTY,
        f"{BRANCH_RULES}:党支部委员会每届任期 3 年(村、社区 5 年)",
        "按期换届,录入选举结果;确需延期的,先报上级批准",
        SECRETARY,
        {"months": ("提前提醒的月数", 6)},
    ),
    Check(
        "R6b",
        "没有任期记录",
        Severity.MEDIUM,
        Subject.PARTY,
        f"{BRANCH_RULES}:应按期换届",
        "在党组织页面登记本届起始日期和任期",
        OFFICER,
    ),
    Check(
        "R7",
        "逾期一年以上未换届",
        Severity.HIGH,
        Subject.PARTY,
        "基层组织选举工作条例:延期须经上级批准,一般不超过 1 年",
        "尽快组织换届选举",
        SECRETARY,
        {"months": ("最长延期月数", 12)},
    ),
    Check(
        "R8",
        "选举到会人数不足五分之四",
        Severity.HIGH,
        Subject.PARTY,
        "基层组织选举工作条例:到会人数超过应到会人数的五分之四方可选举",
        "核对选举记录;确实不足的,选举无效,须重新选举",
        OFFICER,
    ),
    Check(
        "R9",
        "表决未过应到半数却记为通过",
        Severity.HIGH,
        Subject.PARTY,
        "党员大会表决:赞成人数超过应到会有表决权的正式党员的半数方为通过",
        "核对会议记录中的表决人数,按更正程序改正",
        SECRETARY,
    ),
    Check(
        "R10",
        "预备党员被登记为有表决权",
        Severity.HIGH,
        Subject.PARTY,
        "预备党员和受留党察看处分的党员没有表决权",
        "核对会议到会情况,按更正程序改正",
        SECRETARY,
    ),
    Check(
        "R18",
        "连续六个月不参加组织生活或不交党费",
        Severity.HIGH,
        Subject.MEMBER,
        "党章第九条:没有正当理由,连续六个月不参加组织生活,或不交纳党费,或不做党所分配的工作,"
        "认为是自行脱党(请假、流动党员不算不参加;分配的工作没有记录,由党组织掌握)",
        "谈话了解原因;有正当理由的补记请假、补交党费;没有的,由支部大会决定除名,报上级批准",
        SECRETARY,
        {"months": ("连续月数", 6)},
        SIGNS,
    ),
    Check(
        "R18b",
        "连续三个月以上不参加组织生活或不交党费",
        Severity.MEDIUM,
        Subject.MEMBER,
        "党章第九条规定的六个月届满以前的提醒",
        "谈话提醒,督促参加组织生活、交纳党费",
        SECRETARY,
        {"months": ("开始提醒的月数", 3)},
        SIGNS,
    ),
    Check(
        "R19",
        "失去联系六个月以上",
        Severity.HIGH,
        Subject.MEMBER,
        "党员教育管理工作条例:失去联系 6 个月以上的,停止党籍;从最近一次参加组织生活或交纳党费算起",
        "继续查找;仍联系不上的,由支部大会决定、报上级批准停止党籍;已经联系上的,登记恢复联系",
        OFFICER,
        {"months": ("停止党籍的月数", 6)},
        SIGNS,
    ),
    Check(
        "R19b",
        "停止党籍两年仍未恢复",
        Severity.HIGH,
        Subject.MEMBER,
        "党员教育管理工作条例:停止党籍 2 年后仍然无法取得联系的,按照自行脱党予以除名",
        "确实联系不上的,按程序除名;已经取得联系的,办理恢复党籍",
        OFFICER,
        {"months": ("停止党籍后的月数", 24)},
        {"suspended_on": "停止党籍日期"},
    ),
    Check(
        "D1",
        "没有党建管理责任主体",
        Severity.HIGH,
        Subject.SOCIAL,
        "三条责任线:业务主管(行业)、综合党委、镇(街道)兜底",
        "在社会组织页面采用系统建议的责任主体,或另行指定并写明理由",
        OFFICER,
    ),
    Check(
        "D2",
        "登记信息不完整",
        Severity.LOW,
        Subject.SOCIAL,
        "台账要求填写负责人、登记管理机关、统一社会信用代码(城乡社会组织除外)",
        "补填缺少的内容",
        OFFICER,
    ),
    Check(
        "D3",
        "当年没有年检(年报)结论",
        Severity.LOW,
        Subject.SOCIAL,
        "社会组织每年参加年检(年报)",
        "录入上一年度的年检(年报)结论",
        OFFICER,
    ),
    Check(
        "D4",
        "党员必填信息不完整",
        Severity.LOW,
        Subject.MEMBER,
        "党员花名册要求的必填内容",
        "在党员页面补填",
        SECRETARY,
        told={"missing_facts": "缺少"},
    ),
)
BY_CODE = {check.code: check for check in CHECKS}


def numbers_of(
    check: Check, settings: Mapping[str, Mapping[int, Decimal]], year: int
) -> dict[str, int]:
    """The check's numbers in a year: of each the value set for the latest year not after it."""
    found = {}
    for name, (_, default) in check.parameters.items():
        known = settings.get(f"{check.code}.{name}", {})
        years = [since for since in known if since <= year]
        found[name] = int(known[max(years)]) if years else default
    return found
