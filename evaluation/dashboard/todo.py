"""What waits for an account: every line says what, how many, and leads to where it is solved."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.urls import reverse

from accounts.models import AccountProposal
from accounts.rules import ProposalState, Right
from activities.models import Activity, Resolution
from activities.rules.records import FILING_DAYS
from evaluation.dashboard.quality import address
from evaluation.models import Objection, RatingCycle, StarRating
from evaluation.rules.vocabulary import CycleStage, RatingState
from members.models import Move
from organizations.models import HandOver, ImportBatch, PartyOrganization, SocialOrganization
from organizations.models.imports import OPEN
from organizations.rules.terms import REMINDER_MONTHS
from organizations.rules.vocabulary import UncoveredReason


@dataclass(frozen=True)
class Todo:
    """One line: nothing to do is not shown."""

    title: str
    count: int
    url: str
    why: str = ""
    is_urgent: bool = False


@dataclass(frozen=True)
class Group:
    title: str
    lines: list[Todo]


def todo(user: Any, today: date) -> list[Group]:
    """The groups that have something in them, in the order of a working day."""
    groups = [
        Group("等待办理", [*waiting(user)]),
        Group("任期与换届", [*terms(user, today)]),
        Group("覆盖与责任", [*coverage(user, today)]),
        Group("组织生活", [*life(user, today)]),
        Group("达标创星", [*stars(user, today)]),
        Group("账号", [*accounts(user)]),
    ]
    shown = [Group(g.title, [line for line in g.lines if line.count]) for g in groups]
    return [group for group in shown if group.lines]


def waiting(user: Any) -> Iterator[Todo]:
    if user.may(Right.EDIT_REGISTRY):
        offers = HandOver.objects.visible_to(user).pending()
        coming = offers.filter(to_township__code__startswith=user.scope.code)
        yield Todo(
            "移交待接收",
            coming.count() if user.scope.is_area else 0,
            reverse("organizations:hand-over-list"),
            "对方已提出移交,接收后归入本辖区",
            is_urgent=True,
        )
    if user.may(Right.IMPORT):
        batches = ImportBatch.objects.visible_to(user).filter(state__in=[s.value for s in OPEN])
        yield Todo(
            "导入待处理",
            batches.count(),
            reverse("organizations:import-list"),
            "检查完毕的,请导入或放弃;有错误的,请改正后再上传",
        )
    if user.may(Right.VIEW_MEMBERS):
        yield Todo(
            "组织关系转接进行中",
            Move.objects.visible_to(user).pending().count(),
            reverse("members:move-list"),
            "介绍信有有效期,请及时办理",
        )


def terms(user: Any, today: date) -> Iterator[Todo]:
    if not user.may(Right.VIEW_REGISTRY):
        return
    rows = PartyOrganization.objects.visible_to(user).alive_on(today).electing_on(today)
    route = "organizations:party-organization-list"
    for months in (0, *REMINDER_MONTHS):
        yield Todo(
            f"{months} 个月内届满" if months else "任期已届满",
            rows.term_ends_within(today, months).count(),
            address(route, election_due=str(months)),
            "请着手准备换届" if months else "请组织换届;确需延期的先报上级批准",
            is_urgent=not months,
        )


def coverage(user: Any, today: date) -> Iterator[Todo]:
    if not user.may(Right.VIEW_REGISTRY):
        return
    organizations = SocialOrganization.objects.visible_to(user).alive_on(today)
    rows = organizations.with_coverage_on(today).with_uncovered_reason()
    route = "organizations:social-organization-list"
    should = rows.filter(uncovered_reason=UncoveredReason.SHOULD_ESTABLISH)
    yield Todo(
        "应建未建",
        should.count(),
        address(route, reason=UncoveredReason.SHOULD_ESTABLISH.value),
        "有 3 名及以上正式党员而没有党组织",
        is_urgent=True,
    )
    yield Todo(
        "未覆盖",
        rows.filter(is_covered=False).count(),
        address(route, covered="no"),
        "选择党组织建立覆盖,或安排党建工作指导员",
    )
    if user.may(Right.EDIT_REGISTRY):
        yield Todo(
            "责任主体有缺口",
            organizations.with_proposed_body().filter(is_gap=True).count(),
            address(route, responsibility="gap"),
            "没有责任主体,或与系统建议不同而未写理由",
        )


def life(user: Any, today: date) -> Iterator[Todo]:
    if not user.may(Right.EDIT_ACTIVITIES):
        return
    drafts = Activity.objects.visible_to(user).drafts().filter(held_on__lte=today)
    yield Todo(
        "会议活动记录未归档",
        drafts.count(),
        address("activities:activity-list", state="draft"),
        "会后 7 天内归档为按时",
        is_urgent=drafts.filter(held_on__lt=today - timedelta(days=FILING_DAYS)).exists(),
    )
    yield Todo(
        "决议到期未完成",
        Resolution.objects.visible_to(user).overdue_on(today).count(),
        address("activities:resolution-list", done="overdue"),
        "登记完成日期,或与责任人联系",
    )


def stars(user: Any, today: date) -> Iterator[Todo]:
    for cycle in RatingCycle.objects.visible_to(user).exclude(stage=CycleStage.NAMED.value):
        ratings = StarRating.objects.visible_to(user).current().of_year(cycle.year)
        rated = ratings.filter(star__isnull=False)
        due = {
            CycleStage.SELF.value: (Right.ASSESS_SELF, RatingState.DRAFT, "待自评"),
            CycleStage.FIRST.value: (Right.REVIEW_RATINGS, RatingState.SELF, "待初评"),
            CycleStage.COMMITTEE.value: (Right.CHECK_RATINGS, RatingState.FIRST, "待复核"),
            CycleStage.DECISION.value: (Right.DECIDE_RATINGS, RatingState.COMMITTEE, "待审定"),
        }.get(cycle.stage)
        if due is not None and user.may(due[0]):
            deadline = cycle.deadline_of(cycle.stage)
            words = f"{deadline.month}月{deadline.day}日前完成" if deadline else ""
            if deadline and deadline < today:
                words += f",已逾期 {(today - deadline).days} 天"
            yield Todo(
                f"{cycle.year} 年度{due[2]}",
                rated.filter(state=due[1]).count(),
                address(
                    "evaluation:rating-list", year=cycle.year, state=due[1].value, star="rated"
                ),
                words,
                is_urgent=bool(deadline and deadline < today),
            )
        if cycle.stage == CycleStage.NOTICE and user.may(Right.DECIDE_RATINGS):
            yield Todo(
                "异议待复核",
                Objection.objects.visible_to(user).open_ones().count(),
                reverse("evaluation:cycle-page", args=[cycle.year]),
                "办结后才能命名",
                is_urgent=True,
            )


def accounts(user: Any) -> Iterator[Todo]:
    proposals = AccountProposal.objects.visible_to(user)
    if user.may(Right.DECIDE_ACCOUNTS):
        pending = proposals.filter(state=ProposalState.PENDING.value).exclude(proposed_by=user.pk)
        yield Todo("账号事项待审批", pending.count(), reverse("accounts:proposal-list"))
    if user.may(Right.VIEW_AUDIT):
        unseen = proposals.exclude(state=ProposalState.PENDING.value).filter(seen_at__isnull=True)
        yield Todo("账号事项待知悉", unseen.count(), reverse("accounts:proposal-list"))
