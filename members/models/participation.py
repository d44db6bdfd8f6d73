"""一方隶属,过双重组织生活: taking part in a joint party organization, beside belonging elsewhere."""

from datetime import date
from typing import Any

from django.db import models
from django.db.models import Q

from organizations.models import PartyOrganization
from organizations.models.scoping import dates_in_order, party_organization_scope, valid_on
from organizations.rules.vocabulary import PartyKind


class ParticipationQuerySet(models.QuerySet["Participation"]):
    def visible_to(self, user: Any) -> "ParticipationQuerySet":
        """Seen from the joint organization; the home side reaches it through the member."""
        return self.filter(party_organization_scope(user.scope, "party_organization__"))

    def live_on(self, day: date) -> "ParticipationQuerySet":
        alive = valid_on(day, "party_organization__founded_on", "party_organization__dissolved_on")
        return self.filter(valid_on(day), alive)


class Participation(models.Model):
    """参加兼合式党组织生活: shown there, counted only at home."""

    member = models.ForeignKey(
        "members.Member", models.CASCADE, related_name="participations", verbose_name="党员"
    )
    party_organization = models.ForeignKey(
        PartyOrganization,
        models.PROTECT,
        related_name="participations",
        verbose_name="兼合式党组织",
        limit_choices_to={"kind": PartyKind.JOINT},
    )
    valid_from = models.DateField("参加起始日期")
    valid_to = models.DateField("参加截止日期", null=True, blank=True)

    objects = ParticipationQuerySet.as_manager()

    class Meta:
        verbose_name = "双重组织生活"
        verbose_name_plural = "双重组织生活"
        ordering = ["member_id", "valid_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["member", "party_organization"],
                condition=Q(valid_to__isnull=True),
                name="one_open_participation_per_pair",
                violation_error_message="这名党员已在参加这个党组织的组织生活",
            ),
            models.CheckConstraint(
                name="participation_ends_after_it_begins",
                condition=dates_in_order(),
                violation_error_message="截止日期须晚于起始日期",
            ),
        ]

    def __str__(self) -> str:
        return f"双重组织生活 {self.pk}"
