"""Published coverage: marks that say what must be counted again, and the counts."""

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from organizations.models.scoping import in_areas


class CoverageMark(models.Model):
    """Something of this township changed; made by database triggers in the change's transaction."""

    township_code = models.CharField(max_length=9, db_index=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = "待重算标记"

    def __str__(self) -> str:
        return self.township_code


class PublishedCoverageQuerySet(models.QuerySet["PublishedCoverage"]):
    def visible_to(self, user: Any) -> "PublishedCoverageQuerySet":
        """Townships of an area scope; other scopes have no published rows of their own."""
        scope = user.scope
        if scope.kind not in ("area", "unit"):
            return self.none()
        prefix = (scope.code,) if scope.kind == "area" else ()
        return self.filter(
            in_areas("township_code", prefix), in_areas("township_code", scope.areas)
        )


class PublishedCoverage(models.Model):
    """A township's published figures: which generation, for which day, computed when."""

    township_code = models.CharField(max_length=9, primary_key=True)
    generation = models.BigIntegerField(default=0)
    day = models.DateField("统计日", null=True, db_index=True)
    computed_at = models.DateTimeField("计算时间", null=True)
    standing = models.PositiveIntegerField("建制性党组织", default=0)
    joint = models.PositiveIntegerField("兼合式党组织", default=0)
    affiliated = models.PositiveIntegerField("挂靠党组织", default=0)
    attempts = models.PositiveIntegerField("连续失败次数", default=0)
    next_attempt_at = models.DateTimeField("下次重试时间", null=True)
    last_error = models.TextField("最近错误", blank=True)

    objects = PublishedCoverageQuerySet.as_manager()

    class Meta:
        verbose_name = "已公布覆盖情况"

    def __str__(self) -> str:
        return f"{self.township_code} 第{self.generation}次"


class CoverageCellQuerySet(models.QuerySet["CoverageCell"]):
    def visible_to(self, user: Any) -> "CoverageCellQuerySet":
        scope = user.scope
        match scope.kind:
            case "area":
                own = in_areas("township_code", (scope.code,))
            case "unit":
                own = Q(unit_code=scope.code)
            case _:
                return self.none()
        return self.filter(own, in_areas("township_code", scope.areas))


class CoverageCell(models.Model):
    """Counts of one township x category x supervising unit; with a mode, of the covered ones by it.

    Rows with an empty mode partition the social organizations, so sums over them are totals. Rows
    with a mode overlap (an organization may be covered in two ways) and are never added up.
    """

    township_code = models.CharField(max_length=9)
    category = models.CharField(max_length=32)
    unit_code = models.CharField(max_length=20, blank=True)
    mode = models.CharField(max_length=16, blank=True)
    social_organization_count = models.PositiveIntegerField()
    covered_count = models.PositiveIntegerField()
    work_covered_count = models.PositiveIntegerField()
    should_establish = models.PositiveIntegerField()
    too_few_members = models.PositiveIntegerField()
    no_members = models.PositiveIntegerField()
    removed_winding_up = models.PositiveIntegerField()
    removed_revoked = models.PositiveIntegerField()
    removed_shell = models.PositiveIntegerField()
    removed_covered = models.PositiveIntegerField()
    removed_work_covered = models.PositiveIntegerField()

    objects = CoverageCellQuerySet.as_manager()

    class Meta:
        verbose_name = "覆盖情况分组"
        constraints = [
            models.UniqueConstraint(
                fields=["township_code", "category", "unit_code", "mode"],
                name="coverage_cell_is_counted_once",
            ),
            models.CheckConstraint(
                name="covered_is_at_most_all",
                condition=Q(covered_count__lte=F("work_covered_count"))
                & Q(work_covered_count__lte=F("social_organization_count")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.township_code} {self.category} {self.unit_code} {self.mode}"


class Heartbeat(models.Model):
    """When a background process last did its round; an old beat means that it is stuck or dead."""

    name = models.CharField("进程", max_length=20, primary_key=True)
    at = models.DateTimeField("最近一次")

    class Meta:
        verbose_name = "后台进程"

    def __str__(self) -> str:
        return f"{self.name} {self.at:%Y-%m-%d %H:%M:%S}"


class CoverageSweepQuerySet(models.QuerySet["CoverageSweep"]):
    def visible_to(self, user: Any) -> "CoverageSweepQuerySet":
        """Sweeps run over everything; only accounts for a whole city or more are shown them."""
        scope = user.scope
        return self if scope.kind == "area" and len(scope.code) <= 6 else self.none()


class CoverageSweep(models.Model):
    """One full recount: how many townships were compared, which had drifted from what was published."""

    started_at = models.DateTimeField("开始时间")
    finished_at = models.DateTimeField("结束时间")
    township_count = models.PositiveIntegerField("核对镇(街道)数")
    drifted = models.JSONField("不一致的镇(街道)", default=list)

    objects = CoverageSweepQuerySet.as_manager()

    class Meta:
        verbose_name = "覆盖情况核对"
        verbose_name_plural = "覆盖情况核对"
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.started_at:%Y-%m-%d %H:%M} 核对"
