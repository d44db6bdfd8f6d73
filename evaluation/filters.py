"""What one may ask of the list of ratings; page and API read the same parameters."""

from datetime import date
from functools import cached_property
from typing import Any

import django_filters as filters
from django.db.models import Max
from django.utils import timezone

from activities.filters import by_party
from evaluation.dashboard.stars import NO_STAR, points_of
from evaluation.models import StarRating
from evaluation.rules.scheme import DEFAULT_ITEMS
from evaluation.rules.vocabulary import RatingState, star_words
from organizations.filters import AreaFilter, ScopedFilterSet
from organizations.models import ResponsibleBody
from organizations.rules.vocabulary import PartyKind

RATED = "rated"
STARS = [
    *((str(star), star_words(star)) for star in (5, 4, 3, 2, 1, 0)),
    (NO_STAR, "暂不定星"),
    (RATED, "参加评定的"),
]
LAST_STARS = [*STARS[:-2], (NO_STAR, "此前未评定")]


QUARTERS = [("0", "全年"), *((str(number), f"第 {number} 季度") for number in (1, 2, 3, 4))]


class RatingFilter(ScopedFilterSet):
    """`year` and `quarter` choose the period; without a quarter it is the year's stars."""

    q = filters.CharFilter(label="党组织名称、编码、拼音首字母", method="search")
    township = AreaFilter(label="镇(街道)", path="party_organization__township")
    star = filters.ChoiceFilter(label="星级", choices=STARS, method="with_star")
    kind = filters.ChoiceFilter(label="类型", choices=PartyKind.choices())
    year = filters.NumberFilter(label="年度")
    quarter = filters.ChoiceFilter(label="期间", choices=QUARTERS, method="keep")
    body = filters.ChoiceFilter(label="责任主体", choices=[], method="of_body")
    last = filters.ChoiceFilter(label="上年星级", choices=LAST_STARS, method="with_last_star")
    missed = filters.ChoiceFilter(
        label="未得满分的项目",
        choices=[(item.code, f"{item.code} {item.title}") for item in DEFAULT_ITEMS],
        method="missing_points",
    )
    state = filters.ChoiceFilter(label="进度", choices=RatingState.choices())
    party = filters.CharFilter(label="党组织编码", field_name="party_organization__code")

    class Meta:
        model = StarRating
        fields: list[str] = []

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        bodies = ResponsibleBody.objects.visible_to(user).order_by("name")
        names = [(name, name) for name in bodies.values_list("name", flat=True).distinct()]
        self.filters["body"].extra["choices"] = [*names, (NO_STAR, "未明确")]

    @cached_property
    def day(self) -> date:
        """The day that the ratings at hand were computed for, not the day of asking."""
        return self.queryset.aggregate(latest=Max("as_of"))["latest"] or timezone.localdate()

    def search(self, queryset: Any, name: str, value: str) -> Any:
        return by_party(queryset, value)

    def filter_queryset(self, queryset: Any) -> Any:
        asked = self.form.cleaned_data.get("quarter") or 0
        return super().filter_queryset(queryset.filter(quarter=int(asked)))

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
