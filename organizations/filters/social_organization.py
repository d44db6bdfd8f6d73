"""Lists of social organizations."""

from typing import Any

import django_filters as filters
from django.db.models import BooleanField, ExpressionWrapper, Q

from organizations.filters.scoped import YES_NO, AreaFilter, DayFilter, ScopedFilterSet
from organizations.models import (
    SocialOrganization,
)
from organizations.rules.vocabulary import (
    Category,
    CharterState,
    Grade,
    InspectionResult,
    Mode,
    Removal,
    Status,
    UncoveredReason,
)


class SocialOrganizationFilter(ScopedFilterSet):
    q = filters.CharFilter(label="名称、代码、拼音首字母", method="search")
    township = AreaFilter(label="镇(街道)")
    category = filters.ChoiceFilter(label="类别", choices=Category.choices())
    covered = filters.ChoiceFilter(label="组织覆盖", choices=YES_NO, method="is_covered")
    as_of = DayFilter(label="截至日期", method="keep")
    supervising_unit = filters.ChoiceFilter(label="业务主管单位", choices=[], method="in_unit")
    responsible_body = filters.ChoiceFilter(label="责任主体", choices=[], method="under_body")
    responsibility = filters.ChoiceFilter(
        label="责任落实",
        choices=[
            ("gap", "有缺口"),
            ("none", "没有责任主体"),
            ("differs", "与建议不同,无理由"),
            ("set", "与建议不同,有理由"),
        ],
        method="with_responsibility",
    )
    work = filters.ChoiceFilter(label="工作覆盖", choices=YES_NO, method="is_work_covered")
    mode = filters.ChoiceFilter(label="组建方式", choices=Mode.choices(), method="by_mode")
    instructor = filters.CharFilter(label="指导员编号(无:none)", method="served_by")
    reason = filters.ChoiceFilter(
        label="未覆盖原因", choices=UncoveredReason.choices(), method="for_reason"
    )
    status = filters.ChoiceFilter(label="状态", choices=Status.choices())
    base = filters.ChoiceFilter(
        label="口径", choices=[("reduced", "剔除口径")], method="in_base", empty_label="全口径"
    )
    removal = filters.ChoiceFilter(
        label="剔除原因", choices=Removal.choices(), method="for_removal"
    )
    charter_state = filters.ChoiceFilter(label="党建入章", choices=CharterState.choices())
    inspection_result = filters.ChoiceFilter(
        label="最近年检结论",
        choices=[*InspectionResult.choices(), ("none", "没有结论")],
        method="inspected",
    )
    inspection_year = filters.NumberFilter(label="年检年度", min_value=1900, max_value=2100)
    grade = filters.ChoiceFilter(
        label="评估等级", choices=[*Grade.choices(), ("none", "未评级")], method="with_grade"
    )
    registered_from = DayFilter(
        label="成立登记不早于", field_name="registered_on", lookup_expr="gte"
    )
    registered_to = DayFilter(label="成立登记不晚于", field_name="registered_on", lookup_expr="lte")
    changed_since = DayFilter(label="此日以来有更新", method="changed")
    alive = filters.ChoiceFilter(
        label="在册", choices=[("all", "含已注销")], method="keep", empty_label="仅在册"
    )

    class Meta:
        model = SocialOrganization
        fields: list[str] = []

    def filter_queryset(self, queryset: Any) -> Any:
        if self.form.cleaned_data.get("alive") != "all":
            queryset = queryset.alive_on(self.day)
        queryset = queryset.with_coverage_on(self.day).with_uncovered_reason()
        ended = ExpressionWrapper(Q(deregistered_on__lte=self.day), BooleanField(null=True))
        queryset = queryset.annotate(has_ended=ended)
        return super().filter_queryset(queryset)

    def search(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.named(value)

    def in_unit(self, queryset: Any, name: str, value: str) -> Any:
        if value == "none":
            return queryset.filter(supervising_unit__isnull=True)
        return queryset.filter(supervising_unit__code=value)

    def is_covered(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.filter(is_covered=value == "yes")

    def is_work_covered(self, queryset: Any, name: str, value: str) -> Any:
        reached = Q(is_covered=True) | Q(has_instructor=True)
        return queryset.filter(reached if value == "yes" else ~reached)

    def served_by(self, queryset: Any, name: str, value: str) -> Any:
        if value == "none":
            return queryset.filter(has_instructor=False)
        return queryset.served_by_on(self.day, value)

    def by_mode(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.covered_by_mode_on(self.day, value)

    def for_reason(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.filter(uncovered_reason=value)

    def with_responsibility(self, queryset: Any, name: str, value: str) -> Any:
        """Gaps of the three lines: no body, or another than proposed without a reason."""
        if value == "set":
            return queryset.exclude(responsible_body_reason="")
        if value == "none":
            return queryset.filter(responsible_body__isnull=True)
        gaps = queryset.with_proposed_body().filter(is_gap=True)
        return gaps if value == "gap" else gaps.filter(responsible_body__isnull=False)

    def with_grade(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.filter(grade="" if value == "none" else value)

    def inspected(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.filter(inspection_result="" if value == "none" else value)

    def in_base(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.kept()

    def for_removal(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.removed(value)
