"""The closed lists of the roster, in the words of 花名册 and 党内统计."""

from accounts.rules import Vocabulary


class Gender(Vocabulary):
    MALE = "male", "男"
    FEMALE = "female", "女"


class MemberStatus(Vocabulary):
    """党员状态 today; on which day it changed is told by the life events."""

    FULL = "full", "正式党员"
    PROBATIONARY = "probationary", "预备党员"
    SUSPENDED = "suspended", "停止党籍"
    TRANSFERRED = "transferred", "转出本系统"
    LEFT = "left", "已出党"
    DIED = "died", "去世"


# who is counted in 党员总数
COUNTED = (MemberStatus.FULL, MemberStatus.PROBATIONARY)
COUNTED_CHOICES = [(status.value, status.label) for status in COUNTED]


class Education(Vocabulary):
    """学历."""

    PRIMARY = "primary", "小学及以下"
    JUNIOR = "junior", "初中"
    SENIOR = "senior", "高中(中专)"
    COLLEGE = "college", "大专"
    BACHELOR = "bachelor", "大学本科"
    POSTGRADUATE = "postgraduate", "研究生"


class Degree(Vocabulary):
    """学位."""

    NONE = "none", "无"
    BACHELOR = "bachelor", "学士"
    MASTER = "master", "硕士"
    DOCTOR = "doctor", "博士"


class JoinKind(Vocabulary):
    """入党类型."""

    NEW = "new", "新发展"
    RESUMED = "resumed", "恢复党籍"
    RETROACTIVE = "retroactive", "追认"
    REJOINED = "rejoined", "重新入党"


class FullKind(Vocabulary):
    """转正情况."""

    ON_TIME = "on_time", "按期转正"
    EXTENDED = "extended", "延长预备期后转正"
    NOT_YET = "not_yet", "未到期"


class Entry(Vocabulary):
    """进入党支部类型: how a member came to an organization."""

    REGISTERED = "registered", "建账登记"
    ADMITTED = "admitted", "发展党员"
    MOVED = "moved", "组织关系转入(本系统内)"
    TRANSFERRED = "transferred", "组织关系转入(本系统外)"
    RESUMED = "resumed", "恢复党籍"


class Exit(Vocabulary):
    """离开党支部类型: why a member is no longer counted in an organization."""

    MOVED = "moved", "组织关系转出(本系统内)"
    TRANSFERRED = "transferred", "组织关系转出(本系统外)"
    DIED = "died", "去世"
    SUSPENDED = "suspended", "停止党籍"
    CANCELLED = "cancelled", "取消预备党员资格"
    EXPELLED = "expelled", "开除党籍"
    STRUCK_OFF = "struck_off", "除名"
    PERSUADED = "persuaded", "劝退"
    LAPSED = "lapsed", "自行脱党除名"
    WITHDREW = "withdrew", "退党"


# what a member is called after each exit; a move leads on to another organization
STATUS_AFTER = {
    Exit.TRANSFERRED: MemberStatus.TRANSFERRED,
    Exit.DIED: MemberStatus.DIED,
    Exit.SUSPENDED: MemberStatus.SUSPENDED,
    **dict.fromkeys(
        (
            *(Exit.CANCELLED, Exit.EXPELLED, Exit.STRUCK_OFF),
            *(Exit.PERSUADED, Exit.LAPSED, Exit.WITHDREW),
        ),
        MemberStatus.LEFT,
    ),
}


class EventKind(Vocabulary):
    """What happened in a member's life in the Party, each on a day."""

    ADMITTED = "admitted", "接收为预备党员"
    EXTENDED = "extended", "延长预备期"
    FULL = "full", "转为正式党员"
    EXIT = "exit", "出党或停止计算"
    RESTORED = "restored", "更正误登的离开"
    RESUMED = "resumed", "恢复党籍"
    WATCHED = "watched", "留党察看"
    MISSING = "missing", "失去联系"
    FOUND = "found", "恢复联系"


class PartyDuty(Vocabulary):
    """党内职务."""

    SECRETARY = "secretary", "书记"
    DEPUTY = "deputy", "副书记"
    ORGANIZATION = "organization", "组织委员"
    PUBLICITY = "publicity", "宣传委员"
    DISCIPLINE = "discipline", "纪检委员"
    YOUTH = "youth", "青年委员"
    UNITED_FRONT = "united_front", "统战委员"
    MEMBER = "member", "委员"


class SocialDuty(Vocabulary):
    """社会组织职务: council, supervisors, management."""

    CHAIR = "chair", "理事长(会长)"
    VICE_CHAIR = "vice_chair", "副理事长(副会长)"
    COUNCIL = "council", "理事"
    SUPERVISOR_CHAIR = "supervisor_chair", "监事长"
    SUPERVISOR = "supervisor", "监事"
    SECRETARY_GENERAL = "secretary_general", "秘书长"
    MANAGER = "manager", "管理层负责人"
    DEPARTMENT = "department", "中层管理人员"
    STAFF = "staff", "工作人员"


# 双向进入、交叉任职 counts council, supervisors and management, not every employee
GOVERNING = tuple(
    duty for duty in SocialDuty if duty not in (SocialDuty.STAFF, SocialDuty.DEPARTMENT)
)


class Payer(Vocabulary):
    """党费 by what a member lives on."""

    EMPLOYED = "employed", "在职"
    RETIRED = "retired", "离退休"
    FARMER = "farmer", "农民"
    MINIMAL = "minimal", "学生、下岗、低保"
    EXEMPT = "exempt", "经批准免交"


class MoveState(Vocabulary):
    """组织关系转接; counted in the old organization until 完成."""

    APPLIED = "applied", "已申请,待转出审核"
    APPROVED = "approved", "转出已审核,待开介绍信"
    LETTER = "letter", "介绍信已开出,待转入审核"
    ACCEPTED = "accepted", "转入已审核,待回执"
    DONE = "done", "已完成"
    RETURNED = "returned", "已退回"
    EXPIRED = "expired", "已超期"
    WITHDRAWN = "withdrawn", "已撤回"


class ApplicantState(Vocabulary):
    OPEN = "open", "培养中"
    PROBATION = "probation", "预备期"
    FULL = "full", "已转正"
    ENDED = "ended", "已终止"


class Review(Vocabulary):
    """评诺 and 民主评议."""

    EXCELLENT = "excellent", "优秀"
    GOOD = "good", "合格"
    BASIC = "basic", "基本合格"
    BAD = "bad", "不合格"


class HonourLevel(Vocabulary):
    COUNTY = "county", "县级"
    PREFECTURE = "prefecture", "设区市级"
    PROVINCE = "province", "省级"
    NATION = "nation", "国家级"
