"""Lists of coverage links and of hand-overs."""

from datetime import date
from typing import Any

import django_filters as filters
from django.db.models import Q

from organizations.filters.scoped import AreaFilter, DayFilter, ScopedFilterSet, midnight
from organizations.models import (
    CoverageLink,
    HandOver,
    PartyOrganization,
    SocialOrganization,
)
from organizations.models.scoping import valid_on
from organizations.rules.cells import text_of
from organizations.rules.vocabulary import (
    Category,
    HandOverState,
    Mode,
    PartyKind,
)


class CoverageLinkFilter(ScopedFilterSet):
    q = filters.CharFilter(label="社会组织或党组织的名称、代码、拼音首字母", method="search")
    township = AreaFilter(label="镇(街道)", path="social_organization__township")
    mode = filters.ChoiceFilter(label="组建方式", choices=Mode.choices())
    state = filters.ChoiceFilter(
        label="状态",
        choices=[("live", "计入覆盖"), ("ended", "已截止"), ("all", "全部")],
        method="keep",
        empty_label="未截止",
    )
    as_of = DayFilter(label="截至日期", method="keep")
    category = filters.ChoiceFilter(
        label="社会组织类别",
        choices=Category.choices(),
        field_name="social_organization__category",
    )
    supervising_unit = filters.ChoiceFilter(label="业务主管单位", choices=[], method="in_unit")
    kind = filters.ChoiceFilter(
        label="党组织类型", choices=PartyKind.choices(), field_name="party_organization__kind"
    )
    started_from = DayFilter(label="覆盖起始不早于", field_name="valid_from", lookup_expr="gte")
    started_to = DayFilter(label="覆盖起始不晚于", field_name="valid_from", lookup_expr="lte")
    changed_since = DayFilter(label="此日以来有更新", method="changed")

    class Meta:
        model = CoverageLink
        fields: list[str] = []

    def filter_queryset(self, queryset: Any) -> Any:
        state = self.form.cleaned_data.get("state")
        if state == "live":
            queryset = queryset.live_on(self.day)
        elif state == "ended":
            queryset = queryset.filter(valid_to__lte=self.day)
        elif state != "all":
            queryset = queryset.filter(valid_on(self.day))
        return super().filter_queryset(queryset)

    def search(self, queryset: Any, name: str, value: str) -> Any:
        organizations = SocialOrganization.objects.visible_to(self.user)
        parties = PartyOrganization.objects.visible_to(self.user)
        return queryset.filter(
            Q(social_organization__in=organizations.named(value))
            | Q(party_organization__in=parties.named(value))
        )

    def in_unit(self, queryset: Any, name: str, value: str) -> Any:
        if value == "none":
            return queryset.filter(social_organization__supervising_unit__isnull=True)
        return queryset.filter(social_organization__supervising_unit__code=value)


class HandOverFilter(ScopedFilterSet):
    q = filters.CharFilter(label="社会组织名称、拼音首字母", method="search")
    state = filters.ChoiceFilter(label="状态", choices=HandOverState.choices())
    way = filters.ChoiceFilter(
        label="方向", choices=[("in", "移入本辖区"), ("out", "移出本辖区")], method="on_side"
    )
    proposed_from = DayFilter(label="移交不早于", method="proposed")

    class Meta:
        model = HandOver
        fields: list[str] = []

    def search(self, queryset: Any, name: str, value: str) -> Any:
        """By what the list itself shows of an organization that may lie outside the scope."""
        text = text_of(value)
        found = Q(organization__name__icontains=text)
        if text.isascii():
            found |= Q(organization__initials__icontains=text.replace(" ", "").lower())
        return queryset.filter(found)

    def on_side(self, queryset: Any, name: str, value: str) -> Any:
        side = "to_township" if value == "in" else "from_township"
        return queryset.filter(**{f"{side}__code__startswith": self.user.scope.code})

    def proposed(self, queryset: Any, name: str, value: date) -> Any:
        return queryset.filter(proposed_at__gte=midnight(value))
