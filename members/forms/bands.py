"""Forms of a year's 党费标准."""

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BaseFormSet, formset_factory
from django.utils import timezone

from members.forms.fields import words
from members.rules.dues import DEFAULT_YEAR, Band
from members.rules.vocabulary import Payer

MOST_ROWS = 30


class YearForm(forms.Form):
    """Which year's standard is to be opened: from the first national one to next year."""

    year = forms.IntegerField(label="起用年度")

    def clean_year(self) -> int:
        year: int = self.cleaned_data["year"]
        latest = timezone.localdate().year + 1
        if not DEFAULT_YEAR <= year <= latest:
            raise ValidationError(f"起用年度应为 {DEFAULT_YEAR} 至 {latest} 年。")
        return year


def amount(label: str, **limits: Any) -> forms.DecimalField:
    return forms.DecimalField(label=label, min_value=0, decimal_places=2, required=False, **limits)


class BandForm(forms.Form):
    """One band; a line without a payer is none."""

    payer = forms.ChoiceField(
        label="缴费类别",
        choices=[("", "不填"), *(c for c in Payer.choices() if c[0] != Payer.EXEMPT)],
        required=False,
    )
    above = amount("基数超过(元)", max_digits=10)
    percent = amount("比例(%)", max_value=100, max_digits=5)
    flat = amount("定额(元)", max_digits=10)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("payer") and any(data.get(name) for name in ("above", "percent", "flat")):
            self.add_error("payer", "请选择缴费类别;不要这一档的,请把这一行全部清空。")
        return data


BandRows = formset_factory(BandForm, extra=2, max_num=MOST_ROWS, absolute_max=MOST_ROWS)


class ReasonForm(forms.Form):
    reason = words("依据", required=True, help_text="如:上级文件的名称、文号")


class StandardForm(ReasonForm):
    """What goes with a year's bands; `seen` notices that somebody else saved meanwhile."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)


def bands_from(rows: BaseFormSet) -> list[Band]:
    zero = Decimal(0)
    found = []
    for form in rows.forms:
        data = form.cleaned_data
        if data.get("payer"):
            found.append(
                Band(
                    data["payer"],
                    data.get("above") or zero,
                    data.get("percent") or zero,
                    data.get("flat") or zero,
                )
            )
    return found
