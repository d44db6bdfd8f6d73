"""The lists of organizational life: their columns, in the words of the fields."""

from typing import Any

from django.utils import timezone
from django.utils.formats import date_format

from accounts.listing import Column, Listing, badge
from activities import filters
from activities.imports.activity import ActivitySheet
from activities.imports.means import FundSheet, VenueSheet
from activities.imports.plan import PlanItemSheet, YearPlanSheet
from activities.imports.standing import AgreementSheet, IncidentSheet, PartyHonourSheet
from activities.models import (
    Activity,
    Agreement,
    Fund,
    Incident,
    PartyHonour,
    PlanItem,
    Resolution,
    Venue,
    YearPlan,
)
from activities.rules.duties import plan_in_time
from activities.rules.vocabulary import IncidentState, PlanState, RecordState
from organizations.lists import code_column, party_column, place_column


def state(row: Activity) -> str:
    """State of a record as word and sign."""
    if row.state == RecordState.DRAFT:
        return badge("warn", "… 草稿")
    if row.state == RecordState.VOID:
        return badge("", "✕ 已作废")
    if row.is_late:
        return badge("warn", "! 逾期归档")
    return badge("good", "✓ 已归档")


def kinds(row: Activity) -> str:
    return row.kind_words


def presence(row: Activity) -> str:
    return f"{row.n_present} / {row.n_expected}"


ACTIVITIES = Listing(
    route="activities:activity-list",
    title="会议活动记录",
    unit="份",
    model=Activity,
    filterset=filters.ActivityFilter,
    sheet=ActivitySheet,
    order="-held_on",
    template="activities/activity_list.html",
    empty="记下第一次会议后,这里会按日期列出。",
    rows=lambda user: Activity.objects.visible_to(user).with_types(),
    columns=[
        Column("title", sort=None, link="activities:activity-page"),
        Column("kinds", label="类型", show=kinds, cell=lambda row: tuple(row.kinds), sort=None),
        Column("held_on"),
        party_column(),
        code_column(),
        place_column(),
        Column("presence", label="实到 / 应到", show=presence, cell=presence, sort=None),
        Column("n_expected", shown=False),
        Column("n_present", shown=False),
        Column("n_excused", shown=False),
        Column("n_absent", shown=False),
        Column("place", sort=None, shown=False),
        Column("host", sort=None, shown=False),
        Column("state", show=state),
        Column("filed_at", shown=False),
        Column("n_corrections", shown=False),
    ],
)


def resolution_state(row: Resolution) -> str:
    if row.done_on:
        return badge("good", f"✓ {date_format(row.done_on)}完成")
    if row.due_on and row.due_on < timezone.localdate():
        return badge("bad", "! 逾期未完成")
    return badge("", "… 未完成")


def resolution_words(row: Resolution) -> str:
    return "已完成" if row.done_on else "未完成"


RESOLUTIONS = Listing(
    route="activities:resolution-list",
    title="决议落实",
    unit="项",
    model=Resolution,
    filterset=filters.ResolutionFilter,
    order="due_on",
    empty="会议记录里写下的决议,归档后在这里跟踪落实。",
    rows=lambda user: Resolution.objects.visible_to(user).filter(activity__state="filed"),
    columns=[
        Column("text", sort=None, link="activities:activity-page", link_path="activity_id"),
        Column("owner"),
        Column("due_on"),
        Column(
            "done", label="完成情况", path="done_on", show=resolution_state, cell=resolution_words
        ),
        party_column("activity__party_organization", label="党组织"),
        Column("held_on", label="会议日期", path="activity__held_on"),
        place_column("activity__party_organization__township"),
    ],
)


def plan_state(row: YearPlan) -> str:
    if row.state != PlanState.FILED or row.filed_on is None:
        return badge("warn", "… 编制中")
    if plan_in_time(row.year, row.filed_on):
        return badge("good", "✓ 按时报备")
    return badge("warn", "! 逾期报备")


def plan_progress(row: Any) -> str:
    return f"{row.done_count} / {row.item_count}"


PLANS = Listing(
    route="activities:plan-list",
    title="年度计划",
    unit="份",
    model=YearPlan,
    filterset=filters.PlanFilter,
    sheet=YearPlanSheet,
    order="-year",
    template="activities/plan_list.html",
    beside=[("activities:item-list", "计划项目")],
    empty="每年 1 月 31 日前报备组织生活年度计划,系统按各项制度先生成一份。",
    rows=lambda user: YearPlan.objects.visible_to(user).with_progress(),
    columns=[
        party_column(link="activities:plan-page"),
        code_column(),
        place_column(),
        Column("year"),
        Column(
            "progress", label="已开展 / 计划", show=plan_progress, cell=plan_progress, sort=None
        ),
        Column("feature", sort=None),
        Column("note", shown=False),
        Column("filed_on"),
        Column("state", show=plan_state),
    ],
)


def item_state(row: PlanItem) -> str:
    if row.activity_id is not None:
        return badge("good", "✓ 已开展")
    if row.planned_on < timezone.localdate():
        return badge("bad", "! 逾期未开展")
    return badge("", "… 待开展")


def item_words(row: PlanItem) -> str:
    return "已开展" if row.activity_id is not None else "未开展"


PLAN_ITEMS = Listing(
    route="activities:item-list",
    title="计划项目",
    unit="项",
    model=PlanItem,
    filterset=filters.PlanItemFilter,
    sheet=PlanItemSheet,
    order="planned_on",
    beside=[("activities:plan-list", "年度计划")],
    empty="年度计划里的每一项安排,在这里按日期列出。",
    columns=[
        Column("theme", sort=None, link="activities:plan-page", link_path="plan_id"),
        Column("kind"),
        Column("planned_on"),
        party_column("plan__party_organization", label="党组织"),
        code_column("plan__party_organization"),
        place_column("plan__party_organization__township"),
        Column("group", sort="group__name", shown=False),
        Column("place", sort=None, shown=False),
        Column("host", sort=None, shown=False),
        Column("audience", sort=None, shown=False),
        Column("owner", sort=None, shown=False),
        Column("state", label="开展情况", show=item_state, cell=item_words, sort=None),
    ],
)


def validity(row: Agreement) -> str:
    if row.valid_to and row.valid_to <= timezone.localdate():
        return badge("", "已到期")
    return badge("good", "✓ 有效")


AGREEMENTS = Listing(
    route="activities:agreement-list",
    title="共建协议",
    model=Agreement,
    filterset=filters.AgreementFilter,
    sheet=AgreementSheet,
    order="-signed_on",
    unit="份",
    template="activities/small_list.html",
    empty="与社区、机关或其他党组织签订共建协议后,在这里登记。",
    columns=[
        Column("partner", link="activities:agreement-page"),
        Column(
            "partner_code",
            label="共建党组织编码",
            path="partner_organization__code",
            sort=None,
            shown=False,
        ),
        party_column(),
        code_column(),
        place_column(),
        Column("kind"),
        Column("signed_on"),
        Column("valid_to"),
        Column("content", shown=False),
        Column("validity", label="状态", show=validity, sort=None, cell="valid_to"),
    ],
)


def have_count(row: Any) -> str:
    tone = "good" if row.have_count == 7 else "warn"
    sign = "✓" if row.have_count == 7 else "!"
    return badge(tone, f"{sign} {row.have_count} / 7")


def shared(row: Venue) -> str:
    return badge("", "区域共享型") if row.is_shared else ""


VENUES = Listing(
    route="activities:venue-list",
    title="活动场所",
    model=Venue,
    filterset=filters.VenueFilter,
    sheet=VenueSheet,
    unit="处",
    template="activities/small_list.html",
    empty="登记党组织活动场所并按“七有”标准核查后,在这里列出。",
    columns=[
        Column("name", link="activities:venue-page"),
        party_column(),
        code_column(),
        place_column("township"),
        Column("address", sort=None, shown=False),
        Column("area", shown=False),
        Column("have_count", label="七有", show=have_count),
        Column("is_shared", show=shared),
        Column("checked_on"),
        Column("opened_on", shown=False),
    ],
)


def money(row: Fund) -> str:
    return f"{row.amount:,.2f}"


FUNDS = Listing(
    route="activities:fund-list",
    title="党建经费",
    model=Fund,
    filterset=filters.FundFilter,
    sheet=FundSheet,
    order="-dated_on",
    unit="笔",
    template="activities/small_list.html",
    empty="登记年度预算、党费返拨、补助和支出后,在这里列出。",
    columns=[
        Column("purpose", sort=None, link="activities:fund-page"),
        party_column(),
        code_column(),
        place_column(),
        Column("year"),
        Column("kind"),
        Column("amount", numeric=True, show=money),
        Column("dated_on"),
        Column("document", shown=False),
    ],
)

HONOURS = Listing(
    route="activities:honour-list",
    title="荣誉",
    model=PartyHonour,
    filterset=filters.HonourFilter,
    sheet=PartyHonourSheet,
    order="-awarded_on",
    unit="项",
    template="activities/small_list.html",
    empty="党组织获得的表彰、列入典型培育对象、经验推广和现场教学,在这里登记。",
    columns=[
        Column("title", link="activities:honour-page"),
        party_column(),
        code_column(),
        place_column(),
        Column("kind"),
        Column("level"),
        Column("matter", sort=None, shown=False),
        Column("awarded_by", sort=None),
        Column("awarded_on"),
        Column("document", shown=False),
    ],
)


def incident_state(row: Incident) -> str:
    tone = {IncidentState.PROPOSED: "warn", IncidentState.CONFIRMED: "bad"}.get(
        IncidentState(row.state), ""
    )
    sign = {"warn": "…", "bad": "!"}.get(tone, "✕")
    return badge(tone, f"{sign} {row.get_state_display()}")


INCIDENTS = Listing(
    route="activities:incident-list",
    title="否决情形",
    model=Incident,
    filterset=filters.IncidentFilter,
    sheet=IncidentSheet,
    order="-happened_on",
    unit="项",
    template="activities/small_list.html",
    empty="没有登记过影响达标创星的情形。",
    columns=[
        Column("kind", link="activities:incident-page"),
        party_column(),
        code_column(),
        place_column(),
        Column("happened_on"),
        Column("state", show=incident_state),
        Column("description", shown=False),
        Column("evidence", sort=None, shown=False),
    ],
)
