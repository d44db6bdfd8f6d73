"""党费: bands by year, each member's base of a year, what was due and paid each month."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Count, DurationField, ExpressionWrapper, F, Q, Sum, Value
from django.db.models.functions import Coalesce

from members.models.membership import Membership
from members.models.parameter import whole
from members.rules.dues import CENT, DEFAULT_BANDS, Band, dues_for
from members.rules.parameters import Parameter
from members.rules.vocabulary import Payer
from organizations.models import PartyOrganization
from organizations.models.scoping import party_organization_scope
from organizations.rules.vocabulary import Level, PartyKind

NOT_NEGATIVE = MinValueValidator(Decimal(0))


def money(label: str, **kwargs: Any) -> models.DecimalField:
    return models.DecimalField(
        label, max_digits=10, decimal_places=2, validators=[NOT_NEGATIVE], **kwargs
    )


class DuesBandQuerySet(models.QuerySet["DuesBand"]):
    def visible_to(self, user: Any) -> "DuesBandQuerySet":
        """The city's standard is the same for everybody who works in it."""
        return self if user.scope.kind != "none" else self.none()

    def in_force(self, year: int) -> "DuesBandQuerySet":
        """The bands of the latest year not after this one."""
        latest = self.filter(year__lte=year).aggregate(year=models.Max("year"))["year"]
        return self.filter(year=latest)


class DuesBand(models.Model):
    """党费标准: from which year, for whom, above which monthly base, how much of the whole base."""

    year = models.PositiveSmallIntegerField("起用年度")
    payer = models.CharField("缴费类别", max_length=16, choices=Payer.choices())
    above = money("基数超过(元)", default=Decimal(0))
    percent = models.DecimalField("比例(%)", max_digits=5, decimal_places=2, default=Decimal(0))
    flat = money("定额(元)", default=Decimal(0))

    objects = DuesBandQuerySet.as_manager()

    class Meta:
        verbose_name = "党费标准"
        verbose_name_plural = "党费标准"
        ordering = ["-year", "payer", "above"]
        constraints = [
            models.UniqueConstraint(fields=["year", "payer", "above"], name="one_band_per_bound"),
            models.CheckConstraint(
                name="dues_payer_is_known", condition=Q(payer__in=Payer.codes())
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year} 年{self.get_payer_display()},超过 {self.above:.0f} 元"


class DuesBaseQuerySet(models.QuerySet["DuesBase"]):
    def visible_to(self, user: Any) -> "DuesBaseQuerySet":
        return self.filter(
            member__in=Membership.objects.visible_to(user).last_ones().values("member")
        )


class DuesBase(models.Model):
    """缴费基数, fixed at the start of the year; 困难党员 pay less or nothing once approved."""

    member = models.ForeignKey(
        "members.Member", models.CASCADE, related_name="dues_bases", verbose_name="党员"
    )
    year = models.PositiveSmallIntegerField("年度")
    payer = models.CharField("缴费类别", max_length=16, choices=Payer.choices())
    base = money("月计算基数(元)", default=Decimal(0))
    reduced_to = money("经批准少交,每月(元)", null=True, blank=True)
    document = models.CharField("批准文号", max_length=100, blank=True)

    objects = DuesBaseQuerySet.as_manager()

    class Meta:
        verbose_name = "党费基数"
        verbose_name_plural = "党费基数"
        ordering = ["member_id", "-year"]
        constraints = [
            models.UniqueConstraint(fields=["member", "year"], name="one_dues_base_a_year"),
            models.CheckConstraint(
                name="dues_base_payer_is_known", condition=Q(payer__in=Payer.codes())
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year} 年度基数"


def paid_on_time(grace_days: int = 0) -> Q:
    """A month paid in full by its end, or within the grace; `deadline` is the day after it."""
    grace = ExpressionWrapper(Value(timedelta(days=grace_days)), DurationField())
    limit = F("deadline") if not grace_days else F("deadline") + grace
    return Q(paid__gte=F("due"), paid_on__lt=limit)


class DuesMonthQuerySet(models.QuerySet["DuesMonth"]):
    def visible_to(self, user: Any) -> "DuesMonthQuerySet":
        return self.filter(party_organization_scope(user.scope, "party_organization__"))

    def due(self) -> "DuesMonthQuerySet":
        return self.filter(due__gt=0)

    def short(self) -> "DuesMonthQuerySet":
        return self.filter(paid__lt=F("due"))

    def paid_up(self) -> "DuesMonthQuerySet":
        return self.filter(paid__gte=F("due"))

    def on_time(self, grace_days: int = 0) -> "DuesMonthQuerySet":
        return self.filter(paid_on_time(grace_days))

    def arrears(self, day: date) -> "DuesMonthQuerySet":
        """Months that are over by the day and not paid in full by it."""
        late = Q(paid__lt=F("due")) | Q(paid_on__gt=day)
        return self.filter(late, deadline__lte=day, due__gt=0)

    def sums(self) -> dict[str, Any]:
        zero = Value(Decimal(0), models.DecimalField())
        return self.aggregate(
            months=Count("pk"),
            due_sum=Coalesce(Sum("due"), zero),
            paid_sum=Coalesce(Sum("paid"), zero),
        )


class DuesMonth(models.Model):
    """One member's dues of one month: due by the bands of the year, paid, when."""

    member = models.ForeignKey(
        "members.Member", models.CASCADE, related_name="dues", verbose_name="党员"
    )
    party_organization = models.ForeignKey(
        PartyOrganization, models.PROTECT, related_name="dues", verbose_name="收缴党组织"
    )
    month = models.DateField("月份")
    deadline = models.DateField("次月首日", editable=False)
    payer = models.CharField("缴费类别", max_length=16, choices=Payer.choices())
    base = money("月计算基数(元)")
    due = money("应交(元)")
    paid = money("实交(元)", default=Decimal(0))
    paid_on = models.DateField("交纳日期", null=True, blank=True)
    note = models.CharField("备注", max_length=100, blank=True)
    updated_at = models.DateTimeField("更新时间", auto_now=True)

    objects = DuesMonthQuerySet.as_manager()

    class Meta:
        verbose_name = "党费"
        verbose_name_plural = "党费"
        ordering = ["-month", "member__pinyin", "pk"]
        indexes = [models.Index(fields=["party_organization", "month"], name="dues_by_month")]
        constraints = [
            models.UniqueConstraint(
                fields=["member", "month"],
                name="one_dues_record_a_month",
                violation_error_message="这名党员这个月的党费已有记录",
            ),
            models.CheckConstraint(
                name="dues_month_is_its_first_day",
                condition=Q(month__day=1, deadline__day=1, deadline__gt=F("month")),
            ),
            models.CheckConstraint(
                name="paid_dues_have_a_day",
                condition=Q(paid=0, paid_on__isnull=True) | Q(paid__gt=0, paid_on__isnull=False),
                violation_error_message="实交金额与交纳日期须同时填写",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} 党费"


def bands_of(year: int) -> Sequence[Band]:
    """The bands in force in a year: the latest set until then, else the national ones."""
    rows = DuesBand.objects.in_force(year)
    own = [Band(row.payer, row.above, row.percent, row.flat) for row in rows]
    return own or DEFAULT_BANDS


def takes_dues(party: PartyOrganization, year: int) -> bool:
    """兼合式 and temporary organizations take none (R17), unless a parameter says so."""
    if party.kind == PartyKind.JOINT:
        return bool(whole(Parameter.JOINT_DUES, year))
    return party.level != Level.TEMPORARY_BRANCH


def due_of(base: DuesBase, bands: Sequence[Band]) -> Decimal:
    if base.reduced_to is not None:
        return base.reduced_to.quantize(CENT)
    return dues_for(base.payer, base.base, bands)
