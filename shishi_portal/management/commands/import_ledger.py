"""Read ledgers of townships as one batch: check every row, then write all or nothing."""

import json
import sys
from argparse import ArgumentParser
from itertools import islice
from pathlib import Path
from typing import Any

from django.core.checks import Tags
from django.core.management.base import BaseCommand

from evaluation.actions.coverage import drain_coverage
from organizations.actions.imports import apply_batch
from organizations.imports.batch import Batch

SHOWN = 200


class Command(BaseCommand):
    # checking the addresses would load every page, and a tenth of the memory that an import may take
    requires_system_checks = [Tags.models]
    help = "导入台账:文件和文件夹(.xlsx、.xls、.ods)作为一批,先检查全部行,有错则一行也不写入"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("paths", nargs="+", type=Path, metavar="PATH")
        parser.add_argument("--dry-run", action="store_true", help="只检查,不写入")
        parser.add_argument("--as-json", action="store_true", help="以 JSON 输出结果")

    def handle(self, *args: Any, **options: Any) -> None:
        batch = Batch(by=None)
        batch.read(options["paths"])
        batch.check()
        report = batch.report()
        applied = batch.is_clean and not options["dry_run"]
        if applied:
            apply_batch(batch=batch, by=None)
            drain_coverage()
        counts = report["sheets"].values()
        changed = sum(c["new"] + c["changed"] for c in counts)
        report = {
            "applied": applied,
            "dry_run": options["dry_run"],
            "nothing_changed": batch.is_clean and changed == 0,
            **report,
        }
        if options["as_json"]:
            pieces = json.JSONEncoder(ensure_ascii=False, indent=1).iterencode(report)
            while block := "".join(islice(pieces, 10_000)):  # a long report is not held twice
                self.stdout.write(block, ending="")
            self.stdout.write("")
        else:
            self._print(report)
        if not batch.is_clean:
            sys.exit(1)

    def _print(self, report: dict[str, Any]) -> None:
        write = self.stdout.write
        for counts in report["sheets"].values():
            write(
                f"{counts['title']}:共 {counts['rows']} 行,新增 {counts['new']},"
                f"更新 {counts['changed']},相同 {counts['same']},错误 {counts['wrong']}"
            )
        for title, key in (
            ("业务主管单位", "supervising_units"),
            ("责任主体", "responsible_bodies"),
        ):
            if names := report["created"][key]:
                verb = "新建" if report["applied"] else "将新建"
                write(f"{verb}{title} {len(names)} 个:{'、'.join(names)}")
        for title, count in report["ended"].items():
            write(f"随注销、撤销或离任结束{title} {count} 条")
        for title, key in (("提醒", "warnings"), ("错误", "errors")):
            problems = report[key]
            if problems:
                write(f"{title} {len(problems)} 条:")
            for problem in problems[:SHOWN]:
                write("  " + _line(problem))
            if len(problems) > SHOWN:
                write(f"  ……另有 {len(problems) - SHOWN} 条,用 --as-json 查看全部")
        if report["errors"]:
            write("有错误,一行也没有写入。请改正后重新导入。")
        elif report["nothing_changed"]:
            write("与系统中的记录完全相同,没有变化。")
        elif report["dry_run"]:
            write("检查通过(试运行,没有写入)。")
        else:
            write("已全部导入。")


def _line(problem: dict[str, Any]) -> str:
    place = " ".join(
        part
        for part in (
            problem["file"],
            f"工作表“{problem['sheet']}”" if problem["sheet"] else "",
            f"第 {problem['row']} 行" if problem["row"] else "",
            f"“{problem['column']}”列" if problem["column"] else "",
            f"值“{problem['value']}”" if problem["value"] else "",
        )
        if part
    )
    return f"{place}:{problem['message']}" if place else problem["message"]
