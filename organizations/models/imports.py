"""Batches of imported workbooks: their files, what a check found, what applying them changed."""

import secrets
from pathlib import PurePath
from typing import Any

from django.conf import settings
from django.db import models

from accounts.models.lease import Leased
from accounts.rules import within_areas
from organizations.models.scoping import in_areas
from organizations.rules.vocabulary import BatchState, EffectVerb

# a worker holds these; whoever finds the lease run out takes the work up again
WORKING = (BatchState.CHECKING, BatchState.APPLYING, BatchState.UNDOING)
OPEN = (BatchState.WRONG, BatchState.READY, BatchState.FAILED)


def new_key() -> str:
    return secrets.token_hex(16)


def random_path(instance: models.Model, name: str) -> str:
    """Where a file is kept: a name that nobody can guess, with nothing of the sender's in it."""
    return f"imports/{secrets.token_hex(2)}/{secrets.token_hex(24)}{PurePath(name).suffix.lower()}"


class ImportBatchQuerySet(models.QuerySet["ImportBatch"]):
    def visible_to(self, user: Any) -> "ImportBatchQuerySet":
        """Batches whose whole area the account reaches: the uploader's own and those below."""
        scope = user.scope
        if not scope.is_area:
            return self.none()
        return self.filter(in_areas("area_code", (scope.code,)), in_areas("area_code", scope.areas))

    def working(self) -> "ImportBatchQuerySet":
        return self.filter(state__in=[state.value for state in WORKING])


class ImportBatch(Leased):
    """One set of workbooks that is read as a whole: by whom, how far it is, what came of it.

    One worker at a time works on it; whatever an earlier one still writes is refused.
    """

    key = models.CharField(max_length=32, unique=True, null=True, default=new_key, editable=False)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, verbose_name="导入人"
    )
    area_code = models.CharField("范围", max_length=9, blank=True)
    state = models.CharField(
        "状态", max_length=12, choices=BatchState.choices(), default=BatchState.CHECKING.value
    )
    files = models.JSONField("文件", default=list)
    report = models.JSONField("结果", default=dict)
    notice = models.JSONField("说明", default=dict)
    digest = models.CharField("预览摘要", max_length=64, blank=True)
    stage = models.CharField("进行到", max_length=60, blank=True)
    rows_done = models.PositiveIntegerField("已检查行数", default=0)
    rows_total = models.PositiveIntegerField("总行数", default=0)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="办理人",
    )
    reason = models.CharField("理由", max_length=300, blank=True)
    applied_at = models.DateTimeField("导入时间", null=True, blank=True)
    undone_at = models.DateTimeField("撤销时间", null=True, blank=True)
    created_at = models.DateTimeField("建立时间", auto_now_add=True)

    objects = ImportBatchQuerySet.as_manager()

    class Meta:
        verbose_name = "导入批次"
        verbose_name_plural = "导入批次"
        ordering = ["-pk"]
        indexes = [models.Index(fields=["area_code", "id"], name="import_by_area")]
        constraints = [
            models.CheckConstraint(
                name="import_batch_state_is_known",
                condition=models.Q(state__in=BatchState.codes()),
            )
        ]

    def __str__(self) -> str:
        return f"导入批次 {self.pk}"

    @property
    def is_working(self) -> bool:
        return self.state in WORKING

    @property
    def is_open(self) -> bool:
        """Can it still be corrected or thrown away?"""
        return self.state in OPEN

    @property
    def brings_changes(self) -> bool:
        """Would applying it change anything? As the last check found."""
        sheets = self.report.get("sheets", {}).values()
        return any(counts["new"] or counts["changed"] for counts in sheets)

    def _total(self, outcome: str) -> int:
        return sum(counts[outcome] for counts in self.report.get("sheets", {}).values())

    @property
    def total_new(self) -> int:
        return self._total("new")

    @property
    def total_changed(self) -> int:
        return self._total("changed")

    @property
    def error_count(self) -> int:
        return self.report.get("error_count", len(self.report.get("errors", ())))

    @property
    def current_files(self) -> list[str]:
        """Names of the files that count; of batches from the command line only these are kept."""
        kept = [one.name for one in self.workbooks.all() if one.is_current]
        return kept or [file["name"] for file in self.files]

    @property
    def percent(self) -> int:
        return min(100, self.rows_done * 100 // self.rows_total) if self.rows_total else 0

    def is_reached_by(self, user: Any) -> bool:
        scope = user.scope
        inside = scope.is_area and self.area_code.startswith(scope.code)
        return inside and within_areas(self.area_code, scope.areas)


class ImportFile(models.Model):
    """One uploaded workbook. A corrected one takes its place; the earlier one stays on record."""

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="workbooks")
    name = models.CharField("文件名", max_length=200)
    content = models.FileField("文件", upload_to=random_path, max_length=200)
    sha256 = models.CharField("摘要", max_length=64)
    size = models.PositiveIntegerField("字节数")
    is_current = models.BooleanField("有效", default=True)
    annotated = models.FileField(
        "带问题标注的文件", upload_to=random_path, max_length=200, blank=True
    )
    error_count = models.PositiveIntegerField("错误数", default=0)
    warning_count = models.PositiveIntegerField("提醒数", default=0)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="上传人"
    )
    uploaded_at = models.DateTimeField("上传时间", auto_now_add=True)

    class Meta:
        verbose_name = "导入文件"
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def annotated_name(self) -> str:
        """What the annotated copy is called; always .xlsx."""
        return f"{PurePath(self.name).stem}-问题.xlsx"


class ImportPage(models.Model):
    """One page of a batch's preview as the check found it: rows of a sheet with one outcome.

    `sheet` is a kind's code; for grouped problems it is "errors" or "warnings".
    """

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="pages")
    sheet = models.CharField(max_length=40)
    outcome = models.CharField(max_length=12, blank=True)
    number = models.PositiveIntegerField()
    rows = models.JSONField(default=list)

    class Meta:
        verbose_name = "导入预览"
        ordering = ["batch", "sheet", "outcome", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["batch", "sheet", "outcome", "number"], name="one_import_page_a_number"
            )
        ]

    def __str__(self) -> str:
        return f"{self.sheet} {self.outcome} {self.number}"


class ImportEffect(models.Model):
    """What applying a batch did to records of one model, in order: enough to take it back.

    Items of a creation are [key, digest of the new record], of a change [key, before, after,
    version], of a deletion [key, all values].
    """

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="effects")
    model = models.CharField(max_length=64)
    verb = models.CharField(max_length=8, choices=EffectVerb.choices())
    items = models.JSONField(default=list)

    class Meta:
        verbose_name = "导入影响"
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.model} {len(self.items)}"
