"""The lists of the registry: their columns, in the words of the fields."""

from typing import Any

from django.db.models import Case, IntegerField, Value, When
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode

from accounts.listing import Act, Column, Listing, badge
from accounts.listing.columns import written
from accounts.rules import Right
from organizations.filters import (
    CoverageLinkFilter,
    ElectionFilter,
    ExtensionFilter,
    HandOverFilter,
    InstructorFilter,
    PartyOrganizationFilter,
    SocialOrganizationFilter,
)
from organizations.imports.coverage_link import CoverageLinkSheet
from organizations.imports.instructor import InstructorSheet
from organizations.imports.party_organization import PartyOrganizationSheet
from organizations.imports.social_organization import SocialOrganizationSheet
from organizations.imports.terms import ElectionSheet, ExtensionSheet
from organizations.models import (
    CoverageLink,
    Election,
    HandOver,
    Instructor,
    PartyOrganization,
    SocialOrganization,
    TermExtension,
)
from organizations.rules.vocabulary import HandOverState, Level, PartyKind, Status, UncoveredReason

NOT_COUNTED, SERVED = "已注销,不再计入", "指导员联系"
REASONS = dict(UncoveredReason.choices())


PARTY = "party_organization"


def party_column(path: str = PARTY, **more: Any) -> Column:
    """The party organization that a row belongs to, by way of `path`."""
    return Column(PARTY, path=path, sort=f"{path}__pinyin", **more)


def code_column(path: str = PARTY) -> Column:
    return Column("party_code", label="党组织编码", path=f"{path}__code", shown=False)


def place_column(path: str = f"{PARTY}__township", *, shown: bool = False) -> Column:
    return Column("township", label="镇(街道)", path=path, sort=f"{path}_id", shown=shown)


def covered(row: Any) -> str:
    """Covered, or why not, as word and sign; of what counts on the day."""
    if row.has_ended:
        return format_html('<span class="soft">{}</span>', NOT_COUNTED)
    if row.is_covered:
        return badge("good", "✓ 已覆盖")
    reason = REASONS.get(row.uncovered_reason, "")
    words = badge("bad", f"✕ 未覆盖 · {reason}" if reason else "✕ 未覆盖")
    return format_html("{} {}", words, badge("plain", SERVED)) if row.has_instructor else words


def coverage_words(row: Any) -> str:
    if row.has_ended:
        return NOT_COUNTED
    if row.is_covered:
        return "已覆盖"
    served = f",{SERVED}" if row.has_instructor else ""
    return f"未覆盖({REASONS.get(row.uncovered_reason, '')}){served}"


def status(row: Any) -> str:
    words = row.get_status_display()
    return words if row.status == Status.NORMAL else badge("warn", f"! {words}")


SOCIAL_ORGANIZATIONS = Listing(
    route="organizations:social-organization-list",
    title="社会组织",
    unit="家",
    model=SocialOrganization,
    filterset=SocialOrganizationFilter,
    sheet=SocialOrganizationSheet,
    template="organizations/social_organization_list.html",
    tick="organization",
    acts=[
        Act("建立覆盖", "organizations:cover-page", Right.EDIT_REGISTRY),
        Act("按建议设定责任主体", "organizations:adopt-page", Right.EDIT_REGISTRY),
    ],
    empty="导入台账后,这里会列出管辖范围内的社会组织。",
    columns=[
        Column("name", sort="pinyin", link="organizations:social-organization-page"),
        Column("credit_code", shown=False),
        Column("category"),
        Column("registrar", shown=False),
        Column("township", sort="township_id"),
        Column("supervising_unit", sort="supervising_unit__code"),
        Column("responsible_body", sort="responsible_body__name", shown=False),
        Column("registered_on", shown=False),
        Column("deregistered_on", shown=False),
        Column("principal", sort=None, shown=False),
        Column("staff_count", shown=False),
        Column("full_member_count"),
        Column(
            "covered",
            label="组织覆盖",
            path="is_covered",
            show=covered,
            cell=coverage_words,
            sort=Case(
                When(is_covered=True, then=Value(0)),
                default=Value(1),
                output_field=IntegerField(),
            ),
        ),
        Column("status", show=status),
        Column("charter_state", shown=False),
        Column("charter_on", shown=False),
        Column("inspection_result", shown=False),
        Column("inspection_year", shown=False),
        Column("grade", shown=False),
        Column("grade_valid_to", shown=False),
        Column("remark", sort=None, shown=False),
        Column("updated_at", shown=False),
    ],
)

PARTY_ORGANIZATIONS = Listing(
    route="organizations:party-organization-list",
    title="党组织",
    unit="个",
    model=PartyOrganization,
    filterset=PartyOrganizationFilter,
    sheet=PartyOrganizationSheet,
    template="organizations/party_organization_list.html",
    empty="导入台账后,这里会列出管辖范围内的党组织。",
    columns=[
        Column("name", sort="pinyin", link="organizations:party-organization-page"),
        Column("code"),
        Column("kind", label="类型", path="kind_on", words=dict(PartyKind.choices())),
        Column("level", label="层级", path="level_on", words=dict(Level.choices())),
        Column("parent", sort="parent__name", shown=False),
        Column("township", sort="township_id"),
        Column("responsible_body", sort="responsible_body__name"),
        Column("covered_count", label="覆盖家数", numeric=True),
        Column("founded_on", shown=False),
        Column("dissolved_on", shown=False),
        Column("term_started_on", shown=False),
        Column("term_years", shown=False),
        Column("term_ends_on", shown=False),
        Column("secretary", sort=None, shown=False),
        Column("updated_at", shown=False),
    ],
)

COVERAGE_LINKS = Listing(
    route="organizations:coverage-link-list",
    title="覆盖关系",
    unit="条",
    model=CoverageLink,
    filterset=CoverageLinkFilter,
    sheet=CoverageLinkSheet,
    empty="在社会组织的页面上建立覆盖,或导入台账后,这里会列出哪个党组织覆盖哪家社会组织。",
    columns=[
        Column(
            "social_organization",
            sort="social_organization__pinyin",
            link="organizations:social-organization-page",
            link_path="social_organization_id",
        ),
        Column("credit_code", path="social_organization__credit_code", shown=False),
        Column(
            "party_organization_name",
            path="party_organization__name",
            sort="party_organization__pinyin",
        ),
        Column("party_organization", path="party_organization__code", shown=False),
        Column("mode"),
        Column("valid_from"),
        Column("valid_to"),
        Column(
            "township",
            path="social_organization__township",
            sort="social_organization__township_id",
        ),
        Column("document", shown=False),
        Column("updated_at", shown=False),
    ],
)


def serving(row: Any) -> str:
    if row.ended_on:
        return f"{written(row.ended_on)}离任"
    return f"{written(row.started_on)} 起" if row.started_on else "在任"


def counted(number: int, noun: str, **query: str) -> Any:
    """A number; a link to exactly the rows of a list that it counts."""
    if not number:
        return 0
    url = reverse(f"organizations:{noun}-list")
    return format_html('<a href="{}?{}">{}</a>', url, urlencode(query), number)


def load(row: Any) -> Any:
    """How many organizations; a link to exactly those."""
    return counted(row.load, "social-organization", instructor=row.code)


INSTRUCTORS = Listing(
    route="organizations:instructor-list",
    title="党建工作指导员",
    unit="人",
    model=Instructor,
    filterset=InstructorFilter,
    sheet=InstructorSheet,
    template="organizations/instructor_list.html",
    empty="登记或导入“指导员”台账后,这里会列出管辖范围内的指导员。",
    columns=[
        Column("name", sort="pinyin", link="organizations:instructor-page"),
        Column("code"),
        Column("township", sort="township_id"),
        Column("serving", label="任职", show=serving, cell=serving, sort="started_on"),
        Column("started_on", shown=False),
        Column("ended_on", shown=False),
        Column("load", label="联系家数", numeric=True, show=load),
    ],
)


TONES = {HandOverState.PENDING: "warn", HandOverState.ACCEPTED: "good"}
SIGNS = {HandOverState.PENDING: "… ", HandOverState.ACCEPTED: "✓ "}


def hand_over_state(row: Any) -> str:
    words = SIGNS.get(row.state, "") + row.get_state_display()
    return badge(TONES.get(row.state, "plain"), words)


def proposer(row: Any) -> str:
    return str(row.proposed_by.name)


HAND_OVERS = Listing(
    route="organizations:hand-over-list",
    title="移交",
    unit="项",
    model=HandOver,
    filterset=HandOverFilter,
    lead="社会组织在镇(街道)之间移交,由移出一方提出、移入一方接收。",
    empty="在社会组织的页面上可以提出移交。",
    order="-proposed_at",
    columns=[
        Column("organization", sort="organization__pinyin", link="organizations:hand-over-page"),
        Column("from_township", sort="from_township_id"),
        Column("to_township", sort="to_township_id"),
        Column("reason", sort=None, shown=False),
        Column("proposed_by", path="proposed_by", show=proposer, cell=proposer, sort=None),
        Column("proposed_at"),
        Column("state", show=hand_over_state),
        Column("decided_at", shown=False),
        Column("decision", sort=None, shown=False),
    ],
)


def turnout(row: Any) -> str:
    return f"{row.present} / {row.entitled}"


ELECTIONS = Listing(
    route="organizations:election-list",
    title="换届选举",
    unit="次",
    model=Election,
    filterset=ElectionFilter,
    sheet=ElectionSheet,
    order="-held_on",
    beside=[("organizations:extension-list", "延期换届")],
    empty="在党组织的页面上登记换届选举,或导入以往各届的记录。",
    columns=[
        party_column(
            link="organizations:party-organization-page", link_path="party_organization_id"
        ),
        code_column(),
        place_column(shown=True),
        Column("held_on"),
        Column("turnout", label="实到 / 应到", show=turnout, cell=turnout, sort=None),
        Column("entitled", shown=False),
        Column("present", shown=False),
        Column("secretary"),
        Column("term_years"),
        Column("outcome", sort=None, shown=False),
        Column("document", shown=False),
    ],
)

EXTENSIONS = Listing(
    route="organizations:extension-list",
    title="延期换届",
    unit="次",
    model=TermExtension,
    filterset=ExtensionFilter,
    sheet=ExtensionSheet,
    order="-approved_on",
    beside=[("organizations:election-list", "换届选举")],
    empty="在党组织的页面上登记经批准的延期,或导入。",
    columns=[
        party_column(
            link="organizations:party-organization-page", link_path="party_organization_id"
        ),
        code_column(),
        place_column(shown=True),
        Column("approved_on"),
        Column("until"),
        Column("document"),
        Column("reason", sort=None),
    ],
)
