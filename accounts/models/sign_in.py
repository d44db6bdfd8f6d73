"""What a person signs in with, and the sessions that came of it."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone

from accounts.models.user import User
from accounts.sealing import EncryptedField


class PastPassword(models.Model):
    """The hash of a password that this account had before."""

    user = models.ForeignKey(User, models.CASCADE, related_name="past_passwords")
    password = models.CharField("密码摘要", max_length=128)
    set_at = models.DateTimeField("设置时间", default=timezone.now)

    class Meta:
        verbose_name = "历史密码"
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.user_id} {self.set_at:%Y-%m-%d}"


class TotpDevice(models.Model):
    """The authenticator app of an account; its seed is encrypted, its last step never repeats."""

    user = models.OneToOneField(
        User, models.CASCADE, primary_key=True, related_name="totp", verbose_name="账号"
    )
    seed = EncryptedField("种子")
    confirmed_at = models.DateTimeField("启用时间", null=True)
    last_step = models.BigIntegerField("最近使用的时间步", default=-1)
    failures = models.PositiveSmallIntegerField("连续失败次数", default=0)
    locked_until = models.DateTimeField("锁定至", null=True)

    class Meta:
        verbose_name = "动态口令"

    def __str__(self) -> str:
        return f"动态口令 {self.pk}"


class RecoveryCode(models.Model):
    """A code that replaces the authenticator app once; only its keyed hash is stored."""

    user = models.ForeignKey(User, models.CASCADE, related_name="recovery_codes")
    digest = models.CharField("摘要", max_length=64)
    used_at = models.DateTimeField("使用时间", null=True)

    class Meta:
        verbose_name = "恢复码"

    def __str__(self) -> str:
        return f"恢复码 {self.pk}"


class SignInQuerySet(models.QuerySet["SignIn"]):
    def visible_to(self, user: Any) -> "SignInQuerySet":
        """One's sessions are one's own business."""
        return self.filter(user=user.pk)

    def open(self) -> "SignInQuerySet":
        return self.filter(ended_at__isnull=True)

    def alive(self) -> "SignInQuerySet":
        """Open, used within the idle time, begun within the longest time."""
        now = timezone.now()
        idle = timedelta(seconds=settings.SESSION_COOKIE_AGE)
        return self.open().filter(
            last_used_at__gte=now - idle, started_at__gte=now - settings.SESSION_LONGEST
        )


class SignIn(models.Model):
    """A session: from where, since when, until when. The session key itself is not in here."""

    user = models.ForeignKey(User, models.CASCADE, related_name="sign_ins", verbose_name="账号")
    session_digest = models.CharField("会话摘要", max_length=64, unique=True)
    address = models.CharField("地址", max_length=45, blank=True)
    agent = models.CharField("浏览器", max_length=200, blank=True)
    started_at = models.DateTimeField("登录时间", default=timezone.now)
    last_used_at = models.DateTimeField("最近使用", default=timezone.now)
    ended_at = models.DateTimeField("结束时间", null=True)

    objects = SignInQuerySet.as_manager()

    class Meta:
        verbose_name = "登录会话"
        verbose_name_plural = "登录会话"
        ordering = ["-last_used_at"]

    def __str__(self) -> str:
        return f"{self.user_id} {self.started_at:%Y-%m-%d %H:%M}"
