"""Opening workbooks that strangers send: what is not a clean workbook gets a clear refusal.

The parent looks at the file's first bytes and at the zip directory, without unpacking; the reading
itself happens in a child process with limits of memory and time (`child.py`).
"""

import json
import subprocess
import sys
import threading
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from organizations.rules.cells import Raw

LARGEST_FILE = 30_000_000
LARGEST_UNPACKED = 200_000_000
LARGEST_RATIO = 100
LARGEST_TEXT = 300_000_000
MOST_ENTRIES = 2_000
MOST_ROWS = 200_000
MOST_COLUMNS = 100
PATIENCE_SECONDS = 100
SUFFIXES = (".xlsx", ".xls", ".ods")
CHILD = Path(__file__).with_name("child.py")

# all that the standard library raises on a zip whose bytes are not what they say
UNREADABLE_ZIP = (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, RuntimeError)
ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


class WorkbookError(ValueError):
    """The file cannot be read as a workbook; the message says why and what to do."""


@dataclass
class SheetRows:
    """One visible sheet: its rows in order, the first being row 1; cells as the file holds them."""

    name: str
    hidden: bool = False
    rows: list[list[Raw]] = field(default_factory=list)


def read_workbook(path: Path) -> Iterator[SheetRows]:
    """Yield the sheets one after another; raises WorkbookError with a Chinese message."""
    inspect(path)
    command = [sys.executable, "-I", str(CHILD), str(path), str(MOST_ROWS), str(MOST_COLUMNS)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as child:
        watchdog = threading.Timer(PATIENCE_SECONDS, child.kill)
        watchdog.start()
        try:
            yield from _sheets(child)
        finally:
            watchdog.cancel()
            child.kill()


def _sheets(child: subprocess.Popen[bytes]) -> Iterator[SheetRows]:
    sheet: SheetRows | None = None
    ended = False
    total = 0
    for line in child.stdout or ():
        total += len(line)
        if total > LARGEST_TEXT:
            raise WorkbookError(
                f"内容超过 {LARGEST_TEXT // 1_000_000} MB,远超正常台账,请拆分成几个文件。"
            )
        try:
            item = json.loads(line, object_hook=_decode)
        except ValueError:
            break  # the child died in the middle of a line
        if isinstance(item, list):
            if sheet is not None:
                sheet.rows.append(item)
        elif "sheet" in item:
            if sheet is not None:
                yield sheet
            sheet = SheetRows(item["sheet"], item["hidden"])
        elif "error" in item:
            raise WorkbookError(_refusal(item))
        elif "end" in item:
            ended = True
    if not ended:
        raise WorkbookError(
            "读取时超出内存或时间限制:工作表范围过大或文件内容异常。"
            "请删去表格右侧和下方多余的内容,另存为新的 .xlsx 文件后重试。"
        )
    if sheet is not None:
        yield sheet


def _decode(item: dict[str, Any]) -> Any:
    return date.fromisoformat(item["d"]) if len(item) == 1 and "d" in item else item


def _refusal(item: dict[str, Any]) -> str:
    match item["error"]:
        case "encrypted":
            return "文件设有打开密码,请在 Excel 中取消密码后重新保存。"
        case "too_many_rows":
            return f"工作表超过 {MOST_ROWS:,} 行,请拆分成几个文件。"
        case "memory":
            return "读取时超出内存限制,请拆分成几个文件,或删去多余的空白区域后另存。"
    return f"文件已损坏或不完整,请用 Excel 打开后另存为 .xlsx 再试。({item.get('detail', '')})"


def inspect(path: Path) -> None:
    """Refuse, before anything is unpacked, what is no workbook or would not stay small."""
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(8)
    except OSError as error:
        raise WorkbookError(f"文件无法读取:{error.strerror}。") from error
    if size == 0:
        raise WorkbookError("文件是空的(0 字节),请重新保存或重新发送。")
    if size > LARGEST_FILE:
        raise WorkbookError(
            f"文件有 {size / 1e6:.0f} MB,超过 {LARGEST_FILE // 1_000_000} MB 的上限,请拆分。"
        )
    if head.startswith(OLE):
        if b"E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e" in path.read_bytes():
            raise WorkbookError("文件设有打开密码,请在 Excel 中取消密码后重新保存。")
    elif head.startswith(ZIP):
        _inspect_zip(path)
    else:
        raise WorkbookError("这不是 Excel 工作簿(.xlsx、.xls、.ods),请用 Excel 或 WPS 另存后重试。")


def _inspect_zip(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as book:
            entries = book.infolist()
            manifest = _manifest(book)
    except UNREADABLE_ZIP as error:
        raise WorkbookError("文件已损坏或没有传输完整,请重新保存或重新发送。") from error
    names = {entry.filename for entry in entries}
    if not names & {"xl/workbook.xml", "content.xml", "xl/workbook.bin"}:
        raise WorkbookError("这是压缩包或其他文档,不是 Excel 工作簿,请用 Excel 或 WPS 另存后重试。")
    unpacked = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries) or 1
    if (
        len(entries) > MOST_ENTRIES
        or unpacked > LARGEST_UNPACKED
        or (unpacked > 20_000_000 and unpacked / packed > LARGEST_RATIO)
    ):
        raise WorkbookError(
            f"文件展开后有 {unpacked / 1e6:.0f} MB,远超正常台账,已拒绝读取。"
            "请删去多余内容后另存,或拆分成几个文件。"
        )
    if any(".." in name.split("/") or name.startswith("/") for name in names):
        raise WorkbookError("文件内部结构异常,已拒绝读取,请用 Excel 另存后重试。")
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise WorkbookError("文件带有宏,请另存为不带宏的 .xlsx 后重试。")
    if any(name.lower().startswith("xl/externallinks/") for name in names):
        raise WorkbookError(
            "文件链接着其他工作簿,请在 Excel 的“数据—编辑链接”中断开链接(保留数值)后另存重试。"
        )
    if b"encryption-data" in manifest:
        raise WorkbookError("文件设有打开密码,请取消密码后重新保存。")


def _manifest(book: zipfile.ZipFile) -> bytes:
    try:
        with book.open("META-INF/manifest.xml") as file:
            return file.read(1_000_000)
    except KeyError:
        return b""
