"""The same workbook back with its problems marked; made in a child process with limits."""

import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from organizations.spreadsheets.reading import UNREADABLE_ZIP

LISTS_SHEET, PROBLEMS_SHEET, EXPLANATION_SHEET = "_平台", "问题清单", "填写说明"
PROBLEM_COLUMN = "问题"
MARK = "_import_batch"
PATIENCE_SECONDS = 150
CHILD = Path(__file__).with_name("annotate.py")
READER = Path(__file__).with_name("child.py")
_MARK = re.compile(
    rb"<definedName\b[^>]*\bname=[\"\']_import_batch[\"\'][^>]*>\s*(?:&quot;|\")?([0-9a-f]{32}):(\d{1,18})"
)


class AnnotationFailed(Exception):
    """The book is too large or too odd to be written again."""


def annotated(source: Path, told: dict[str, Any]) -> bytes:
    """The bytes of an .xlsx with everything of `source` and the marks that `told` lists."""
    told = {
        **told,
        "source": str(source),
        "lists_sheet": LISTS_SHEET,
        "problems_sheet": PROBLEMS_SHEET,
        "column_title": PROBLEM_COLUMN,
        "name": MARK,
        "values": "",
    }
    with TemporaryDirectory() as folder:
        told["target"] = str(Path(folder) / "out.xlsx")
        if not _is_xlsx(source):
            told["values"] = str(Path(folder) / "values.jsonl")
            _read_values(source, Path(told["values"]))
        instructions = Path(folder) / "told.json"
        instructions.write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")
        command = [sys.executable, "-I", str(CHILD), str(instructions)]
        try:
            done = subprocess.run(command, capture_output=True, timeout=PATIENCE_SECONDS)
        except subprocess.TimeoutExpired as error:
            raise AnnotationFailed("time") from error
        if done.returncode or not Path(told["target"]).exists():
            raise AnnotationFailed(done.stderr[-500:].decode(errors="replace"))
        return Path(told["target"]).read_bytes()


def _is_xlsx(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as book:
            return "xl/workbook.xml" in book.namelist()
    except UNREADABLE_ZIP:
        return False


def _read_values(source: Path, target: Path) -> None:
    """Cells of an older format as lines of JSON, by the same child that reads for the check."""
    with target.open("wb") as file:
        command = [sys.executable, "-I", str(READER), str(source), "200000", "100"]
        try:
            subprocess.run(
                command,
                stdout=file,
                stderr=subprocess.DEVNULL,
                timeout=PATIENCE_SECONDS,
                check=True,
            )
        except (subprocess.SubprocessError, OSError) as error:
            raise AnnotationFailed(str(error)) from error
    kept = []
    for line in target.read_text(encoding="utf-8").splitlines():
        item = json.loads(line)
        if isinstance(item, list) or "sheet" in item:
            kept.append(line)
    target.write_text("\n".join(kept), encoding="utf-8")


def batch_mark(path: Path) -> tuple[str, int] | None:
    """Key of the batch and number of the file that a returned workbook carries, if it is one."""
    try:
        with zipfile.ZipFile(path) as book, book.open("xl/workbook.xml") as part:
            found = _MARK.search(part.read(2_000_000))
    except (KeyError, *UNREADABLE_ZIP):
        return None
    return (found.group(1).decode(), int(found.group(2))) if found else None
