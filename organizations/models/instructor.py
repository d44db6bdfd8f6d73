"""Party-building instructors and their dated assignments, which make work coverage."""

from datetime import date
from typing import Any

from django.db import models
from django.db.models import Count, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from organizations.models.area import Township
from organizations.models.scoping import (
    dates_in_order,
    in_areas,
    social_organization_scope,
    valid_on,
)
from organizations.romanization import PinyinField


class InstructorQuerySet(models.QuerySet["Instructor"]):
    def visible_to(self, user: Any) -> "InstructorQuerySet":
        """Instructors of the account's townships; the committee sees those of its city."""
        scope = user.scope
        if scope.kind not in ("area", "committee"):
            return self.none()
        return self.filter(
            in_areas("township__code", (scope.code,)), in_areas("township__code", scope.areas)
        )

    def serving_on(self, day: date) -> "InstructorQuerySet":
        """In service on the day; who has no first day has served ever since."""
        begun = Q(started_on__isnull=True) | Q(started_on__lte=day)
        return self.filter(begun, Q(ended_on__isnull=True) | Q(ended_on__gt=day))

    def with_load_on(self, day: date, user: Any) -> "InstructorQuerySet":
        """Adds `load`: social organizations alive and served on the day, of those the user sees."""
        served = (
            InstructorAssignment.objects.visible_to(user)
            .live_on(day)
            .filter(
                valid_on(
                    day,
                    "social_organization__registered_on",
                    "social_organization__deregistered_on",
                ),
                instructor=OuterRef("pk"),
            )
            .order_by()
            .values("instructor")
            .annotate(number=Count("social_organization", distinct=True))
            .values("number")
        )
        return self.annotate(load=Coalesce(Subquery(served), 0))


class Instructor(models.Model):
    """党建工作指导员, sent by a township along its grid."""

    code = models.CharField(
        "指导员编号",
        max_length=30,
        unique=True,
        error_messages={"unique": "这个编号已有指导员"},
    )
    name = models.CharField("姓名", max_length=60)
    township = models.ForeignKey(Township, models.PROTECT, verbose_name="镇(街道)")
    started_on = models.DateField("任职起始日期", null=True, blank=True)
    ended_on = models.DateField("任职截止日期", null=True, blank=True)
    pinyin = PinyinField(style="sort")
    initials = PinyinField(style="initials")
    version = models.PositiveIntegerField("版本", default=1, editable=False)
    created_at = models.DateTimeField("录入时间", auto_now_add=True)
    updated_at = models.DateTimeField("更新时间", auto_now=True)

    objects = InstructorQuerySet.as_manager()

    class Meta:
        verbose_name = "党建工作指导员"
        verbose_name_plural = "党建工作指导员"
        ordering = ["pinyin", "pk"]
        constraints = [
            models.CheckConstraint(
                name="instructor_ends_after_starting",
                condition=Q(started_on__isnull=True)
                | Q(ended_on__isnull=True)
                | Q(ended_on__gt=F("started_on")),
                violation_error_message="任职截止日期须晚于起始日期",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class InstructorAssignmentQuerySet(models.QuerySet["InstructorAssignment"]):
    def visible_to(self, user: Any) -> "InstructorAssignmentQuerySet":
        """An assignment belongs to the social organization that it serves."""
        return self.filter(social_organization_scope(user.scope, "social_organization__"))

    def live_on(self, day: date) -> "InstructorAssignmentQuerySet":
        return self.filter(valid_on(day))

    def open_of(self, organization: Any) -> "InstructorAssignmentQuerySet":
        """Its assignments that have no last day, with who serves it."""
        rows = self.filter(social_organization=organization, valid_to__isnull=True)
        return rows.select_related("instructor__township")

    def open_after(self, day: date) -> "InstructorAssignmentQuerySet":
        """Not yet ended on the day: running, or to begin later."""
        return self.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=day))


class InstructorAssignment(models.Model):
    """指导员联系社会组织: who, which organization, from when to when."""

    instructor = models.ForeignKey(
        Instructor, models.PROTECT, related_name="assignments", verbose_name="指导员编号"
    )
    social_organization = models.ForeignKey(
        "organizations.SocialOrganization",
        models.PROTECT,
        related_name="instructor_assignments",
        verbose_name="社会组织名称",
    )
    valid_from = models.DateField("联系起始日期")
    valid_to = models.DateField("联系截止日期", null=True, blank=True)
    version = models.PositiveIntegerField("版本", default=1, editable=False)
    created_at = models.DateTimeField("录入时间", auto_now_add=True)
    updated_at = models.DateTimeField("更新时间", auto_now=True)

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
                violation_error_message="这位指导员已在联系这家社会组织,不能重复安排",
            ),
            models.CheckConstraint(
                name="instructor_assignment_ends_after_it_begins",
                condition=dates_in_order(),
                violation_error_message="联系截止日期须晚于起始日期",
            ),
        ]

    def __str__(self) -> str:
        return f"指导员联系 {self.pk}"
