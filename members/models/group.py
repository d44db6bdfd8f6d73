"""党小组: groups of a party organization and who is in them."""

from datetime import date
from typing import Any

from django.db import models
from django.db.models import Count, Q

from organizations.models import PartyOrganization
from organizations.models.scoping import dates_in_order, party_organization_scope, valid_on


class PartyGroupQuerySet(models.QuerySet["PartyGroup"]):
    def visible_to(self, user: Any) -> "PartyGroupQuerySet":
        return self.filter(party_organization_scope(user.scope, "party_organization__"))

    def live_on(self, day: date) -> "PartyGroupQuerySet":
        return self.filter(valid_on(day))

    def with_member_count_on(self, day: date) -> "PartyGroupQuerySet":
        live = valid_on(day, "members__valid_from", "members__valid_to")
        return self.annotate(member_count=Count("members", filter=live))


class PartyGroup(models.Model):
    """党小组 of a party organization."""

    party_organization = models.ForeignKey(
        PartyOrganization, models.PROTECT, related_name="groups", verbose_name="党组织"
    )
    name = models.CharField("党小组名称", max_length=60)
    valid_from = models.DateField("成立日期")
    valid_to = models.DateField("撤销日期", null=True, blank=True)

    objects = PartyGroupQuerySet.as_manager()

    class Meta:
        verbose_name = "党小组"
        verbose_name_plural = "党小组"
        ordering = ["party_organization_id", "valid_from", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["party_organization", "name"],
                condition=Q(valid_to__isnull=True),
                name="party_group_name_is_unique_in_its_organization",
                violation_error_message="这个党组织已有同名的党小组",
            ),
            models.CheckConstraint(
                name="party_group_ends_after_it_begins",
                condition=dates_in_order(),
                violation_error_message="撤销日期须晚于成立日期",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class GroupMemberQuerySet(models.QuerySet["GroupMember"]):
    def visible_to(self, user: Any) -> "GroupMemberQuerySet":
        path = "group__party_organization__"
        return self.filter(party_organization_scope(user.scope, path))

    def live_on(self, day: date) -> "GroupMemberQuerySet":
        alive = valid_on(
            day, "group__party_organization__founded_on", "group__party_organization__dissolved_on"
        )
        return self.filter(valid_on(day), alive)


class GroupMember(models.Model):
    """编入党小组: a member of the group, perhaps its leader, from when to when."""

    group = models.ForeignKey(
        PartyGroup, models.CASCADE, related_name="members", verbose_name="党小组"
    )
    member = models.ForeignKey(
        "members.Member", models.CASCADE, related_name="group_members", verbose_name="党员"
    )
    is_leader = models.BooleanField("组长", default=False)
    valid_from = models.DateField("编入日期")
    valid_to = models.DateField("离开日期", null=True, blank=True)

    objects = GroupMemberQuerySet.as_manager()

    class Meta:
        verbose_name = "党小组成员"
        verbose_name_plural = "党小组成员"
        ordering = ["group_id", "-is_leader", "valid_from", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["member"],
                condition=Q(valid_to__isnull=True),
                name="member_is_in_one_group_at_a_time",
                violation_error_message="这名党员已编入另一个党小组",
            ),
            models.UniqueConstraint(
                fields=["group"],
                condition=Q(valid_to__isnull=True, is_leader=True),
                name="group_has_one_leader_at_a_time",
                violation_error_message="这个党小组已有组长",
            ),
            models.CheckConstraint(
                name="group_member_leaves_after_coming", condition=dates_in_order()
            ),
        ]

    def __str__(self) -> str:
        return f"党小组成员 {self.pk}"
