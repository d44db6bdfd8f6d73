"""Exports too long for a request: what was asked, how far it is, and the file that came of it."""

import secrets
from typing import Any

from django.conf import settings
from django.db import models

from accounts.models.lease import Leased
from accounts.rules import ExportState, Right


def random_path(instance: models.Model, name: str) -> str:
    """Where a file is kept: a name that nobody can guess, with nothing of the asker's in it."""
    return f"exports/{secrets.token_hex(2)}/{secrets.token_hex(24)}.{name.rpartition('.')[2]}"


class ListExportQuerySet(models.QuerySet["ListExport"]):
    def visible_to(self, user: Any) -> "ListExportQuerySet":
        """A person's own, asked for with the role and the scope that the account has today.

        Whoever was given another township meanwhile does not carry the former one's rows out.
        """
        if not user.may(Right.EXPORT):
            return self.none()
        return self.filter(owner=user.pk, role=user.role, scope_code=user.scope_code)

    def making(self) -> "ListExportQuerySet":
        return self.filter(state=ExportState.MAKING.value)


class ListExport(Leased):
    """导出: the question that a list answered, and the file that a worker makes of it.

    One worker at a time works on it.
    """

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="导出人"
    )
    role = models.CharField("角色", max_length=32)
    scope_code = models.CharField("管辖范围编码", max_length=64, blank=True)
    route = models.CharField("列表", max_length=100)
    query = models.TextField("条件", blank=True)
    columns = models.JSONField("列", default=list)
    kind = models.CharField("格式", max_length=8)
    name = models.CharField("文件名", max_length=200)
    filters = models.JSONField("筛选条件", default=list)
    state = models.CharField(
        "状态", max_length=12, choices=ExportState.choices(), default=ExportState.MAKING.value
    )
    rows_done = models.PositiveIntegerField("已写行数", default=0)
    rows_total = models.PositiveIntegerField("行数", default=0)
    content = models.FileField("文件", upload_to=random_path, max_length=200, blank=True)
    size = models.PositiveBigIntegerField("字节数", default=0)
    asked_at = models.DateTimeField("提出时间", auto_now_add=True)
    ready_at = models.DateTimeField("完成时间", null=True, blank=True)

    objects = ListExportQuerySet.as_manager()

    class Meta:
        verbose_name = "导出"
        verbose_name_plural = "导出"
        ordering = ["-pk"]
        indexes = [models.Index(fields=["owner", "id"], name="export_by_owner")]
        constraints = [
            models.CheckConstraint(
                name="list_export_state_is_known",
                condition=models.Q(state__in=ExportState.codes()),
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_making(self) -> bool:
        return self.state == ExportState.MAKING

    @property
    def is_ready(self) -> bool:
        return self.state == ExportState.READY

    @property
    def percent(self) -> int:
        return min(100, self.rows_done * 100 // self.rows_total) if self.rows_total else 0
