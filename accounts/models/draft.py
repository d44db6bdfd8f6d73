"""What somebody has typed into a form and not saved yet."""

from typing import Any

from django.db import models

from accounts.models.user import User


class DraftQuerySet(models.QuerySet["Draft"]):
    def visible_to(self, user: Any) -> "DraftQuerySet":
        """A draft is its writer's alone."""
        return self.filter(user_id=user.pk)


class Draft(models.Model):
    """草稿: the fields of one form of one person; it survives a closed tab and an ended session."""

    user = models.ForeignKey(User, models.CASCADE, related_name="drafts", verbose_name="账号")
    form = models.CharField("表单", max_length=100)
    fields = models.JSONField("内容", default=dict)
    updated_at = models.DateTimeField("保存时间", auto_now=True)

    objects = DraftQuerySet.as_manager()

    class Meta:
        verbose_name = "草稿"
        verbose_name_plural = "草稿"
        ordering = ["-updated_at"]
        constraints = [
            models.UniqueConstraint(fields=["user", "form"], name="one_draft_a_form_and_person")
        ]

    def __str__(self) -> str:
        return f"草稿 {self.form}"
