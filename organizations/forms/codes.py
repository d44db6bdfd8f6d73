"""What is pasted from a certificate, a sheet or a chat: with blanks, full-width, in small letters."""

import unicodedata
from typing import Any

from django import forms
from django.forms import Widget

from organizations.rules.cells import text_of


def plain_code(text: str) -> str:
    """The same number in half-width capitals without blanks."""
    return "".join(unicodedata.normalize("NFKC", text).split()).upper()


class NameField(forms.CharField):
    """A person's name as an import reads it: 张　三 is 张三, so that it is found."""

    def to_python(self, value: Any) -> Any:
        found = super().to_python(value)
        return text_of(found) if found else found


class CodeField(forms.CharField):
    """Takes a number however it was pasted. The browser must not cut it off before that."""

    def to_python(self, value: Any) -> Any:
        found = super().to_python(value)
        return (plain_code(found) or self.empty_value) if found else found

    def widget_attrs(self, widget: Widget) -> dict[str, Any]:
        attrs = super().widget_attrs(widget)
        attrs.pop("maxlength", None)
        return attrs
