"""Where members belong: exactly one party organization on every day from joining to leaving."""

from datetime import date
from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, Q

from members.rules.vocabulary import Entry, Exit
from organizations.models import PartyOrganization
from organizations.models.scoping import dates_in_order, party_organization_scope, valid_on


class MembershipQuerySet(models.QuerySet["Membership"]):
    def visible_to(self, user: Any) -> "MembershipQuerySet":
        return self.filter(party_organization_scope(user.scope, "party_organization__"))

    def live_on(self, day: date) -> "MembershipQuerySet":
        return self.filter(valid_on(day))

    def last_ones(self) -> "MembershipQuerySet":
        """Of each member the one that nothing follows: where they belong or last belonged."""
        later = Membership.objects.filter(
            member=OuterRef("member"), valid_from__gt=OuterRef("valid_from")
        )
        return self.filter(~Exists(later))

    def within(self, parties: models.QuerySet) -> "MembershipQuerySet":
        return self.filter(party_organization__in=parties)

    def begun_in(self, after: date, until: date) -> "MembershipQuerySet":
        """Begun after the first day and not after the last."""
        return self.filter(valid_from__gt=after, valid_from__lte=until)

    def ended_in(self, after: date, until: date) -> "MembershipQuerySet":
        return self.filter(valid_to__gt=after, valid_to__lte=until)

    def from_inside(self, parties: models.QuerySet) -> "MembershipQuerySet":
        """Those that follow, on the very day, another membership within these organizations."""
        before = Membership.objects.within(parties).filter(
            member=OuterRef("member"), valid_to=OuterRef("valid_from")
        )
        return self.filter(Exists(before))

    def from_outside(self, parties: models.QuerySet) -> "MembershipQuerySet":
        before = Membership.objects.within(parties).filter(
            member=OuterRef("member"), valid_to=OuterRef("valid_from")
        )
        return self.filter(~Exists(before))

    def to_outside(self, parties: models.QuerySet) -> "MembershipQuerySet":
        after = Membership.objects.within(parties).filter(
            member=OuterRef("member"), valid_from=OuterRef("valid_to")
        )
        return self.filter(~Exists(after))

    def with_gap(self) -> "MembershipQuerySet":
        """Moves within the system that no other membership leads up to, or on from: to mend."""
        own = Membership.objects.filter(member=OuterRef("member"))
        return self.filter(
            Q(entry=Entry.MOVED) & ~Exists(own.filter(valid_to=OuterRef("valid_from")))
            | Q(exit=Exit.MOVED) & ~Exists(own.filter(valid_from=OuterRef("valid_to")))
        )


class Membership(models.Model):
    """隶属: a member belongs to this party organization, from when to when."""

    member = models.ForeignKey(
        "members.Member", models.CASCADE, related_name="memberships", verbose_name="党员"
    )
    party_organization = models.ForeignKey(
        PartyOrganization, models.PROTECT, related_name="memberships", verbose_name="所在党组织编码"
    )
    valid_from = models.DateField("进入党支部日期")
    valid_to = models.DateField("离开日期", null=True, blank=True)
    entry = models.CharField(
        "进入党支部类型",
        max_length=16,
        choices=Entry.choices(),
        default=Entry.REGISTERED.value,
    )
    exit = models.CharField("离开党支部类型", max_length=16, choices=Exit.choices(), blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = "隶属关系"
        verbose_name_plural = "隶属关系"
        ordering = ["member_id", "valid_from"]
        indexes = [
            models.Index(fields=["party_organization", "valid_from"], name="membership_by_party"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["member"],
                condition=Q(valid_to__isnull=True),
                name="member_belongs_to_one_party_organization_at_a_time",
            ),
            models.UniqueConstraint(
                fields=["member", "valid_from"], name="membership_begins_once_a_day"
            ),
            models.CheckConstraint(
                name="membership_ends_after_it_begins", condition=dates_in_order()
            ),
            models.CheckConstraint(
                name="membership_says_why_it_ended",
                condition=Q(valid_to__isnull=True, exit="")
                | Q(valid_to__isnull=False, exit__in=Exit.codes()),
                violation_error_message="离开日期与离开类型须同时填写",
            ),
            models.CheckConstraint(
                name="membership_entry_is_known", condition=Q(entry__in=Entry.codes())
            ),
        ]

    def __str__(self) -> str:
        return f"隶属关系 {self.pk}"
