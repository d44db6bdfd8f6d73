"""A year's rating cycle: its stages and days, vetoes decided, objections."""

from datetime import date
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from evaluation.models.scheme import RatingScheme
from evaluation.models.star_rating import StarRating
from evaluation.rules.vocabulary import CycleStage, ObjectionState, Verdict
from organizations.models import PartyOrganization
from organizations.models.scoping import city_scope, party_organization_scope


class RatingCycleQuerySet(models.QuerySet["RatingCycle"]):
    def visible_to(self, user: Any) -> "RatingCycleQuerySet":
        """A city's cycle is known to everybody who works in the city."""
        return self.filter(city_scope(user.scope))


class RatingCycle(models.Model):
    """达标创星 of one year: where it stands, and by when each stage is due."""

    area_code = models.CharField("所在市区划代码", max_length=9)
    year = models.PositiveSmallIntegerField("年度")
    scheme = models.ForeignKey(RatingScheme, models.PROTECT, verbose_name="方案")
    stage = models.CharField(
        "阶段", max_length=10, choices=CycleStage.choices(), default=CycleStage.SELF.value
    )
    self_from = models.DateField("自评开始")
    self_until = models.DateField("自评截止")
    first_until = models.DateField("初评截止")
    committee_until = models.DateField("复核截止")
    decision_until = models.DateField("审定截止")
    frozen_at = models.DateTimeField("事实冻结时间", null=True, blank=True)
    notice_from = models.DateField("公示开始", null=True, blank=True)
    notice_until = models.DateField("公示截止", null=True, blank=True)
    named_on = models.DateField("命名日期", null=True, blank=True)
    document = models.CharField("命名文号", max_length=100, blank=True)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="发起人"
    )
    created_at = models.DateTimeField("发起时间", auto_now_add=True)

    objects = RatingCycleQuerySet.as_manager()

    class Meta:
        verbose_name = "评星周期"
        verbose_name_plural = "评星周期"
        ordering = ["-year"]
        constraints = [
            models.UniqueConstraint(
                fields=["area_code", "year"],
                name="one_rating_cycle_a_city_and_year",
                violation_error_message="这一年度的评星已经发起",
            ),
            models.CheckConstraint(
                name="rating_cycle_stage_is_known", condition=Q(stage__in=CycleStage.codes())
            ),
            models.CheckConstraint(
                name="rating_cycle_days_are_in_order",
                condition=Q(self_from__lte=F("self_until"))
                & Q(self_until__lte=F("first_until"))
                & Q(first_until__lte=F("committee_until"))
                & Q(committee_until__lte=F("decision_until")),
                violation_error_message="各阶段的截止日期须依次不早于前一阶段",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year} 年度达标创星"

    def deadline_of(self, stage: str) -> date | None:
        """By when a stage is due; 公示 ends by its working days."""
        return {
            CycleStage.SELF.value: self.self_until,
            CycleStage.FIRST.value: self.first_until,
            CycleStage.COMMITTEE.value: self.committee_until,
            CycleStage.DECISION.value: self.decision_until,
            CycleStage.NOTICE.value: self.notice_until,
        }.get(stage)


class VetoDecisionQuerySet(models.QuerySet["VetoDecision"]):
    def visible_to(self, user: Any) -> "VetoDecisionQuerySet":
        return self.filter(party_organization_scope(user.scope, "party_organization__"))


class VetoDecision(models.Model):
    """What a person decided on a veto that the records suggested; the reason of both stays."""

    party_organization = models.ForeignKey(
        PartyOrganization, models.PROTECT, related_name="veto_decisions", verbose_name="党组织"
    )
    year = models.PositiveSmallIntegerField("年度")
    code = models.CharField("否决项", max_length=4)
    suggestion = models.CharField("系统提出的理由", max_length=200)
    verdict = models.CharField("认定", max_length=10, choices=Verdict.choices())
    reason = models.CharField("认定理由", max_length=300)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="认定人"
    )
    decided_at = models.DateTimeField("认定时间", auto_now=True)

    objects = VetoDecisionQuerySet.as_manager()

    class Meta:
        verbose_name = "否决认定"
        verbose_name_plural = "否决认定"
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["party_organization", "year", "code"], name="a_veto_is_decided_once_a_year"
            ),
            models.CheckConstraint(
                name="veto_verdict_is_known", condition=Q(verdict__in=Verdict.codes())
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.get_verdict_display()}"


class ObjectionQuerySet(models.QuerySet["Objection"]):
    def visible_to(self, user: Any) -> "ObjectionQuerySet":
        path = "rating__party_organization__"
        return self.filter(party_organization_scope(user.scope, path))

    def open_ones(self) -> "ObjectionQuerySet":
        return self.filter(state=ObjectionState.OPEN)


class Objection(models.Model):
    """异议 during the public notice; opens a review of the rating. Who objects is not stored."""

    rating = models.ForeignKey(
        StarRating, models.PROTECT, related_name="objections", verbose_name="星级"
    )
    text = models.TextField("异议内容", max_length=2000)
    received_on = models.DateField("收到日期")
    state = models.CharField(
        "状态",
        max_length=10,
        choices=ObjectionState.choices(),
        default=ObjectionState.OPEN.value,
    )
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="登记人"
    )
    entered_at = models.DateTimeField("登记时间", auto_now_add=True)
    answer = models.CharField("复核结论", max_length=500, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="复核人",
    )
    answered_at = models.DateTimeField("复核时间", null=True, blank=True)

    objects = ObjectionQuerySet.as_manager()

    class Meta:
        verbose_name = "异议"
        verbose_name_plural = "异议"
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="objection_state_is_known", condition=Q(state__in=ObjectionState.codes())
            ),
            models.CheckConstraint(
                name="answered_objection_says_by_whom",
                condition=Q(state=ObjectionState.OPEN.value) | Q(answered_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"异议 {self.pk}"
