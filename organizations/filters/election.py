"""The list of elections."""

from typing import Any

import django_filters as filters

from organizations.filters.scoped import AreaFilter, DayFilter, ScopedFilterSet
from organizations.models import Election, PartyOrganization


class ElectionFilter(ScopedFilterSet):
    q = filters.CharFilter(label="党组织名称、编码、拼音首字母", method="search")
    township = AreaFilter(label="镇(街道)", path="party_organization__township")
    held_from = DayFilter(label="选举日期不早于", field_name="held_on", lookup_expr="gte")
    held_to = DayFilter(label="选举日期不晚于", field_name="held_on", lookup_expr="lte")

    class Meta:
        model = Election
        fields: list[str] = []

    def search(self, queryset: Any, name: str, value: str) -> Any:
        parties = PartyOrganization.objects.visible_to(self.user).named(value)
        return queryset.filter(party_organization__in=parties)
