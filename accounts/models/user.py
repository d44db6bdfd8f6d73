"""Accounts: one person, one account, one role, one scope."""

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils import timezone

from accounts.rules import ROLE_RIGHTS, Right, Role, Scope, scope_of


class UserQuerySet(models.QuerySet["User"]):
    def visible_to(self, user: Any) -> "UserQuerySet":
        """Accounts are the administrators' business; everybody else sees the own one."""
        if user.may(Right.VIEW_ACCOUNTS):
            return self
        return self.filter(pk=user.pk)


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
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
    person_code = models.CharField(
        "人员编号",
        max_length=64,
        unique=True,
        help_text="工号等;一人只能有一个账号",
        error_messages={"unique": "这个人员编号已有账号,一人只能有一个账号"},
    )
    display_name = models.CharField("姓名", max_length=64, blank=True)
    role = models.CharField("角色", max_length=32, choices=Role.choices())
    scope_code = models.CharField("管辖范围编码", max_length=64, blank=True)
    is_active = models.BooleanField("启用", default=True)
    must_change_password = models.BooleanField("须修改密码", default=False)
    password_changed_at = models.DateTimeField("密码修改时间", default=timezone.now)
    one_time_until = models.DateTimeField("一次性密码有效期至", null=True, blank=True)
    created_at = models.DateTimeField("建立时间", default=timezone.now, editable=False)
    # which columns of which list the person looks at: {route: [names]}; kept here because the
    # account is read at every request anyway
    list_columns = models.JSONField("列的选择", default=dict, blank=True, editable=False)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: list[str] = []
    objects = UserManager()

    class Meta:
        verbose_name = "账号"
        verbose_name_plural = "账号"
        ordering = ["username"]
        constraints = [
            models.CheckConstraint(
                name="user_role_is_known", condition=models.Q(role__in=Role.codes())
            ),
            models.CheckConstraint(
                name="user_is_a_known_person", condition=~models.Q(person_code="")
            ),
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

    @property
    def rights(self) -> frozenset[Right]:
        """What the role allows, less what the request's token leaves out."""
        allowed = ROLE_RIGHTS.get(Role(self.role), frozenset()) if self.is_active else frozenset()
        lent = getattr(self, "token_rights", None)
        return allowed if lent is None else allowed & lent

    def may(self, right: Right) -> bool:
        return right in self.rights
