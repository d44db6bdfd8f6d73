"""The closed lists of the registry, in the words of the ledgers."""

from accounts.rules import Vocabulary


class Category(Vocabulary):
    """类别 of a social organization."""

    SOCIAL_GROUP = "social_group", "社会团体"
    INTERMEDIARY = "intermediary", "中介组织"
    PRIVATE_NON_ENTERPRISE = "private_non_enterprise", "民办非企业"
    FOUNDATION = "foundation", "基金会"
    COMMUNITY = "community", "城乡社会组织"


class Status(Vocabulary):
    """登记状态; only 已注销 ends an organization, the others are counted in the full base."""

    NORMAL = "normal", "正常"
    WINDING_UP = "winding_up", "注销中"
    REVOKED = "revoked", "撤销"
    SHELL = "shell", "异常(空壳)"
    DEREGISTERED = "deregistered", "已注销"


class CharterState(Vocabulary):
    """党建工作要求写入章程: how far it has come."""

    NOT_STARTED = "not_started", "未启动"
    DRAFTED = "drafted", "已写入待确认"
    VOTED = "voted", "已表决"
    APPROVED = "approved", "已核准"


class InspectionResult(Vocabulary):
    """年检(年报)结论."""

    PASSED = "passed", "合格"
    BASICALLY_PASSED = "basically_passed", "基本合格"
    FAILED = "failed", "不合格"
    MISSED = "missed", "未参检"
    REPORTED = "reported", "已年报"
    UNREPORTED = "unreported", "未年报"


class Grade(Vocabulary):
    """社会组织评估等级."""

    FIVE_A = "5A", "5A"
    FOUR_A = "4A", "4A"
    THREE_A = "3A", "3A"
    TWO_A = "2A", "2A"
    ONE_A = "1A", "1A"


class BodyKind(Vocabulary):
    """党建管理责任主体: the three lines of responsibility."""

    LINE = "line", "业务主管单位(行业)党组织"
    COMMITTEE = "committee", "社会组织综合党委"
    TOWNSHIP = "township", "镇(街道)两新组织党委"


class PartyKind(Vocabulary):
    """党组织类型."""

    STANDING = "standing", "建制性"
    JOINT = "joint", "兼合式"
    AFFILIATED = "affiliated", "挂靠"


class Level(Vocabulary):
    """党组织层级."""

    COMMITTEE = "committee", "党委"
    GENERAL_BRANCH = "general_branch", "党总支"
    BRANCH = "branch", "党支部"
    JOINT_BRANCH = "joint_branch", "联合党支部"
    TEMPORARY_BRANCH = "temporary_branch", "临时党支部"


class Mode(Vocabulary):
    """组建方式 of a coverage link."""

    SOLO = "solo", "单独组建"
    AREA_JOINT = "area_joint", "片区联建"
    TRADE_JOINT = "trade_joint", "同业统建"
    ATTACHED = "attached", "挂靠组建"
    DISPATCHED = "dispatched", "派驻帮建"
    DUAL = "dual", "兼合式"


class UncoveredReason(Vocabulary):
    """Why a social organization has no party organization yet."""

    SHOULD_ESTABLISH = "should_establish", "应建未建"
    TOO_FEW_MEMBERS = "too_few_members", "有党员不符合条件"
    NO_MEMBERS = "no_members", "无党员"


class Removal(Vocabulary):
    """Why a registered organization is left out of the reduced base (剔除口径)."""

    WINDING_UP = "winding_up", "注销中"
    REVOKED = "revoked", "撤销"
    SHELL = "shell", "异常(空壳)"


class HandOverState(Vocabulary):
    """移交 between townships."""

    PENDING = "pending", "等待接收"
    ACCEPTED = "accepted", "已接收"
    DECLINED = "declined", "已退回"
    WITHDRAWN = "withdrawn", "已撤回"


class EffectVerb(Vocabulary):
    """What an import did to records."""

    CREATE = "create", "新增"
    CHANGE = "change", "修改"
    DELETE = "delete", "删除"


class BatchState(Vocabulary):
    """导入批次: where it stands. The first three are a worker's, the others wait for a person."""

    CHECKING = "checking", "正在检查"
    APPLYING = "applying", "正在导入"
    UNDOING = "undoing", "正在撤销"
    WRONG = "wrong", "有错误,待改正"
    READY = "ready", "检查通过,待导入"
    APPLIED = "applied", "已导入"
    DISCARDED = "discarded", "已放弃"
    UNDONE = "undone", "已撤销"
    FAILED = "failed", "未能完成"


# why a coverage link ended, where something else ended it; a restored record's links are known by it
ENDED_BY_DEREGISTRATION = "社会组织注销"
ENDED_BY_DISSOLUTION = "党组织撤销"
ENDED_BY_RETIREMENT = "指导员离任"

REMOVED_STATUSES = {
    Status.WINDING_UP: Removal.WINDING_UP,
    Status.REVOKED: Removal.REVOKED,
    Status.SHELL: Removal.SHELL,
}
