"""发展党员: who is on the way into the Party, and every step taken, with its day."""

from datetime import date
from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from members.models.parameter import whole
from members.rules.admission import LAST, STEPS
from members.rules.parameters import Parameter
from members.rules.vocabulary import ApplicantState, Gender
from organizations.models import PartyOrganization
from organizations.models.scoping import party_organization_scope
from organizations.romanization import PinyinField
from organizations.rules.vocabulary import Level, PartyKind

REPEATED = [step.number for step in STEPS if step.repeated]


class ApplicantQuerySet(models.QuerySet["Applicant"]):
    def visible_to(self, user: Any) -> "ApplicantQuerySet":
        return self.filter(party_organization_scope(user.scope, "party_organization__"))

    def with_steps(self) -> "ApplicantQuerySet":
        return self.prefetch_related("steps")


class Applicant(models.Model):
    """发展对象档案: from the first application to full membership; a member from step 17 on."""

    name = models.CharField("姓名", max_length=60)
    gender = models.CharField("性别", max_length=8, choices=Gender.choices())
    born_on = models.DateField("出生日期")
    workplace = models.CharField("工作所在单位", max_length=120, blank=True)
    party_organization = models.ForeignKey(
        PartyOrganization, models.PROTECT, related_name="applicants", verbose_name="培养党组织"
    )
    member = models.OneToOneField(
        "members.Member",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="applicant",
        verbose_name="党员",
    )
    state = models.CharField(
        "状态",
        max_length=16,
        choices=ApplicantState.choices(),
        default=ApplicantState.OPEN.value,
    )
    ended_on = models.DateField("终止日期", null=True, blank=True)
    end_reason = models.CharField("终止原因", max_length=200, blank=True)
    pinyin = PinyinField(style="sort")
    initials = PinyinField(style="initials")
    created_at = models.DateTimeField("录入时间", auto_now_add=True)

    objects = ApplicantQuerySet.as_manager()

    class Meta:
        verbose_name = "发展对象"
        verbose_name_plural = "发展对象"
        ordering = ["pinyin", "pk"]
        constraints = [
            models.CheckConstraint(
                name="applicant_state_is_known", condition=Q(state__in=ApplicantState.codes())
            ),
            models.CheckConstraint(
                name="admitted_applicant_is_a_member",
                condition=~Q(state__in=["probation", "full"]) | Q(member__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def done(self) -> dict[int, date]:
        """First day of every step taken; uses prefetched steps."""
        days: dict[int, date] = {}
        for step in self.steps.all():
            days[step.number] = min(days.get(step.number, step.done_on), step.done_on)
        return days


class AdmissionStepQuerySet(models.QuerySet["AdmissionStep"]):
    def visible_to(self, user: Any) -> "AdmissionStepQuerySet":
        path = "applicant__party_organization__"
        return self.filter(party_organization_scope(user.scope, path))


class AdmissionStep(models.Model):
    """One of the 25 steps, done on a day."""

    applicant = models.ForeignKey(
        Applicant, models.CASCADE, related_name="steps", verbose_name="发展对象"
    )
    number = models.PositiveSmallIntegerField(
        "步骤", validators=[MinValueValidator(1), MaxValueValidator(LAST)]
    )
    done_on = models.DateField("完成日期")
    persons = models.CharField("有关人员", max_length=120, blank=True)
    document = models.CharField("文号或决议", max_length=100, blank=True)
    note = models.CharField("情况", max_length=300, blank=True)
    created_at = models.DateTimeField("录入时间", auto_now_add=True)

    objects = AdmissionStepQuerySet.as_manager()

    class Meta:
        verbose_name = "发展步骤"
        verbose_name_plural = "发展步骤"
        ordering = ["applicant_id", "number", "done_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["applicant", "number"],
                condition=~Q(number__in=REPEATED),
                name="admission_step_is_done_once",
                violation_error_message="这一步已经登记过",
            ),
            models.CheckConstraint(
                name="admission_step_is_one_of_25", condition=Q(number__gte=1, number__lte=LAST)
            ),
        ]

    def __str__(self) -> str:
        return f"第 {self.number} 步"


def admission_objection(party: PartyOrganization, on: date) -> str:
    """Why this organization may take in no new members (R17); nothing where it may."""
    if party.kind == PartyKind.JOINT and not whole(Parameter.JOINT_ADMITS, on.year):
        return "兼合式党组织不发展党员,请由其组织关系所在的党组织办理。"
    if party.level == Level.TEMPORARY_BRANCH:
        return "临时党支部一般不发展党员。"
    return ""
