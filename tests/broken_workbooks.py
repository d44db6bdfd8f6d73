"""Broken workbooks of every kind that we could think of, made from a seed.

`tests/organizations/test_broken_workbooks.py` sends them; BROKEN_WORKBOOKS=500 makes it send so many.
"""

import io
import struct
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from datetime import time as clock
from pathlib import Path
from random import Random
from typing import Any

from openpyxl import Workbook
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.worksheet.datavalidation import DataValidation

from tests.ledgers import HEADERS

SOCIAL = HEADERS["社会组织"]
GOOD = [1, "甲协会", "", "城乡社会组织", "", "", "东风街道", "2010-01-01", "正常", "", 3, 4]
FIXTURES = Path(__file__).parent / "fixtures"
ODD: list[Any] = [
    *(None, "", " ", "无", "—", 0, -1, 1e308, float("1e-300"), 3.5, True, False, 10**18),
    *("=1/0", "=NOW()", "#REF!", "#N/A", "'", "''", "清空", "示例", "合计", "2019-13-45"),
    *("2019年2月30日", "99999999", "0000-00-00", date(1899, 12, 31), datetime(2019, 1, 1, 13, 5)),
    *(clock(3, 4), "\ufeff甲", "甲\u202e乙", "a" * 40_000, "😀" * 300, "<script>", "{{7*7}}"),
    *(
        "../../etc/passwd",
        "'; DROP TABLE x; --",
        "\u0000",
        "甲\tb\nc",
        "１２３",
        "_x0007_",
        "ﷺ" * 50,
    ),
]
Maker = Callable[[Random], bytes]
MAKERS: dict[str, Maker] = {}


def broken(make: Maker) -> Maker:
    MAKERS[make.__name__] = make
    return make


def saved(book: Workbook) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def ledger(*rows: list[Any], header: list[Any] | None = None, title: str = "社会组织") -> Workbook:
    book = Workbook()
    sheet = book.active
    sheet.title = title
    for row in ([*SOCIAL] if header is None else header, *(rows or (GOOD,))):
        sheet.append([clean(value) for value in row])
    return book


def clean(value: Any) -> Any:
    """openpyxl writes no control characters; those get in another way (`rewritten`)."""
    return value.replace("\u0000", "") if isinstance(value, str) else value


def rewritten(data: bytes, changes: dict[str, bytes | Callable[[bytes], bytes] | None]) -> bytes:
    """The zip with entries replaced, changed, added or (None) left out."""
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as old,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for entry in old.infolist():
            change = changes.get(entry.filename, entry)
            if callable(change):
                new.writestr(entry.filename, change(old.read(entry)))
            elif change is entry:
                new.writestr(entry, old.read(entry))
        for name, content in changes.items():
            if isinstance(content, bytes):
                new.writestr(name, content)
    return target.getvalue()


SHEET = "xl/worksheets/sheet1.xml"


@broken
def wrong_types(random: Random) -> bytes:
    rows = [[random.choice(ODD) for _ in SOCIAL] for _ in range(random.randint(1, 30))]
    return saved(ledger(*rows))


@broken
def some_wrong_cells(random: Random) -> bytes:
    rows = []
    for _ in range(20):
        row = list(GOOD)
        row[random.randrange(len(row))] = random.choice(ODD)
        rows.append(row)
    return saved(ledger(*rows))


@broken
def formulas(random: Random) -> bytes:
    row = list(GOOD)
    row[random.randrange(1, len(row))] = random.choice(
        ["=A1", "=SUM(A1:A9)", '=HYPERLINK("http://x")', "=cmd|'/c calc'!A0", "=1+"]
    )
    return saved(ledger(row))


@broken
def merged_cells(random: Random) -> bytes:
    book = ledger(*([*GOOD] for _ in range(9)))
    for _ in range(3):
        row, at = random.randint(1, 8), random.randint(1, 12)
        book.active.merge_cells(
            start_row=row,
            start_column=at,
            end_row=row + random.randint(0, 3),
            end_column=at + random.randint(1, 4),
        )
    return saved(book)


@broken
def hidden_sheets(random: Random) -> bytes:
    book = ledger()
    book.create_sheet("另一张").append(["x"])
    book.worksheets[0].sheet_state = random.choice(["hidden", "veryHidden"])
    return saved(book)


@broken
def hundred_columns(random: Random) -> bytes:
    wide = [f"列{n}" for n in range(random.randint(100, 400))]
    return saved(ledger([*GOOD, *range(len(wide))], header=[*SOCIAL, *wide]))


@broken
def declared_rows(random: Random) -> bytes:
    where = random.choice(["A1048576", "XFD1048576", "P1048576", "XFD2"])
    book = ledger()
    book.active[where] = random.choice(["x", 1, None])
    return saved(book)


@broken
def lying_dimension(random: Random) -> bytes:
    lie = random.choice([b"A1:A1", b"A1:XFD1048576", b"B7", b"nonsense", b"A0:A0"])

    def change(xml: bytes) -> bytes:
        start = xml.find(b'<dimension ref="') + 16
        return xml[:start] + lie + xml[xml.find(b'"', start) :]

    return rewritten(saved(ledger()), {SHEET: change})


@broken
def control_characters(random: Random) -> bytes:
    sign = random.choice([b"&#7;", b"\x0b", b"\x00", b"&#xFFFE;", b"_x0008_", "\u202e".encode()])

    def change(xml: bytes) -> bytes:
        return xml.replace("甲".encode(), sign + "甲".encode())

    return rewritten(saved(ledger()), {"xl/sharedStrings.xml": change, SHEET: change})


@broken
def macros(random: Random) -> bytes:
    return rewritten(saved(ledger()), {"xl/vbaProject.bin": random.randbytes(2000)})


@broken
def bomb(random: Random) -> bytes:
    size = random.choice([40_000_000, 90_000_000])
    return rewritten(saved(ledger()), {f"xl/media/{random.random()}.bin": b" " * size})


@broken
def bomb_that_lies(random: Random) -> bytes:
    body = b"<worksheet><sheetData>" + b"<row/>" * random.choice([500_000, 3_000_000])
    data = bytearray(rewritten(saved(ledger()), {SHEET: lambda _: body}))
    size = struct.pack("<I", len(body))
    place = data.find(size)
    while place >= 0:
        data[place : place + 4] = struct.pack("<I", 10)
        place = data.find(size, place)
    return bytes(data)


@broken
def external_links(random: Random) -> bytes:
    part = b'<externalLink xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"/>'
    return rewritten(saved(ledger()), {"xl/externalLinks/externalLink1.xml": part})


@broken
def entities(random: Random) -> bytes:
    deep = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    target = random.choice(["file:///etc/passwd", "http://127.0.0.1:1/x", "expect://id"])
    head = f'<!DOCTYPE sst [<!ENTITY a0 "lol">{deep}<!ENTITY f SYSTEM "{target}">]>'

    def change(xml: bytes) -> bytes:
        start = xml.find(b"<sst") if b"<sst" in xml else xml.find(b"<worksheet")
        inside = xml[start:].replace("甲".encode(), random.choice([b"&a11;", b"&f;"]))
        return b'<?xml version="1.0"?>' + head.encode() + inside

    return rewritten(saved(ledger()), {random.choice(["xl/sharedStrings.xml", SHEET]): change})


@broken
def wrong_extension(random: Random) -> bytes:
    return random.choice(
        [
            b"%PDF-1.7\n",
            b"\x89PNG\r\n\x1a\n",
            b"MZ\x90",
            b"a,b\n1,2\n",
            "甲,乙\n".encode("gbk"),
            b"{}",
            b"<html></html>",
            b"\x1f\x8b\x08",
            b"Rar!\x1a\x07",
            random.randbytes(3000),
        ]
    )


@broken
def polyglot(random: Random) -> bytes:
    before = random.choice([b"%PDF-1.7\n", b"GIF89a", b"#!/bin/sh\n", b"<script>"])
    return before + saved(ledger())


@broken
def truncated(random: Random) -> bytes:
    data = saved(ledger(*([*GOOD] for _ in range(50))))
    return data[: int(len(data) * random.uniform(0.02, 0.99))]


@broken
def flipped_bytes(random: Random) -> bytes:
    data = bytearray(saved(ledger(*([*GOOD] for _ in range(50)))))
    for _ in range(random.randint(1, 60)):
        data[random.randrange(len(data))] = random.randrange(256)
    return bytes(data)


@broken
def encrypted(random: Random) -> bytes:
    return (FIXTURES / "locked.xlsx").read_bytes()


@broken
def huge_strings(random: Random) -> bytes:
    text = "甲" * random.choice([100_000, 1_000_000, 4_000_000])

    def change(xml: bytes) -> bytes:
        return xml.replace("甲协会".encode(), text.encode())

    return rewritten(saved(ledger()), {"xl/sharedStrings.xml": change, SHEET: change})


@broken
def many_strings(random: Random) -> bytes:
    count = random.choice([50_000, 150_000])
    items = b"".join(b"<si><t>%d</t></si>" % n for n in range(count))
    head = b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    return rewritten(saved(ledger()), {"xl/sharedStrings.xml": lambda _: head + items + b"</sst>"})


@broken
def duplicated_headers(random: Random) -> bytes:
    header = list(SOCIAL)
    for _ in range(3):
        header[random.randrange(len(header))] = random.choice(SOCIAL)
    return saved(ledger(header=header))


@broken
def missing_headers(random: Random) -> bytes:
    header = [name if random.random() < 0.7 else None for name in SOCIAL]
    return saved(ledger(header=header))


@broken
def nothing(random: Random) -> bytes:
    book = Workbook()
    for _ in range(random.randint(0, 3)):
        book.create_sheet()
    return random.choice(
        [saved(book), saved(ledger(title="空", header=[None])), b"PK\x05\x06" + b"\0" * 18]
    )


@broken
def charts(random: Random) -> bytes:
    book = ledger()
    sheet = book.active
    chart = BarChart()
    chart.add_data(Reference(sheet, min_col=11, min_row=1, max_row=2))
    sheet.add_chart(chart, "R3")
    book.create_chartsheet("图")
    return saved(book)


@broken
def decorated(random: Random) -> bytes:
    """Comments, validations, filters, frozen panes, protection: all of it legal, and it comes back."""
    book = ledger([*GOOD[:3], "公司", *GOOD[4:]])
    sheet = book.active
    sheet["D2"].comment = Comment("原有批注", "张三")
    rule = DataValidation("list", formula1='"社会团体,基金会"')
    rule.add("D2:D99")
    sheet.add_data_validation(rule)
    sheet.auto_filter.ref = "A1:L2"
    sheet.protection.enable()
    sheet.freeze_panes = "B2"
    sheet["B2"].hyperlink = "https://example.invalid/"
    return saved(book)


@broken
def missing_parts(random: Random) -> bytes:
    data = saved(ledger())
    names = zipfile.ZipFile(io.BytesIO(data)).namelist()
    return rewritten(data, {random.choice(names): None})


@broken
def mangled_parts(random: Random) -> bytes:
    def change(xml: bytes) -> bytes:
        start = random.randrange(len(xml))
        return xml[:start] + random.randbytes(random.randint(1, 40)) + xml[start + 20 :]

    data = saved(ledger())
    names = zipfile.ZipFile(io.BytesIO(data)).namelist()
    return rewritten(data, {random.choice(names): change})


@broken
def evil_names(random: Random) -> bytes:
    name = random.choice(["../../x", "/etc/x", "xl/../../y", "..\\..\\z", "xl/" + "a" * 3000])
    return rewritten(saved(ledger()), {name: b"x"})


@broken
def strange_sheet_names(random: Random) -> bytes:
    title = random.choice(["_平台", "问题清单", "填写说明", "社'会", "a" * 31, "=1", "党员", "😀"])
    return saved(ledger(title=title))


@broken
def forged_mark(random: Random) -> bytes:
    def change(xml: bytes) -> bytes:
        mark = b'<definedNames><definedName name="_import_batch" hidden="1">&quot;%s:%d&quot;'
        named = (
            mark % (b"0" * 32, random.choice([1, 10**18 - 1])) + b"</definedName></definedNames>"
        )
        return xml.replace(b"</sheets>", b"</sheets>" + named)

    return rewritten(saved(ledger()), {"xl/workbook.xml": change})


@broken
def thousands_of_wrong_rows(random: Random) -> bytes:
    rows = [[n, f"第{n}会", "", random.choice(ODD[:20]), "", "", "火星镇"] for n in range(1500)]
    return saved(ledger(*rows))


@broken
def many_sheets(random: Random) -> bytes:
    book = ledger()
    for n in range(random.randint(60, 250)):
        book.create_sheet(f"表{n}").append(["x", n])
    return saved(book)


@broken
def old_format_garbage(random: Random) -> bytes:
    data = bytearray((FIXTURES / random.choice(["townships.xls", "townships.ods"])).read_bytes())
    for _ in range(random.randint(1, 200)):
        data[random.randrange(8, len(data))] = random.randrange(256)
    return bytes(data)


@broken
def half_a_stylesheet(random: Random) -> bytes:
    return rewritten(saved(ledger()), {"xl/styles.xml": lambda xml: xml[: len(xml) // 2]})


def generate(count: int, seed: int = 2019) -> list[tuple[str, bytes]]:
    """That many broken workbooks with the names of their kinds, every kind in turn."""
    random, names = Random(seed), list(MAKERS)
    return [(names[n % len(names)], MAKERS[names[n % len(names)]](random)) for n in range(count)]
