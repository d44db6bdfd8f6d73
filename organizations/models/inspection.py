"""Annual inspections (年检, 年报), one a year; the latest also stands on the organization itself."""

from typing import Any

from django.db import models
from django.db.models import Q

from organizations.models.scoping import social_organization_scope
from organizations.models.social_organization import SocialOrganization
from organizations.rules.vocabulary import InspectionResult


class InspectionQuerySet(models.QuerySet["Inspection"]):
    def visible_to(self, user: Any) -> "InspectionQuerySet":
        return self.filter(social_organization_scope(user.scope, "organization__"))


class Inspection(models.Model):
    """年检 of one year: what came of it."""

    organization = models.ForeignKey(
        SocialOrganization, models.CASCADE, related_name="inspections", verbose_name="社会组织"
    )
    year = models.PositiveSmallIntegerField("年检年度")
    result = models.CharField("年检结论", max_length=20, choices=InspectionResult.choices())
    concluded_on = models.DateField("结论日期", null=True, blank=True)
    remark = models.CharField("说明", max_length=300, blank=True)

    objects = InspectionQuerySet.as_manager()

    class Meta:
        verbose_name = "年检"
        verbose_name_plural = "年检"
        ordering = ["-year"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "year"],
                name="one_inspection_a_year",
                violation_error_message="这一年度的年检已经登记",
            ),
            models.CheckConstraint(
                name="inspection_year_is_a_year",
                condition=Q(year__gte=1990, year__lt=2100),
                violation_error_message="年度应在 1990 至 2099 之间",
            ),
            models.CheckConstraint(
                name="inspection_result_is_known",
                condition=Q(result__in=InspectionResult.codes()),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year} 年度"
