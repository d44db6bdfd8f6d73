"""What one may ask of the list of ratings; page and API read the same parameters."""

from typing import Any

import django_filters as filters
from django import forms
from django.db.models import F, Q

from evaluation.dashboard.stars import NO_STAR, points_of
from evaluation.models import StarRating
from evaluation.rules.scheme import DEFAULT_ITEMS
from evaluation.rules.vocabulary import RatingState, star_words
from organizations.models import ResponsibleBody, Township
from organizations.rules.vocabulary import PartyKind

RATED = "rated"
STARS = [
    *((str(star), star_words(star)) for star in (5, 4, 3, 2, 1, 0)),
    (NO_STAR, "暂不定星"),
    (RATED, "参加评定的"),
]
LAST_STARS = [*STARS[:-2], (NO_STAR, "此前未评定")]


class RatingFilter(filters.FilterSet):
    q = filters.CharFilter(label="党组织名称、编码、拼音首字母", method="search")
    year = filters.NumberFilter(label="年度", widget=forms.HiddenInput)
    township = filters.CharFilter(label="镇(街道)", method="in_area")
    kind = filters.ChoiceFilter(label="类型", choices=PartyKind.choices())
    body = filters.ChoiceFilter(label="责任主体", choices=[], method="of_body")
    star = filters.ChoiceFilter(label="星级", choices=STARS, method="with_star")
    last = filters.ChoiceFilter(label="上年星级", choices=LAST_STARS, method="with_last_star")
    missed = filters.ChoiceFilter(
        label="未得满分的项目",
        choices=[(item.code, f"{item.code} {item.title}") for item in DEFAULT_ITEMS],
        method="missing_points",
    )
    state = filters.ChoiceFilter(label="进度", choices=RatingState.choices())

    class Meta:
        model = StarRating
        fields: list[str] = []

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        townships = Township.objects.visible_to(user).values_list("code", "name")
        self.filters["township"].extra["widget"] = forms.Select(choices=[("", "全部"), *townships])
        bodies = ResponsibleBody.objects.visible_to(user).order_by("name")
        names = [(name, name) for name in bodies.values_list("name", flat=True).distinct()]
        self.filters["body"].extra["choices"] = [*names, (NO_STAR, "未明确")]

    def shown(self, name: str) -> str:
        """The words of a chosen value."""
        value = self.form.data.get(name, "")
        choices = getattr(self.form.fields[name].widget, "choices", None)
        return dict(choices or ()).get(value, value)

    def search(self, queryset: Any, name: str, value: str) -> Any:
        path = "party_organization__"
        found = Q(**{f"{path}name__icontains": value}) | Q(**{f"{path}code__icontains": value})
        if value.isascii():
            found |= Q(**{f"{path}initials__icontains": value.replace(" ", "").lower()})
        return queryset.filter(found)

    def in_area(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.filter(party_organization__township__code__startswith=value)

    def of_body(self, queryset: Any, name: str, value: str) -> Any:
        path = "party_organization__responsible_body"
        if value == NO_STAR:
            return queryset.filter(**{f"{path}__isnull": True})
        return queryset.filter(**{f"{path}__name": value})

    def with_star(self, queryset: Any, name: str, value: str) -> Any:
        if value == NO_STAR:
            return queryset.filter(shown__isnull=True)
        if value == RATED:
            return queryset.filter(shown__isnull=False)
        return queryset.filter(shown=int(value))

    def with_last_star(self, queryset: Any, name: str, value: str) -> Any:
        if value == NO_STAR:
            return queryset.filter(last_star__isnull=True)
        return queryset.filter(last_star=int(value))

    def missing_points(self, queryset: Any, name: str, value: str) -> Any:
        points = {item.code: float(item.points) for item in DEFAULT_ITEMS}
        rows = queryset.annotate(got=points_of(value))
        return rows.filter(got__lt=points[value])

    def filter_queryset(self, queryset: Any) -> Any:
        order = (F("shown").desc(nulls_last=True), F("score").desc(), "party_organization__code")
        return super().filter_queryset(queryset).order_by("party_organization__township", *order)
