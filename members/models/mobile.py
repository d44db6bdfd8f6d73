"""流动党员: away for long, still belonging, and kept in touch with."""

from datetime import date
from typing import Any

from django.db import models
from django.db.models import Exists, Max, OuterRef, Q

from members.models.membership import Membership
from organizations.models.scoping import dates_in_order, valid_on


class MobilePeriodQuerySet(models.QuerySet["MobilePeriod"]):
    def visible_to(self, user: Any) -> "MobilePeriodQuerySet":
        return self.filter(
            member__in=Membership.objects.visible_to(user).last_ones().values("member")
        )

    def live_on(self, day: date) -> "MobilePeriodQuerySet":
        return self.filter(valid_on(day))

    def with_last_contact(self) -> "MobilePeriodQuerySet":
        """Adds `last_contact_on`, empty when nobody has been in touch yet."""
        return self.annotate(last_contact_on=Max("contacts__on"))

    def out_of_touch(self, since: date) -> "MobilePeriodQuerySet":
        """Begun before `since`, and nobody was in touch from that day on."""
        touched = MobileContact.objects.filter(period=OuterRef("pk"), on__gte=since)
        return self.filter(~Exists(touched), valid_from__lt=since)


class MobilePeriod(models.Model):
    """流动党员登记: from when to when, where to."""

    member = models.ForeignKey(
        "members.Member", models.CASCADE, related_name="mobile_periods", verbose_name="党员"
    )
    valid_from = models.DateField("外出日期")
    valid_to = models.DateField("返回日期", null=True, blank=True)
    destination = models.CharField("流入地", max_length=120)
    reason = models.CharField("外出原因", max_length=120, blank=True)
    host = models.CharField("流入地党组织", max_length=120, blank=True)
    contact_person = models.CharField("联系人", max_length=60, blank=True)

    objects = MobilePeriodQuerySet.as_manager()

    class Meta:
        verbose_name = "流动党员"
        verbose_name_plural = "流动党员"
        ordering = ["-valid_from", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["member"],
                condition=Q(valid_to__isnull=True),
                name="member_is_away_once_at_a_time",
                violation_error_message="这名党员已登记为流动党员",
            ),
            models.CheckConstraint(
                name="mobile_period_ends_after_it_begins",
                condition=dates_in_order(),
                violation_error_message="返回日期须晚于外出日期",
            ),
        ]

    def __str__(self) -> str:
        return f"流动党员 {self.pk}"


class MobileContact(models.Model):
    """联系记录 of a mobile member."""

    period = models.ForeignKey(
        MobilePeriod, models.CASCADE, related_name="contacts", verbose_name="流动党员"
    )
    on = models.DateField("联系日期")
    way = models.CharField("联系方式", max_length=30, help_text="电话、视频、走访等")
    note = models.CharField("情况", max_length=300, blank=True)
    created_at = models.DateTimeField("录入时间", auto_now_add=True)

    class Meta:
        verbose_name = "联系记录"
        verbose_name_plural = "联系记录"
        ordering = ["-on", "-pk"]

    def __str__(self) -> str:
        return f"{self.on:%Y-%m-%d} {self.way}"
