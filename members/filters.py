"""What one may ask of the roster."""

from typing import Any

import django_filters as filters
from django import forms
from django.db.models import QuerySet

from members.actions.private import id_digest, phone_digest
from members.models import Member
from members.rules.vocabulary import MemberStatus
from organizations.filters import searched
from organizations.models import Township


class MemberFilter(filters.FilterSet):
    q = filters.CharFilter(label="姓名、编号、拼音首字母;完整的身份证号或电话", method="search")
    township = filters.CharFilter(label="镇(街道)", method="in_area")
    status = filters.ChoiceFilter(label="党员状态", choices=MemberStatus.choices())
    party_organization = filters.CharFilter(label="所在党组织编码", method="in_party")

    class Meta:
        model = Member
        fields: list[str] = []

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        self.user = user
        super().__init__(*args, **kwargs)
        townships = Township.objects.visible_to(user).values_list("code", "name")
        self.filters["township"].extra["widget"] = forms.Select(choices=[("", "全部"), *townships])

    def search(self, queryset: Any, name: str, value: str) -> QuerySet:
        """Numbers are found only whole, by their keyed hash."""
        compact = value.replace(" ", "").upper()
        if len(compact) == 18:
            return queryset.filter(private__id_digest=id_digest(compact))
        if len(compact) == 11 and compact.isdigit():
            return queryset.filter(private__phone_digest=phone_digest(compact))
        return searched(queryset, value, "code")

    def in_area(self, queryset: Any, name: str, value: str) -> QuerySet:
        return queryset.belonging(party_organization__township__code__startswith=value)

    def in_party(self, queryset: Any, name: str, value: str) -> QuerySet:
        return queryset.belonging(party_organization__code=value)
