"""Files that are no clean workbook get a clear refusal, in bounded memory and time."""

import io
import struct
import zipfile
from datetime import date
from pathlib import Path

import pytest
from openpyxl import Workbook

from organizations.spreadsheets import reading
from organizations.spreadsheets.reading import SheetRows, WorkbookError, read_workbook

FIXTURES = Path(__file__).parent.parent / "fixtures"


def saved(path: Path, rows: list[list[object]], name: str = "表") -> Path:
    book = Workbook()
    sheet = book.active
    sheet.title = name
    for row in rows:
        sheet.append(row)
    book.save(path)
    return path


def refusal(path: Path) -> str:
    with pytest.raises(WorkbookError) as refused:
        list(read_workbook(path))
    return str(refused.value)


def rewritten(source: Path, target: Path, changes: dict[str, bytes | None]) -> Path:
    """A copy of a workbook's zip with entries replaced, added or (None) left out."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            if entry.filename not in changes:
                new.writestr(entry, old.read(entry.filename))
        for name, content in changes.items():
            if content is not None:
                new.writestr(name, content)
    return target


@pytest.fixture
def good(tmp_path: Path) -> Path:
    return saved(tmp_path / "good.xlsx", [["名称", "日期"], ["甲", date(2019, 10, 16)], ["乙", 3]])


def test_rows_of_a_good_workbook(good: Path) -> None:
    (sheet,) = read_workbook(good)
    assert sheet == SheetRows(
        "表", False, [["名称", "日期"], ["甲", date(2019, 10, 16)], ["乙", 3.0]]
    )


@pytest.mark.parametrize("suffix", ["xls", "ods"])
def test_older_and_open_formats_are_read_alike(suffix: str) -> None:
    (sheet,) = read_workbook(FIXTURES / f"townships.{suffix}")
    assert sheet.rows[0] == ["社会组织名称", "成立登记日期", "正式党员数"]
    assert sheet.rows[1] == ["东风商会", date(2010, 3, 5), 4.0]
    assert sheet.rows[3][0] == "南港渔业协会"


@pytest.mark.parametrize(
    ("content", "part"),
    [
        (b"", "空的"),
        (b"name,date\n1,2\n", "不是 Excel 工作簿"),
        ("统一社会信用代码".encode("utf-16"), "不是 Excel 工作簿"),
        (b"%PDF-1.7 ...", "不是 Excel 工作簿"),
        (b"PK\x03\x04" + b"\0" * 50, "损坏"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "损坏"),
    ],
)
def test_what_is_no_workbook_is_refused(tmp_path: Path, content: bytes, part: str) -> None:
    path = tmp_path / "x.xlsx"
    path.write_bytes(content)
    assert part in refusal(path)


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    assert "无法读取" in refusal(tmp_path / "no.xlsx")


@pytest.mark.parametrize("keep", [0.3, 0.7, 0.99])
def test_a_truncated_workbook_is_refused(good: Path, tmp_path: Path, keep: float) -> None:
    data = good.read_bytes()
    path = tmp_path / "cut.xlsx"
    path.write_bytes(data[: int(len(data) * keep)])
    assert "损坏" in refusal(path)


def test_a_damaged_sheet_is_refused(good: Path, tmp_path: Path) -> None:
    changes = {"xl/worksheets/sheet1.xml": b"<worksheet><sheetData><row><c"}
    assert "损坏" in refusal(rewritten(good, tmp_path / "bad.xlsx", changes))


def test_another_zip_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "docs.xlsx"
    with zipfile.ZipFile(path, "w") as book:
        book.writestr("readme.txt", "hello")
    assert "不是 Excel 工作簿" in refusal(path)


def test_encrypted_workbooks_are_refused(tmp_path: Path, good: Path) -> None:
    path = tmp_path / "locked.xlsx"
    name = "EncryptedPackage".encode("utf-16-le")
    path.write_bytes(reading.OLE + b"\0" * 504 + name + b"\0" * 600)
    assert "密码" in refusal(path)
    manifest = b'<manifest><manifest:encryption-data manifest:checksum="x"/></manifest>'
    ods = rewritten(
        good, tmp_path / "locked.ods", {"content.xml": b"x", "META-INF/manifest.xml": manifest}
    )
    assert "密码" in refusal(ods)
    assert "密码" in refusal(FIXTURES / "locked.xlsx")


def test_macros_are_refused(good: Path, tmp_path: Path) -> None:
    assert "宏" in refusal(rewritten(good, tmp_path / "m.xlsx", {"xl/vbaProject.bin": b"x"}))


def test_a_path_that_leads_out_is_refused(good: Path, tmp_path: Path) -> None:
    assert "结构异常" in refusal(rewritten(good, tmp_path / "m.xlsx", {"../../etc/x": b"x"}))


def test_a_zip_bomb_is_refused_before_it_is_unpacked(good: Path, tmp_path: Path) -> None:
    bomb = rewritten(good, tmp_path / "b.xlsx", {"xl/worksheets/sheet2.xml": b" " * 60_000_000})
    assert bomb.stat().st_size < 200_000
    assert "展开后" in refusal(bomb)


def test_a_zip_bomb_that_hides_its_size_is_stopped(good: Path, tmp_path: Path) -> None:
    """The directory says 10 bytes, the stream holds far more."""
    body = b"<worksheet><sheetData>" + b"<row/>" * 30_000_000
    bomb = rewritten(good, tmp_path / "b.xlsx", {"xl/worksheets/sheet1.xml": body})
    data = bytearray(bomb.read_bytes())
    size = struct.pack("<I", len(body))
    place = data.find(size)
    while place >= 0:
        data[place : place + 4] = struct.pack("<I", 10)
        place = data.find(size, place)
    bomb.write_bytes(bytes(data))
    assert refusal(bomb)


def test_a_sheet_that_lies_about_its_dimension_is_read_whole(tmp_path: Path) -> None:
    many = saved(tmp_path / "many.xlsx", [["名称"], *([f"第{n}"] for n in range(3000))])
    with zipfile.ZipFile(many) as book:
        xml = book.read("xl/worksheets/sheet1.xml")
    for lie in (b'ref="A1:A3"', b'ref="A1:XFD1048576"'):
        sheet_xml = xml.replace(b'ref="A1:A3001"', lie)
        assert sheet_xml != xml
        path = rewritten(many, tmp_path / "lie.xlsx", {"xl/worksheets/sheet1.xml": sheet_xml})
        (sheet,) = read_workbook(path)
        assert len(sheet.rows) == 3001


def test_a_cell_at_the_end_of_the_world_is_refused_in_bounded_memory(tmp_path: Path) -> None:
    book = Workbook()
    book.active["A1"] = "名称"
    book.active["XFD1048576"] = "x"
    path = tmp_path / "far.xlsx"
    book.save(path)
    message = refusal(path)
    assert "行" in message or "范围" in message


def test_entity_bombs_and_external_entities_do_nothing(good: Path, tmp_path: Path) -> None:
    entities = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    strings = (
        f'<?xml version="1.0"?><!DOCTYPE sst [<!ENTITY a0 "lol">{entities}'
        '<!ENTITY f SYSTEM "file:///etc/passwd">]>'
        '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        "<si><t>&a11;</t></si><si><t>&f;</t></si><si><t>c</t></si><si><t>d</t></si></sst>"
    ).encode()
    path = rewritten(good, tmp_path / "e.xlsx", {"xl/sharedStrings.xml": strings})
    try:
        sheets = list(read_workbook(path))
    except WorkbookError:
        return
    text = repr(sheets)
    assert "root:" not in text
    assert len(text) < 10_000


def test_too_many_rows_and_too_much_text_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = saved(tmp_path / "rows.xlsx", [["名称"], *(["甲"] for _ in range(60))])
    monkeypatch.setattr(reading, "MOST_ROWS", 50)
    assert "拆分" in refusal(path)
    monkeypatch.setattr(reading, "MOST_ROWS", 100)
    monkeypatch.setattr(reading, "LARGEST_TEXT", 200)
    assert "拆分" in refusal(path)
    monkeypatch.setattr(reading, "LARGEST_FILE", 100)
    assert "上限" in refusal(path)


def test_hidden_sheets_are_marked(tmp_path: Path) -> None:
    book = Workbook()
    book.active.append(["名称"])
    hidden = book.create_sheet("选项")
    hidden.append(["x"])
    hidden.sheet_state = "hidden"
    stream = io.BytesIO()
    book.save(stream)
    path = tmp_path / "h.xlsx"
    path.write_bytes(stream.getvalue())
    assert [(sheet.name, sheet.hidden) for sheet in read_workbook(path)] == [
        ("Sheet", False),
        ("选项", True),
    ]
