"""Dated links between social organizations and the party organizations that cover them."""

from datetime import date
from typing import Any

from django.db import models
from django.db.models import Q

from organizations.models.scoping import dates_in_order, social_organization_scope, valid_on
from organizations.rules.vocabulary import Mode


class CoverageLinkQuerySet(models.QuerySet["CoverageLink"]):
    def visible_to(self, user: Any) -> "CoverageLinkQuerySet":
        """A link belongs to the social organization that it covers."""
        return self.filter(social_organization_scope(user.scope, "social_organization__"))

    def live_on(self, day: date) -> "CoverageLinkQuerySet":
        """Links that count on the day: valid themselves, to a party organization that lives."""
        return self.filter(CoverageLink.live_condition(day))

    def open_of(self, organization: Any) -> "CoverageLinkQuerySet":
        """Its links that have no last day, with who covers it."""
        rows = self.filter(social_organization=organization, valid_to__isnull=True)
        return rows.select_related("party_organization__township")


class CoverageLink(models.Model):
    """覆盖关系: this party organization covers this social organization, from when to when, how."""

    social_organization = models.ForeignKey(
        "organizations.SocialOrganization",
        models.PROTECT,
        related_name="coverage_links",
        verbose_name="社会组织名称",
    )
    party_organization = models.ForeignKey(
        "organizations.PartyOrganization",
        models.PROTECT,
        related_name="coverage_links",
        verbose_name="党组织编码",
    )
    mode = models.CharField("组建方式", max_length=16, choices=Mode.choices())
    valid_from = models.DateField("覆盖起始日期")
    valid_to = models.DateField("覆盖截止日期", null=True, blank=True)
    document = models.CharField("批准文号", max_length=100, blank=True)
    end_reason = models.CharField("结束原因", max_length=300, blank=True)
    version = models.PositiveIntegerField("版本", default=1, editable=False)
    created_at = models.DateTimeField("录入时间", auto_now_add=True)
    updated_at = models.DateTimeField("更新时间", auto_now=True)

    objects = CoverageLinkQuerySet.as_manager()

    class Meta:
        verbose_name = "覆盖关系"
        verbose_name_plural = "覆盖关系"
        ordering = ["social_organization_id", "valid_from"]
        indexes = [
            models.Index(fields=["social_organization", "valid_from"], name="link_by_organization"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["social_organization", "party_organization"],
                condition=Q(valid_to__isnull=True),
                name="one_open_link_per_pair",
                violation_error_message="这家社会组织已由同一党组织覆盖,不能重复建立",
            ),
            models.CheckConstraint(
                name="coverage_link_ends_after_it_begins",
                condition=dates_in_order(),
                violation_error_message="覆盖截止日期须晚于起始日期",
            ),
            models.CheckConstraint(
                name="coverage_link_mode_is_known", condition=Q(mode__in=Mode.codes())
            ),
        ]

    def __str__(self) -> str:
        return f"覆盖关系 {self.pk}"

    @staticmethod
    def live_condition(day: date) -> Q:
        """What makes a link count on a day, as a condition on links."""
        party = valid_on(day, "party_organization__founded_on", "party_organization__dissolved_on")
        return valid_on(day) & party
