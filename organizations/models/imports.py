"""Batches of imported workbooks."""

from django.conf import settings
from django.db import models


class ImportBatch(models.Model):
    """One set of workbooks that was read as a whole: by whom, which files, what came of it."""

    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, verbose_name="导入人"
    )
    files = models.JSONField("文件", default=list)
    report = models.JSONField("结果", default=dict)
    applied_at = models.DateTimeField("导入时间", null=True, blank=True)
    created_at = models.DateTimeField("建立时间", auto_now_add=True)

    class Meta:
        verbose_name = "导入批次"
        verbose_name_plural = "导入批次"
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"导入批次 {self.pk}"
