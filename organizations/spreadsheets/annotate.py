"""Writes problems into a workbook in a process of its own: red cells, comments, a 问题 column.

Run as a script by `annotating.py`, which says in a JSON file what is to be written. It knows nothing
of Django and holds itself to a memory and a CPU limit. Everything else in the book stays as it is.
"""

import json
import re
import sys
from copy import copy
from typing import Any

MEMORY = 1_200_000_000
CPU_SECONDS = 100
AUTHOR = "平台"
RED, YELLOW = "FFF4B6AE", "FFFBE7A1"
ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


def limit() -> None:
    try:
        import resource  # noqa: PLC0415 - not on Windows
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))


def annotate(told: dict[str, Any]) -> None:
    from openpyxl import Workbook, load_workbook  # noqa: PLC0415 - after the limits

    if told["values"]:
        book = converted(told["values"], Workbook)
    else:
        book = load_workbook(told["source"], keep_links=False)
    erase(book, told)
    own = book.create_sheet(told["lists_sheet"])
    own.sheet_state = "veryHidden"
    own["A1"], own["B1"], own["C1"] = "导入批次", told["key"], told["file"]
    columns = write_lists(own, told["lists"])
    marks: list[tuple[str, str, int]] = []
    for title, sheet in told["sheets"].items():
        if title in book.sheetnames:
            mark_sheet(book[title], sheet, told, columns, marks)
    for at, (title, cell, fill) in enumerate(marks, start=2):
        own.cell(at, 1, title)
        own.cell(at, 2, cell)
        # what the cell looked like before, so that it can again
        style_of(own.cell(at, 3)).fillId = fill
    problem_sheet(book, told)
    from openpyxl.workbook.defined_name import DefinedName  # noqa: PLC0415

    text = f'"{told["key"]}:{told["file"]}"'
    book.defined_names[told["name"]] = DefinedName(told["name"], attr_text=text, hidden=True)
    book.calculation.fullCalcOnLoad = True
    book.save(told["target"])


def converted(path: str, make: Any) -> Any:
    """A new book with the sheets and values of an older format."""
    from datetime import date  # noqa: PLC0415

    book = make()
    book.remove(book.active)
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            item = json.loads(line)
            if isinstance(item, dict):
                sheet = book.create_sheet(item["sheet"][:31])
                sheet.sheet_state = "hidden" if item["hidden"] else "visible"
                number = 0
                continue
            number += 1
            for at, value in enumerate(item, start=1):
                if isinstance(value, dict):
                    value = date.fromisoformat(value["d"])
                if value not in ("", None):
                    put(sheet.cell(number, at), value)
    if not book.sheetnames:
        book.create_sheet("Sheet1")
    return book


def put(cell: Any, value: Any) -> None:
    """Text as text, never as a formula."""
    if isinstance(value, str):
        cell.value = ILLEGAL.sub("", value)[:32000]
        cell.data_type = "s"
    else:
        cell.value = value


def erase(book: Any, told: dict[str, Any]) -> None:
    """Take away what an earlier round wrote: marks, comments, lists, the sheet of problems."""
    if told["problems_sheet"] in book.sheetnames:
        del book[told["problems_sheet"]]
    if told["lists_sheet"] in book.sheetnames:
        own = book[told["lists_sheet"]]
        for row in own.iter_rows(min_row=2, max_col=3):
            title, cell, before = row[0].value, row[1].value, row[2]
            if isinstance(title, str) and title in book.sheetnames and isinstance(cell, str):
                target = book[title][cell]
                if not isinstance(target, tuple):
                    style_of(target).fillId = style_of(before).fillId
        del book[told["lists_sheet"]]
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.comment is not None and cell.comment.author == AUTHOR:
                    cell.comment = None
        held = sheet.data_validations
        held.dataValidation = [
            one for one in held.dataValidation if told["lists_sheet"] not in str(one.formula1)
        ]


def write_lists(own: Any, lists: dict[str, list[str]]) -> dict[str, str]:
    """Each list of legal values in a column of the hidden sheet; returns what refers to it."""
    from openpyxl.utils import get_column_letter  # noqa: PLC0415

    found = {}
    for at, (name, values) in enumerate(lists.items(), start=5):
        for number, value in enumerate(values, start=1):
            put(own.cell(number, at), value)
        letter = get_column_letter(at)
        found[name] = f"'{own.title}'!${letter}$1:${letter}${max(1, len(values))}"
    return found


def style_of(cell: Any) -> Any:
    """The numbers of a cell's styles; a cell without any gets its own, to be set."""
    from openpyxl.styles.cell_style import StyleArray  # noqa: PLC0415

    if cell._style is None:
        cell._style = StyleArray()
    return cell._style


class Paint:
    """Styles that many cells get: looked up for the first of them, then only named."""

    def __init__(self, **styles: Any) -> None:
        self.styles = styles
        self.ids: dict[str, int] = {}

    def on(self, cell: Any) -> None:
        for name, number in self.ids.items():
            setattr(style_of(cell), name, number)
        if self.ids:
            return
        for name, style in self.styles.items():
            setattr(cell, name, style)
            self.ids[f"{name}Id"] = getattr(cell._style, f"{name}Id")


def mark_sheet(
    sheet: Any, told: dict[str, Any], whole: dict[str, Any], lists: dict[str, str], marks: list
) -> None:
    from openpyxl.comments import Comment  # noqa: PLC0415
    from openpyxl.styles import Alignment, Font, PatternFill  # noqa: PLC0415

    top = Alignment(wrap_text=True, vertical="top")
    marked = {
        True: Paint(fill=PatternFill("solid", fgColor=RED)),
        False: Paint(fill=PatternFill("solid", fgColor=YELLOW)),
    }
    written = {
        True: Paint(alignment=top, font=Font(color="FFA8271E")),
        False: Paint(alignment=top, font=Font(color="FF8A5A00")),
    }
    header = told["header"]
    place = told["column"] + 1
    title = sheet.cell(header, place)
    if told["is_new_column"]:
        before = sheet.cell(header, max(1, place - 1))
        title.font, title.fill = copy(before.font), copy(before.fill)
        title.border, title.alignment = copy(before.border), copy(before.alignment)
        sheet.column_dimensions[title.column_letter].width = 48
    plain(sheet, header, place).value = whole["column_title"]
    for number in range(header + 1, told["last"] + 1):
        old = sheet.cell(number, place)
        if old.value not in (None, "") and not is_merged(old):
            old.value = None
    rows: dict[int, list[str]] = {}
    wrong: set[int] = set()
    cells: dict[tuple[int, int], list[tuple[bool, str]]] = {}
    for number, at, message, is_error in told["problems"]:
        rows.setdefault(number, []).append(message if is_error else f"(提醒){message}")
        if is_error:
            wrong.add(number)
        if at is not None and number:
            cells.setdefault((number, at + 1), []).append((is_error, message))
    for number, messages in rows.items():
        if number:
            cell = plain(sheet, number, place)
            put(cell, "\n".join(messages))
            written[number in wrong].on(cell)
    for place_of, ((number, at), found) in enumerate(cells.items()):
        cell = plain(sheet, number, at)
        marks.append((sheet.title, cell.coordinate, style_of(cell).fillId))
        marked[any(is_error for is_error, _ in found)].on(cell)
        if place_of >= whole["comments"]:
            continue
        text = ILLEGAL.sub("", "\n".join(message for _, message in found))[:1000]
        if cell.comment is not None:
            text = f"{text}\n---\n{cell.comment.text}"
        cell.comment = Comment(text, AUTHOR, height=110, width=280)
    add_lists(sheet, told, lists)


def plain(sheet: Any, row: int, column: int) -> Any:
    """The cell that can be written: of a merged block its first."""
    cell = sheet.cell(row, column)
    if is_merged(cell):
        for block in sheet.merged_cells.ranges:
            if cell.coordinate in block:
                return sheet.cell(block.min_row, block.min_col)
    return cell


def is_merged(cell: Any) -> bool:
    return type(cell).__name__ == "MergedCell"


def add_lists(sheet: Any, told: dict[str, Any], lists: dict[str, str]) -> None:
    """Drop-downs under the headers that have a list, unless the book brings its own there."""
    from openpyxl.worksheet.datavalidation import DataValidation  # noqa: PLC0415

    first, last = told["header"] + 1, max(told["last"], told["header"] + 1) + 100
    taken = set()
    for one in sheet.data_validations.dataValidation:
        for block in one.sqref.ranges:
            taken |= set(range(block.min_col, block.max_col + 1))
    for at, name in told["lists"]:
        if at + 1 in taken:
            continue
        letter = sheet.cell(told["header"], at + 1).column_letter
        rule = DataValidation("list", formula1=lists[name], allow_blank=True)
        rule.showErrorMessage = False  # other words are understood too; the list only helps
        rule.add(f"{letter}{first}:{letter}{last}")
        sheet.add_data_validation(rule)


def problem_sheet(book: Any, told: dict[str, Any]) -> None:
    """All problems in a list, each with a link to its cell."""
    from openpyxl.styles import Alignment, Font  # noqa: PLC0415
    from openpyxl.worksheet.hyperlink import Hyperlink  # noqa: PLC0415

    sheet = book.create_sheet(told["problems_sheet"])
    sheet.append(["序号", "级别", "工作表", "单元格", "列", "现在的内容", "问题", "怎么办"])
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for number, one in enumerate(told["list"], start=1):
        values = [
            one["level"],
            one["sheet"],
            one["cell"],
            one["column"],
            one["value"],
            one["message"],
        ]
        row = number + 1
        sheet.cell(row, 1, number)
        for at, value in enumerate(values, start=2):
            put(sheet.cell(row, at), value)
        put(
            sheet.cell(row, 8),
            "改正单元格后保存,把本文件原样上传" if one["is_error"] else "核对即可",
        )
        if one["cell"] and one["sheet"] in book.sheetnames:
            quoted = one["sheet"].replace("'", "''")
            link = sheet.cell(row, 4)
            link.hyperlink = Hyperlink(link.coordinate, location=f"'{quoted}'!{one['cell']}")
            link.font = Font(color="FFA8271E", underline="single")
        sheet.cell(row, 7).alignment = Alignment(wrap_text=True, vertical="top")
    if told["more"]:
        words = f"另有 {told['more']} 处没有列在这里,见各工作表的“{told['column_title']}”列"
        sheet.cell(len(told["list"]) + 2, 7, words).font = Font(bold=True)
    for letter, width in zip("ABCDEFGH", (6, 8, 16, 10, 20, 24, 60, 34), strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.freeze_panes = "A2"
    for other in book.worksheets:
        other.sheet_view.tabSelected = other is sheet
    book.active = book.index(sheet)


if __name__ == "__main__":
    limit()
    with open(sys.argv[1], encoding="utf-8") as file:
        annotate(json.load(file))
