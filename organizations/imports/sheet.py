"""A kind of sheet: how its rows find what is stored already, differ from it, and are saved."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils.module_loading import import_string

from accounts import audit
from accounts.rules import day_words
from organizations.imports.problems import Place, Problem
from organizations.imports.row_form import CLEARED, ChoiceCell, Column, RowForm
from organizations.imports.table import Table
from organizations.models import Township
from organizations.rules.cells import CellError, Raw, is_same_text, text_of

if TYPE_CHECKING:
    from organizations.imports.batch import Batch

CHUNK = 1000


def chunks(items: Iterable[Any], size: int = CHUNK) -> Iterator[list[Any]]:
    source = iter(items)
    while part := list(islice(source, size)):
        yield part


def sheet_kinds() -> dict[str, type["Sheet"]]:
    """All kinds of sheets by code, in the order in which they depend on each other."""
    kinds: list[type[Sheet]] = [import_string(name) for name in settings.IMPORT_SHEETS]
    return {kind.code: kind for kind in kinds}


@dataclass(slots=True)
class Row:
    """One record of a sheet: where it stands, what it says, what is stored, what will change."""

    file: str
    sheet: str
    number: int
    values: dict[str, Any]
    instance: Any = None
    is_new: bool = False
    wrong_columns: frozenset[str] = frozenset()
    changes: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    # how many rows of other kinds end with this record, by kind
    ends: dict[str, int] | None = None

    @property
    def place(self) -> Place:
        return Place(self.file, self.sheet, self.number)

    @property
    def is_wrong(self) -> bool:
        return bool(self.wrong_columns)

    def is_right(self, *names: str) -> bool:
        """May these columns be looked at? What is wrong already is not complained of twice."""
        return not self.wrong_columns.intersection(names)

    @property
    def label(self) -> str:
        """The record's name, as far as the row lets it be known."""
        is_stand_in = self.is_wrong and self.instance is not None and self.instance.pk is None
        if self.instance is not None and not is_stand_in:
            return str(self.instance)
        # what stands in for a wrong row may lack just what it would be called by
        names = ("name", "social_organization", "party_organization")
        return next((str(said) for name in names if (said := self.values.get(name))), "")

    @property
    def outcome(self) -> str:
        if self.is_wrong:
            return "wrong"
        return "new" if self.is_new else ("changed" if self.changes else "same")


class Sheet:
    """Base of the kinds of sheets. A subclass names its form and says how rows find records."""

    code: ClassVar[str]
    title: ClassVar[str]
    form: ClassVar[type[RowForm]]
    # fields that are not the model's own columns and are saved by the subclass
    foreign: ClassVar[tuple[str, ...]] = ()
    # the day since when a record is no more, and what is said of the links that end with it
    end: ClassVar[str] = ""
    ended_with_it: ClassVar[str] = ""

    def __init__(self, batch: "Batch") -> None:
        self.batch = batch
        self.columns: list[Column] = self.form.columns()
        self.headers = {column.name: column.header for column in self.columns}
        self.rows: list[Row] = []
        # where each column stands in each sheet that was read
        self.columns_at: dict[tuple[str, str], dict[str, int]] = {}
        self.secret = {column.name for column in self.columns if column.cell.secret}

    @property
    def model(self) -> type[models.Model]:
        return self.form._meta.model

    # --- writing out -----------------------------------------------------------------------------

    @classmethod
    def header(cls) -> list[str]:
        """Headers of an exported sheet; they are what an import looks for."""
        return [column.header for column in cls.form.columns()]

    @classmethod
    def listed(cls, rows: Any) -> Any:
        """The rows of a queryset that can be written out, with all that `cells` needs of them."""
        related = [
            column.name
            for column in cls.form._meta.model._meta.concrete_fields
            if isinstance(column, models.ForeignKey) and column.name in cls.form.base_fields
        ]
        return rows.select_related(*related)

    @classmethod
    def cells(cls, instance: Any) -> list[Raw]:
        """One record as cells under `header`; imported again, they change nothing."""
        return [
            column.cell.write(cls.value_of(instance, column.name)) for column in cls.form.columns()
        ]

    @classmethod
    def value_of(cls, instance: Any, name: str) -> Any:
        """What a column shows of a record; a subclass says it of columns that are not its own."""
        return getattr(instance, name)

    # --- reading ---------------------------------------------------------------------------------

    def read(self, table: Table) -> None:
        """Turn a table's cells into values; every bad cell becomes a problem of its row."""
        readers = [(at, column, column.reader()) for at, column in table.columns.items()]
        spot = (table.place.file, table.place.sheet)
        self.columns_at[spot] = {column.name: at for at, column in table.columns.items()}
        table.rows.reverse()
        while table.rows:  # what is read is let go, so that a large book is not held twice
            number, cells = table.rows.pop()
            row = Row(table.place.file, table.place.sheet, number, {})
            for at, column, read in readers:
                raw: Raw = cells[at] if at < len(cells) else None
                try:
                    value = read(raw)
                except CellError as error:
                    row.values[column.name] = None
                    self.wrong(row, column.name, str(error), value=_shown(raw))
                else:
                    row.values[column.name] = value
            self.rows.append(row)

    def wrong(self, row: Row, name: str, message: str, value: Any = None) -> None:
        row.wrong_columns |= {name}
        self.batch.errors.append(self._problem(row, name, message, value))

    def warn(self, row: Row, name: str, message: str) -> None:
        self.batch.warnings.append(self._problem(row, name, message, None))

    def _problem(self, row: Row, name: str, message: str, value: Any) -> Problem:
        if value is None:
            value = row.values.get(name)
            if isinstance(self.form.base_fields.get(name), ChoiceCell) and isinstance(value, str):
                value = self.shown(name, value)  # the word that stands in the cell, not our code
        shown = "" if name in self.secret else _shown(value)
        at = self.columns_at.get((row.file, row.sheet), {}).get(name)
        return Problem(row.place, self.headers.get(name, ""), shown, message, at)

    # --- checking --------------------------------------------------------------------------------

    def check(self) -> None:
        """Resolve references, find stored records, and work out what each row changes.

        A row with a wrong cell goes through all of it, so that all its errors are told at once.
        """
        self.prepare()
        for row in self.rows:
            self.resolve(row)
        self.batch.progress.beat()
        self.find()
        for row in self.rows:
            self.cross_check(row)
            if not row.is_wrong:
                self.compare(row)
            elif row.instance is None:
                row.instance = self.stand_in(row)
            self.batch.progress.step()

    def prepare(self) -> None:
        """Load what `resolve` needs, in a fixed number of queries for each thousand rows."""

    def texts(self, name: str) -> set[str]:
        """What the rows say in this column, before it is resolved."""
        return {text for row in self.rows if isinstance(text := row.values.get(name), str)}

    def resolve(self, row: Row) -> None:
        """Replace names and codes in the row's values by the records that they mean."""

    def find(self) -> None:
        """Set `instance` of the rows that are stored already; report duplicates."""

    def cross_check(self, row: Row) -> None:
        """Report values that contradict each other."""

    def compare(self, row: Row) -> None:
        """Fill `changes`, or make the new record. A blank cell leaves what is stored."""
        values = self.given(row)
        if row.instance is None:
            row.is_new = True
            told = {name: value for name, value in values.items() if value is not CLEARED}
            row.instance = self.model(**told, **self.defaults(row))
            return
        row.changes = self.differences(row.instance, values)
        for name, (_, new) in row.changes.items():
            setattr(row.instance, name, new)

    def given(self, row: Row) -> dict[str, Any]:
        """What the row says of the model's own columns."""
        return {
            name: value
            for name, value in row.values.items()
            if value is not None and name not in self.foreign
        }

    def differences(self, instance: Any, values: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
        """Stored value and new one of every column in which a record differs from a row."""
        found: dict[str, tuple[Any, Any]] = {}
        for name, value in values.items():
            new = self._empty(name) if value is CLEARED else value
            old = self._stored(instance, name)
            if isinstance(old, str) and isinstance(new, str) and is_same_text(old, new):
                continue
            if old != (new.pk if isinstance(new, models.Model) else new) or (
                isinstance(new, models.Model) and new.pk is None
            ):
                found[name] = (old, new)
        return found

    def name_of(self, row: Row) -> str:
        """What the preview calls the row's record."""
        return row.label

    def stand_in(self, row: Row) -> models.Model:
        """A record for a wrong row, so that the rows which refer to it are not called wrong too."""
        right = {}
        for name, value in row.values.items():
            if value is None or value is CLEARED or name in (*self.foreign, *row.wrong_columns):
                continue
            if self.model._meta.get_field(name).is_relation and isinstance(value, str):
                continue  # a name that could not be looked up
            right[name] = value
        return self.model(**right)

    def resolve_township(self, row: Row) -> Township | None:
        """Put the township in place of its name; None, and an error, where there is none to write."""
        text, batch = row.values["township"], self.batch
        if text is None:
            return None
        township = row.values["township"] = batch.township(text)
        if township is None:
            batch.tell_unknown_township(self, row, text)
        elif not batch.may_write(township.code):
            self.wrong(row, "township", "不在您的管辖范围,不能录入")
        return township

    def defaults(self, row: Row) -> dict[str, Any]:
        return {}

    def _empty(self, name: str) -> Any:
        column = self.model._meta.get_field(name)
        return column.get_default()

    @staticmethod
    def _stored(instance: models.Model, name: str) -> Any:
        return getattr(instance, instance._meta.get_field(name).attname)

    def once(self, row: Row, key: Any, seen: dict[Any, Row], name: str) -> bool:
        """Is this the first row of the batch with this key? A contradicting second is wrong."""
        first = seen.setdefault(key, row)
        if first is row:
            return True
        if first.values == row.values:
            self.warn(row, name, f"与 {first.place} 完全相同,只计一次")
        else:
            self.wrong(row, name, f"与 {first.place} 重复,但内容不同,请只保留正确的一行")
        return False

    def drop_repeated(self, rows: Sequence[Row], repeated: set[int]) -> None:
        self.rows = [row for row in rows if id(row) not in repeated]

    def stored_value(self, name: str, raw: Any) -> Any:
        """What a stored raw value stands for: the record behind a key, else the value itself."""
        if raw is None or name in self.foreign:
            return raw
        column = self.model._meta.get_field(name)
        if not isinstance(column, models.ForeignKey):
            return raw
        return self.batch.record_behind(column.related_model, raw)

    def shown(self, name: str, value: Any) -> str:
        """A value as the preview shows it: in words, secret ones not at all."""
        if value is None or value == "" or value is CLEARED:
            return ""
        if name in self.secret:
            return audit.HIDDEN
        cell = self.form.base_fields[name]
        if isinstance(cell, ChoiceCell):
            return str(cell.write(str(value)) or "")
        if isinstance(value, date):
            return day_words(value)
        return str(value)

    def ending_rows(self) -> list[tuple[Row, date]]:
        """Rows that end their record, and since when; asked for when all rows are checked."""
        return [
            (row, day)
            for row in self.rows
            if not row.is_wrong and (row.is_new or self.end in row.changes)
            if (day := getattr(row.instance, self.end)) is not None
        ]

    # --- saving ----------------------------------------------------------------------------------

    def save(self) -> None:
        """Write new and changed records in bulk."""
        new = [row for row in self.rows if row.outcome == "new"]
        for row in new:
            self.before_save(row)
        self.batch.writer.create([row.instance for row in new])
        self._update([row for row in self.rows if row.outcome == "changed"])

    def entries(self) -> Iterator[audit.Entry]:
        """What the audit log is to say of the saved rows."""
        for row in self.rows:
            if row.outcome in ("new", "changed"):
                yield self._entry(row)

    def before_save(self, row: Row) -> None:
        """Take over keys of records that were saved a moment ago in the same batch."""
        for column in self.model._meta.concrete_fields:
            if isinstance(column, models.ForeignKey):
                related = column.get_cached_value(row.instance, default=None)
                if related is not None:
                    setattr(row.instance, column.attname, related.pk)

    def _update(self, changed: list[Row]) -> None:
        own = [row for row in changed if any(name not in self.foreign for name in row.changes)]
        if not own:
            return
        for row in own:
            self.before_save(row)
        self.batch.writer.update(
            [row.instance for row in own],
            sorted({name for row in own for name in row.changes if name not in self.foreign}),
            expected=[
                {name: old for name, (old, _) in row.changes.items() if name not in self.foreign}
                for row in own
            ],
        )

    def _entry(self, row: Row) -> audit.Entry:
        action = f"{self.code}.{'create' if row.is_new else 'change'}"
        reason = f"导入批次 {self.batch.record.pk}"
        if row.is_new:
            names = [name for name, value in row.values.items() if value is not None]
            after = {name: row.values[name] for name in names}
            return audit.Entry(action, row.instance, None, after, reason)
        before = {name: self.stored_value(name, old) for name, (old, _) in row.changes.items()}
        after = {name: new for name, (_, new) in row.changes.items()}
        return audit.Entry(action, row.instance, before, after, reason)


def _shown(value: Any) -> str:
    if isinstance(value, models.Model):
        return str(value)
    try:
        return text_of(value) if value is not CLEARED else repr(value)
    except CellError:
        return str(value)
