"""What is kept of a member year by year: pledge, training, honours."""

from decimal import Decimal
from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from members.models.membership import Membership
from members.rules.vocabulary import HonourLevel, Review


class OfMemberQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> "OfMemberQuerySet":
        """A record belongs to its member."""
        return self.filter(
            member__in=Membership.objects.visible_to(user).last_ones().values("member")
        )


class PledgeQuerySet(OfMemberQuerySet):
    def reviewed(self) -> "PledgeQuerySet":
        """承诺 with 评诺: what the stars count."""
        return self.exclude(review="")


class Pledge(models.Model):
    """承诺、践诺、评诺 of a member in a year."""

    member = models.ForeignKey(
        "members.Member", models.CASCADE, related_name="pledges", verbose_name="党员"
    )
    year = models.PositiveSmallIntegerField(
        "年度", validators=[MinValueValidator(2000), MaxValueValidator(2100)]
    )
    promise = models.CharField("承诺内容", max_length=500)
    promised_on = models.DateField("承诺日期")
    deed = models.CharField("践诺情况", max_length=500, blank=True)
    done_on = models.DateField("践诺日期", null=True, blank=True)
    review = models.CharField("评诺结果", max_length=16, choices=Review.choices(), blank=True)
    reviewed_on = models.DateField("评诺日期", null=True, blank=True)

    objects = PledgeQuerySet.as_manager()

    class Meta:
        verbose_name = "承诺践诺评诺"
        verbose_name_plural = "承诺践诺评诺"
        ordering = ["-year", "member__pinyin", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["member", "year"],
                name="one_pledge_a_year",
                violation_error_message="这名党员这一年度已有承诺",
            ),
            models.CheckConstraint(
                name="pledge_review_has_a_day",
                condition=Q(review="", reviewed_on__isnull=True)
                | ~Q(review="") & Q(reviewed_on__isnull=False),
                violation_error_message="评诺结果与评诺日期须同时填写",
            ),
            models.CheckConstraint(
                name="pledge_is_reviewed_after_it_was_made",
                condition=Q(reviewed_on__isnull=True) | Q(reviewed_on__gte=F("promised_on")),
                violation_error_message="评诺日期不能早于承诺日期",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year} 年承诺"


class Training(models.Model):
    """教育培训学时 of a member."""

    member = models.ForeignKey(
        "members.Member", models.CASCADE, related_name="trainings", verbose_name="党员"
    )
    on = models.DateField("日期")
    subject = models.CharField("培训内容", max_length=120)
    hours = models.DecimalField(
        "学时",
        max_digits=5,
        decimal_places=1,
        validators=[MinValueValidator(Decimal("0.5")), MaxValueValidator(Decimal(200))],
    )
    organizer = models.CharField("主办单位", max_length=120, blank=True)

    objects = OfMemberQuerySet.as_manager()

    class Meta:
        verbose_name = "教育培训"
        verbose_name_plural = "教育培训"
        ordering = ["-on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["member", "on", "subject"],
                name="training_is_noted_once",
                violation_error_message="这次培训已经登记过",
            ),
            models.CheckConstraint(name="training_takes_time", condition=Q(hours__gt=0)),
        ]

    def __str__(self) -> str:
        return self.subject


class Honour(models.Model):
    """表彰 of a member."""

    member = models.ForeignKey(
        "members.Member", models.CASCADE, related_name="honours", verbose_name="党员"
    )
    on = models.DateField("表彰日期")
    title = models.CharField("荣誉名称", max_length=120)
    level = models.CharField("级别", max_length=16, choices=HonourLevel.choices())
    awarded_by = models.CharField("授予单位", max_length=120)
    document = models.CharField("文号", max_length=100, blank=True)

    objects = OfMemberQuerySet.as_manager()

    class Meta:
        verbose_name = "党员荣誉"
        verbose_name_plural = "党员荣誉"
        ordering = ["-on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["member", "on", "title"],
                name="honour_is_noted_once",
                violation_error_message="这项荣誉已经登记过",
            ),
            models.CheckConstraint(
                name="honour_level_is_known", condition=Q(level__in=HonourLevel.codes())
            ),
        ]

    def __str__(self) -> str:
        return self.title
