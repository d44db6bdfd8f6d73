"""Blank workbooks to fill in: headers, drop-downs, an example, and an explanation."""

import io
from collections.abc import Sequence
from datetime import date
from typing import Any

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from accounts.models import User
from organizations.imports.batch import Batch
from organizations.imports.row_form import (
    ChoiceCell,
    Column,
    DateCell,
    DecimalCell,
    IntegerCell,
    TextCell,
    YesCell,
)
from organizations.imports.sheet import Sheet
from organizations.imports.table import EXAMPLE
from organizations.spreadsheets.annotating import EXPLANATION_SHEET, LISTS_SHEET

ROWS = 2000
_LINE = Side(style="thin", color="FFCFCAC2")
_HEAD = PatternFill("solid", fgColor="FFF6E9E6")
_EXAMPLE = Font(italic=True, color="FF767F88")
NOTES = (
    "1. 红字带星号(*)的列必填,其余的可以空着;空白单元格表示“不改动”,要清除已有内容请填“清空”。",
    "2. 灰色斜体的“示例”行只供参照,留着也不会导入。",
    "3. 有下拉箭头的单元格请从中选择;其他常见叫法(如 社团、民非)也认得。",
    "4. 日期写成 2019-10-16、2019.10.16、2019年10月16日 都可以。",
    "5. 统一社会信用代码、编号请保持“文本”格式,不要写成数字。",
    "6. 可以加标题行、合计行和自己的列,不影响导入;不认识的列会提示,不会读取。",
    "7. 本系统不得处理、传输涉密信息。",
)


def template_workbook(codes: Sequence[str], *, by: User) -> io.BytesIO:
    """An .xlsx with the sheets of these codes, with the choices that this account has."""
    batch = Batch(by=by)
    book = Workbook()
    explanation = book.active
    explanation.title = EXPLANATION_SHEET
    own = book.create_sheet(LISTS_SHEET)
    own.sheet_state = "veryHidden"
    for code in codes:
        _add_sheet(book, batch, batch.sheets[code])
    _explain(explanation, batch, codes)
    book.move_sheet(explanation, len(book.sheetnames))
    book.move_sheet(own, len(book.sheetnames))
    book.active = 0
    stream = io.BytesIO()
    book.save(stream)
    stream.seek(0)
    return stream


def _add_sheet(book: Workbook, batch: Batch, kind: Sheet) -> None:
    sheet = book.create_sheet(kind.title)
    sheet.append(["序号", *(f"{c.header}*" if c.required else c.header for c in kind.columns)])
    examples = [EXAMPLE, *(example_of(batch, column) for column in kind.columns)]
    sheet.append(examples)
    for at, column in enumerate([None, *kind.columns], start=1):
        head, letter = sheet.cell(1, at), get_column_letter(at)
        required = column is not None and column.required
        head.font = Font(bold=True, color="FFA8271E" if required else "FF1D2125")
        head.fill = _HEAD
        head.border = Border(bottom=_LINE)
        head.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
        sheet.cell(2, at).font = _EXAMPLE
        sheet.column_dimensions[letter].width = max(8, min(30, 2 * len(str(head.value)) + 4))
        if column is None:
            continue
        head.comment = Comment(hint_of(batch, column), "平台", height=90, width=260)
        kind_of_cell = "yyyy-mm-dd" if isinstance(column.cell, DateCell) else "@"
        if not isinstance(column.cell, IntegerCell):
            for row in range(2, 202):
                sheet.cell(row, at).number_format = kind_of_cell
        _restrict(book, sheet, batch, kind, column, letter)
    sheet.row_dimensions[1].height = 30
    sheet.freeze_panes = "C2"


def _restrict(
    book: Workbook, sheet: Any, batch: Batch, kind: Sheet, column: Column, letter: str
) -> None:
    """A drop-down where there is a closed list, a check of the kind where there is a number."""
    values = batch.legal_values(column)
    where = f"{letter}2:{letter}{ROWS}"
    if values:
        own = book[LISTS_SHEET]
        at = own.max_column + 1
        for number, value in enumerate(values, start=1):
            own.cell(number, at, value)
        place = get_column_letter(at)
        rule = DataValidation(
            "list", formula1=f"'{LISTS_SHEET}'!${place}$1:${place}${len(values)}", allow_blank=True
        )
        rule.showErrorMessage = False
    elif isinstance(column.cell, IntegerCell):
        rule = DataValidation(
            "whole",
            operator="between",
            formula1=str(column.cell.least),
            formula2=str(column.cell.most),
            allow_blank=True,
            showErrorMessage=True,
            errorTitle=column.header,
            error=f"请填 {column.cell.least} 至 {column.cell.most} 的整数",
        )
    else:
        return
    rule.add(where)
    sheet.add_data_validation(rule)


def example_of(batch: Batch, column: Column) -> Any:
    """Something that could stand in the column."""
    values = batch.legal_values(column)
    if values:
        return values[0]
    if isinstance(column.cell, DateCell):
        # an end stays empty: it would contradict the rest of the example
        ends = column.name.endswith(("_to",)) or column.name in ("deregistered_on", "dissolved_on")
        return None if ends else date(2019, 10, 16)
    if column.name.endswith("year"):
        return 2019
    if isinstance(column.cell, IntegerCell):
        return max(3, column.cell.least) if column.cell.most < 1000 else 12
    if isinstance(column.cell, DecimalCell):
        return "12.5"
    return None if not column.required else f"(填写{column.header})"


def hint_of(batch: Batch, column: Column) -> str:
    """What may stand in a column, in one or two sentences."""
    cell = column.cell
    parts = ["必填。" if column.required else "可不填。"]
    if isinstance(cell, ChoiceCell):
        parts.append("可填:" + "、".join(label for _, label in cell.choices) + "。")
    elif isinstance(cell, DateCell):
        parts.append("日期,如 2019-10-16。")
    elif isinstance(cell, IntegerCell):
        parts.append(f"整数,{cell.least} 至 {cell.most}。")
    elif isinstance(cell, DecimalCell):
        parts.append(f"数字,最多 {cell.places} 位小数。")
    elif isinstance(cell, YesCell):
        parts.append("填“是”或“否”。")
    elif isinstance(cell, TextCell) and cell.max_length:
        parts.append(f"文字,最多 {cell.max_length} 个字。")
    if column.words:
        parts.append("表头也可写成:" + "、".join(column.words[:4]) + "。")
    return "".join(parts)


def _explain(sheet: Any, batch: Batch, codes: Sequence[str]) -> None:
    sheet.append(["填写说明"])
    sheet["A1"].font = Font(bold=True, size=14)
    for note in NOTES:
        sheet.append([note])
    sheet.append([])
    sheet.append(["工作表", "列", "必填", "怎么填"])
    for cell in sheet[sheet.max_row]:
        cell.font, cell.fill = Font(bold=True), _HEAD
    for code in codes:
        kind = batch.sheets[code]
        for column in kind.columns:
            required = "必填" if column.required else ""
            sheet.append([kind.title, column.header, required, hint_of(batch, column)])
            sheet.cell(sheet.max_row, 4).alignment = Alignment(wrap_text=True, vertical="top")
    for letter, width in zip("ABCD", (14, 22, 8, 90), strict=True):
        sheet.column_dimensions[letter].width = width
