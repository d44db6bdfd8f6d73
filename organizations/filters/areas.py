"""Lists of townships, supervising units and responsible bodies."""

from typing import Any

import django_filters as filters
from django.db.models import Q

from organizations.filters.scoped import YES_NO, AreaFilter, ScopedFilterSet
from organizations.models import FormerUnitName, ResponsibleBody, SupervisingUnit, Township
from organizations.rules.cells import text_of
from organizations.rules.vocabulary import BodyKind


class CountedFilter(ScopedFilterSet):
    """Of rows that tell how much belongs to each on the day."""

    def filter_queryset(self, queryset: Any) -> Any:
        return super().filter_queryset(queryset.with_counts_on(self.day, self.user))


class TownshipFilter(CountedFilter):
    q = filters.CharFilter(label="名称、区划代码", method="search")

    class Meta:
        model = Township
        fields: list[str] = []

    def search(self, queryset: Any, name: str, value: str) -> Any:
        text = text_of(value)
        return queryset.filter(Q(name__icontains=text) | Q(code__icontains=text))


class UnitFilter(CountedFilter):
    q = filters.CharFilter(label="名称、编码、曾用名", method="search")
    used = filters.ChoiceFilter(label="有在册社会组织", choices=YES_NO, method="supervising")

    class Meta:
        model = SupervisingUnit
        fields: list[str] = []

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


class BodyFilter(CountedFilter):
    q = filters.CharFilter(label="名称", method="search")
    kind = filters.ChoiceFilter(label="责任线", choices=BodyKind.choices())
    township = AreaFilter(label="镇(街道)", path="township")

    class Meta:
        model = ResponsibleBody
        fields: list[str] = []

    def search(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.filter(name__icontains=text_of(value))
