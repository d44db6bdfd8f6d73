"""The filters of an address in words, for chips, files and the audit log."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from accounts.actions.lists import names_a_person
from accounts.listing.columns import written
from accounts.rules import masked


@dataclass(frozen=True)
class Chip:
    name: str
    label: str
    value: str

    def __str__(self) -> str:
        return f"{self.label}:{self.value}"


def active(filterset: Any) -> list[Chip]:
    """The filters that are set, in the order of the form; whole numbers of a person are masked."""
    form = filterset.form
    found = []
    for name, field in form.fields.items():
        raw = form.data.get(name)
        if raw:
            words = _words(form, name, field, raw)
            words = masked("".join(words.split())) if names_a_person(words) else words
            found.append(Chip(name, str(field.label), words))
    return found


def _words(form: Any, name: str, field: Any, raw: str) -> str:
    value = getattr(form, "cleaned_data", {}).get(name)
    if isinstance(value, date):
        return written(value)
    choices = getattr(field.widget, "choices", None)
    return str(dict(choices or ()).get(raw, raw))
