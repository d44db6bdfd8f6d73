"""Posts that a member holds: in the party organization, and in the social organization."""

from datetime import date
from typing import Any

from django.db import models
from django.db.models import OuterRef, Q

from members.models.membership import Membership
from members.rules.vocabulary import GOVERNING, PartyDuty, SocialDuty
from organizations.models import PartyOrganization, SocialOrganization
from organizations.models.scoping import dates_in_order, party_organization_scope, valid_on


class PartyPostQuerySet(models.QuerySet["PartyPost"]):
    def visible_to(self, user: Any) -> "PartyPostQuerySet":
        return self.filter(party_organization_scope(user.scope, "party_organization__"))

    def live_on(self, day: date) -> "PartyPostQuerySet":
        alive = valid_on(day, "party_organization__founded_on", "party_organization__dissolved_on")
        return self.filter(valid_on(day), alive)


class PartyPost(models.Model):
    """党内职务 of a member, from when to when."""

    member = models.ForeignKey(
        "members.Member", models.CASCADE, related_name="party_posts", verbose_name="党员"
    )
    party_organization = models.ForeignKey(
        PartyOrganization, models.PROTECT, related_name="posts", verbose_name="党组织"
    )
    duty = models.CharField("党内职务", max_length=16, choices=PartyDuty.choices())
    valid_from = models.DateField("任职日期")
    valid_to = models.DateField("离任日期", null=True, blank=True)
    document = models.CharField("批准文号", max_length=100, blank=True)

    objects = PartyPostQuerySet.as_manager()

    class Meta:
        verbose_name = "党内职务"
        verbose_name_plural = "党内职务"
        ordering = ["party_organization_id", "valid_from", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["party_organization"],
                condition=Q(valid_to__isnull=True, duty=PartyDuty.SECRETARY.value),
                name="one_secretary_at_a_time",
                violation_error_message="这个党组织已有在任书记,请先办理离任",
            ),
            models.UniqueConstraint(
                fields=["member", "party_organization", "duty"],
                condition=Q(valid_to__isnull=True),
                name="one_open_post_of_a_kind",
                violation_error_message="这名党员已担任这一职务",
            ),
            models.CheckConstraint(
                name="party_post_ends_after_it_begins",
                condition=dates_in_order(),
                violation_error_message="离任日期须晚于任职日期",
            ),
            models.CheckConstraint(
                name="party_duty_is_known", condition=Q(duty__in=PartyDuty.codes())
            ),
        ]

    def __str__(self) -> str:
        return self.get_duty_display()


class SocialPostQuerySet(models.QuerySet["SocialPost"]):
    def visible_to(self, user: Any) -> "SocialPostQuerySet":
        """A post belongs to the member who holds it."""
        return self.filter(
            member__in=Membership.objects.visible_to(user).last_ones().values("member")
        )

    def live_on(self, day: date) -> "SocialPostQuerySet":
        return self.filter(valid_on(day))

    def crossing_on(self, day: date) -> "SocialPostQuerySet":
        """Seen from a party post: its holder governs a body that its organization covers."""
        covered = valid_on(
            day,
            "social_organization__coverage_links__valid_from",
            "social_organization__coverage_links__valid_to",
        )
        return self.live_on(day).filter(
            covered,
            duty__in=GOVERNING,
            member=OuterRef("member"),
            social_organization__coverage_links__party_organization=OuterRef("party_organization"),
        )


class SocialPost(models.Model):
    """社会组织职务 of a member, from when to when."""

    member = models.ForeignKey(
        "members.Member", models.CASCADE, related_name="social_posts", verbose_name="党员"
    )
    social_organization = models.ForeignKey(
        SocialOrganization, models.PROTECT, related_name="posts", verbose_name="社会组织"
    )
    duty = models.CharField("社会组织职务", max_length=20, choices=SocialDuty.choices())
    title = models.CharField("具体职务", max_length=60, blank=True)
    valid_from = models.DateField("任职日期")
    valid_to = models.DateField("离任日期", null=True, blank=True)

    objects = SocialPostQuerySet.as_manager()

    class Meta:
        verbose_name = "社会组织职务"
        verbose_name_plural = "社会组织职务"
        ordering = ["social_organization_id", "valid_from", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["member", "social_organization", "duty"],
                condition=Q(valid_to__isnull=True),
                name="one_open_social_post_of_a_kind",
                violation_error_message="这名党员已在这家社会组织担任这一职务",
            ),
            models.CheckConstraint(
                name="social_post_ends_after_it_begins",
                condition=dates_in_order(),
                violation_error_message="离任日期须晚于任职日期",
            ),
            models.CheckConstraint(
                name="social_duty_is_known", condition=Q(duty__in=SocialDuty.codes())
            ),
        ]

    def __str__(self) -> str:
        return self.title or self.get_duty_display()
