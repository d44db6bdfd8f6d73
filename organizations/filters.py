"""What one may ask of the registry's lists; pages, API and exports read the same parameters."""

from datetime import date
from typing import Any

import django_filters as filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone

from organizations.models import (
    Instructor,
    PartyOrganization,
    SocialOrganization,
    SupervisingUnit,
    Township,
)
from organizations.rules.cells import text_of
from organizations.rules.vocabulary import (
    Category,
    Level,
    Mode,
    PartyKind,
    Removal,
    Status,
    UncoveredReason,
)

YES_NO = [("yes", "是"), ("no", "否")]


def searched(queryset: QuerySet, text: str, *codes: str) -> QuerySet:
    """Rows whose name, code or pinyin initials contain the text."""
    text = text_of(text)
    found = Q(name__icontains=text)
    for code in codes:
        found |= Q(**{f"{code}__icontains": text})
    if text.isascii() and text:
        found |= Q(initials__icontains=text.replace(" ", "").lower())
        found |= Q(pinyin__icontains=text.lower())
    return queryset.filter(found)


class ScopedFilterSet(filters.FilterSet):
    """Knows who asks; choices and rows come from what that account may see."""

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        self.user = user
        super().__init__(*args, **kwargs)
        # choices of other records are those that the account sees
        if "supervising_unit" in self.filters:
            units = SupervisingUnit.objects.visible_to(user).values_list("code", "name")
            self.filters["supervising_unit"].extra["choices"] = [*units, ("none", "无业务主管单位")]
        townships = Township.objects.visible_to(user).values_list("code", "name")
        self.filters["township"].extra["widget"] = forms.Select(choices=[("", "全部"), *townships])

    @property
    def day(self) -> date:
        """The day that the rows are seen on."""
        cleaned = getattr(self.form, "cleaned_data", {})
        return cleaned.get("as_of") or timezone.localdate()


class AreaFilter(filters.CharFilter):
    """A township's code, or any prefix of area codes."""

    def filter(self, qs: QuerySet, value: str) -> QuerySet:
        return qs.filter(township__code__startswith=value) if value else qs


class SocialOrganizationFilter(ScopedFilterSet):
    q = filters.CharFilter(label="名称、代码、拼音首字母", method="search")
    as_of = filters.DateFilter(label="截至日期", method="keep")
    township = AreaFilter(label="镇(街道)")
    category = filters.ChoiceFilter(label="类别", choices=Category.choices())
    supervising_unit = filters.ChoiceFilter(label="业务主管单位", choices=[], method="in_unit")
    covered = filters.ChoiceFilter(label="组织覆盖", choices=YES_NO, method="is_covered")
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
        return super().filter_queryset(queryset)

    def keep(self, queryset: Any, name: str, value: Any) -> Any:
        return queryset

    def search(self, queryset: Any, name: str, value: str) -> Any:
        return searched(queryset, value, "credit_code")

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

    def in_base(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.kept()

    def for_removal(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.removed(value)


class PartyOrganizationFilter(ScopedFilterSet):
    q = filters.CharFilter(label="名称、编码、拼音首字母", method="search")
    as_of = filters.DateFilter(label="截至日期", method="keep")
    township = AreaFilter(label="镇(街道)")
    kind = filters.ChoiceFilter("kind_on", label="类型", choices=PartyKind.choices())
    level = filters.ChoiceFilter("level_on", label="层级", choices=Level.choices())
    category = filters.ChoiceFilter(
        label="所覆盖的类别", choices=Category.choices(), method="covering_category"
    )
    supervising_unit = filters.ChoiceFilter(
        label="所覆盖的业务主管单位", choices=[], method="covering_unit"
    )
    alive = filters.ChoiceFilter(
        label="存续", choices=[("all", "含已撤销")], method="keep", empty_label="仅存续"
    )

    class Meta:
        model = PartyOrganization
        fields: list[str] = []

    def filter_queryset(self, queryset: Any) -> Any:
        if self.form.cleaned_data.get("alive") != "all":
            queryset = queryset.alive_on(self.day)
        queryset = queryset.with_kind_on(self.day).with_coverage_count_on(self.day)
        return super().filter_queryset(queryset)

    def keep(self, queryset: Any, name: str, value: Any) -> Any:
        return queryset

    def search(self, queryset: Any, name: str, value: str) -> Any:
        return searched(queryset, value, "code")

    def covering_category(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.covering(
            SocialOrganization.objects.visible_to(self.user).filter(category=value), self.day
        )

    def covering_unit(self, queryset: Any, name: str, value: str) -> Any:
        organizations = SocialOrganization.objects.visible_to(self.user)
        if value == "none":
            organizations = organizations.filter(supervising_unit__isnull=True)
        else:
            organizations = organizations.filter(supervising_unit__code=value)
        return queryset.covering(organizations, self.day)


class InstructorFilter(ScopedFilterSet):
    q = filters.CharFilter(label="姓名、编号、拼音首字母", method="search")
    as_of = filters.DateFilter(label="截至日期", method="keep")
    township = AreaFilter(label="镇(街道)")
    load_from = filters.NumberFilter(label="联系家数不少于", method="keep", min_value=0)
    load_to = filters.NumberFilter(label="联系家数不多于", method="keep", min_value=0)
    serving = filters.ChoiceFilter(
        label="任职", choices=[("all", "含已离任")], method="keep", empty_label="仅在任"
    )

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

    def keep(self, queryset: Any, name: str, value: Any) -> Any:
        return queryset

    def search(self, queryset: Any, name: str, value: str) -> Any:
        return searched(queryset, value, "code")
