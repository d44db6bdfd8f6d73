"""Who was expected at a meeting and who came."""

from django.db import models
from django.db.models import Q

from activities.models.activity import Activity
from activities.models.scoping import PartQuerySet
from activities.rules.vocabulary import AppraisalGrade, Presence
from members.models import Member


class Attendance(models.Model):
    """One expected member: present, excused or absent; in 民主评议 with the result."""

    activity = models.ForeignKey(Activity, models.CASCADE, related_name="attendances")
    member = models.ForeignKey(
        Member, models.PROTECT, related_name="attendances", verbose_name="党员"
    )
    # belongs elsewhere and takes part here (兼合式)
    is_participant = models.BooleanField("双重组织生活", default=False)
    may_vote = models.BooleanField("有表决权", default=True)
    presence = models.CharField("到会情况", max_length=8, choices=Presence.choices(), blank=True)
    reason = models.CharField("原因", max_length=100, blank=True)
    grade = models.CharField(
        "评议结果", max_length=12, choices=AppraisalGrade.choices(), blank=True
    )

    objects = PartQuerySet.as_manager()

    class Meta:
        verbose_name = "到会情况"
        verbose_name_plural = "到会情况"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["activity", "member"], name="a_member_is_expected_once_at_a_meeting"
            ),
            models.CheckConstraint(
                name="presence_is_known", condition=Q(presence__in=["", *Presence.codes()])
            ),
            models.CheckConstraint(
                name="appraisal_grade_is_known",
                condition=Q(grade__in=["", *AppraisalGrade.codes()]),
            ),
        ]

    def __str__(self) -> str:
        return f"到会情况 {self.pk}"
