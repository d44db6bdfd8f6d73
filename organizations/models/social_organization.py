"""Social organizations and the read side of coverage: who is alive, who is covered, who is not."""

from datetime import date
from typing import Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce, Left, Length
from django.db.models.lookups import Exact
from stdnum.cn import uscc
from stdnum.exceptions import ValidationError as NumberError

from organizations.models.area import ResponsibleBody, SupervisingUnit, Township
from organizations.models.coverage import CoverageLink
from organizations.models.instructor import InstructorAssignment
from organizations.models.naming import named, once_named
from organizations.models.scoping import dates_in_order, social_organization_scope, valid_on
from organizations.romanization import PinyinField
from organizations.rules.coverage import ESTABLISH_MINIMUM
from organizations.rules.responsibility import TOWNSHIP_CATEGORIES
from organizations.rules.vocabulary import (
    REMOVED_STATUSES,
    BodyKind,
    Category,
    CharterState,
    Grade,
    InspectionResult,
    Status,
    UncoveredReason,
)


def validate_credit_code(code: str) -> None:
    """Check digits of a 统一社会信用代码 (GB 32100-2015)."""
    try:
        uscc.validate(code)
    except NumberError as error:
        raise ValidationError(
            "统一社会信用代码不正确(应为 18 位且校验位相符),请核对证书"
        ) from error


class SocialOrganizationQuerySet(models.QuerySet["SocialOrganization"]):
    def visible_to(self, user: Any) -> "SocialOrganizationQuerySet":
        """The rows of the account's scope; the one door from every edge."""
        return self.filter(social_organization_scope(user.scope))

    def alive_on(self, day: date) -> "SocialOrganizationQuerySet":
        """Registered on the day: the denominator of every coverage rate."""
        return self.filter(valid_on(day, "registered_on", "deregistered_on"))

    def with_coverage_on(self, day: date) -> "SocialOrganizationQuerySet":
        """Adds `is_covered` (a live link to a live party organization) and `has_instructor`."""
        own = Q(social_organization=OuterRef("pk"))
        return self.annotate(
            is_covered=Exists(CoverageLink.objects.live_on(day).filter(own)),
            has_instructor=Exists(InstructorAssignment.objects.live_on(day).filter(own)),
        )

    def covered_by_mode_on(self, day: date, mode: str) -> "SocialOrganizationQuerySet":
        links = CoverageLink.objects.live_on(day).filter(mode=mode)
        return self.filter(Exists(links.filter(social_organization=OuterRef("pk"))))

    def served_by_on(self, day: date, code: str) -> "SocialOrganizationQuerySet":
        """Those that the instructor with this code serves on the day."""
        served = InstructorAssignment.objects.live_on(day).filter(instructor__code=code)
        return self.filter(Exists(served.filter(social_organization=OuterRef("pk"))))

    def removed(self, reason: str | None = None) -> "SocialOrganizationQuerySet":
        """Those that the reduced base leaves out, for one reason or for any."""
        statuses = [s for s, why in REMOVED_STATUSES.items() if reason in (None, why)]
        return self.filter(status__in=statuses)

    def kept(self) -> "SocialOrganizationQuerySet":
        """The reduced base (剔除口径)."""
        return self.exclude(status__in=list(REMOVED_STATUSES))

    def with_uncovered_reason(self) -> "SocialOrganizationQuerySet":
        """Adds `uncovered_reason`, empty where covered; needs with_coverage_on before it."""
        return self.annotate(
            uncovered_reason=Case(
                When(is_covered=True, then=Value("")),
                When(
                    full_member_count__gte=ESTABLISH_MINIMUM,
                    then=Value(UncoveredReason.SHOULD_ESTABLISH.value),
                ),
                When(full_member_count__gt=0, then=Value(UncoveredReason.TOO_FEW_MEMBERS.value)),
                default=Value(UncoveredReason.NO_MEMBERS.value),
                output_field=models.CharField(),
            )
        )

    def named(self, text: str) -> "SocialOrganizationQuerySet":
        """Found by name, code or pinyin; also by former names and by records merged into it."""
        former = apps.get_model("organizations", "FormerName").objects.all()
        merged = apps.get_model("organizations", "MergedOrganization").objects
        gone = merged.filter(Q(name__icontains=text) | Q(credit_code__icontains=text))
        return self.filter(
            named(text, "credit_code")
            | once_named(former, text)
            | Q(pk__in=gone.order_by().values("winner"))
        )

    def with_proposed_body(self) -> "SocialOrganizationQuerySet":
        """Adds `proposed_body_id`, what rules.responsibility.proposed_line says, and `is_gap`.

        A gap has no body, or another one than proposed without a reason.
        """
        bodies = ResponsibleBody.objects.order_by("pk")
        line = bodies.filter(
            kind=BodyKind.LINE, supervising_unit=OuterRef("supervising_unit")
        ).values("pk")[:1]
        committee = bodies.filter(
            kind=BodyKind.COMMITTEE, area_code=Left(OuterRef("township_id"), 6)
        ).values("pk")[:1]
        own = bodies.filter(kind=BodyKind.TOWNSHIP, township=OuterRef("township")).values("pk")[:1]
        by_rule = Case(
            When(
                category__in=list(TOWNSHIP_CATEGORIES),
                then=Coalesce(Subquery(line), Subquery(own), Subquery(committee)),
            ),
            default=Coalesce(Subquery(line), Subquery(committee), Subquery(own)),
            output_field=models.BigIntegerField(),
        )
        differs = ~Q(responsible_body_id=F("proposed_body_id")) & Q(responsible_body_reason="")
        missing = Q(responsible_body__isnull=True)
        gap = missing | (Q(proposed_body_id__isnull=False) & differs)
        return self.annotate(proposed_body_id=by_rule).annotate(
            is_gap=Case(When(gap, then=True), default=False, output_field=models.BooleanField())
        )


class SocialOrganization(models.Model):
    """社会组织: what is registered, from when to when, and what its township reports of it."""

    name = models.CharField("社会组织名称", max_length=200)
    credit_code = models.CharField(
        "统一社会信用代码",
        max_length=18,
        null=True,
        blank=True,
        unique=True,
        validators=[validate_credit_code],
        error_messages={"unique": "这个统一社会信用代码已被另一家社会组织使用"},
    )
    category = models.CharField("类别", max_length=32, choices=Category.choices())
    registrar = models.CharField("登记管理机关", max_length=60, blank=True)
    supervising_unit = models.ForeignKey(
        SupervisingUnit, models.PROTECT, null=True, blank=True, verbose_name="业务主管单位"
    )
    township = models.ForeignKey(Township, models.PROTECT, verbose_name="镇(街道)")
    responsible_body = models.ForeignKey(
        ResponsibleBody, models.PROTECT, null=True, blank=True, verbose_name="责任主体"
    )
    responsible_body_reason = models.CharField("责任主体设定理由", max_length=300, blank=True)
    registered_on = models.DateField("成立登记日期")
    deregistered_on = models.DateField("注销日期", null=True, blank=True)
    deregistration_reason = models.CharField("注销原因", max_length=300, blank=True)
    status = models.CharField(
        "状态", max_length=16, choices=Status.choices(), default=Status.NORMAL.value
    )
    principal = models.CharField("负责人", max_length=60, blank=True)
    staff_count = models.PositiveIntegerField("从业人员数", default=0)
    full_member_count = models.PositiveIntegerField("正式党员数", default=0)
    charter_state = models.CharField(
        "党建入章",
        max_length=16,
        choices=CharterState.choices(),
        default=CharterState.NOT_STARTED.value,
    )
    charter_drafted_on = models.DateField("写入章程日期", null=True, blank=True)
    charter_voted_on = models.DateField("章程表决日期", null=True, blank=True)
    charter_on = models.DateField("入章日期", null=True, blank=True)
    inspection_result = models.CharField(
        "最近年检结论", max_length=20, choices=InspectionResult.choices(), blank=True
    )
    inspection_year = models.PositiveSmallIntegerField(
        "年检年度",
        null=True,
        blank=True,
        validators=[MinValueValidator(1990), MaxValueValidator(2099)],
    )
    grade = models.CharField("评估等级", max_length=2, choices=Grade.choices(), blank=True)
    grade_from = models.DateField("等级有效期自", null=True, blank=True)
    grade_valid_to = models.DateField("等级有效期至", null=True, blank=True)
    remark = models.TextField("备注", blank=True, max_length=500)
    pinyin = PinyinField(style="sort")
    initials = PinyinField(style="initials")
    version = models.PositiveIntegerField("版本", default=1, editable=False)
    created_at = models.DateTimeField("录入时间", auto_now_add=True)
    updated_at = models.DateTimeField("更新时间", auto_now=True)

    objects = SocialOrganizationQuerySet.as_manager()

    class Meta:
        verbose_name = "社会组织"
        verbose_name_plural = "社会组织"
        ordering = ["pinyin", "pk"]
        indexes = [
            models.Index(fields=["township", "category", "supervising_unit"], name="so_cell"),
            models.Index(fields=["pinyin", "id"], name="so_pinyin"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["township", "name"],
                condition=Q(credit_code__isnull=True),
                name="organization_without_code_has_a_unique_name_in_its_township",
                violation_error_message="本镇(街道)已有同名且没有信用代码的社会组织",
            ),
            models.CheckConstraint(
                name="social_organization_ends_after_it_was_registered",
                condition=dates_in_order("registered_on", "deregistered_on"),
                violation_error_message="注销日期须晚于成立登记日期",
            ),
            models.CheckConstraint(
                name="social_organization_is_deregistered_when_it_has_an_end",
                condition=Q(deregistered_on__isnull=True) ^ Q(status=Status.DEREGISTERED.value),
                violation_error_message="状态“已注销”与注销日期须同时填写",
            ),
            models.CheckConstraint(
                name="social_organization_credit_code_has_eighteen_characters",
                condition=Q(credit_code__isnull=True) | Q(Exact(Length("credit_code"), 18)),
                violation_error_message="统一社会信用代码应为 18 位",
            ),
            models.CheckConstraint(
                name="social_organization_category_is_known",
                condition=Q(category__in=Category.codes()),
            ),
            models.CheckConstraint(
                name="social_organization_grade_ends_after_it_begins",
                condition=Q(grade_from__isnull=True)
                | dates_in_order("grade_from", "grade_valid_to"),
                violation_error_message="等级有效期的起止日期颠倒了",
            ),
            models.CheckConstraint(
                name="social_organization_status_is_known",
                condition=Q(status__in=Status.codes()),
            ),
        ]

    def __str__(self) -> str:
        return self.name
