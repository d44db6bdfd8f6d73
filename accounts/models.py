"""Accounts, API tokens and the audit log."""

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils import timezone

from accounts.rules import ROLE_RIGHTS, Right, Role, Scope, scope_of


class UserManager(BaseUserManager["User"]):
    def create_user(
        self, username: str, password: str | None = None, *, role: str, **fields: Any
    ) -> "User":
        user = self.model(username=self.model.normalize_username(username), role=role, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """One person's account: one role, one scope in natural codes."""

    username = models.CharField("账号", max_length=64, unique=True)
    display_name = models.CharField("姓名", max_length=64, blank=True)
    role = models.CharField("角色", max_length=32, choices=Role.choices())
    scope_code = models.CharField("管辖范围编码", max_length=64, blank=True)
    is_active = models.BooleanField("启用", default=True)
    must_change_password = models.BooleanField("须修改密码", default=False)
    created_at = models.DateTimeField("建立时间", default=timezone.now, editable=False)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: list[str] = []
    objects = UserManager()

    class Meta:
        verbose_name = "账号"
        verbose_name_plural = "账号"
        constraints = [
            models.CheckConstraint(
                name="user_role_is_known", condition=models.Q(role__in=Role.codes())
            )
        ]

    def __str__(self) -> str:
        return self.username

    @property
    def name(self) -> str:
        return self.display_name or self.username

    @property
    def scope(self) -> Scope:
        """Where this account reaches; narrowed when the request came with a narrower token."""
        return scope_of(self.role, self.scope_code).narrowed_to(getattr(self, "token_areas", ()))

    def may(self, right: Right) -> bool:
        allowed = ROLE_RIGHTS.get(Role(self.role), frozenset()) if self.role else frozenset()
        return self.is_active and right in allowed


class ApiToken(models.Model):
    """A bearer token: a public key part and the keyed hash of its secret, never the secret."""

    key = models.CharField("公开编号", max_length=12, unique=True)
    digest = models.CharField("密文摘要", max_length=64)
    owner = models.ForeignKey(User, models.CASCADE, related_name="tokens", verbose_name="所属账号")
    name = models.CharField("用途", max_length=100, blank=True)
    areas = models.JSONField("限定区划", default=list, blank=True)
    created_at = models.DateTimeField("签发时间", default=timezone.now, editable=False)
    expires_at = models.DateTimeField("到期时间")
    revoked_at = models.DateTimeField("停用时间", null=True, blank=True)
    last_used_at = models.DateTimeField("最近使用", null=True, blank=True)

    class Meta:
        verbose_name = "接口令牌"
        verbose_name_plural = "接口令牌"
        constraints = [
            models.CheckConstraint(
                name="api_token_expires_after_it_was_made",
                condition=models.Q(expires_at__gt=models.F("created_at")),
            )
        ]

    def __str__(self) -> str:
        return self.key


class AuditHead(models.Model):
    """The last link of the audit chain; locking this row puts writers in line."""

    sequence = models.BigIntegerField(default=0)
    digest = models.CharField(max_length=64, default="")

    class Meta:
        verbose_name = "审计链头"

    def __str__(self) -> str:
        return f"{self.sequence}"


class AuditEvent(models.Model):
    """One thing that somebody did; append-only by the database, chained by keyed hashes."""

    sequence = models.BigIntegerField("序号", unique=True)
    at = models.DateTimeField("时间", db_index=True)
    actor = models.CharField("操作人", max_length=64, blank=True, db_index=True)
    actor_role = models.CharField("角色", max_length=32, blank=True)
    token_key = models.CharField("令牌", max_length=12, blank=True)
    address = models.CharField("地址", max_length=45, blank=True)
    request_id = models.CharField("请求编号", max_length=36, blank=True)
    action = models.CharField("动作", max_length=64, db_index=True)
    result = models.CharField("结果", max_length=16, default="ok")
    object_type = models.CharField("对象类型", max_length=64, blank=True)
    object_id = models.CharField("对象编号", max_length=64, blank=True)
    object_label = models.CharField("对象", max_length=200, blank=True)
    before = models.JSONField("之前", null=True, blank=True)
    after = models.JSONField("之后", null=True, blank=True)
    reason = models.CharField("理由", max_length=500, blank=True)
    digest = models.CharField("链值", max_length=64)

    class Meta:
        verbose_name = "审计记录"
        verbose_name_plural = "审计记录"
        indexes = [
            models.Index(fields=["object_type", "object_id", "sequence"], name="audit_object"),
        ]

    def __str__(self) -> str:
        return f"{self.sequence} {self.action}"
