"""Roles, what they may do, and the part of the records that an account reaches."""

from dataclasses import dataclass, replace
from enum import StrEnum
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


class Right(StrEnum):
    """What an account may do at all; on which rows is the scope's business."""

    VIEW_COVERAGE = "view_coverage"
    VIEW_REGISTRY = "view_registry"
    EDIT_REGISTRY = "edit_registry"
    VIEW_MEMBERS = "view_members"
    IMPORT = "import"
    EXPORT = "export"
    VIEW_RUNS = "view_runs"


_READ = frozenset({Right.VIEW_COVERAGE, Right.VIEW_REGISTRY})
_STAFF = _READ | {
    Right.EDIT_REGISTRY,
    Right.VIEW_MEMBERS,
    Right.IMPORT,
    Right.EXPORT,
    Right.VIEW_RUNS,
}

ROLE_RIGHTS: dict[Role, frozenset[Right]] = {
    Role.CITY_STAFF: frozenset(_STAFF),
    Role.COMMITTEE_STAFF: frozenset(_STAFF),
    Role.UNIT_STAFF: frozenset(_STAFF - {Right.IMPORT}),
    Role.TOWNSHIP_OFFICER: frozenset(_STAFF),
    Role.SECRETARY: frozenset({*_READ, Right.VIEW_MEMBERS}),
    Role.LEADER: frozenset(_READ),
    Role.SYSTEM_ADMIN: frozenset(),
    Role.SECURITY_ADMIN: frozenset(),
    Role.AUDIT_ADMIN: frozenset(),
}


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
