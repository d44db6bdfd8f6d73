"""What is to be written into a workbook that goes back to its sender."""

from typing import Any

from organizations.imports.batch import Batch
from organizations.imports.problems import Problem

# a book that is wrong everywhere is not made readable by listing more
MOST_LISTED = 5_000
# each comment is a drawing; beyond these the reason stands in the column of problems alone
MOST_COMMENTS = 3_000


def instructions(batch: Batch, file: str, *, key: str, number: int) -> dict[str, Any]:
    """Problems, lists of legal values and marks for one file of a checked batch."""
    found = [(True, one) for one in batch.errors if one.place.file == file]
    found += [(False, one) for one in batch.warnings if one.place.file == file]
    lists: dict[str, list[str]] = {}
    sheets: dict[str, dict[str, Any]] = {}
    for table in batch.tables:
        if table.place.file != file:
            continue
        offered = []
        for at, column in table.columns.items():
            values = batch.legal_values(column)
            if values:
                name = f"{table.kind}.{column.name}"
                lists[name] = values
                offered.append([at, name])
        sheets[table.place.sheet] = {
            "header": table.header_row,
            "last": table.last_row,
            "column": table.problem_at,
            "is_new_column": not table.is_returned,
            "lists": offered,
            "problems": [],
        }
    for is_error, problem in found:
        place = problem.place
        if place.sheet in sheets:
            told = [place.row, problem.at, problem.message, is_error]
            sheets[place.sheet]["problems"].append(told)
    return {
        "key": key,
        "file": number,
        "lists": lists,
        "sheets": sheets,
        "comments": MOST_COMMENTS,
        "more": max(0, len(found) - MOST_LISTED),
        "list": [_listed(is_error, one) for is_error, one in found[:MOST_LISTED]],
    }


def _listed(is_error: bool, problem: Problem) -> dict[str, Any]:
    place = problem.place
    return {
        "level": "错误" if is_error else "提醒",
        "is_error": is_error,
        "sheet": place.sheet,
        "cell": problem.cell or (f"A{place.row}" if place.row else ""),
        "column": problem.column,
        "value": problem.value,
        "message": problem.message,
    }
