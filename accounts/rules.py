"""Roles, what they may do, and the part of the records that an account reaches."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from ipaddress import ip_address, ip_network
from typing import Self


class Vocabulary(StrEnum):
    """A closed list of terms: the code that is stored, and the Chinese words that people read."""

    label: str

    def __new__(cls, code: str, label: str = "") -> Self:
        term = str.__new__(cls, code)
        term._value_ = code
        term.label = label
        return term

    @classmethod
    def choices(cls) -> list[tuple[str, str]]:
        return [(term.value, term.label) for term in cls]

    @classmethod
    def codes(cls) -> list[str]:
        return [term.value for term in cls]


class Role(Vocabulary):
    CITY_STAFF = "city_staff", "市委组织部"
    COMMITTEE_STAFF = "committee_staff", "社会组织综合党委"
    UNIT_STAFF = "unit_staff", "业务主管单位"
    TOWNSHIP_OFFICER = "township_officer", "镇(街道)党建工作站"
    SECRETARY = "secretary", "党组织书记"
    LEADER = "leader", "领导(只读)"
    SYSTEM_ADMIN = "system_admin", "系统管理员"
    SECURITY_ADMIN = "security_admin", "安全管理员"
    AUDIT_ADMIN = "audit_admin", "审计管理员"


ADMIN_ROLES = frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN})
# roles whose scope is an area code prefix, and what the others' scope codes name
SCOPE_KINDS = {
    Role.CITY_STAFF: "area",
    Role.COMMITTEE_STAFF: "committee",
    Role.UNIT_STAFF: "unit",
    Role.TOWNSHIP_OFFICER: "area",
    Role.SECRETARY: "party_organization",
    Role.LEADER: "area",
}
SCOPE_LABELS = {
    "area": "统计用区划代码",
    "committee": "所在市的区划代码",
    "unit": "业务主管单位编码",
    "party_organization": "党组织编码",
}


class Right(Vocabulary):
    """What an account may do at all; on which rows is the scope's business."""

    VIEW_COVERAGE = "view_coverage", "查看覆盖情况"
    VIEW_REGISTRY = "view_registry", "查看台账"
    EDIT_REGISTRY = "edit_registry", "录入和修改台账"
    VIEW_MEMBERS = "view_members", "查看党员"
    EDIT_MEMBERS = "edit_members", "录入和修改党员"
    DECIDE_MEMBERS = "decide_members", "审批党员发展、转接和出口"
    VIEW_ACTIVITIES = "view_activities", "查看组织生活"
    EDIT_ACTIVITIES = "edit_activities", "录入和修改组织生活"
    DECIDE_INCIDENTS = "decide_incidents", "认定否决情形"
    REVEAL = "reveal", "查看完整的身份证号、电话"
    IMPORT = "import", "导入工作簿"
    EXPORT = "export", "导出"
    VIEW_RUNS = "view_runs", "查看运行记录"
    VIEW_RATINGS = "view_ratings", "查看星级"
    ASSESS_SELF = "assess_self", "达标创星自评"
    REVIEW_RATINGS = "review_ratings", "达标创星初评"
    CHECK_RATINGS = "check_ratings", "达标创星复核"
    DECIDE_RATINGS = "decide_ratings", "达标创星审定"
    EDIT_SCHEMES = "edit_schemes", "编制达标创星方案"
    EDIT_STANDARDS = "edit_standards", "维护标准和词表"
    MANAGE_TOKENS = "manage_tokens", "管理自己的接口令牌"
    VIEW_ACCOUNTS = "view_accounts", "查看账号"
    PROPOSE_ACCOUNTS = "propose_accounts", "提出账号事项"
    DECIDE_ACCOUNTS = "decide_accounts", "审批账号事项"
    VIEW_AUDIT = "view_audit", "查询审计记录"


_READ = frozenset(
    {Right.VIEW_COVERAGE, Right.VIEW_REGISTRY, Right.VIEW_ACTIVITIES, Right.VIEW_RATINGS}
)
_STAFF = _READ | {
    Right.EDIT_REGISTRY,
    Right.VIEW_MEMBERS,
    Right.EDIT_MEMBERS,
    Right.DECIDE_MEMBERS,
    Right.EDIT_ACTIVITIES,
    Right.REVEAL,
    Right.IMPORT,
    Right.EXPORT,
    Right.VIEW_RUNS,
    Right.MANAGE_TOKENS,
}

_DECIDING = frozenset({Right.DECIDE_RATINGS, Right.EDIT_SCHEMES, Right.EDIT_STANDARDS})
_REVIEWING = frozenset({Right.ASSESS_SELF, Right.REVIEW_RATINGS})
_CHECKING = frozenset({Right.CHECK_RATINGS, Right.DECIDE_INCIDENTS})

ROLE_RIGHTS: dict[Role, frozenset[Right]] = {
    Role.CITY_STAFF: frozenset(_STAFF | _REVIEWING | _CHECKING | _DECIDING),
    Role.COMMITTEE_STAFF: frozenset(_STAFF - {Right.IMPORT} | _REVIEWING | _CHECKING),
    Role.UNIT_STAFF: frozenset({*_READ, Right.VIEW_MEMBERS, Right.EXPORT, Right.MANAGE_TOKENS}),
    Role.TOWNSHIP_OFFICER: frozenset(_STAFF | _REVIEWING),
    # a secretary keeps the own organization's roster and dues; what a superior decides is not theirs
    Role.SECRETARY: frozenset(
        {
            *_READ,
            Right.VIEW_MEMBERS,
            Right.EDIT_MEMBERS,
            Right.EDIT_ACTIVITIES,
            Right.ASSESS_SELF,
        }
    ),
    Role.LEADER: frozenset({*_READ, Right.VIEW_RUNS}),
    Role.SYSTEM_ADMIN: frozenset({Right.VIEW_ACCOUNTS, Right.PROPOSE_ACCOUNTS}),
    Role.SECURITY_ADMIN: frozenset({Right.VIEW_ACCOUNTS, Right.DECIDE_ACCOUNTS}),
    Role.AUDIT_ADMIN: frozenset({Right.VIEW_ACCOUNTS, Right.VIEW_AUDIT}),
}
# a token never lends these: they are a person's, at a screen
NOT_LENT = frozenset(
    {
        Right.REVEAL,
        Right.MANAGE_TOKENS,
        Right.VIEW_ACCOUNTS,
        Right.PROPOSE_ACCOUNTS,
        Right.DECIDE_ACCOUNTS,
        Right.VIEW_AUDIT,
    }
)
# whoever holds one of these signs in with a second factor
NEEDS_SECOND_FACTOR = NOT_LENT - {Right.MANAGE_TOKENS} | {Right.EXPORT}


def lendable(role: str) -> list[Right]:
    """The rights that a role's API token may carry, in the order of the list."""
    held = ROLE_RIGHTS.get(Role(role), frozenset())
    return [right for right in Right if right in held and right not in NOT_LENT]


def needs_second_factor(role: str) -> bool:
    return bool(ROLE_RIGHTS.get(Role(role), frozenset()) & NEEDS_SECOND_FACTOR)


class ProposalKind(Vocabulary):
    CREATE = "create", "新建账号"
    CHANGE_ROLE = "change_role", "调整角色和范围"
    DISABLE = "disable", "停用账号"
    ENABLE = "enable", "恢复账号"
    RESET_PASSWORD = "reset_password", "重置密码"
    RESET_SECOND_FACTOR = "reset_second_factor", "重置动态口令"


class ProposalState(Vocabulary):
    PENDING = "pending", "等待审批"
    APPROVED = "approved", "已批准"
    REJECTED = "rejected", "已退回"


class ExportState(Vocabulary):
    """A long export: where it stands."""

    MAKING = "making", "正在生成"
    READY = "ready", "可以下载"
    FAILED = "failed", "未能完成"


class AuditResult(Vocabulary):
    OK = "ok", "成功"
    REFUSED = "refused", "被拒绝"


@dataclass(frozen=True)
class Scope:
    """The part of the records an account reaches, in natural codes.

    `kind` is none, area, unit, committee or party_organization; `code` is an area code prefix, a
    unit code, the committee's area code or a party organization's code; `areas` narrows further
    (an API token may reach less than its owner).
    """

    kind: str = "none"
    code: str = ""
    areas: tuple[str, ...] = ()

    def narrowed_to(self, areas: tuple[str, ...]) -> "Scope":
        return replace(self, areas=tuple(areas)) if areas else self

    @property
    def is_area(self) -> bool:
        return self.kind == "area"


NO_SCOPE = Scope()


def scope_of(role: str, code: str) -> Scope:
    """The scope of a role with its code; administrators and unfinished accounts reach nothing."""
    kind = SCOPE_KINDS.get(Role(role)) if role else None
    return Scope(kind, code) if kind and code else NO_SCOPE


def within_areas(code: str, areas: tuple[str, ...]) -> bool:
    """Is this area code inside one of the prefixes? No prefixes means no limit."""
    return not areas or any(code.startswith(area) for area in areas)


# --- passwords ----------------------------------------------------------------------------------

PASSWORD_LENGTH, PASSWORD_CLASSES, PASSWORD_HISTORY, PASSWORD_DAYS = 10, 3, 5, 90


def character_classes(password: str) -> int:
    """How many of: lower case, upper case, digits, anything else (Chinese included)."""
    kinds = set()
    for letter in password:
        if letter.isascii() and letter.islower():
            kinds.add("lower")
        elif letter.isascii() and letter.isupper():
            kinds.add("upper")
        elif letter.isdigit():
            kinds.add("digit")
        else:
            kinds.add("other")
    return len(kinds)


def password_is_old(changed_at: datetime, now: datetime) -> bool:
    return now - changed_at > timedelta(days=PASSWORD_DAYS)


# --- masks --------------------------------------------------------------------------------------


def masked(text: str) -> str:
    """A number as it may be shown: 350***********1234 for identities, 138****5678 for phones."""
    if len(text) == 18:
        return f"{text[:3]}{'*' * 11}{text[-4:]}"
    if len(text) == 11:
        return f"{text[:3]}****{text[-4:]}"
    return "*" * len(text)


BROWSERS = {
    "MicroMessenger": "微信",
    "Edg": "Edge",
    "Firefox": "火狐",
    "QQBrowser": "QQ 浏览器",
    "Chrome": "Chrome",
    "Safari": "Safari",
}
SYSTEMS = {
    "Windows": "Windows",
    "Android": "安卓",
    "iPhone": "iPhone",
    "iPad": "iPad",
    "HarmonyOS": "鸿蒙",
    "UOS": "统信",
    "Mac OS": "macOS",
    "Linux": "Linux",
}


def day_words(day: date) -> str:
    """A day as sentences tell it: 2019年10月16日."""
    return f"{day.year}年{day.month}月{day.day}日"


def whole_number(text: str) -> int | None:
    """The number that plain digits write, if a database can hold it; addresses hold anything."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else None


def digest_of(values: Iterable[object]) -> str:
    """A mark of these values: a form carries it, and what was saved since then is noticed by it."""
    text = "\x1f".join(str(value) for value in values)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def browser_of(agent: str) -> str:
    """Browser and system in a reader's words; what is not known is shown as it came."""
    names = [
        next((name for sign, name in table.items() if sign in agent), "")
        for table in (BROWSERS, SYSTEMS)
    ]
    return " · ".join(name for name in names if name) or agent[:40] or "未知"


def address_is_allowed(address: str, allowed: list[str]) -> bool:
    """Is this network address inside one of the networks? An empty list allows all."""
    if not allowed:
        return True
    try:
        own = ip_address(address)
    except ValueError:
        return False
    return any(own in ip_network(one, strict=False) for one in allowed)
