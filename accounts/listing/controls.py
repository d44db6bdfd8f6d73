"""The controls of a filter form, written directly: a widget's template takes fifty microseconds an
option, and a province has hundreds of townships."""

from typing import Any

from django import forms
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe


def control(bound: Any) -> SafeString:
    """The field's control as Django's own widgets write it; what is unusual is left to them."""
    widget = bound.field.widget
    if type(widget) is forms.Select:
        return _select(bound, widget)
    if type(widget) in (forms.TextInput, forms.DateInput, forms.NumberInput):
        return _input(bound, widget)
    return bound.as_widget()


def _attributes(bound: Any, more: dict[str, Any]) -> SafeString:
    every: dict[str, Any] = {"name": bound.html_name, "id": bound.id_for_label, **more}
    if bound.errors:
        every |= {"aria-invalid": "true", "aria-describedby": f"{bound.id_for_label}_error"}
    return mark_safe(  # noqa: S308 - names are ours, values are escaped
        "".join(f' {name}="{conditional_escape(value)}"' for name, value in every.items())
    )


def _select(bound: Any, widget: forms.Select) -> SafeString:
    chosen = str(bound.value() or "")
    options = "".join(
        f'<option value="{conditional_escape(code)}"{" selected" if str(code) == chosen else ""}>'
        f"{conditional_escape(label)}</option>"
        for code, label in widget.choices
    )
    inside = mark_safe(options)  # noqa: S308 - codes and labels are escaped
    return format_html("<select{}>{}</select>", _attributes(bound, widget.attrs), inside)


def _input(bound: Any, widget: forms.widgets.Input) -> SafeString:
    value = widget.format_value(bound.value())
    more = {"type": widget.input_type, **widget.attrs}
    if value is not None:
        more["value"] = value
    return format_html("<input{}>", _attributes(bound, more))
