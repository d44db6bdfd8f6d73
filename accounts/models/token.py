"""API tokens and the counting of their requests."""

from typing import Any

from django.db import models
from django.utils import timezone

from accounts.models.user import User


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    def visible_to(self, user: Any) -> "ApiTokenQuerySet":
        """A token is its owner's business."""
        return self.filter(owner=user.pk)


class ApiToken(models.Model):
    """A bearer token: a public key part and the keyed hash of its secret, never the secret."""

    key = models.CharField("公开编号", max_length=12, unique=True)
    digest = models.CharField("密文摘要", max_length=64)
    owner = models.ForeignKey(User, models.CASCADE, related_name="tokens", verbose_name="所属账号")
    name = models.CharField("用途", max_length=100)
    rights = models.JSONField("权限", default=list)
    areas = models.JSONField("限定区划", default=list, blank=True)
    addresses = models.JSONField("限定地址", default=list, blank=True)
    created_at = models.DateTimeField("签发时间", default=timezone.now, editable=False)
    expires_at = models.DateTimeField("到期时间")
    revoked_at = models.DateTimeField("停用时间", null=True, blank=True)
    last_used_at = models.DateTimeField("最近使用", null=True, blank=True)
    replaces = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, verbose_name="替换的令牌"
    )

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        verbose_name = "接口令牌"
        verbose_name_plural = "接口令牌"
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="api_token_expires_after_it_was_made",
                condition=models.Q(expires_at__gt=models.F("created_at")),
            )
        ]

    def __str__(self) -> str:
        return self.key

    @property
    def is_live(self) -> bool:
        return self.revoked_at is None and self.expires_at > timezone.now()


class ThrottleWindow(models.Model):
    """Requests of one asker in one minute; in the database, so that no Redis is needed."""

    key = models.CharField("来者", max_length=80)
    minute = models.BigIntegerField("分钟")
    count = models.PositiveIntegerField("次数", default=1)

    class Meta:
        verbose_name = "请求计数"
        constraints = [
            models.UniqueConstraint(
                fields=["key", "minute"], name="throttle_window_is_counted_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.count}"
