"""Columns: where a value comes from, how it is shown, sorted and written into a file."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from html import escape
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.db.models import Case, Expression, F, IntegerField, Value, When
from django.utils import timezone
from django.utils.html import conditional_escape, format_html

from accounts.rules import day_words

Cell = str | int | float | date | None
NOTHING = "—"


@dataclass
class Column:
    """One column of a list.

    `name` is what addresses and choices call it and, unless `path` says otherwise, the field, the
    related field (`social_organization__township`) or the annotation that holds its value.
    `show` makes what the page shows of a row, `cell` (a path or a function of the row) what an
    export writes. `sort` may name another path or an expression; None: cannot be sorted by.
    `words` are the labels of an annotation's codes; a field's come from its choices.
    `link` is the route of a record's page, `link_path` where its key comes from.
    """

    name: str
    label: str = ""
    path: str = ""
    sort: str | Expression | None = ""
    link: str = ""
    link_path: str = "pk"
    shown: bool = True
    numeric: bool | None = None
    show: Callable[[Any], Any] | None = None
    cell: str | Callable[[Any], Cell] | None = None
    related: tuple[str, ...] = ()
    words: dict[Any, str] = field(default_factory=dict, repr=False)

    def bind(self, model: type[models.Model]) -> None:
        """Take label, kind and order from the model's field."""
        self.path = self.path or self.name
        self.field, joins = field_at(model, self.path)
        if isinstance(self.cell, str):
            joins |= field_at(model, self.cell)[1]
            path = self.cell
            cell_field = field_at(model, path)[0]
            self.cell = lambda row: plain(value_at(row, path), words_of(cell_field))
        self.related = (*self.related, *sorted(joins))
        self.label = self.label or str(getattr(self.field, "verbose_name", self.name))
        self.words = self.words or words_of(self.field)
        if self.numeric is None:
            self.numeric = isinstance(self.field, models.IntegerField) and not self.words
        if self.sort == "":
            self.sort = None if isinstance(self.field, models.TextField) else self.path

    def value(self, row: Any) -> Any:
        return value_at(row, self.path)

    def html(self, row: Any) -> str:
        """The escaped words of the cell."""
        if self.show is not None:
            shown = self.show(row)
            return conditional_escape(NOTHING if shown in (None, "") else shown)
        return escape(self.text(row))  # plain text: the fast way

    def text(self, row: Any) -> str:
        value = self.value(row)
        if value in (None, ""):
            return NOTHING
        if self.words:
            return self.words.get(value, str(value))
        return written(value)

    def exported(self, row: Any) -> Cell:
        """The cell of a file: what an import reads back as the same value."""
        if callable(self.cell):
            return self.cell(row)
        return plain(self.value(row), self.words)

    def order(self) -> Expression | F:
        """What rows are sorted by; closed lists in the order in which they are declared."""
        if not isinstance(self.sort, str):
            assert self.sort is not None
            return self.sort
        if self.sort == self.path and self.words:
            places = [When(**{self.path: code}, then=Value(n)) for n, code in enumerate(self.words)]
            return Case(*places, default=None, output_field=IntegerField(null=True))
        return F(self.sort)


def field_at(model: type[models.Model], path: str) -> tuple[Any, set[str]]:
    """The field at the end of a path, None for an annotation; and the joins that it needs."""
    joins: set[str] = set()
    found: Any = None
    parts = path.split("__")
    for place, part in enumerate(parts):
        try:
            found = model._meta.get_field(part)
        except FieldDoesNotExist:
            return None, set()
        if found.is_relation and (found.many_to_one or found.one_to_one):
            joins.add("__".join(parts[: place + 1]))
            model = found.related_model
    return found, joins


def words_of(found: Any) -> dict[Any, str]:
    return dict(found.flatchoices) if found is not None and getattr(found, "choices", None) else {}


def value_at(row: Any, path: str) -> Any:
    for part in path.split("__"):
        row = getattr(row, part, None)
        if row is None:
            return None
    return row


def written(value: Any) -> str:
    """A value in the words of a page."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime):
        value = timezone.localtime(value)
        return f"{day_words(value)} {value:%H:%M}"
    if isinstance(value, date):
        return day_words(value)
    return str(value)


def plain(value: Any, words: dict[Any, str]) -> Cell:
    """A value as a file keeps it: words for codes, names for records, dates as dates."""
    if value is None or value == "":
        return None
    if words:
        return words.get(value, str(value))
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime):
        return f"{timezone.localtime(value):%Y-%m-%d %H:%M}"
    if isinstance(value, int | float | date):
        return value
    return str(value)


def badge(tone: str, words: str) -> str:
    """A state as word and colour; without a tone it is a plain one."""
    return format_html('<span class="badge{}">{}</span>', f" badge--{tone}" if tone else "", words)
