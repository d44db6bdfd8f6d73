"""What a meeting decided and what an activity brought about."""

from datetime import date

from django.db import models
from django.db.models import F, Q, Sum

from activities.models.activity import Activity
from activities.models.scoping import PartQuerySet
from activities.models.vocabulary import OutcomeKind
from activities.rules.votes import Ballot


class Vote(models.Model):
    """表决 on one matter; the denominator is who was entitled, not who came."""

    activity = models.ForeignKey(Activity, models.CASCADE, related_name="votes")
    matter = models.CharField("表决事项", max_length=200)
    n_entitled = models.PositiveSmallIntegerField("应到有表决权")
    n_present = models.PositiveSmallIntegerField("实到有表决权")
    n_for = models.PositiveSmallIntegerField("赞成")
    n_against = models.PositiveSmallIntegerField("反对", default=0)
    n_abstained = models.PositiveSmallIntegerField("弃权", default=0)
    has_passed = models.BooleanField("通过")

    objects = PartQuerySet.as_manager()

    class Meta:
        verbose_name = "表决"
        verbose_name_plural = "表决"
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.matter

    @property
    def ballot(self) -> Ballot:
        return Ballot(self.n_entitled, self.n_present, self.n_for, self.n_against, self.n_abstained)


class ResolutionQuerySet(PartQuerySet):
    def open_ones(self) -> "ResolutionQuerySet":
        return self.filter(done_on__isnull=True, activity__state="filed")

    def overdue_on(self, day: date) -> "ResolutionQuerySet":
        return self.open_ones().filter(due_on__lt=day)


class Resolution(models.Model):
    """决议: who does it until when, and when it was done."""

    activity = models.ForeignKey(Activity, models.CASCADE, related_name="resolutions")
    text = models.CharField("决议事项", max_length=300)
    owner = models.CharField("责任人", max_length=60, blank=True)
    due_on = models.DateField("完成期限", null=True, blank=True)
    done_on = models.DateField("完成日期", null=True, blank=True)

    objects = ResolutionQuerySet.as_manager()

    class Meta:
        verbose_name = "决议"
        verbose_name_plural = "决议"
        ordering = ["pk"]
        indexes = [
            models.Index(
                fields=["due_on"], name="open_resolutions", condition=Q(done_on__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return self.text


class OutcomeQuerySet(PartQuerySet):
    def counted(self, first: date | None = None, last: date | None = None) -> "OutcomeQuerySet":
        """Outcomes of filed records, of the days from `first` to `last`, both included."""
        rows = self.filter(activity__state="filed")
        if first:
            rows = rows.filter(activity__held_on__gte=first)
        return rows.filter(activity__held_on__lte=last) if last else rows

    def sums(self) -> models.QuerySet:
        """One row a kind: its name, unit, sum and number of records."""
        return (
            self.order_by()
            .values(
                code=F("kind__code"),
                name=F("kind__name"),
                unit=F("kind__unit"),
                order=F("kind__order"),
            )
            .annotate(total=Sum("amount"), records=models.Count("activity", distinct=True))
            .order_by("order")
        )


class Outcome(models.Model):
    """成效 of an activity: how many, in the unit of its kind."""

    activity = models.ForeignKey(Activity, models.CASCADE, related_name="outcomes")
    kind = models.ForeignKey(OutcomeKind, models.PROTECT, verbose_name="成效")
    amount = models.PositiveIntegerField("数量")
    note = models.CharField("说明", max_length=200, blank=True)

    objects = OutcomeQuerySet.as_manager()

    class Meta:
        verbose_name = "成效"
        verbose_name_plural = "成效"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["activity", "kind"], name="a_record_counts_an_outcome_once"
            ),
            models.CheckConstraint(name="an_outcome_is_something", condition=Q(amount__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount}"
