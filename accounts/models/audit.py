"""The audit log: append-only by the database, chained by keyed hashes."""

from typing import Any

from django.db import models
from django.db.models import F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce, NullIf

from accounts.models.user import User
from accounts.rules import AuditResult, Right, Role


class AuditHead(models.Model):
    """The last link of the audit chain, sealed; locking this row puts writers in line."""

    sequence = models.BigIntegerField(default=0)
    digest = models.CharField(max_length=64, default="")
    seal = models.CharField(max_length=64, default="")

    class Meta:
        verbose_name = "审计链头"

    def __str__(self) -> str:
        return f"{self.sequence}"


class AuditEventQuerySet(models.QuerySet["AuditEvent"]):
    def visible_to(self, user: Any) -> "AuditEventQuerySet":
        """The whole log is the audit administrator's; records show their own history."""
        return self if user.may(Right.VIEW_AUDIT) else self.none()

    def of(self, instance: models.Model) -> "AuditEventQuerySet":
        """The history of one record, which the caller has found to be visible."""
        return self.filter(object_type=instance._meta.label_lower, object_id=str(instance.pk))

    def with_names(self) -> "AuditEventQuerySet":
        """Adds `actor_name`: the person's name, as accounts know it today, else the account's."""
        name = User.objects.filter(username=OuterRef("actor")).values("display_name")[:1]
        known = NullIf(Subquery(name), Value(""))
        return self.annotate(actor_name=Coalesce(known, F("actor")))

    def by_person(self, text: str) -> "AuditEventQuerySet":
        """What the account of this name did, or the person called so."""
        named = User.objects.filter(display_name=text).values("username")
        return self.filter(Q(actor=text) | Q(actor__in=named))


class AuditEvent(models.Model):
    """One thing that somebody did, or was refused."""

    sequence = models.BigIntegerField("序号", unique=True)
    at = models.DateTimeField("时间", db_index=True)
    actor = models.CharField("操作人", max_length=64, blank=True)
    actor_role = models.CharField("角色", max_length=32, blank=True)
    token_key = models.CharField("令牌", max_length=12, blank=True)
    address = models.CharField("地址", max_length=45, blank=True)
    request_id = models.CharField("请求编号", max_length=36, blank=True)
    action = models.CharField("动作", max_length=64)
    result = models.CharField(
        "结果", max_length=16, choices=AuditResult.choices(), default=AuditResult.OK.value
    )
    object_type = models.CharField("对象类型", max_length=64, blank=True)
    object_id = models.CharField("对象编号", max_length=64, blank=True)
    object_label = models.CharField("对象", max_length=200, blank=True)
    before = models.JSONField("之前", null=True, blank=True)
    after = models.JSONField("之后", null=True, blank=True)
    reason = models.CharField("理由", max_length=500, blank=True)
    digest = models.CharField("链值", max_length=64)

    objects = AuditEventQuerySet.as_manager()

    class Meta:
        verbose_name = "审计记录"
        verbose_name_plural = "审计记录"
        ordering = ["-sequence"]
        indexes = [
            models.Index(fields=["object_type", "object_id", "sequence"], name="audit_object"),
            models.Index(fields=["actor", "sequence"], name="audit_actor"),
            models.Index(fields=["action", "sequence"], name="audit_action"),
        ]

    def __str__(self) -> str:
        return f"{self.sequence} {self.action}"

    @property
    def role_words(self) -> str:
        return dict(Role.choices()).get(self.actor_role, self.actor_role)


class AuditVerificationQuerySet(models.QuerySet["AuditVerification"]):
    def visible_to(self, user: Any) -> "AuditVerificationQuerySet":
        return self if user.may(Right.VIEW_AUDIT) else self.none()


class AuditVerification(models.Model):
    """One check of the whole chain."""

    at = models.DateTimeField("时间")
    event_count = models.BigIntegerField("核对条数")
    problems = models.JSONField("问题", default=list)

    objects = AuditVerificationQuerySet.as_manager()

    class Meta:
        verbose_name = "审计核对"
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"
