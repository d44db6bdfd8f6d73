"""A number that is copied from a certificate or a chat: with blanks, full-width, in small letters."""

import unicodedata
from typing import Any

from django import forms
from django.forms import Widget


def plain_code(text: str) -> str:
    """The same number in half-width capitals without blanks."""
    return "".join(unicodedata.normalize("NFKC", text).split()).upper()


class CodeField(forms.CharField):
    """Takes a number however it was pasted. The browser must not cut it off before that."""

    def to_python(self, value: Any) -> Any:
        found = super().to_python(value)
        return (plain_code(found) or self.empty_value) if found else found

    def widget_attrs(self, widget: Widget) -> dict[str, Any]:
        attrs = super().widget_attrs(widget)
        attrs.pop("maxlength", None)
        return attrs
