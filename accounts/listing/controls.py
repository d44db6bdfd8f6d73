"""The controls of a filter form, written directly: a widget's template takes fifty microseconds an
option, and a province has hundreds of townships."""

from collections.abc import Iterable
from functools import lru_cache
from html import escape
from typing import Any

from django import forms
from django.utils.choices import CallableChoiceIterator
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe


def fields(bounds: Iterable[Any]) -> SafeString:
    """Each field with its label, its control and what is wrong with it."""
    return mark_safe("".join(_field(bound) for bound in bounds))  # noqa: S308 - built of safe parts


def _field(bound: Any) -> str:
    place = escape(str(bound.id_for_label))
    wrong = "".join(
        f'<p class="field__error" id="{place}_error">✕ {escape(str(error))}</p>'
        for error in bound.errors
    )
    return (
        f'<div class="filters__field{" field--wrong" if wrong else ""}">'
        f'<label for="{place}">{escape(str(bound.label))}</label>{control(bound)}{wrong}</div>'
    )


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
        "".join(f' {name}="{escape(str(value))}"' for name, value in every.items())
    )


def _select(bound: Any, widget: forms.Select) -> SafeString:
    inside = options(widget.choices, str(bound.value() or ""))
    return format_html("<select{}>{}</select>", _attributes(bound, widget.attrs), inside)


def options(choices: Any, chosen: str) -> SafeString:
    text = _unchosen(tuple(_plain(choices)))
    mark = f'<option value="{escape(chosen)}"'
    text = text.replace(f"{mark}>", f"{mark} selected>", 1)
    return mark_safe(text)  # noqa: S308 - codes and labels are escaped


def _plain(choices: Any) -> Iterable[tuple[Any, Any]]:
    """The pairs of a field's or a widget's choices; what a function gives is taken as it is."""
    if isinstance(choices, CallableChoiceIterator):
        return choices.func()
    inner = getattr(choices, "choices", None)
    if not isinstance(inner, CallableChoiceIterator):
        return choices
    empty = choices.field.empty_label
    return (*([("", empty)] if empty is not None else []), *inner.func())


@lru_cache(maxsize=256)
def _unchosen(choices: tuple[tuple[Any, Any], ...]) -> str:
    """The options of a list that many pages show; escaped once."""
    return "".join(
        f'<option value="{escape(str(code))}">{escape(str(label))}</option>'
        for code, label in choices
    )


def _input(bound: Any, widget: forms.widgets.Input) -> SafeString:
    value = widget.format_value(bound.value())
    more = {"type": widget.input_type, **widget.attrs}
    if value is not None:
        more["value"] = value
    return format_html("<input{}>", _attributes(bound, more))
