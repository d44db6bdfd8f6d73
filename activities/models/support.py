"""What a party organization works with: venues and money."""

from typing import Any

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q, Value

from activities.models.scoping import OwnedQuerySet
from activities.rules.vocabulary import FUND_INCOME, FundKind, Have
from organizations.models import PartyOrganization, Township
from organizations.models.scoping import party_organization_scope

HAVES = [f"has_{have.value}" for have in Have]


class VenueQuerySet(OwnedQuerySet):
    def visible_to(self, user: Any) -> "VenueQuerySet":
        """Own venues, and those shared with a party organization of the scope."""
        own = party_organization_scope(user.scope, "party_organization__")
        parties = PartyOrganization.objects.visible_to(user)
        shared = Venue.shared_with.through.objects.filter(partyorganization__in=parties)
        return self.filter(own | Q(pk__in=shared.values("venue")))

    def with_have_count(self) -> "VenueQuerySet":
        """Adds `have_count`, 0 to 7."""
        total: Any = Value(0)
        for name in HAVES:
            total = total + models.Case(models.When(**{name: True}, then=1), default=0)
        return self.annotate(have_count=total)


class Venue(models.Model):
    """党组织活动场所 with the 七有 checklist; an area's shared venue serves several."""

    party_organization = models.ForeignKey(
        PartyOrganization, models.PROTECT, related_name="venues", verbose_name="党组织"
    )
    name = models.CharField("场所名称", max_length=120)
    township = models.ForeignKey(Township, models.PROTECT, verbose_name="镇(街道)")
    address = models.CharField("地址", max_length=200, blank=True)
    area = models.PositiveIntegerField("面积(平方米)", null=True, blank=True)
    opened_on = models.DateField("启用日期")
    closed_on = models.DateField("停用日期", null=True, blank=True)
    is_shared = models.BooleanField("区域共享型", default=False)
    shared_with = models.ManyToManyField(
        PartyOrganization, blank=True, related_name="shared_venues", verbose_name="共享党组织"
    )
    has_room = models.BooleanField("有场所", default=False)
    has_equipment = models.BooleanField("有设施", default=False)
    has_sign = models.BooleanField("有标志", default=False)
    has_books = models.BooleanField("有书报", default=False)
    has_rules = models.BooleanField("有制度", default=False)
    has_log = models.BooleanField("有管理记录", default=False)
    has_board = models.BooleanField("有宣传版面", default=False)
    checked_on = models.DateField("核查日期", null=True, blank=True)
    version = models.PositiveIntegerField("版本", default=1, editable=False)
    created_at = models.DateTimeField("录入时间", auto_now_add=True)
    updated_at = models.DateTimeField("更新时间", auto_now=True)

    objects = VenueQuerySet.as_manager()

    class Meta:
        verbose_name = "活动场所"
        verbose_name_plural = "活动场所"
        ordering = ["township_id", "name", "pk"]
        constraints = [
            models.CheckConstraint(
                name="venue_closes_after_it_opened",
                condition=Q(closed_on__isnull=True) | Q(closed_on__gt=F("opened_on")),
                violation_error_message="停用日期须晚于启用日期",
            ),
            models.UniqueConstraint(
                fields=["party_organization", "name"],
                name="venue_name_is_unique_in_its_organization",
                violation_error_message="这个党组织已有同名的场所",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def haves(self) -> list[tuple[str, bool]]:
        """The seven items in words, and whether each is there."""
        return [(have.label, getattr(self, f"has_{have.value}")) for have in Have]


class FundQuerySet(OwnedQuerySet):
    def income(self) -> "FundQuerySet":
        return self.filter(kind__in=[kind.value for kind in FUND_INCOME])

    def spent(self) -> "FundQuerySet":
        return self.filter(kind=FundKind.SPENT)


class Fund(models.Model):
    """党建经费: one budget, one receipt or one expense."""

    party_organization = models.ForeignKey(
        PartyOrganization, models.PROTECT, related_name="funds", verbose_name="党组织"
    )
    year = models.PositiveSmallIntegerField("年度")
    kind = models.CharField("收支类别", max_length=16, choices=FundKind.choices())
    amount = models.DecimalField(
        "金额(元)", max_digits=12, decimal_places=2, validators=[MinValueValidator(0)]
    )
    dated_on = models.DateField("日期")
    purpose = models.CharField("用途(来源)", max_length=200)
    document = models.CharField("凭证号", max_length=60, blank=True)
    version = models.PositiveIntegerField("版本", default=1, editable=False)
    created_at = models.DateTimeField("录入时间", auto_now_add=True)
    updated_at = models.DateTimeField("更新时间", auto_now=True)

    objects = FundQuerySet.as_manager()

    class Meta:
        verbose_name = "党建经费"
        verbose_name_plural = "党建经费"
        ordering = ["-dated_on", "-pk"]
        indexes = [models.Index(fields=["party_organization", "year"], name="fund_by_party_year")]
        constraints = [
            models.CheckConstraint(name="fund_is_not_negative", condition=Q(amount__gte=0)),
            models.CheckConstraint(
                name="fund_kind_is_known", condition=Q(kind__in=FundKind.codes())
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.amount} 元"
