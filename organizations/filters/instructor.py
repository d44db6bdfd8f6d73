"""Lists of instructors and of their assignments."""

from typing import Any

import django_filters as filters

from organizations.filters.scoped import AreaFilter, DayFilter, ScopedFilterSet, searched
from organizations.models import (
    Instructor,
    InstructorAssignment,
)


class InstructorFilter(ScopedFilterSet):
    q = filters.CharFilter(label="姓名、编号、拼音首字母", method="search")
    township = AreaFilter(label="镇(街道)")
    load_from = filters.NumberFilter(label="联系家数不少于", method="keep", min_value=0)
    load_to = filters.NumberFilter(label="联系家数不多于", method="keep", min_value=0)
    serving = filters.ChoiceFilter(
        label="任职", choices=[("all", "含已离任")], method="keep", empty_label="仅在任"
    )
    as_of = DayFilter(label="截至日期", method="keep")

    class Meta:
        model = Instructor
        fields: list[str] = []

    def filter_queryset(self, queryset: Any) -> Any:
        cleaned = self.form.cleaned_data
        if cleaned.get("serving") != "all":
            queryset = queryset.serving_on(self.day)
        queryset = super().filter_queryset(queryset.with_load_on(self.day, self.user))
        if (least := cleaned.get("load_from")) is not None:
            queryset = queryset.filter(load__gte=least)
        if (most := cleaned.get("load_to")) is not None:
            queryset = queryset.filter(load__lte=most)
        return queryset

    def search(self, queryset: Any, name: str, value: str) -> Any:
        return searched(queryset, value, "code")


class InstructorAssignmentFilter(ScopedFilterSet):
    as_of = DayFilter(label="截至日期", method="keep")
    township = AreaFilter(label="镇(街道)", path="social_organization__township")
    instructor = filters.CharFilter("instructor__code", label="指导员编号")
    social_organization = filters.NumberFilter(label="社会组织编号", min_value=1)
    state = filters.ChoiceFilter(
        label="状态", choices=[("all", "含已结束")], method="keep", empty_label="仅联系中"
    )

    class Meta:
        model = InstructorAssignment
        fields: list[str] = []

    def filter_queryset(self, queryset: Any) -> Any:
        if self.form.cleaned_data.get("state") != "all":
            queryset = queryset.live_on(self.day)
        return super().filter_queryset(queryset)
