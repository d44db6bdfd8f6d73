"""Party-building instructors and their dated assignments, which make work coverage."""

from datetime import date
from typing import Any

from django.db import models
from django.db.models import Q

from organizations.models.area import Township
from organizations.models.scoping import (
    dates_in_order,
    in_areas,
    social_organization_scope,
    valid_on,
)


class InstructorQuerySet(models.QuerySet["Instructor"]):
    def visible_to(self, user: Any) -> "InstructorQuerySet":
        scope = user.scope
        if scope.kind not in ("area", "committee"):
            return self.none()
        return self.filter(
            in_areas("township__code", (scope.code,)), in_areas("township__code", scope.areas)
        )


class Instructor(models.Model):
    """党建工作指导员, sent by a township along its grid."""

    code = models.CharField("指导员编号", max_length=30, unique=True)
    name = models.CharField("姓名", max_length=60)
    township = models.ForeignKey(Township, models.PROTECT, verbose_name="镇(街道)")
    created_at = models.DateTimeField("录入时间", auto_now_add=True)
    updated_at = models.DateTimeField("更新时间", auto_now=True)

    objects = InstructorQuerySet.as_manager()

    class Meta:
        verbose_name = "党建工作指导员"
        verbose_name_plural = "党建工作指导员"
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class InstructorAssignmentQuerySet(models.QuerySet["InstructorAssignment"]):
    def visible_to(self, user: Any) -> "InstructorAssignmentQuerySet":
        """An assignment belongs to the social organization that it serves."""
        return self.filter(social_organization_scope(user.scope, "social_organization__"))

    def live_on(self, day: date) -> "InstructorAssignmentQuerySet":
        return self.filter(valid_on(day))


class InstructorAssignment(models.Model):
    """指导员联系社会组织: who, which organization, from when to when."""

    instructor = models.ForeignKey(
        Instructor, models.PROTECT, related_name="assignments", verbose_name="指导员"
    )
    social_organization = models.ForeignKey(
        "organizations.SocialOrganization",
        models.PROTECT,
        related_name="instructor_assignments",
        verbose_name="社会组织",
    )
    valid_from = models.DateField("联系起始日期")
    valid_to = models.DateField("联系截止日期", null=True, blank=True)

    objects = InstructorAssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = "指导员联系"
        verbose_name_plural = "指导员联系"
        ordering = ["social_organization_id", "valid_from"]
        indexes = [
            models.Index(
                fields=["social_organization", "valid_from"], name="assignment_by_organization"
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["instructor", "social_organization"],
                condition=Q(valid_to__isnull=True),
                name="one_open_assignment_per_pair",
            ),
            models.CheckConstraint(
                name="instructor_assignment_ends_after_it_begins", condition=dates_in_order()
            ),
        ]

    def __str__(self) -> str:
        return f"指导员联系 {self.pk}"
