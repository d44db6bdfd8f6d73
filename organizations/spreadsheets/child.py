"""Reads one workbook in a process of its own and prints its sheets as lines of JSON.

Run as a script by `reading.py`. It knows nothing of Django, holds itself to a memory and a CPU
limit, and dies alone when a workbook is hostile. Lines: {"sheet": name} begins a sheet, then one
list a row, dates as {"d": "2019-10-16"}; {"error": code} ends a failed reading.
"""

import json
import sys
from datetime import date, datetime, time, timedelta

MEMORY = 1_000_000_000
CPU_SECONDS = 60


def limit() -> None:
    try:
        import resource  # noqa: PLC0415 - not on Windows
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))


def encode(value: object) -> object:
    if isinstance(value, datetime):
        return {"d": value.date().isoformat()}
    if isinstance(value, date):
        return {"d": value.isoformat()}
    if isinstance(value, time | timedelta):
        return str(value)
    raise TypeError(type(value).__name__)


def main(path: str, row_limit: int, column_limit: int) -> None:
    limit()
    import python_calamine  # noqa: PLC0415 - after the limits

    write = sys.stdout.write
    dumps = json.dumps
    try:
        book = python_calamine.load_workbook(path)
        for meta in book.sheets_metadata:
            if "WorkSheet" not in str(meta.typ):
                continue
            sheet = book.get_sheet_by_name(meta.name)
            hidden = not str(meta.visible).endswith(".Visible")
            write(dumps({"sheet": meta.name, "hidden": hidden}) + "\n")
            if sheet.end is None:
                continue
            last_row, _ = sheet.end
            if last_row >= row_limit:
                write(dumps({"error": "too_many_rows"}) + "\n")
                return
            merged = [
                (start, end) for start, end in (sheet.merged_cell_ranges or []) if end[0] > start[0]
            ]
            first_row = sheet.start[0] if sheet.start else 0
            first_column = sheet.start[1] if sheet.start else 0
            held: dict[tuple[int, int], object] = {}
            for _ in range(first_row):
                write("[]\n")
            pad: list[object] = [""] * first_column
            # the rows of a merged block repeat its first value, as a reader of the sheet sees it
            fill = {
                (row, start[1]): (start[0], start[1])
                for start, end in merged
                if start[1] == end[1]
                for row in range(start[0] + 1, min(end[0], row_limit) + 1)
            }
            origins = set(fill.values())
            number = first_row
            for row in sheet.iter_rows():
                values = (pad + row)[:column_limit]
                if fill:
                    for column in range(len(values)):
                        if (number, column) in origins:
                            held[(number, column)] = values[column]
                        elif (number, column) in fill and values[column] == "":
                            values[column] = held.get(fill[(number, column)], "")
                while values and values[-1] == "":
                    values.pop()
                write(dumps(values, ensure_ascii=False, default=encode) + "\n")
                number += 1
    except MemoryError:
        write(dumps({"error": "memory"}) + "\n")
    except python_calamine.PasswordError:
        write(dumps({"error": "encrypted"}) + "\n")
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        write(dumps({"error": "broken", "detail": str(error)[:200]}) + "\n")
    else:
        write(dumps({"end": True}) + "\n")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
