"""Lists of townships and supervising units."""

from typing import Any

import django_filters as filters
from django.db.models import Q

from organizations.filters.scoped import YES_NO, ScopedFilterSet
from organizations.models import FormerUnitName, SupervisingUnit, Township
from organizations.rules.cells import text_of


class TownshipFilter(ScopedFilterSet):
    q = filters.CharFilter(label="名称、区划代码", method="search")

    class Meta:
        model = Township
        fields: list[str] = []

    def filter_queryset(self, queryset: Any) -> Any:
        return super().filter_queryset(queryset.with_counts_on(self.day, self.user))

    def search(self, queryset: Any, name: str, value: str) -> Any:
        text = text_of(value)
        return queryset.filter(Q(name__icontains=text) | Q(code__icontains=text))


class UnitFilter(ScopedFilterSet):
    q = filters.CharFilter(label="名称、编码、曾用名", method="search")
    used = filters.ChoiceFilter(label="有在册社会组织", choices=YES_NO, method="supervising")

    class Meta:
        model = SupervisingUnit
        fields: list[str] = []

    def filter_queryset(self, queryset: Any) -> Any:
        return super().filter_queryset(queryset.with_counts_on(self.day, self.user))

    def search(self, queryset: Any, name: str, value: str) -> Any:
        text = text_of(value)
        former = FormerUnitName.objects.visible_to(self.user).filter(name__icontains=text)
        found = Q(name__icontains=text) | Q(code__icontains=text)
        return queryset.filter(found | Q(pk__in=former.order_by().values("unit")))

    def supervising(self, queryset: Any, name: str, value: str) -> Any:
        return (
            queryset.filter(organization_count__gt=0)
            if value == "yes"
            else queryset.filter(organization_count=0)
        )
