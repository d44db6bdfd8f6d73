"""Fields that the forms of members share."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils import timezone

from organizations.rules.cells import text_of

# so many names can be offered while typing without making the page heavy
MOST_OFFERED = 600


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%Y-%m-%d", **kwargs)


def day(label: str, *, required: bool = True, help_text: str = "") -> forms.DateField:
    initial = timezone.localdate if required else None
    return forms.DateField(
        label=label, required=required, widget=DayInput(), help_text=help_text, initial=initial
    )


def words(label: str, *, required: bool = False, help_text: str = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=300,
        required=required,
        help_text=help_text,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


def document(label: str = "批准文号", *, required: bool = False) -> forms.CharField:
    return forms.CharField(label=label, max_length=100, required=required)


class RecordField(forms.CharField):
    """An organization by its code or its full name, offered while typing; `rows` are the choices."""

    def __init__(self, *, code: str = "code", **kwargs: Any) -> None:
        super().__init__(max_length=200, **kwargs)
        self.code = code
        self.rows: QuerySet | None = None

    def offer(self, rows: QuerySet, name: str) -> None:
        self.rows = rows
        self.widget.attrs |= {"list": f"options_{name}", "autocomplete": "off"}

    @property
    def options(self) -> list[tuple[str, str]]:
        """Codes and names for the list below the field; none where there are too many."""
        if self.rows is None:
            return []
        found = list(self.rows.values_list("name", self.code)[: MOST_OFFERED + 1])
        return found if len(found) <= MOST_OFFERED else []

    def clean(self, value: Any) -> Any:
        text = text_of(super().clean(value))
        if not text or self.rows is None:
            return None
        found = list(self.rows.filter(Q(**{self.code: text.upper()}) | Q(name=text))[:2])
        if not found:
            raise ValidationError("没有找到,请填写编码或全称,或从下拉列表中选择。")
        if len(found) > 1:
            raise ValidationError("有同名的组织,请填写编码。")
        return found[0]
