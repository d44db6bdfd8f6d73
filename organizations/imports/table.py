"""Finding the table in a sheet as it really arrives: titles above it, totals and notes below it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from organizations.imports.problems import Place, Problem
from organizations.imports.row_form import Column
from organizations.rules.cells import (
    CellError,
    Raw,
    header_key,
    hintless_key,
    integer_of,
    is_empty,
    is_footnote,
    is_total,
    text_of,
)
from organizations.spreadsheets.annotating import PROBLEM_COLUMN
from organizations.spreadsheets.reading import SheetRows

# titles, fill-in dates and notes take a few rows above the header
HEADER_WITHIN = 30
EXAMPLE = "示例"
PROBLEM_KEY = header_key(PROBLEM_COLUMN)
# columns of an export that the system worked out
FOR_REFERENCE = "仅供参考"
IGNORED = {header_key(word) for word in ("序号", "编号序号", "行号", "No.", "问题")}


@dataclass
class Table:
    """The rows of one sheet that are records, with their numbers as Excel shows them."""

    place: Place
    columns: dict[int, Column]
    header_row: int = 1
    # the 问题 column: of an earlier round, else the first that is free to the right of everything
    problem_at: int = 0
    is_returned: bool = False
    kind: str = ""
    last_row: int = 0
    rows: list[tuple[int, list[Raw]]] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    errors: list[Problem] = field(default_factory=list)


def matched(header: Sequence[Raw], columns: Sequence[Column]) -> dict[int, Column]:
    """Which cells of a header row name which columns; each column once, from the left.

    A cell that names a column exactly goes before one that adds a hint in brackets.
    """
    by_key = {key: column for column in columns for key in column.keys}
    found: dict[int, Column] = {}
    taken: set[str] = set()
    for key_of in (header_key, hintless_key):
        for place, raw in enumerate(header):
            column = by_key.get(key_of(raw)) if isinstance(raw, str) and raw else None
            if column and column.name not in taken and place not in found:
                found[place] = column
                taken.add(column.name)
    return found


def header_row(sheet: SheetRows, columns: Sequence[Column]) -> tuple[int, dict[int, Column]]:
    """Index of the row that names the most columns, and what it names."""
    best, names = 0, {}
    for index, row in enumerate(sheet.rows[:HEADER_WITHIN]):
        found = matched(row, columns)
        if len(found) > len(names):
            best, names = index, found
    return best, names


def table_of(file: str, sheet: SheetRows, columns: Sequence[Column]) -> Table:
    """Cut the records out of a sheet whose header matched `columns` best."""
    index, names = header_row(sheet, columns)
    place = Place(file, sheet.name)
    header = sheet.rows[index]
    table = Table(place, names, index + 1, last_row=len(sheet.rows))
    keys = [header_key(raw) if isinstance(raw, str) else "" for raw in header]
    table.is_returned = PROBLEM_KEY in keys
    free = max(len(row) for row in sheet.rows)
    table.problem_at = keys.index(PROBLEM_KEY) if table.is_returned else free
    _check_header(table, header, columns, index + 1)
    if table.errors:
        return table
    for number, row in enumerate(sheet.rows[index + 1 :], start=index + 2):
        texts = [_text(raw) for raw in row]
        filled = [text for text in texts if text]
        if not filled or row == header or texts[0] == EXAMPLE:
            continue
        if any(is_total(text) for text in texts[:4]):
            _check_total(table, number, row)
        elif is_footnote(filled):
            continue
        elif any(not is_empty(row[at]) for at in names if at < len(row)):
            table.rows.append((number, row))
    return table


def _text(raw: Raw) -> str:
    return text_of(raw) if isinstance(raw, str) else ("" if raw is None else "0")


def _check_header(
    table: Table, header: Sequence[Raw], columns: Sequence[Column], number: int
) -> None:
    place = Place(table.place.file, table.place.sheet, number)
    named = {column.name for column in table.columns.values()}
    missing = [c.header for c in columns if c.required and c.name not in named]
    found = "、".join(text_of(raw) for raw in header if isinstance(raw, str) and text_of(raw))
    for name in missing:
        message = f"缺少必填列“{name}”;表头中找到的列有:{found or '(没有表头)'}"
        table.errors.append(Problem(place, name, "", message))
    unknown = [
        (at, text_of(raw))
        for at, raw in enumerate(header)
        if isinstance(raw, str)
        and text_of(raw)
        and at not in table.columns
        and header_key(raw) not in IGNORED
        and not header_key(raw).endswith(FOR_REFERENCE)
    ]
    for at, name in unknown:
        message = "不认识这一列,其内容没有读取"
        table.warnings.append(Problem(place, name, "", message, at))


def _check_total(table: Table, number: int, row: Sequence[Raw]) -> None:
    """Compare a 合计 row with the rows above it: numbers of rows, sums of numeric columns."""
    place = Place(table.place.file, table.place.sheet, number)
    for at, raw in enumerate(row):
        if is_empty(raw) or (isinstance(raw, str) and is_total(text_of(raw))):
            continue
        try:
            stated = integer_of(raw, 0, 10**12)
        except CellError:
            continue
        count = len(table.rows)
        column = table.columns.get(at)
        total = _sum(table, at)
        if stated != count and (total is None or stated != total):
            expected = f"{count} 行" if total is None else f"{count} 行、此列之和 {total}"
            table.warnings.append(
                Problem(
                    place,
                    column.header if column else "合计",
                    str(stated),
                    f"合计数与上面的记录不一致:实际为 {expected}",
                    at,
                )
            )


def _sum(table: Table, at: int) -> int | None:
    """Sum of a column when all its filled cells are numbers."""
    column = table.columns.get(at)
    if column is None or not hasattr(column.cell, "least"):
        return None
    total = 0
    for _, row in table.rows:
        if at < len(row) and not is_empty(row[at]):
            try:
                total += integer_of(row[at], 0, 10**9)
            except CellError:
                return None
    return total
