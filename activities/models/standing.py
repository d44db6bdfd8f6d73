"""How a party organization stands: agreements with others, honours, incidents."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from activities.models.scoping import OwnedQuerySet
from activities.rules.vocabulary import (
    AgreementKind,
    HonourKind,
    HonourLevel,
    IncidentKind,
    IncidentState,
)
from organizations.models import PartyOrganization
from organizations.models.scoping import dates_in_order, party_organization_scope


class AgreementQuerySet(OwnedQuerySet):
    def visible_to(self, user: Any) -> "AgreementQuerySet":
        """Both sides see it, when the partner is a party organization of this portal."""
        return self.filter(
            party_organization_scope(user.scope, "party_organization__")
            | party_organization_scope(user.scope, "partner_organization__")
        )


class Agreement(models.Model):
    """结对共建协议 with a body outside or with another party organization."""

    party_organization = models.ForeignKey(
        PartyOrganization, models.PROTECT, related_name="agreements", verbose_name="党组织"
    )
    kind = models.CharField("共建类别", max_length=20, choices=AgreementKind.choices())
    partner = models.CharField("共建对象", max_length=120)
    partner_organization = models.ForeignKey(
        PartyOrganization,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="partner_agreements",
        verbose_name="共建对象(本平台党组织)",
    )
    signed_on = models.DateField("签订日期")
    valid_to = models.DateField("到期日期", null=True, blank=True)
    content = models.TextField("共建事项", max_length=2000, blank=True)
    version = models.PositiveIntegerField("版本", default=1, editable=False)
    created_at = models.DateTimeField("录入时间", auto_now_add=True)
    updated_at = models.DateTimeField("更新时间", auto_now=True)

    objects = AgreementQuerySet.as_manager()

    class Meta:
        verbose_name = "共建协议"
        verbose_name_plural = "共建协议"
        ordering = ["-signed_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="agreement_ends_after_it_was_signed",
                condition=dates_in_order("signed_on", "valid_to"),
                violation_error_message="到期日期须晚于签订日期",
            ),
            models.CheckConstraint(
                name="agreement_is_with_another_organization",
                condition=Q(partner_organization__isnull=True)
                | ~Q(partner_organization=models.F("party_organization")),
                violation_error_message="不能与自己签订共建协议",
            ),
            models.CheckConstraint(
                name="agreement_kind_is_known", condition=Q(kind__in=AgreementKind.codes())
            ),
        ]

    def __str__(self) -> str:
        return f"与{self.partner}的共建协议"


class PartyHonour(models.Model):
    """表彰荣誉 and what counts like it: 典型培育对象, 经验推广, 现场教学."""

    party_organization = models.ForeignKey(
        PartyOrganization, models.PROTECT, related_name="honours", verbose_name="党组织"
    )
    kind = models.CharField("类别", max_length=12, choices=HonourKind.choices())
    level = models.CharField("级别", max_length=12, choices=HonourLevel.choices())
    title = models.CharField("名称", max_length=120)
    # the same matter counts once, at its highest level
    matter = models.CharField("同一事项", max_length=60, blank=True)
    awarded_on = models.DateField("授予日期")
    awarded_by = models.CharField("授予单位", max_length=120)
    document = models.CharField("文号", max_length=60, blank=True)
    version = models.PositiveIntegerField("版本", default=1, editable=False)
    created_at = models.DateTimeField("录入时间", auto_now_add=True)
    updated_at = models.DateTimeField("更新时间", auto_now=True)

    objects = OwnedQuerySet.as_manager()

    class Meta:
        verbose_name = "荣誉"
        verbose_name_plural = "荣誉"
        ordering = ["-awarded_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="party_honour_kind_is_known", condition=Q(kind__in=HonourKind.codes())
            ),
            models.CheckConstraint(
                name="party_honour_level_is_known", condition=Q(level__in=HonourLevel.codes())
            ),
        ]

    def __str__(self) -> str:
        return self.title


class IncidentQuerySet(OwnedQuerySet):
    def confirmed(self) -> "IncidentQuerySet":
        return self.filter(state=IncidentState.CONFIRMED)


class Incident(models.Model):
    """否决情形: proposed with evidence, confirmed or dismissed by another person."""

    party_organization = models.ForeignKey(
        PartyOrganization, models.PROTECT, related_name="incidents", verbose_name="党组织"
    )
    kind = models.CharField("情形", max_length=12, choices=IncidentKind.choices())
    happened_on = models.DateField("发生日期")
    description = models.TextField("情况说明", max_length=2000)
    evidence = models.CharField("依据(文号、通报)", max_length=200)
    state = models.CharField(
        "状态", max_length=12, choices=IncidentState.choices(), default=IncidentState.PROPOSED.value
    )
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="提出人",
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="认定人",
    )
    decided_at = models.DateTimeField("认定时间", null=True, blank=True)
    decision = models.CharField("认定意见", max_length=300, blank=True)
    version = models.PositiveIntegerField("版本", default=1, editable=False)
    created_at = models.DateTimeField("录入时间", auto_now_add=True)
    updated_at = models.DateTimeField("更新时间", auto_now=True)

    objects = IncidentQuerySet.as_manager()

    class Meta:
        verbose_name = "否决情形"
        verbose_name_plural = "否决情形"
        ordering = ["-happened_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="incident_kind_is_known", condition=Q(kind__in=IncidentKind.codes())
            ),
            models.CheckConstraint(
                name="incident_state_is_known", condition=Q(state__in=IncidentState.codes())
            ),
            models.CheckConstraint(
                name="decided_incident_says_by_whom",
                condition=Q(state="proposed") | Q(decided_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}({self.happened_on})"
