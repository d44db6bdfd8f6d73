"""A batch: many workbooks read as one, checked as one, applied in one transaction or not at all."""

import difflib
import hashlib
from collections import Counter
from collections.abc import Iterable
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone

from accounts.exports import NOTES_SHEET
from accounts.models import User
from organizations.imports.areas import Areas
from organizations.imports.problems import Place, Problem
from organizations.imports.progress import Progress, Tell
from organizations.imports.sheet import Sheet, chunks, sheet_kinds
from organizations.imports.table import Table, header_row, table_of
from organizations.imports.writer import Writer
from organizations.models import (
    ImportBatch,
    PartyOrganization,
    SocialOrganization,
)
from organizations.rules.cells import text_of
from organizations.spreadsheets.annotating import EXPLANATION_SHEET, LISTS_SHEET, PROBLEMS_SHEET
from organizations.spreadsheets.reading import SUFFIXES, SheetRows, WorkbookError, read_workbook

MOST_SUGGESTIONS = 50
# sheets that the portal itself puts into templates and returned workbooks
OWN_SHEETS = {LISTS_SHEET, PROBLEMS_SHEET, EXPLANATION_SHEET, NOTES_SHEET}


class Batch(Areas):
    """Reads files, keeps every problem, and knows what the rows refer to."""

    def __init__(
        self, *, by: User | None, record: ImportBatch | None = None, tell: Tell | None = None
    ) -> None:
        self.record = record or ImportBatch(made_by=by, area_code=settings.CITY_CODE)
        super().__init__(by=by, writer=Writer(self.record))
        self.progress = Progress(tell)
        self.today: date = timezone.localdate()
        self.errors: list[Problem] = []
        self.warnings: list[Problem] = []
        self.files: list[dict[str, Any]] = []
        self.sheets: dict[str, Sheet] = {code: kind(self) for code, kind in sheet_kinds().items()}
        self.tables: list[Table] = []
        self._records: dict[type[models.Model], dict[Any, Any]] = {}
        self.stored_by_code: dict[str, SocialOrganization] = {}
        self.stored_by_name: dict[str, list[SocialOrganization]] = {}
        self.stored_parties: dict[str, PartyOrganization] = {}
        self._names_loaded: set[str] = set()
        self._suggested = 0
        self._sheets_read: dict[tuple[str, str], int] = {}

    # --- reading ---------------------------------------------------------------------------------

    def read(self, paths: Iterable[Path]) -> None:
        """Read every workbook of the files and folders; a bad one is an error, not the end."""
        found = list(dict.fromkeys(workbooks(paths, self.errors, self.warnings)))
        if not found and not self.errors:
            self.errors.append(Problem(Place(""), "", "", "没有找到任何工作簿(.xlsx、.xls、.ods)"))
        for path in found:
            self.read_file(path, path.name)

    def read_file(self, path: Path, name: str) -> None:
        self.progress.begin(f"读取 {name}")
        recognized = 0
        try:
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
            if twin := next((one["name"] for one in self.files if one["sha256"] == digest), None):
                message = f"内容与 {twin} 完全相同,只读一次"
                self.warnings.append(Problem(Place(name), "", "", message))
                return
            for sheet in read_workbook(path):
                recognized += self._read_sheet(name, sheet)
        except WorkbookError as error:
            self.errors.append(Problem(Place(name), "", "", str(error)))
            return
        except OSError as error:
            self.errors.append(Problem(Place(name), "", "", f"文件无法读取:{error.strerror}"))
            return
        self.files.append({"name": name, "sha256": digest})
        if not recognized and not any(one.place.file == name for one in self.errors):
            titles = "、".join(kind.title for kind in self.sheets.values())
            message = f"没有找到台账,应有以下工作表之一:{titles};请对照模板检查表头"
            self.errors.append(Problem(Place(name), "", "", message))

    def _read_sheet(self, file: str, sheet: SheetRows) -> bool:
        """Recognize the sheet by its header, whatever its name; read it; was it a ledger?"""
        self._sheets_read[file, sheet.name] = len(self._sheets_read)
        if not any(any(cell != "" for cell in row) for row in sheet.rows):
            return False
        if sheet.name in OWN_SHEETS:
            return False
        if sheet.hidden:
            message = "隐藏的工作表没有读取"
            self.warnings.append(Problem(Place(file, sheet.name), "", "", message))
            return False
        kind = self._kind_of(sheet)
        if kind is None:
            message = "没有识别为台账,未读取"
            self.warnings.append(Problem(Place(file, sheet.name), "", "", message))
            return False
        table = table_of(file, sheet, kind.columns)
        sheet.rows = []
        self.errors += table.errors
        self.progress.total += len(table.rows)
        self.progress.beat()
        kind.read(table)
        table.kind = kind.code
        self.tables.append(table)
        self.warnings += table.warnings
        return True

    def _kind_of(self, sheet: SheetRows) -> Sheet | None:
        """The kind whose columns the header names best; the sheet's name decides a tie."""
        best: tuple[tuple[int, int, int], Sheet] | None = None
        for kind in self.sheets.values():
            _, names = header_row(sheet, kind.columns)
            present = {column.name for column in names.values()}
            complete = all(c.name in present for c in kind.columns if c.required)
            named = kind.title in sheet.name
            if len(names) < 3 and not named:
                continue
            score = (int(complete), len(names), int(named))
            if best is None or score > best[0]:
                best = (score, kind)
        return best[1] if best else None

    # --- references ------------------------------------------------------------------------------

    def load_references(
        self,
        *,
        codes: Iterable[str] = (),
        names: Iterable[str] = (),
        parties: Iterable[str] = (),
    ) -> None:
        """Load the stored records that rows refer to but that the batch does not itself bring."""
        organizations = self.sheets["social_organization"]
        in_batch = {
            id_
            for row in organizations.rows
            if row.instance is not None
            for id_ in [row.instance.pk]
            if id_
        }
        for part in chunks(sorted(codes)):
            for one in SocialOrganization.objects.filter(credit_code__in=part):
                self.stored_by_code[one.credit_code or ""] = one
        # several sheets refer to organizations; each name is loaded once
        asked = set(names) - self._names_loaded
        self._names_loaded |= asked
        for part in chunks(self.spellings(asked)):
            stored = SocialOrganization.objects.filter(
                name__in=part, township__code__startswith=self.city_code
            )
            for one in stored:
                if one.pk not in in_batch:
                    self.stored_by_name.setdefault(text_of(one.name), []).append(one)
        for part in chunks(sorted(parties)):
            for party in PartyOrganization.objects.filter(code__in=part):
                self.stored_parties[party.code] = party

    def spellings(self, names: Iterable[str]) -> list[str]:
        """Names as they were read, and as they may be stored: with full-width brackets, blanks."""
        wide = str.maketrans("()", "()")
        wanted = set(names)
        stored = self._odd_names if wanted else {}
        odd = (one for name in wanted & stored.keys() for one in stored[name])
        return sorted({*wanted, *(name.translate(wide) for name in wanted), *odd})

    @cached_property
    def _odd_names(self) -> dict[str, list[str]]:
        """Stored names that read otherwise than they are written, where no code can stand in."""
        bare = SocialOrganization.objects.filter(
            credit_code__isnull=True, township__code__startswith=self.city_code
        )
        found: dict[str, list[str]] = {}
        for name in bare.order_by().values_list("name", flat=True).iterator():
            if (read := text_of(name)) != name:
                found.setdefault(read, []).append(name)
        return found

    def record_behind(self, model: type[models.Model], key: Any) -> Any:
        """The stored record with this key, each looked up once; the key where there is none."""
        known = self._records.setdefault(model, {})
        if key not in known:
            known[key] = model._default_manager.filter(pk=key).first() or key
        return known[key]

    def nearest(self, word: str, known: Iterable[str]) -> str:
        """A hint with the most similar known words; only for the first errors, since it is slow."""
        if self._suggested >= MOST_SUGGESTIONS:
            return ""
        self._suggested += 1
        close = difflib.get_close_matches(word, list(known)[:5000], n=3, cutoff=0.75)
        return f"(相近的有:{'、'.join(close)})" if close else ""

    # --- checking and reporting ------------------------------------------------------------------

    def check(self) -> None:
        """Check all rows of all sheets, in the order in which they depend on each other."""
        for sheet in self.sheets.values():
            self.progress.begin(f"检查“{sheet.title}”")
            sheet.check()
        for problems in (self.errors, self.warnings):
            problems.sort(key=self._reading_order)

    def _reading_order(self, problem: Problem) -> tuple[int, int]:
        """As an officer goes through the files: file after file, sheet after sheet, row by row."""
        place = problem.place
        return self._sheets_read.get((place.file, place.sheet), -1), place.row

    @property
    def is_clean(self) -> bool:
        return not self.errors

    def summary(self) -> dict[str, Any]:
        """Numbers of rows by sheet and outcome, what is made on the way, numbers of problems."""
        sheets = {}
        for sheet in self.sheets.values():
            counts = {"new": 0, "changed": 0, "same": 0, "wrong": 0}
            for row in sheet.rows:
                counts[row.outcome] += 1
            sheets[sheet.code] = {"title": sheet.title, "rows": len(sheet.rows), **counts}
        return {
            "sheets": sheets,
            "created": {
                "supervising_units": sorted(unit.name for unit in self.new_units),
                "responsible_bodies": sorted(body.name for body in self.new_bodies),
            },
            "ended": {title: count for title, count in sorted(self._ended().items()) if count},
            "error_count": len(self.errors),
            "warning_count": len(self.warnings),
        }

    def _ended(self) -> Counter[str]:
        """How many stored links end because what they join ends, by kind."""
        ended: Counter[str] = Counter()
        for sheet in self.sheets.values():
            for row in sheet.rows:
                if row.ends:
                    ended.update(row.ends)
        return ended

    def report(self) -> dict[str, Any]:
        """What was read and what it would change, with every problem, as plain JSON."""
        return {
            "files": self.files,
            **self.summary(),
            "errors": [problem.as_json() for problem in self.errors],
            "warnings": [problem.as_json() for problem in self.warnings],
        }


def workbooks(
    paths: Iterable[Path], errors: list[Problem], warnings: list[Problem]
) -> Iterable[Path]:
    """The workbooks among the paths, folders searched; what else lies there is named."""
    for path in paths:
        if path.is_dir():
            for one in sorted(path.rglob("*")):
                inside = one.relative_to(path).parts
                if not one.is_file() or any(part.startswith((".", "~$")) for part in inside):
                    continue
                if one.suffix.lower() in SUFFIXES:
                    yield one
                else:
                    message = "不是工作簿(.xlsx、.xls、.ods),没有读取"
                    warnings.append(Problem(Place(str(Path(*inside))), "", "", message))
        elif path.exists():
            yield path
        else:
            errors.append(Problem(Place(str(path)), "", "", "没有这个文件或文件夹"))
