"""组织生活年度计划: a line a meeting, each linked to the record that fulfilled it."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Q

from activities.models.activity import Activity
from activities.models.scoping import OwnedQuerySet
from activities.rules.vocabulary import ActivityKind, PlanState
from members.models import PartyGroup
from organizations.models import PartyOrganization


class YearPlanQuerySet(OwnedQuerySet):
    def with_progress(self) -> "YearPlanQuerySet":
        """Adds `item_count`, and `done_count` of those that a filed record fulfilled."""
        done = models.Q(items__activity__state="filed")
        return self.annotate(
            item_count=models.Count("items", distinct=True),
            done_count=models.Count("items", filter=done, distinct=True),
        )

    def filed_late(self, month: int, day: int, *, late: bool) -> "YearPlanQuerySet":
        """Plans filed after this day of their own year, or by then."""
        after = models.Q(filed_on__year__gt=models.F("year")) | models.Q(
            models.Q(filed_on__year=models.F("year"))
            & (
                models.Q(filed_on__month__gt=month)
                | models.Q(filed_on__month=month, filed_on__day__gt=day)
            )
        )
        rows = self.filter(state=PlanState.FILED)
        return rows.filter(after) if late else rows.exclude(after)


class YearPlan(models.Model):
    """The plan of one party organization for one year."""

    party_organization = models.ForeignKey(
        PartyOrganization, models.PROTECT, related_name="year_plans", verbose_name="党组织"
    )
    year = models.PositiveSmallIntegerField("年度")
    feature = models.CharField("党建品牌(特色)", max_length=120, blank=True)
    note = models.TextField("总体安排", max_length=2000, blank=True)
    state = models.CharField(
        "状态", max_length=8, choices=PlanState.choices(), default=PlanState.DRAFT.value
    )
    filed_on = models.DateField("报备日期", null=True, blank=True)
    filed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="报备人",
    )
    version = models.PositiveIntegerField("版本", default=1, editable=False)
    created_at = models.DateTimeField("录入时间", auto_now_add=True)
    updated_at = models.DateTimeField("更新时间", auto_now=True)

    objects = YearPlanQuerySet.as_manager()

    class Meta:
        verbose_name = "年度计划"
        verbose_name_plural = "年度计划"
        ordering = ["-year", "party_organization_id"]
        constraints = [
            models.UniqueConstraint(
                fields=["party_organization", "year"],
                name="one_plan_an_organization_and_year",
                violation_error_message="这个年度已有计划",
            ),
            models.CheckConstraint(
                name="filed_plan_knows_its_day",
                condition=~Q(state="filed") | Q(filed_on__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year}年组织生活计划"


class PlanItemQuerySet(OwnedQuerySet):
    path = "plan__party_organization__"

    def open_ones(self) -> "PlanItemQuerySet":
        return self.filter(activity__isnull=True)

    def due_before(self, day: date) -> "PlanItemQuerySet":
        return self.open_ones().filter(planned_on__lt=day)


class PlanItem(models.Model):
    """One planned meeting."""

    plan = models.ForeignKey(YearPlan, models.CASCADE, related_name="items")
    kind = models.CharField("类型", max_length=24, choices=ActivityKind.choices())
    group = models.ForeignKey(
        PartyGroup, models.PROTECT, null=True, blank=True, verbose_name="党小组"
    )
    planned_on = models.DateField("计划日期")
    theme = models.CharField("主题", max_length=120)
    place = models.CharField("地点", max_length=120, blank=True)
    host = models.CharField("主持(授课)人", max_length=60, blank=True)
    audience = models.CharField("参加范围", max_length=60, blank=True)
    owner = models.CharField("责任人", max_length=60, blank=True)
    # one record may fulfil two lines: a meeting of members with a lecture
    activity = models.ForeignKey(
        Activity,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="plan_items",
        verbose_name="关联记录",
    )

    objects = PlanItemQuerySet.as_manager()

    class Meta:
        verbose_name = "计划项目"
        verbose_name_plural = "计划项目"
        ordering = ["planned_on", "pk"]
        indexes = [models.Index(fields=["planned_on"], name="plan_item_by_day")]

    def __str__(self) -> str:
        return f"{self.planned_on:%m-%d} {self.theme}"
