"""What a check found, cut into pages that are stored and shown one at a time."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from typing import Any

from organizations.imports.batch import Batch
from organizations.imports.problems import Place, Problem
from organizations.imports.row_form import CLEARED
from organizations.imports.sheet import Row, Sheet
from organizations.models import ImportPage
from organizations.rules.cells import CLEAR

PAGE_ROWS = 50
OUTCOMES = {"new": "新增", "changed": "更新", "same": "相同", "wrong": "错误"}
ERRORS, WARNINGS = "errors", "warnings"
# more places of one and the same problem are only counted
MOST_PLACES = 300


def store_preview(batch: Batch) -> str:
    """Replace the stored preview of the batch's record; returns a digest of all that it says."""
    ImportPage.objects.filter(batch=batch.record).delete()
    digest = hashlib.sha256()
    waiting: list[ImportPage] = []
    for page in pages_of(batch):
        digest.update(json.dumps([page.sheet, page.outcome, page.rows], default=str).encode())
        page.batch = batch.record
        waiting.append(page)
        if len(waiting) == 100:
            ImportPage.objects.bulk_create(waiting)
            waiting = []
    ImportPage.objects.bulk_create(waiting)
    return digest.hexdigest()


def preview_digest(batch: Batch) -> str:
    """The digest that `store_preview` would return, without storing anything."""
    digest = hashlib.sha256()
    for page in pages_of(batch):
        digest.update(json.dumps([page.sheet, page.outcome, page.rows], default=str).encode())
    return digest.hexdigest()


def rows_by_place(pages: Iterable[ImportPage]) -> dict[Place, tuple[str, dict[str, Any]]]:
    """Outcome and entry of every row that the pages show."""
    return {
        Place(entry["file"], entry["sheet"], entry["row"]): (page.outcome, entry)
        for page in pages
        if page.outcome in OUTCOMES
        for entry in page.rows
    }


def pages_of(batch: Batch) -> Iterator[ImportPage]:
    problems: dict[tuple[str, str, int], list[Problem]] = {}
    for problem in (*batch.errors, *batch.warnings):
        place = problem.place
        problems.setdefault((place.file, place.sheet, place.row), []).append(problem)
    for sheet in batch.sheets.values():
        yield from _sheet_pages(sheet, problems)
    for name, found in ((ERRORS, batch.errors), (WARNINGS, batch.warnings)):
        yield from _cut(name, "", _groups(found))


def _sheet_pages(
    sheet: Sheet, problems: dict[tuple[str, str, int], list[Problem]]
) -> Iterator[ImportPage]:
    open_pages: dict[str, ImportPage] = {}
    for row in sheet.rows:
        outcome = row.outcome
        page = open_pages.get(outcome)
        if page is None:
            page = open_pages[outcome] = ImportPage(sheet=sheet.code, outcome=outcome, number=1)
        page.rows.append(_entry(sheet, row, problems))
        if len(page.rows) == PAGE_ROWS:
            yield page
            following = ImportPage(sheet=sheet.code, outcome=outcome, number=page.number + 1)
            open_pages[outcome] = following
    yield from (page for page in open_pages.values() if page.rows)


def _entry(
    sheet: Sheet, row: Row, problems: dict[tuple[str, str, int], list[Problem]]
) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "file": row.file,
        "sheet": row.sheet,
        "row": row.number,
        "label": sheet.name_of(row),
        "key": getattr(row.instance, "pk", None),
    }
    if row.ends:
        entry["ends"] = "、".join(f"{title} {count} 条" for title, count in row.ends.items())
    match row.outcome:
        case "changed":
            entry["changes"] = [
                [
                    sheet.headers[name],
                    sheet.shown(name, sheet.stored_value(name, old)),
                    CLEAR if new is CLEARED else sheet.shown(name, new),
                ]
                for name, (old, new) in row.changes.items()
            ]
        case "new":
            entry["cells"] = [
                [sheet.headers[name], shown]
                for name, value in row.values.items()
                if (shown := sheet.shown(name, value))
            ]
        case "wrong":
            entry["problems"] = [
                [one.cell, one.column, one.value, one.message]
                for one in problems.get((row.file, row.sheet, row.number), ())
            ]
    return entry


def _groups(found: list[Problem]) -> list[dict[str, Any]]:
    """Identical messages about the same column once, with the places where they stand."""
    groups: dict[tuple[str, str, str], dict[str, Any]] = {}
    for problem in found:
        key = (problem.place.sheet, problem.column, problem.message)
        group = groups.setdefault(
            key,
            {
                "sheet": problem.place.sheet,
                "column": problem.column,
                "message": problem.message,
                "count": 0,
                "places": [],
            },
        )
        group["count"] += 1
        if len(group["places"]) < MOST_PLACES:
            place = problem.place
            group["places"].append([place.file, place.row, problem.cell, problem.value])
    return list(groups.values())


def _cut(sheet: str, outcome: str, entries: list[dict[str, Any]]) -> Iterator[ImportPage]:
    for start in range(0, len(entries), PAGE_ROWS):
        yield ImportPage(
            sheet=sheet,
            outcome=outcome,
            number=start // PAGE_ROWS + 1,
            rows=entries[start : start + PAGE_ROWS],
        )
