"""A batch: many workbooks read as one, checked as one, applied in one transaction or not at all."""

import difflib
import hashlib
from collections.abc import Iterable
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from accounts.models import User
from organizations.imports.problems import Place, Problem
from organizations.imports.sheet import Row, Sheet, chunks, sheet_kinds
from organizations.imports.table import header_row, table_of
from organizations.models import (
    ImportBatch,
    PartyOrganization,
    ResponsibleBody,
    SocialOrganization,
    SupervisingUnit,
    Township,
)
from organizations.rules.cells import header_key, text_of
from organizations.rules.coverage import body_kind
from organizations.rules.responsibility import proposed_line, unit_of_body
from organizations.rules.vocabulary import BodyKind
from organizations.spreadsheets.reading import SUFFIXES, SheetRows, WorkbookError, read_workbook

MOST_SUGGESTIONS = 50


class Batch:
    """Reads files, keeps every problem, and knows what the rows refer to."""

    def __init__(self, *, by: User | None, city_code: str | None = None) -> None:
        self.by = by
        self.city_code = city_code or settings.CITY_CODE
        self.today: date = timezone.localdate()
        self.errors: list[Problem] = []
        self.warnings: list[Problem] = []
        self.files: list[dict[str, Any]] = []
        self.sheets: dict[str, Sheet] = {code: kind(self) for code, kind in sheet_kinds().items()}
        self.record = ImportBatch(made_by=by)
        self._load_areas()
        self.stored_by_code: dict[str, SocialOrganization] = {}
        self.stored_by_name: dict[str, list[SocialOrganization]] = {}
        self.stored_parties: dict[str, PartyOrganization] = {}
        self._names_loaded: set[str] = set()
        self._suggested = 0
        self._proposed: dict[tuple, ResponsibleBody | None] = {}
        self._told_no_townships = False
        self._sheets_read: dict[tuple[str, str], int] = {}

    # --- areas and bodies ------------------------------------------------------------------------

    def _load_areas(self) -> None:
        self.townships = {
            township.code: township
            for township in Township.objects.filter(code__startswith=self.city_code)
        }
        self._townships_by_name = {header_key(t.name): t for t in self.townships.values()}
        units = SupervisingUnit.objects.filter(area_code=self.city_code)
        self.units = {text_of(unit.name): unit for unit in units}
        bodies = ResponsibleBody.objects.filter(area_code=self.city_code)
        bodies = bodies.select_related("supervising_unit")
        self.bodies = {text_of(body.name): body for body in bodies}
        self.new_units: list[SupervisingUnit] = []
        self.new_bodies: list[ResponsibleBody] = []

    def township(self, text: Any) -> Township | None:
        """By name or by code, within the city."""
        key = text_of(text)
        return self.townships.get(key) or self._townships_by_name.get(header_key(key))

    def tell_unknown_township(self, sheet: Sheet, row: Row, text: str) -> None:
        """An error of the row; where the city has no townships at all, said once and not a row."""
        known = "、".join(t.name for t in list(self.townships.values())[:30])
        message = f"没有名为“{text}”的镇(街道),本市现有:{known}"
        if not self.townships:
            if self._told_no_townships:
                row.wrong_columns |= {"township"}
                return
            self._told_no_townships = True
            message = f"系统中还没有 {self.city_code} 的镇(街道),请先运行 import_townships 导入区划"
        sheet.wrong(row, "township", message, value=text)

    def unit(self, name: str) -> SupervisingUnit:
        """The unit with this name; made, and listed in the report, when named for the first time."""
        if name not in self.units:
            self.units[name] = unit = SupervisingUnit(name=name, area_code=self.city_code)
            self.new_units.append(unit)
        return self.units[name]

    def body(self, name: str, township: Township) -> ResponsibleBody:
        """The body with this name; the generic 镇(街道)两新组织党委 means the row's township's."""
        kind = body_kind(name)
        if kind == BodyKind.TOWNSHIP and name.startswith(("镇(街道)", "镇街", "乡镇")):
            name = f"{township.name}两新组织党委"
        if name not in self.bodies:
            own = None
            if kind == BodyKind.TOWNSHIP:
                own = next((t for t in self.townships.values() if t.name in name), township)
            body = ResponsibleBody(name=name, kind=kind, area_code=self.city_code, township=own)
            if kind == BodyKind.LINE:
                body.supervising_unit = self._unit_of(name)
            self.bodies[name] = body
            self.new_bodies.append(body)
        return self.bodies[name]

    def _unit_of(self, name: str) -> SupervisingUnit | None:
        """The unit that a line's body is named after, unless it has one already."""
        unit = self.units.get(unit_of_body(name, list(self.units)) or "")
        taken = any(body.supervising_unit == unit for body in self.bodies.values())
        return None if taken else unit

    def proposed_body(
        self, unit: SupervisingUnit | None, category: str, township: Township
    ) -> ResponsibleBody | None:
        """The body that the rule proposes, among those stored and those that the batch brings."""
        asked = (id(unit), category, township.pk, len(self.bodies))
        if asked not in self._proposed:
            self._proposed[asked] = self._body_by_rule(unit, category, township)
        return self._proposed[asked]

    def _body_by_rule(
        self, unit: SupervisingUnit | None, category: str, township: Township
    ) -> ResponsibleBody | None:
        bodies = sorted(self.bodies.values(), key=lambda one: (one.pk is None, one.pk or 0))
        line = next((b for b in bodies if unit is not None and b.supervising_unit == unit), None)
        committee = next((b for b in bodies if b.kind == BodyKind.COMMITTEE), None)
        own = next(
            (b for b in bodies if b.kind == BodyKind.TOWNSHIP and b.township_id == township.pk),
            None,
        )
        chosen = proposed_line(
            category=category,
            has_line=line is not None,
            has_committee=committee is not None,
            has_township=own is not None,
        )
        found = {BodyKind.LINE: line, BodyKind.COMMITTEE: committee, BodyKind.TOWNSHIP: own}
        return found[chosen] if chosen else None

    def save_areas(self) -> None:
        """Save the new units and bodies; codes follow the names' order, not the files'."""
        prefix = f"{self.city_code}U"
        taken = SupervisingUnit.objects.filter(code__startswith=prefix).values_list(
            "code", flat=True
        )
        numbers = [
            int(code.removeprefix(prefix)) for code in taken if code[len(prefix) :].isdigit()
        ]
        start = max(numbers, default=0) + 1
        self.new_units.sort(key=lambda unit: unit.name)
        for number, unit in enumerate(self.new_units, start=start):
            unit.code = f"{prefix}{number:03d}"
        SupervisingUnit.objects.bulk_create(self.new_units)
        self.new_bodies.sort(key=lambda body: body.name)
        ResponsibleBody.objects.bulk_create(self.new_bodies)

    def may_write(self, township_code: str) -> bool:
        """Is this township inside the importing account's scope? The command line has no limit."""
        if self.by is None:
            return True
        scope = self.by.scope
        inside = scope.is_area and township_code.startswith(scope.code)
        return inside and (
            not scope.areas or any(township_code.startswith(area) for area in scope.areas)
        )

    # --- reading ---------------------------------------------------------------------------------

    def read(self, paths: Iterable[Path]) -> None:
        """Read every workbook of the files and folders; a bad one is an error, not the end."""
        found = list(dict.fromkeys(workbooks(paths, self.errors, self.warnings)))
        if not found and not self.errors:
            self.errors.append(Problem(Place(""), "", "", "没有找到任何工作簿(.xlsx、.xls、.ods)"))
        for path in found:
            self.read_file(path, path.name)

    def read_file(self, path: Path, name: str) -> None:
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
        if not recognized:
            titles = "、".join(kind.title for kind in self.sheets.values())
            message = f"没有找到台账,应有以下工作表之一:{titles};请对照模板检查表头"
            self.errors.append(Problem(Place(name), "", "", message))

    def _read_sheet(self, file: str, sheet: SheetRows) -> bool:
        """Recognize the sheet by its header, whatever its name; read it; was it a ledger?"""
        self._sheets_read[file, sheet.name] = len(self._sheets_read)
        if not any(any(cell != "" for cell in row) for row in sheet.rows):
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
        kind.read(table)
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

    def report(self) -> dict[str, Any]:
        """What was read and what it would change, as plain JSON."""
        sheets = {}
        for sheet in self.sheets.values():
            counts = {"new": 0, "changed": 0, "same": 0, "wrong": 0}
            for row in sheet.rows:
                counts[row.outcome] += 1
            sheets[sheet.code] = {"title": sheet.title, "rows": len(sheet.rows), **counts}
        return {
            "files": self.files,
            "sheets": sheets,
            "created": {
                "supervising_units": sorted(unit.name for unit in self.new_units),
                "responsible_bodies": sorted(body.name for body in self.new_bodies),
            },
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
