"""Read townships from a CSV: 统计用区划代码, 名称, and optionally their place on the tile map."""

import csv
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from organizations.actions.areas import save_townships

HEADERS = {
    "统计用区划代码": "code",
    "区划代码": "code",
    "代码": "code",
    "code": "code",
    "名称": "name",
    "镇(街道)": "name",
    "name": "name",
    "示意图行": "tile_row",
    "示意图列": "tile_column",
    "示意图占行": "tile_height",
    "示意图占列": "tile_width",
}


class Command(BaseCommand):
    help = "从 CSV 导入镇(街道):统计用区划代码,名称[,示意图行,示意图列,示意图占行,示意图占列]"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", type=Path, metavar="FILE.csv")

    def handle(self, *args: Any, **options: Any) -> None:
        rows, problems = read(options["path"])
        if problems:
            raise CommandError("\n".join(problems))
        try:
            new, changed = save_townships(townships=rows, by=None)
        except ValidationError as error:
            raise CommandError("\n".join(error.messages)) from error
        self.stdout.write(f"镇(街道)共 {len(rows)} 个:新增 {new},更新 {changed}。")


def read(path: Path) -> tuple[list[dict[str, Any]], list[str]]:
    """Rows and every problem; tolerates a BOM, GBK, and a file without a header."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise CommandError(f"文件无法读取:{error.strerror}") from error
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("gb18030", errors="replace")
    lines = list(csv.reader(text.splitlines()))
    header = (
        [HEADERS.get(cell.strip().replace("(", "(").replace(")", ")")) for cell in lines[0]]
        if lines
        else []
    )
    start = 1
    if "code" not in header or "name" not in header:
        header, start = ["code", "name"], 0
    rows: list[dict[str, Any]] = []
    problems: list[str] = []
    seen: dict[str, int] = {}
    for number, cells in enumerate(lines[start:], start=start + 1):
        values = {name: cell.strip() for name, cell in zip(header, cells, strict=False) if name}
        if not any(values.values()):
            continue
        code = values.get("code", "")
        if not (code.isdigit() and len(code) in (9, 12)):
            problems.append(
                f"第 {number} 行:统计用区划代码“{code}”应为 9 位数字(或 12 位的村级代码前 9 位)"
            )
            continue
        code = code[:9]
        if not values.get("name"):
            problems.append(f"第 {number} 行:缺少名称")
        if code in seen:
            problems.append(f"第 {number} 行:代码 {code} 与第 {seen[code]} 行重复")
        seen[code] = number
        row: dict[str, Any] = {"code": code, "name": values.get("name", "")}
        for key in ("tile_row", "tile_column", "tile_height", "tile_width"):
            if values.get(key):
                if not values[key].isdigit():
                    problems.append(f"第 {number} 行:示意图位置“{values[key]}”应为数字")
                else:
                    row[key] = int(values[key])
        rows.append(row)
    if not rows and not problems:
        problems.append("文件中没有镇(街道);每行应为:统计用区划代码,名称")
    return rows, problems
