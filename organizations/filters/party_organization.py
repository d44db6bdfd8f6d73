"""Lists of party organizations."""

from typing import Any

import django_filters as filters

from organizations.filters.scoped import AreaFilter, DayFilter, ScopedFilterSet
from organizations.models import (
    PartyOrganization,
    SocialOrganization,
)
from organizations.rules.vocabulary import (
    Category,
    Level,
    PartyKind,
)

ELECTION_DUE = [
    ("0", "任期已届满"),
    ("1", "1 个月内届满"),
    ("3", "1 至 3 个月内届满"),
    ("6", "3 至 6 个月内届满"),
]


class PartyOrganizationFilter(ScopedFilterSet):
    q = filters.CharFilter(label="名称、编码、拼音首字母", method="search")
    township = AreaFilter(label="镇(街道)")
    kind = filters.ChoiceFilter("kind_on", label="类型", choices=PartyKind.choices())
    level = filters.ChoiceFilter("level_on", label="层级", choices=Level.choices())
    as_of = DayFilter(label="截至日期", method="keep")
    responsible_body = filters.ChoiceFilter(label="责任主体", choices=[], method="under_body")
    category = filters.ChoiceFilter(
        label="所覆盖的类别", choices=Category.choices(), method="covering_category"
    )
    supervising_unit = filters.ChoiceFilter(
        label="所覆盖的业务主管单位", choices=[], method="covering_unit"
    )
    term_ends_from = DayFilter(label="任期届满不早于", field_name="term_ends_on", lookup_expr="gte")
    term_ends_to = DayFilter(label="任期届满不晚于", field_name="term_ends_on", lookup_expr="lte")
    election_due = filters.ChoiceFilter(
        label="换届", choices=ELECTION_DUE, method="waiting_for_election"
    )
    founded_from = DayFilter(label="成立不早于", field_name="founded_on", lookup_expr="gte")
    founded_to = DayFilter(label="成立不晚于", field_name="founded_on", lookup_expr="lte")
    changed_since = DayFilter(label="此日以来有更新", method="changed")
    alive = filters.ChoiceFilter(
        label="存续", choices=[("all", "含已撤销")], method="keep", empty_label="仅存续"
    )

    class Meta:
        model = PartyOrganization
        fields: list[str] = []

    def filter_queryset(self, queryset: Any) -> Any:
        if self.form.cleaned_data.get("alive") != "all":
            queryset = queryset.alive_on(self.day)
        # as many as the page of the party organization shows to this account
        reached = SocialOrganization.objects.visible_to(self.user)
        queryset = queryset.with_kind_on(self.day).with_coverage_count_on(self.day, reached)
        return super().filter_queryset(queryset)

    def search(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.named(value)

    def waiting_for_election(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.electing_on(self.day).term_ends_within(self.day, int(value))

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
