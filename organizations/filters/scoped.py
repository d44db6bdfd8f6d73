"""What the filters of all lists of the registry share."""

from collections.abc import Callable
from datetime import date, datetime, time
from functools import cache
from typing import Any

import django_filters as filters
from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.choices import CallableChoiceIterator

from organizations.models import (
    ResponsibleBody,
    SupervisingUnit,
    Township,
)
from organizations.models.naming import named
from organizations.rules.vocabulary import (
    BodyKind,
)

YES_NO = [("yes", "是"), ("no", "否")]
BODY_KINDS = [(kind.value, f"各{kind.label}") for kind in BodyKind]


def searched(queryset: QuerySet, text: str, *codes: str) -> QuerySet:
    """Rows whose name, code or pinyin initials contain the text."""
    return queryset.filter(named(text, *codes))


def midnight(day: date) -> datetime:
    """The moment at which the day begins here."""
    return datetime.combine(day, time.min, timezone.get_current_timezone())


class Asked(CallableChoiceIterator):
    """Choices that are looked up when they are first shown or checked, and only once."""

    def __init__(self, ask: Callable[[], list[Any]]) -> None:
        super().__init__(cache(ask))

    def __len__(self) -> int:
        return len(self.func())


class DayFilter(filters.DateFilter):
    """A day, chosen in the browser's own calendar."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        super().__init__(*args, widget=widget, **kwargs)


class ScopedFilterSet(filters.FilterSet):
    """Knows who asks; the choices of other records are those that the account sees."""

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        self.user = user
        super().__init__(*args, **kwargs)
        if unit := self.filters.get("supervising_unit"):
            units = SupervisingUnit.objects.visible_to(user).values_list("code", "name")
            unit.extra["choices"] = Asked(lambda: [*units, ("none", "无业务主管单位")])
        if township := self.filters.get("township"):
            townships = Township.objects.visible_to(user).values_list("code", "name")
            listed = Asked(lambda: [("", "全部"), *townships])
            township.extra["widget"] = forms.Select(choices=listed)
        if body := self.filters.get("responsible_body"):
            bodies = ResponsibleBody.objects.visible_to(user).values_list("pk", "name")
            body.extra["choices"] = Asked(
                lambda: [
                    *BODY_KINDS,
                    ("none", "没有责任主体"),
                    *((str(pk), name) for pk, name in bodies),
                ]
            )

    @property
    def day(self) -> date:
        """The day that the rows are seen on."""
        cleaned = getattr(self.form, "cleaned_data", {})
        return cleaned.get("as_of") or timezone.localdate()

    def keep(self, queryset: Any, name: str, value: Any) -> Any:
        """Read by `filter_queryset`, or only by the page."""
        return queryset

    def changed(self, queryset: Any, name: str, value: date) -> Any:
        """Saved on the day or later."""
        return queryset.filter(updated_at__gte=midnight(value))

    def under_body(self, queryset: Any, name: str, value: str) -> Any:
        """One of the three lines of responsibility, one body, or none."""
        if value == "none":
            return queryset.filter(responsible_body__isnull=True)
        if value in BodyKind.codes():
            return queryset.filter(responsible_body__kind=value)
        return queryset.filter(responsible_body=value)


class AreaFilter(filters.CharFilter):
    """A township's code, or any prefix of area codes."""

    def __init__(self, *args: Any, path: str = "township", **kwargs: Any) -> None:
        self.path = path
        super().__init__(*args, **kwargs)

    def filter(self, qs: QuerySet, value: str) -> QuerySet:
        return qs.filter(**{f"{self.path}__code__startswith": value}) if value else qs
