"""Party members and where they belong, from when to when."""

from datetime import date
from typing import Any

from django.db import models
from django.db.models import Q

from accounts.rules import masked
from accounts.sealing import EncryptedField, reveal
from members.rules import Gender, MemberStatus
from organizations.models import PartyOrganization
from organizations.models.scoping import (
    dates_in_order,
    party_organization_scope,
    valid_on,
)
from organizations.romanization import PinyinField


class MemberQuerySet(models.QuerySet["Member"]):
    def visible_to(self, user: Any) -> "MemberQuerySet":
        """Members who belong, or last belonged, to a party organization of the account's scope."""
        memberships = Membership.objects.visible_to(user).filter(valid_to__isnull=True)
        return self.filter(pk__in=memberships.values("member"))

    def belonging(self, **match: Any) -> "MemberQuerySet":
        """Members with an open membership of this kind."""
        memberships = Membership.objects.filter(valid_to__isnull=True, **match)
        return self.filter(pk__in=memberships.values("member"))

    def with_party_organization(self) -> "MemberQuerySet":
        """Adds the names of where members belong today, in one query for all rows."""
        open_ones = Membership.objects.filter(valid_to__isnull=True)
        current = open_ones.select_related("party_organization__township")
        return self.prefetch_related(models.Prefetch("memberships", current, "current"))


class Member(models.Model):
    """党员; where they belong is a dated membership, not a field of theirs."""

    code = models.CharField("党员编号", max_length=30, unique=True)
    name = models.CharField("姓名", max_length=60)
    gender = models.CharField("性别", max_length=8, choices=Gender.choices(), blank=True)
    born_on = models.DateField("出生日期", null=True, blank=True)
    joined_on = models.DateField("入党日期", null=True, blank=True)
    full_on = models.DateField("转正日期", null=True, blank=True)
    status = models.CharField("党员状态", max_length=16, choices=MemberStatus.choices())
    pinyin = PinyinField(style="sort")
    initials = PinyinField(style="initials")
    version = models.PositiveIntegerField("版本", default=1, editable=False)
    created_at = models.DateTimeField("录入时间", auto_now_add=True)
    updated_at = models.DateTimeField("更新时间", auto_now=True)

    objects = MemberQuerySet.as_manager()

    class Meta:
        verbose_name = "党员"
        verbose_name_plural = "党员"
        ordering = ["pinyin", "pk"]
        constraints = [
            models.CheckConstraint(
                name="member_becomes_full_after_joining",
                condition=Q(full_on__isnull=True)
                | Q(joined_on__isnull=True)
                | Q(full_on__gte=models.F("joined_on")),
                violation_error_message="转正日期不能早于入党日期",
            ),
            models.CheckConstraint(
                name="member_status_is_known", condition=Q(status__in=MemberStatus.codes())
            ),
        ]

    def __str__(self) -> str:
        return self.name


class MemberPrivate(models.Model):
    """What is shown masked and revealed with a reason; found again by keyed hashes."""

    member = models.OneToOneField(
        Member, models.CASCADE, primary_key=True, related_name="private", verbose_name="党员"
    )
    id_number = EncryptedField("身份证号", blank=True)
    id_digest = models.CharField(max_length=64, null=True, unique=True, editable=False)
    phone = EncryptedField("联系电话", blank=True)
    phone_digest = models.CharField(max_length=64, blank=True, db_index=True, editable=False)

    class Meta:
        verbose_name = "党员隐私信息"
        verbose_name_plural = "党员隐私信息"

    def __str__(self) -> str:
        return f"党员 {self.pk} 的隐私信息"

    @property
    def masked_id_number(self) -> str:
        return masked(reveal(self, "id_number"))

    @property
    def masked_phone(self) -> str:
        return masked(reveal(self, "phone"))


class MembershipQuerySet(models.QuerySet["Membership"]):
    def visible_to(self, user: Any) -> "MembershipQuerySet":
        return self.filter(party_organization_scope(user.scope, "party_organization__"))

    def live_on(self, day: date) -> "MembershipQuerySet":
        return self.filter(valid_on(day))


class Membership(models.Model):
    """隶属: a member belongs to this party organization, from when to when."""

    member = models.ForeignKey(
        Member, models.CASCADE, related_name="memberships", verbose_name="党员"
    )
    party_organization = models.ForeignKey(
        PartyOrganization, models.PROTECT, related_name="memberships", verbose_name="所在党组织编码"
    )
    valid_from = models.DateField("进入日期")
    valid_to = models.DateField("离开日期", null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = "隶属关系"
        verbose_name_plural = "隶属关系"
        ordering = ["member_id", "valid_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["member"],
                condition=Q(valid_to__isnull=True),
                name="member_belongs_to_one_party_organization_at_a_time",
            ),
            models.CheckConstraint(
                name="membership_ends_after_it_begins", condition=dates_in_order()
            ),
        ]

    def __str__(self) -> str:
        return f"隶属关系 {self.pk}"
