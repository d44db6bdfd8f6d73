"""What happened in a member's life in the Party, each on its day."""

from typing import Any

from django.db import models
from django.db.models import F, Q

from members.models.membership import Membership
from members.rules.vocabulary import EventKind, Exit


class LifeEventQuerySet(models.QuerySet["LifeEvent"]):
    def visible_to(self, user: Any) -> "LifeEventQuerySet":
        return self.filter(
            member__in=Membership.objects.visible_to(user).last_ones().values("member")
        )


class LifeEvent(models.Model):
    """党员大事: admitted, full, extended, 留党察看, lost, left, died, with the document."""

    member = models.ForeignKey(
        "members.Member", models.CASCADE, related_name="events", verbose_name="党员"
    )
    kind = models.CharField("事项", max_length=16, choices=EventKind.choices())
    exit = models.CharField("离开党支部类型", max_length=16, choices=Exit.choices(), blank=True)
    on = models.DateField("日期")
    until = models.DateField("截止日期", null=True, blank=True)
    document = models.CharField("批准文号", max_length=100, blank=True)
    note = models.CharField("说明", max_length=300, blank=True)
    created_at = models.DateTimeField("录入时间", auto_now_add=True)

    objects = LifeEventQuerySet.as_manager()

    class Meta:
        verbose_name = "党员大事"
        verbose_name_plural = "党员大事"
        ordering = ["member_id", "on", "pk"]
        constraints = [
            models.CheckConstraint(
                name="life_event_kind_is_known", condition=Q(kind__in=EventKind.codes())
            ),
            models.CheckConstraint(
                name="life_event_ends_after_it_begins",
                condition=Q(until__isnull=True) | Q(until__gt=F("on")),
                violation_error_message="截止日期须晚于开始日期",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.on:%Y-%m-%d}"
