"""The declaration of a list, and what follows from it: order, joins, headings, rows as text."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from html import escape
from typing import Any

from django.db import models
from django.urls import reverse
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

from accounts.listing.columns import Cell, Column
from accounts.listing.paging import Order
from accounts.rules import Right

# a column of an export that no import reads: changing it changes nothing
FOR_REFERENCE = "(仅供参考)"
BY_ROUTE: dict[str, "Listing"] = {}


class UnknownOrder(ValueError):
    """The address asks for an order that the list does not offer."""


@dataclass(frozen=True)
class Act:
    """Something to do with ticked rows: a page that takes their keys under `Listing.tick`."""

    label: str
    route: str
    right: Right


@dataclass(eq=False)
class Listing:
    """One list: its address, its rows' model, its filters and its columns.

    `sheet` is the kind of sheet that reads an export back: it writes the columns whose headers it
    knows, and those that it requires are always exported. `order` is the column that rows are
    sorted by at first. `acts` are offered for ticked rows, whose keys travel as `tick`. `rows` are the
    rows that an account sees, where columns need more than the model's own `visible_to`. `beside` are
    the routes of lists that belong to this one, with their names.
    """

    route: str
    title: str
    model: type[models.Model]
    filterset: Any
    columns: Sequence[Column]
    unit: str = "条"
    empty: str = ""
    lead: str = ""
    order: str = ""
    sheet: Any = None
    acts: Sequence[Act] = ()
    tick: str = "row"
    template: str = "components/list.html"
    beside: Sequence[tuple[str, str]] = ()
    rows: Callable[[Any], models.QuerySet] | None = None

    def __post_init__(self) -> None:
        for column in self.columns:
            column.bind(self.model)
        self.by_name = {column.name: column for column in self.columns}
        self.order = self.order or next(c.name for c in self.columns if c.sort is not None)
        BY_ROUTE[self.route] = self

    def rows_of(self, user: Any) -> models.QuerySet:
        """The rows of the list that the account sees."""
        manager: Any = self.model._default_manager
        return self.rows(user) if self.rows else manager.visible_to(user)

    def comes_back(self, day: date, today: date) -> bool:
        """Can what is carried out be changed and read in again? Not what was on another day."""
        return self.sheet is not None and day == today

    @property
    def url(self) -> str:
        return reverse(self.route)

    def order_of(self, text: str) -> Order:
        """The order that an address names; raises UnknownOrder."""
        text = text or self.order
        name = text.removeprefix("-")
        column = self.by_name.get(name)
        if column is None or column.sort is None:
            raise UnknownOrder(text)
        return Order(name, column.order(), text.startswith("-"))

    def chosen(self, names: Sequence[str]) -> list[Column]:
        """The named columns in the list's own order; the first always, it leads to the record."""
        found = [c for n, c in enumerate(self.columns) if n == 0 or c.name in names]
        return found if names else [c for n, c in enumerate(self.columns) if n == 0 or c.shown]

    @staticmethod
    def joined(rows: models.QuerySet, columns: Iterable[Column]) -> models.QuerySet:
        """Rows with the records that these columns speak of, in the same query."""
        paths = sorted({path for column in columns for path in column.related})
        return rows.select_related(*paths) if paths else rows

    def loader(self, columns: Sequence[Column]) -> Callable[[models.QuerySet], models.QuerySet]:
        """Loads the rows of a page with what their columns speak of."""
        return lambda rows: self.joined(rows, columns)

    # --- files -----------------------------------------------------------------------------------

    @cached_property
    def _imported(self) -> dict[str, Any]:
        """The columns that the import reads, by header."""
        return {c.header: c for c in self.sheet.form.columns()} if self.sheet else {}

    @property
    def sheet_name(self) -> str:
        return str(self.sheet.title if self.sheet else self.title)

    def exported(self, columns: Sequence[Column]) -> list[Column]:
        """The chosen columns, and those without which the file could not be read back."""
        needed = {header for header, column in self._imported.items() if column.required}
        return [c for c in self.columns if c in columns or c.label in needed]

    def header(self, column: Column) -> str:
        known = not self.sheet or column.label in self._imported
        return column.label if known else column.label + FOR_REFERENCE

    def cells(self, columns: Sequence[Column], rows: Iterable[Any]) -> Iterator[list[Cell]]:
        writers = [self._writer(column) for column in columns]
        for row in rows:
            yield [write(row) for write in writers]

    def _writer(self, column: Column) -> Callable[[Any], Cell]:
        """Makes a file's cell of a row; the import says how, where it is to read it again."""
        known = self._imported.get(column.label)
        if known is None:
            return column.exported
        own = column.cell
        if callable(own):
            return lambda row: known.cell.write(own(row))
        return lambda row: known.cell.write(self.sheet.value_of(row, known.name))

    # --- pages -----------------------------------------------------------------------------------

    def body(
        self, columns: Sequence[Column], rows: Iterable[Any], *, ticks: bool = False
    ) -> SafeString:
        """The table's rows. Written here and not in a template, which would take ten times as long."""
        plans = [_Plan.of(column, first=number == 0) for number, column in enumerate(columns)]
        lines = []
        for row in rows:
            cells = [plan.cell(row) for plan in plans]
            if ticks:
                cells.insert(0, TICK % (self.tick, row.pk, escape(columns[0].text(row))))
            lines.append(f"<tr>{''.join(cells)}</tr>")
        return mark_safe("\n".join(lines))  # noqa: S308 - every part was escaped


TICK = (
    '<td class="tick"><input type="checkbox" form="ticked" name="%s" value="%s"'
    ' aria-label="选择%s"></td>'
)


@dataclass
class _Plan:
    """A column's cell with everything worked out that is the same in all rows."""

    column: Column
    opening: str
    before_key: str = ""
    after_key: str = ""

    @classmethod
    def of(cls, column: Column, *, first: bool) -> "_Plan":
        css = format_html(' class="{}"', "num") if column.numeric else ""
        label = "" if first else format_html(' data-label="{}"', column.label)
        plan = cls(column, f"<td{label}{css}>")
        if column.link:
            marker = 918273645
            before, _, after = reverse(column.link, args=[marker]).partition(str(marker))
            kind = ' class="row-link"' if first else ""
            plan.before_key = f'<a{kind} href="{conditional_escape(before)}'
            plan.after_key = f'{conditional_escape(after)}">'
        return plan

    def cell(self, row: Any) -> str:
        html = self.column.html(row)
        if self.before_key:
            key = row
            for part in self.column.link_path.split("__"):
                key = getattr(key, part, None)
            if key is not None:
                html = f"{self.before_key}{escape(str(key))}{self.after_key}{html}</a>"
        return f"{self.opening}{html}</td>"
