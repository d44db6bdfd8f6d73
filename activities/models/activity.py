"""Records of organizational life: what was held, when, where, of which kinds, in which state."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from activities.models.scoping import OwnedQuerySet, PartQuerySet
from activities.rules.vocabulary import ActivityKind, Duty, RecordState
from members.models import PartyGroup
from organizations.models import PartyOrganization


class ActivityQuerySet(OwnedQuerySet):
    def filed(self) -> "ActivityQuerySet":
        return self.filter(state=RecordState.FILED)

    def drafts(self) -> "ActivityQuerySet":
        return self.filter(state=RecordState.DRAFT)

    def of_kind(self, kind: str) -> "ActivityQuerySet":
        return self.filter(pk__in=ActivityType.objects.filter(kind=kind).values("activity"))

    def serving(self, duty: str, first: date, end: date) -> "ActivityQuerySet":
        """Filed records that serve the duty on a day from `first` until before `end`."""
        types = ActivityType.objects.filter(
            duty=duty, is_filed=True, held_on__gte=first, held_on__lt=end
        )
        return self.filter(pk__in=types.values("activity"))

    def with_types(self) -> "ActivityQuerySet":
        return self.select_related("party_organization__township", "group").prefetch_related(
            "types"
        )


class Activity(models.Model):
    """会议活动记录; a draft until it is filed, corrected afterwards only with the old text kept."""

    party_organization = models.ForeignKey(
        PartyOrganization, models.PROTECT, related_name="activities", verbose_name="党组织"
    )
    group = models.ForeignKey(
        PartyGroup, models.PROTECT, null=True, blank=True, verbose_name="党小组"
    )
    title = models.CharField("主题", max_length=120, blank=True)
    held_on = models.DateField("日期")
    starts_at = models.TimeField("开始时间", null=True, blank=True)
    ends_at = models.TimeField("结束时间", null=True, blank=True)
    place = models.CharField("地点", max_length=120, blank=True)
    host = models.CharField("主持人", max_length=60, blank=True)
    recorder = models.CharField("记录人", max_length=60, blank=True)
    speaker = models.CharField("授课人", max_length=60, blank=True)
    guests = models.CharField("列席人", max_length=300, blank=True)
    agenda = models.TextField("议题", max_length=2000, blank=True)
    minutes = models.TextField("会议记录", max_length=20000, blank=True)
    state = models.CharField(
        "状态", max_length=8, choices=RecordState.choices(), default=RecordState.DRAFT.value
    )
    filed_at = models.DateTimeField("归档时间", null=True, blank=True)
    filed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="归档人",
    )
    is_late = models.BooleanField("逾期归档", default=False)
    n_expected = models.PositiveIntegerField("应到", default=0)
    n_present = models.PositiveIntegerField("实到", default=0)
    n_excused = models.PositiveIntegerField("请假", default=0)
    n_absent = models.PositiveIntegerField("缺席", default=0)
    n_corrections = models.PositiveSmallIntegerField("更正次数", default=0)
    version = models.PositiveIntegerField("版本", default=1, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="记录建立人",
    )
    created_at = models.DateTimeField("录入时间", auto_now_add=True)
    updated_at = models.DateTimeField("更新时间", auto_now=True)

    objects = ActivityQuerySet.as_manager()

    class Meta:
        verbose_name = "会议活动记录"
        verbose_name_plural = "会议活动记录"
        ordering = ["-held_on", "-pk"]
        indexes = [
            models.Index(fields=["party_organization", "held_on"], name="activity_by_party_day"),
            models.Index(fields=["held_on", "id"], name="activity_by_day"),
            models.Index(
                fields=["party_organization"],
                name="activity_drafts",
                condition=Q(state="draft"),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="activity_state_is_known", condition=Q(state__in=RecordState.codes())
            ),
            models.CheckConstraint(
                name="filed_activity_knows_when_it_was_filed",
                condition=~Q(state="filed") | Q(filed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="activity_presence_adds_up",
                condition=Q(n_expected__gte=F("n_present") + F("n_excused") + F("n_absent")),
            ),
            models.CheckConstraint(
                name="activity_ends_after_it_begins",
                condition=Q(ends_at__isnull=True)
                | Q(starts_at__isnull=True)
                | Q(ends_at__gt=F("starts_at")),
                violation_error_message="结束时间须晚于开始时间",
            ),
        ]

    def __str__(self) -> str:
        return self.title or "未命名的记录"

    @property
    def kinds(self) -> list[str]:
        return [one.kind for one in self.types.all()]

    @property
    def kind_words(self) -> str:
        return "、".join(ActivityKind(kind).label for kind in self.kinds)

    @property
    def is_draft(self) -> bool:
        return self.state == RecordState.DRAFT


class ActivityType(models.Model):
    """One kind of a record and the duty that it serves; copies what the duty panel counts by."""

    activity = models.ForeignKey(Activity, models.CASCADE, related_name="types")
    kind = models.CharField("类型", max_length=24, choices=ActivityKind.choices())
    duty = models.CharField("所履行的制度", max_length=24, choices=Duty.choices(), blank=True)
    party_organization = models.ForeignKey(PartyOrganization, models.PROTECT, related_name="+")
    group = models.ForeignKey(PartyGroup, models.PROTECT, null=True, blank=True, related_name="+")
    held_on = models.DateField("日期")
    month = models.PositiveSmallIntegerField("月份")
    is_filed = models.BooleanField("已归档", default=False)

    objects = PartQuerySet.as_manager()

    class Meta:
        verbose_name = "记录类型"
        verbose_name_plural = "记录类型"
        ordering = ["pk"]
        indexes = [
            models.Index(
                fields=["duty", "held_on", "party_organization"],
                name="type_by_duty_day",
                condition=Q(is_filed=True),
            ),
            models.Index(fields=["kind", "held_on"], name="type_by_kind_day"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["activity", "kind"], name="a_record_has_a_kind_once"),
            models.CheckConstraint(
                name="activity_kind_is_known", condition=Q(kind__in=ActivityKind.codes())
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()


class ActivityVersion(models.Model):
    """A filed record as it stood before a correction: who corrected it, when, why."""

    activity = models.ForeignKey(Activity, models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField("版本")
    corrected_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="更正人"
    )
    corrected_at = models.DateTimeField("更正时间", auto_now_add=True)
    reason = models.CharField("更正理由", max_length=300)
    content = models.JSONField("原内容")

    objects = PartQuerySet.as_manager()

    class Meta:
        verbose_name = "更正前的版本"
        verbose_name_plural = "更正前的版本"
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["activity", "number"], name="activity_version_is_once")
        ]

    def __str__(self) -> str:
        return f"第 {self.number} 版"
