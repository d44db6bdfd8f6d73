"""What organizations were before: former names, records merged away."""

from typing import Any

from django.conf import settings
from django.db import models

from organizations.models.party_organization import PartyOrganization
from organizations.models.scoping import party_organization_scope, social_organization_scope
from organizations.models.social_organization import SocialOrganization
from organizations.romanization import PinyinField


class FormerNameQuerySet(models.QuerySet["FormerName"]):
    def visible_to(self, user: Any) -> "FormerNameQuerySet":
        return self.filter(social_organization_scope(user.scope, "organization__"))


class FormerName(models.Model):
    """曾用名 of a social organization, borne until the day of the new name."""

    organization = models.ForeignKey(
        SocialOrganization, models.CASCADE, related_name="former_names", verbose_name="社会组织"
    )
    name = models.CharField("曾用名", max_length=200)
    until = models.DateField("使用至")
    document = models.CharField("批准文号", max_length=100, blank=True)
    pinyin = PinyinField(style="sort")
    initials = PinyinField(style="initials")

    objects = FormerNameQuerySet.as_manager()

    class Meta:
        verbose_name = "曾用名"
        verbose_name_plural = "曾用名"
        ordering = ["-until", "-pk"]

    def __str__(self) -> str:
        return self.name


class FormerPartyNameQuerySet(models.QuerySet["FormerPartyName"]):
    def visible_to(self, user: Any) -> "FormerPartyNameQuerySet":
        return self.filter(party_organization_scope(user.scope, "organization__"))


class FormerPartyName(models.Model):
    """曾用名 of a party organization."""

    organization = models.ForeignKey(
        PartyOrganization, models.CASCADE, related_name="former_names", verbose_name="党组织"
    )
    name = models.CharField("曾用名", max_length=200)
    until = models.DateField("使用至")
    document = models.CharField("批准文号", max_length=100, blank=True)
    pinyin = PinyinField(style="sort")
    initials = PinyinField(style="initials")

    objects = FormerPartyNameQuerySet.as_manager()

    class Meta:
        verbose_name = "党组织曾用名"
        verbose_name_plural = "党组织曾用名"
        ordering = ["-until", "-pk"]

    def __str__(self) -> str:
        return self.name


class MergedOrganizationQuerySet(models.QuerySet["MergedOrganization"]):
    def visible_to(self, user: Any) -> "MergedOrganizationQuerySet":
        return self.filter(social_organization_scope(user.scope, "winner__"))


class MergedOrganization(models.Model):
    """A duplicate that was merged into another record: what it said, and where everything went."""

    winner = models.ForeignKey(
        SocialOrganization, models.PROTECT, related_name="merged", verbose_name="并入"
    )
    former_id = models.BigIntegerField("原记录号", unique=True)
    name = models.CharField("社会组织名称", max_length=200)
    credit_code = models.CharField("统一社会信用代码", max_length=18, blank=True)
    facts = models.JSONField("原登记情况", default=dict)
    moved = models.JSONField("转入的内容", default=dict)
    # what the merger did to every record that it touched: enough to take it back
    effects = models.JSONField("所作的改动", default=list)
    reason = models.CharField("合并理由", max_length=300)
    merged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name="合并人",
    )
    merged_at = models.DateTimeField("合并时间", auto_now_add=True)

    objects = MergedOrganizationQuerySet.as_manager()

    class Meta:
        verbose_name = "已合并的社会组织"
        verbose_name_plural = "已合并的社会组织"
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.name
