"""Rows as files: workbooks and comma-separated text, written row by row into a temporary file."""

import csv
import io
import tempfile
from collections.abc import Iterable, Sequence
from datetime import date
from typing import IO, Any, Protocol

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter

Cell = str | int | float | date | None
# what Excel and its relatives take for the beginning of a formula, full-width forms included
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")
MOST_ROWS = 1_048_575
LONGEST_TEXT = 32_767
WIDTHS = (10, 44)
NOTES_SHEET = "导出说明"


class Writer(Protocol):
    """Takes rows; `finish` answers the file, ready to be read from its beginning."""

    def add(self, row: Sequence[Cell]) -> None: ...

    def finish(self, notes: Sequence[tuple[str, str]]) -> IO[bytes]: ...


class WorkbookWriter:
    """A workbook whose first sheet is the table, as an import takes it, and whose last tells of it.

    More rows than a sheet holds go on in a further sheet with the same header.
    """

    def __init__(self, sheet: str, header: Sequence[str]) -> None:
        self.book = Workbook(write_only=True)
        self.name, self.header = sheet, list(header)
        self.sheet: Any = None
        self.sheets = self.rows = 0
        self._begin()

    def _begin(self) -> None:
        self.sheets += 1
        self.rows = 0
        name = self.name if self.sheets == 1 else f"{self.name} {self.sheets}"
        self.sheet = self.book.create_sheet(name)
        self.sheet.freeze_panes = "B2"
        for at, title in enumerate(self.header, start=1):
            width = min(max(len(title) * 2 + 4, WIDTHS[0]), WIDTHS[1])
            self.sheet.column_dimensions[get_column_letter(at)].width = (
                30 if at == 1 else (22 if "代码" in title else width)
            )
        cells = [WriteOnlyCell(self.sheet, title) for title in self.header]
        for cell in cells:
            cell.font = Font(bold=True)
            cell.fill = PatternFill("solid", fgColor="F6E9E6")
        self.sheet.append(cells)

    def add(self, row: Sequence[Cell]) -> None:
        if self.rows == MOST_ROWS:
            self._begin()
        self.rows += 1
        self.sheet.append([self._cell(value) if isinstance(value, str) else value for value in row])

    def _cell(self, text: str) -> Any:
        """Text that stays text, whatever it begins with."""
        text = ILLEGAL_CHARACTERS_RE.sub("", text)[:LONGEST_TEXT]
        if text[:1] != "=":
            return text
        cell = WriteOnlyCell(self.sheet, text)
        cell.data_type = "s"
        return cell

    def finish(self, notes: Sequence[tuple[str, str]]) -> IO[bytes]:
        told = self.book.create_sheet(NOTES_SHEET)
        told.column_dimensions["A"].width, told.column_dimensions["B"].width = 16, 80
        for name, value in notes:
            told.append([self._cell(name), self._cell(value)])
        file = tempfile.TemporaryFile()  # noqa: SIM115 - closed by the answer that sends it
        self.book.save(file)
        file.seek(0)
        return file


class CommaWriter:
    """Comma-separated text that Excel opens: byte-order mark, all quoted, no cell a formula."""

    def __init__(self, sheet: str, header: Sequence[str]) -> None:
        self.file = tempfile.TemporaryFile()  # noqa: SIM115 - closed by the answer that sends it
        self.text = io.TextIOWrapper(self.file, encoding="utf-8-sig", newline="")
        self.writer = csv.writer(self.text, quoting=csv.QUOTE_ALL)
        self.add(header)

    def add(self, row: Sequence[Cell]) -> None:
        self.writer.writerow([harmless(value) for value in row])

    def finish(self, notes: Sequence[tuple[str, str]]) -> IO[bytes]:
        self.text.flush()
        self.text.detach()
        self.file.seek(0)
        return self.file


def harmless(value: Cell) -> str:
    """The value as text; what would begin a formula gets a sign before it."""
    if value is None:
        return ""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int | float):
        return str(value)
    return f"'{value}" if value.startswith(DANGEROUS) else value


WRITERS: dict[str, type[WorkbookWriter] | type[CommaWriter]] = {
    "xlsx": WorkbookWriter,
    "csv": CommaWriter,
}
CONTENT_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}


def written(
    kind: str, sheet: str, header: Sequence[str], rows: Iterable[Sequence[Cell]]
) -> tuple[Writer, int]:
    """All rows written, and their number."""
    writer = WRITERS[kind](sheet, header)
    number = 0
    for row in rows:
        writer.add(row)
        number += 1
    return writer, number
