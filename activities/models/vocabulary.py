"""Vocabularies that a city keeps as rows: duties, outcomes and their units, archive folders."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone

from activities.rules.duties import DutySpec
from activities.rules.periods import Unit
from activities.rules.vocabulary import Duty


class SharedQuerySet(models.QuerySet):
    """Vocabularies belong to nobody: every account with a scope reads them."""

    def visible_to(self, user: Any) -> "SharedQuerySet":
        return self if user.scope.kind != "none" else self.none()


class DutyRule(models.Model):
    """How often a duty is due, from a year on until a newer row takes its place."""

    duty = models.CharField("制度", max_length=24, choices=Duty.choices())
    since_year = models.PositiveSmallIntegerField("起始年度")
    unit = models.CharField("周期", max_length=8, choices=Unit.choices())
    times = models.PositiveSmallIntegerField("每期次数", default=1)
    is_required = models.BooleanField("列入要求", default=True)
    basis = models.CharField("依据", max_length=200, blank=True)

    objects = SharedQuerySet.as_manager()

    class Meta:
        verbose_name = "组织生活制度"
        verbose_name_plural = "组织生活制度"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["duty", "since_year"], name="one_rule_a_duty_and_first_year"
            ),
            models.CheckConstraint(
                name="duty_rule_duty_is_known", condition=Q(duty__in=Duty.codes())
            ),
            models.CheckConstraint(
                name="duty_rule_unit_is_known", condition=Q(unit__in=Unit.codes())
            ),
            models.CheckConstraint(name="duty_is_due_at_least_once", condition=Q(times__gte=1)),
        ]

    def __str__(self) -> str:
        return f"{self.get_duty_display()} {self.since_year}"

    @property
    def is_past(self) -> bool:
        """A year that has been lived through keeps what was asked of it."""
        return self.since_year < timezone.localdate().year

    @classmethod
    def specs(cls, year: int) -> list[DutySpec]:
        """What holds in a year, in the order of the duties: of each duty the newest row."""
        newest: dict[str, DutyRule] = {}
        for rule in cls.objects.filter(since_year__lte=year).order_by("since_year"):
            newest[rule.duty] = rule
        return [
            DutySpec(duty, Unit(rule.unit), rule.times, rule.basis, rule.since_year)
            for duty in Duty
            if (rule := newest.get(duty)) is not None and rule.is_required
        ]


class OutcomeKind(models.Model):
    """成效 that is counted, with its unit."""

    code = models.SlugField("代码", max_length=30, unique=True)
    name = models.CharField("成效", max_length=40, unique=True)
    unit = models.CharField("单位", max_length=10)
    order = models.PositiveSmallIntegerField("次序", default=0)
    is_active = models.BooleanField("启用", default=True)

    objects = SharedQuerySet.as_manager()

    class Meta:
        verbose_name = "成效类别"
        verbose_name_plural = "成效类别"
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return f"{self.name}({self.unit})"


class ArchiveFolder(models.Model):
    """内业档案 folder; twelve to begin with."""

    number = models.PositiveSmallIntegerField("序号", unique=True)
    name = models.CharField("档案夹", max_length=60)
    is_active = models.BooleanField("启用", default=True)

    objects = SharedQuerySet.as_manager()

    class Meta:
        verbose_name = "档案夹"
        verbose_name_plural = "档案夹"
        ordering = ["number"]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"

    @classmethod
    def next_number(cls) -> int:
        return (cls.objects.aggregate(last=models.Max("number"))["last"] or 0) + 1
