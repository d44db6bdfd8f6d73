"""The closed lists of organizational life, in the words of minute books and handbooks."""

from accounts.rules import Vocabulary


class Duty(Vocabulary):
    """What the rules of the Party ask of a party organization, again and again."""

    MEMBERS_MEETING = "members_meeting", "党员大会"
    COMMITTEE_MEETING = "committee_meeting", "支委会"
    GROUP_MEETING = "group_meeting", "党小组会"
    LECTURE = "lecture", "党课"
    THEME_DAY = "theme_day", "主题党日"
    LIFE_MEETING = "life_meeting", "组织生活会"
    APPRAISAL = "appraisal", "民主评议党员"
    TALK = "talk", "谈心谈话"
    PLAN = "plan", "年度计划"


class ActivityKind(Vocabulary):
    """类型 of a record."""

    MEMBERS_MEETING = "members_meeting", "党员大会"
    COMMITTEE_MEETING = "committee_meeting", "支委会"
    GROUP_MEETING = "group_meeting", "党小组会"
    LECTURE = "lecture", "党课"
    THEME_DAY = "theme_day", "主题党日"
    LIFE_MEETING = "life_meeting", "组织生活会"
    APPRAISAL = "appraisal", "民主评议党员"
    TALK = "talk", "谈心谈话"
    SERVICE = "service", "志愿服务活动"
    PARTY_SOCIAL = "party_social", "党社联席会"
    DEMOCRATIC_TALK = "democratic_talk", "民主恳谈会"
    CONSULTATION = "consultation", "议事协商会"
    TRAINING = "training", "培训"
    CO_BUILDING = "co_building", "共建活动"


class RecordState(Vocabulary):
    DRAFT = "draft", "草稿"
    FILED = "filed", "已归档"
    VOID = "void", "已作废"


class Presence(Vocabulary):
    PRESENT = "present", "到会"
    EXCUSED = "excused", "请假"
    ABSENT = "absent", "缺席"


class AppraisalGrade(Vocabulary):
    """民主评议 result of one member."""

    EXCELLENT = "excellent", "优秀"
    QUALIFIED = "qualified", "合格"
    BASIC = "basic", "基本合格"
    UNQUALIFIED = "unqualified", "不合格"


class PlanState(Vocabulary):
    DRAFT = "draft", "编制中"
    FILED = "filed", "已报备"


class AgreementKind(Vocabulary):
    """结对共建 of a party organization."""

    COMMUNITY = "community", "社区共驻共建"
    NEW_WITH_OLD = "new_with_old", "老带新"
    WEAK_WITH_STRONG = "weak_with_strong", "强带弱"
    TRADE_ALLIANCE = "trade_alliance", "同业党建联盟"
    OFFICE = "office", "机关结对共建"
    OTHER = "other", "其他"


class FundKind(Vocabulary):
    """党建经费: money planned, received and spent."""

    BUDGET = "budget", "年度预算"
    REFUND = "refund", "党费返拨"
    NEW_GRANT = "new_grant", "新建党组织补助"
    KEY_GRANT = "key_grant", "重点社会组织保障"
    PROJECT_GRANT = "project_grant", "项目专项补助"
    OTHER_INCOME = "other_income", "其他收入"
    SPENT = "spent", "支出"


FUND_INCOME = frozenset(
    {
        FundKind.REFUND,
        FundKind.NEW_GRANT,
        FundKind.KEY_GRANT,
        FundKind.PROJECT_GRANT,
        FundKind.OTHER_INCOME,
    }
)


class HonourKind(Vocabulary):
    AWARD = "award", "表彰荣誉"
    MODEL = "model", "列入典型培育对象"
    SPREAD = "spread", "经验推广"
    TEACHING = "teaching", "承接现场教学"


class HonourLevel(Vocabulary):
    COUNTY = "county", "县级"
    CITY = "city", "设区市级"
    PROVINCE = "province", "省级"
    NATION = "nation", "国家级"


class IncidentKind(Vocabulary):
    """What may stand in the way of a star (一票否决)."""

    DISCIPLINE = "discipline", "负责人严重违纪违法"
    ACCIDENT = "accident", "重大安全、污染、刑事、群体性事件"
    CREDIT = "credit", "异常名录、失信、年检不合格或行政处罚"
    INACTIVE = "inactive", "连续六个月没有党的活动"
    OVERDUE = "overdue", "逾期一年以上未换届"
    FRAUD = "fraud", "弄虚作假"
    IDEOLOGY = "ideology", "政治、意识形态责任事件"


class IncidentState(Vocabulary):
    PROPOSED = "proposed", "待认定"
    CONFIRMED = "confirmed", "已认定"
    DISMISSED = "dismissed", "不予认定"


class Have(Vocabulary):
    """七有: what a venue for party activities has."""

    ROOM = "room", "有场所"
    EQUIPMENT = "equipment", "有设施"
    SIGN = "sign", "有标志"
    BOOKS = "books", "有书报"
    RULES = "rules", "有制度"
    LOG = "log", "有管理记录"
    BOARD = "board", "有宣传版面"
