"""What the forms of life events share: a day, a reason, a document."""

from typing import Any

from django import forms
from django.utils import timezone


class DateInput(forms.DateInput):
    input_type = "date"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%Y-%m-%d", **kwargs)


def day_field(label: str, *, required: bool = True, help_text: str = "") -> forms.DateField:
    return forms.DateField(label=label, required=required, widget=DateInput(), help_text=help_text)


def reason_field(label: str, help_text: str = "", required: bool = True) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=300,
        required=required,
        help_text=help_text,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


def document_field(label: str = "批准文号", *, required: bool = False) -> forms.CharField:
    return forms.CharField(label=label, max_length=100, required=required)


class ReasonForm(forms.Form):
    """An act that needs a reason and nothing else."""

    reason = reason_field("理由", "写给以后查看变更记录的人")


class DayForm(forms.Form):
    """An act that happens on a day, for a reason."""

    on = day_field("日期")
    reason = reason_field("原因")

    def __init__(self, *args: Any, day: str, reason: str, help_text: str = "", **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["on"].label, self.fields["reason"].label = day, reason
        self.fields["on"].help_text = help_text
        self.fields["on"].initial = timezone.localdate()
