"""Star ratings of party organizations, and the runs that compute them."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models.lease import Leased
from evaluation.models.scheme import RatingScheme
from evaluation.rules.facts import Facts, facts_of
from evaluation.rules.vocabulary import RatingState, RunReason, RunState, star_words
from organizations.models import PartyOrganization
from organizations.models.scoping import in_areas, party_organization_scope


class RatingRunQuerySet(models.QuerySet["RatingRun"]):
    def visible_to(self, user: Any) -> "RatingRunQuerySet":
        """Runs are a city's; they hold no rows of anybody, only numbers and codes."""
        scope = user.scope
        if scope.kind not in ("area", "committee"):
            return self.none()
        return self.filter(in_areas("area_code", (scope.code[:6],)))


class RatingRun(models.Model):
    """One computation of all ratings of a city and period: by whom, from what, with what result."""

    area_code = models.CharField("所在市区划代码", max_length=9)
    year = models.PositiveSmallIntegerField("年度")
    quarter = models.PositiveSmallIntegerField("季度", default=0)  # 0 = the year
    as_of = models.DateField("数据截至")
    scheme = models.ForeignKey(RatingScheme, models.PROTECT, verbose_name="方案")
    reason = models.CharField("缘由", max_length=10, choices=RunReason.choices())
    state = models.CharField(
        "状态", max_length=10, choices=RunState.choices(), default=RunState.QUEUED.value
    )
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, verbose_name="发起人"
    )
    total_count = models.PositiveIntegerField("应算", default=0)
    done_count = models.PositiveIntegerField("已算", default=0)
    changed_count = models.PositiveIntegerField("有变化", default=0)
    skipped_count = models.PositiveIntegerField("已提交,未触动", default=0)
    before = models.JSONField("运行前的星级", default=dict)  # emptied when the run has finished
    changes = models.JSONField("星级变化", default=list)
    errors = models.JSONField("错误", default=list)
    created_at = models.DateTimeField("发起时间", auto_now_add=True)
    started_at = models.DateTimeField("开始时间", null=True)
    finished_at = models.DateTimeField("结束时间", null=True)

    objects = RatingRunQuerySet.as_manager()

    class Meta:
        verbose_name = "评星运行"
        verbose_name_plural = "评星运行"
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="rating_run_state_is_known", condition=Q(state__in=RunState.codes())
            ),
            models.CheckConstraint(
                name="rating_run_quarter_is_one_of_four", condition=Q(quarter__lte=4)
            ),
        ]

    def __str__(self) -> str:
        return (
            f"{self.year} 年{f'第 {self.quarter} 季度' if self.quarter else ''}评星运行 {self.pk}"
        )

    @property
    def is_finished(self) -> bool:
        return self.state in (RunState.DONE, RunState.FAILED)

    @property
    def percent(self) -> int:
        return 100 * self.done_count // self.total_count if self.total_count else 0


class RatingChunk(Leased):
    """A part of a run: party organizations by key, claimed by one worker for a while."""

    run = models.ForeignKey(RatingRun, models.CASCADE, related_name="chunks")
    first_pk = models.BigIntegerField()
    last_pk = models.BigIntegerField()
    is_done = models.BooleanField(default=False)
    error = models.TextField(blank=True)

    class Meta:
        verbose_name = "评星运行分段"
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["run"], name="open_rating_chunks", condition=Q(is_done=False))
        ]

    def __str__(self) -> str:
        return f"{self.run_id}: {self.first_pk} - {self.last_pk}"


class StarRatingQuerySet(models.QuerySet["StarRating"]):
    def visible_to(self, user: Any) -> "StarRatingQuerySet":
        """A rating belongs to its party organization."""
        return self.filter(party_organization_scope(user.scope, "party_organization__"))

    def of_year(self, year: int, quarter: int = 0) -> "StarRatingQuerySet":
        return self.filter(year=year, quarter=quarter)

    def current(self) -> "StarRatingQuerySet":
        """One a party organization and period: not those of a scheme that was replaced."""
        return self.filter(is_current=True)


class StarRating(models.Model):
    """星级: facts, points and star of a party organization in a period under a scheme.

    `rule_star` is what the rules give this organization, `star` that after the city's quotas; `final_star` what people decided. 0 is 未达标, none
    is 暂不定星. Scores that people gave stay beside the computed ones, each with its reason.
    """

    party_organization = models.ForeignKey(
        PartyOrganization, models.PROTECT, related_name="star_ratings", verbose_name="党组织"
    )
    year = models.PositiveSmallIntegerField("年度")
    quarter = models.PositiveSmallIntegerField("季度", default=0)
    scheme = models.ForeignKey(RatingScheme, models.PROTECT, verbose_name="方案")
    is_current = models.BooleanField("现行", default=True)
    state = models.CharField(
        "进度", max_length=10, choices=RatingState.choices(), default=RatingState.DRAFT.value
    )
    as_of = models.DateField("数据截至")
    facts = models.JSONField("事实")
    result = models.JSONField("得分")
    digest = models.CharField("摘要", max_length=64)
    score = models.DecimalField("基础分", max_digits=6, decimal_places=2)
    bonus = models.DecimalField("加分", max_digits=5, decimal_places=2)
    kind = models.CharField("类型", max_length=16)
    last_star = models.PositiveSmallIntegerField("上年星级", null=True)
    rule_star = models.PositiveSmallIntegerField("按规则的星级", null=True)
    star = models.PositiveSmallIntegerField("星级", null=True)
    self_scores = models.JSONField("自评", default=dict, blank=True)
    first_scores = models.JSONField("初评", default=dict, blank=True)
    committee_scores = models.JSONField("复核", default=dict, blank=True)
    final_score = models.DecimalField("审定分", max_digits=6, decimal_places=2, null=True)
    final_star = models.PositiveSmallIntegerField("审定星级", null=True)
    final_reason = models.CharField("审定理由", max_length=300, blank=True)
    frozen_at = models.DateTimeField("事实冻结时间", null=True)
    run = models.ForeignKey(
        RatingRun, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="运行"
    )
    computed_at = models.DateTimeField("计算时间")
    version = models.PositiveIntegerField("版本", default=1, editable=False)

    objects = StarRatingQuerySet.as_manager()

    class Meta:
        verbose_name = "星级"
        verbose_name_plural = "星级"
        ordering = ["party_organization_id", "-year", "quarter"]
        indexes = [
            models.Index(fields=["year", "quarter", "star"], name="star_rating_by_period"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["party_organization", "year", "quarter", "scheme"],
                name="one_rating_an_organization_period_and_scheme",
            ),
            models.CheckConstraint(
                name="star_rating_state_is_known", condition=Q(state__in=RatingState.codes())
            ),
            models.CheckConstraint(
                name="published_star_rating_has_a_decision",
                condition=~Q(state=RatingState.PUBLISHED.value) | Q(frozen_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year} 年 {star_words(self.shown_star)}"

    @property
    def stored_facts(self) -> Facts:
        return facts_of(self.facts)

    @property
    def total(self) -> Any:
        return self.score + self.bonus

    @property
    def is_decided(self) -> bool:
        return self.state in (RatingState.DECIDED, RatingState.PUBLISHED)

    @property
    def shown_star(self) -> int | None:
        return self.final_star if self.is_decided else self.star

    @property
    def star_words(self) -> str:
        return star_words(self.shown_star)
