"""The lists of elections and of extensions."""

from typing import Any

import django_filters as filters

from organizations.filters.scoped import AreaFilter, DayFilter, ScopedFilterSet
from organizations.models import Election, PartyOrganization, TermExtension


class TermFilter(ScopedFilterSet):
    """What a list of an organization's terms can be asked."""

    q = filters.CharFilter(label="党组织名称、编码、拼音首字母", method="search")
    township = AreaFilter(label="镇(街道)", path="party_organization__township")

    def search(self, queryset: Any, name: str, value: str) -> Any:
        parties = PartyOrganization.objects.visible_to(self.user).named(value)
        return queryset.filter(party_organization__in=parties)


class ElectionFilter(TermFilter):
    held_from = DayFilter(label="选举日期不早于", field_name="held_on", lookup_expr="gte")
    held_to = DayFilter(label="选举日期不晚于", field_name="held_on", lookup_expr="lte")

    class Meta:
        model = Election
        fields: list[str] = []


class ExtensionFilter(TermFilter):
    approved_from = DayFilter(label="批准日期不早于", field_name="approved_on", lookup_expr="gte")
    approved_to = DayFilter(label="批准日期不晚于", field_name="approved_on", lookup_expr="lte")
    until_from = DayFilter(label="延期至不早于", field_name="until", lookup_expr="gte")
    until_to = DayFilter(label="延期至不晚于", field_name="until", lookup_expr="lte")

    class Meta:
        model = TermExtension
        fields: list[str] = []
