"""Rating schemes: versioned data of a city, immutable once published."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from evaluation.rules.scheme import Scheme, scheme_of
from evaluation.rules.vocabulary import SchemeState
from organizations.models.scoping import city_scope


class RatingSchemeQuerySet(models.QuerySet["RatingScheme"]):
    def visible_to(self, user: Any) -> "RatingSchemeQuerySet":
        """Published schemes are everybody's who has a scope; drafts are the city's own."""
        scope = user.scope
        rows = self.filter(city_scope(scope))
        whole_city = scope.kind == "area" and len(scope.code) <= 6
        return rows if whole_city else rows.filter(state=SchemeState.PUBLISHED)

    def in_force(self, area_code: str, year: int) -> "RatingScheme | None":
        """The newest published scheme whose year has come."""
        published = self.filter(
            area_code=area_code, state=SchemeState.PUBLISHED, effective_year__lte=year
        )
        return published.order_by("-effective_year", "-version").first()


class RatingScheme(models.Model):
    """达标创星方案: from which year on, which version, everything that a rating follows."""

    area_code = models.CharField("所在市区划代码", max_length=9)
    name = models.CharField("方案名称", max_length=60)
    effective_year = models.PositiveSmallIntegerField("起用年度")
    version = models.PositiveSmallIntegerField("版本")
    state = models.CharField(
        "状态", max_length=10, choices=SchemeState.choices(), default=SchemeState.DRAFT.value
    )
    content = models.JSONField("内容")
    based_on = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, verbose_name="复制自"
    )
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="编制人"
    )
    created_at = models.DateTimeField("编制时间", auto_now_add=True)
    updated_at = models.DateTimeField("更新时间", auto_now=True)
    published_at = models.DateTimeField("发布时间", null=True, blank=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="发布人",
    )
    edition = models.PositiveIntegerField("修改次数", default=1, editable=False)

    objects = RatingSchemeQuerySet.as_manager()

    class Meta:
        verbose_name = "达标创星方案"
        verbose_name_plural = "达标创星方案"
        ordering = ["-effective_year", "-version"]
        constraints = [
            models.UniqueConstraint(
                fields=["area_code", "effective_year", "version"],
                name="rating_scheme_version_is_given_once",
            ),
            models.CheckConstraint(
                name="rating_scheme_state_is_known", condition=Q(state__in=SchemeState.codes())
            ),
            models.CheckConstraint(
                name="published_rating_scheme_says_when",
                condition=Q(state=SchemeState.DRAFT.value) | Q(published_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.effective_year} 年第 {self.version} 版"

    @property
    def scheme(self) -> Scheme:
        return scheme_of(self.content)

    @property
    def is_draft(self) -> bool:
        return self.state == SchemeState.DRAFT
