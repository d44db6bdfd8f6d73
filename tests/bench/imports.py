"""Imports: against a validated `bulk_create`, against django-import-export, and in memory."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import tablib
from django.conf import settings
from django.db import models, transaction
from import_export import fields as columns
from import_export import resources
from import_export.widgets import CharWidget, ForeignKeyWidget, Widget
from openpyxl import Workbook

from organizations.actions.imports import apply_batch
from organizations.imports.batch import Batch
from organizations.imports.preview import store_preview
from organizations.models import SocialOrganization, SupervisingUnit, Township
from organizations.spreadsheets.reading import read_workbook
from tests.bench.measure import Ratio, execute, paired
from tests.bench.population import populate
from tests.ledgers import HEADERS

# A child's peak begins with that of the process that starts it, so a small one starts the import;
# it says the largest of its children, reader and importer alike.
WATCH = """
import resource, subprocess, sys
code = subprocess.run([sys.executable, *sys.argv[1:]]).returncode
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr)
sys.exit(code)
"""


def part_import() -> list[Ratio]:
    """Goal 11, and seconds and memory of an import: 50,000 rows in less than 400 MB."""
    ratios = _against_the_others(20_000)
    for rows in (1045, 50_000):
        populate(1)
        execute("TRUNCATE organizations_socialorganization CASCADE")
        with tempfile.TemporaryDirectory() as folder:
            book = Path(folder) / "台账.xlsx"
            _workbook(book, rows)
            started = time.perf_counter()
            done = subprocess.run(
                [sys.executable, "-c", WATCH, "manage.py", "import_ledger", str(book), "--as-json"],
                env=os.environ | {"CITY_CODE": "100001"},
                capture_output=True,
                text=True,
            )
            seconds = time.perf_counter() - started
        if done.returncode:
            raise SystemExit(done.stdout[-2000:] + done.stderr[-2000:])
        if SocialOrganization.objects.count() != rows:
            raise SystemExit("not every row arrived")
        peak = int(done.stderr.split()[-1]) / 1024
        print(f"  import of {rows:,} rows: {seconds:.1f} s, peak {peak:.0f} MB")
        ratio = Ratio(f"import of {rows:,} rows, share of 400 MB", 1.0)
        ratio.pairs = [(peak / 1000, 0.4)]
        ratios.append(ratio)
    return ratios


TABLES = "organizations_socialorganization, organizations_importbatch"


# the library takes a second for every hundred rows: with fewer it is not better off
OF_THE_LIBRARY = 5_000


def _against_the_others(rows: int) -> list[Ratio]:
    """The whole way of an upload (read, check, preview, apply, audit, what undo needs) against the
    shortest way to the same rows, and against the way that django-import-export offers."""
    settings.CITY_CODE = "100001"
    populate(1)
    with tempfile.TemporaryDirectory() as folder:
        path, part = Path(folder) / "台账.xlsx", Path(folder) / "一部分.xlsx"
        _workbook(path, rows)
        _workbook(part, OF_THE_LIBRARY)
        shortest = paired(
            f"11 import of {rows:,} rows, validated bulk_create",
            2.0,
            lambda: _ours(path, rows),
            lambda: _bulk_created(path, rows),
            pairs=3,
        )
        name = f"11 import of {OF_THE_LIBRARY:,} rows, django-import-export"
        library = Ratio(name, 15.0, at_least=True)
        library.note = "a speed; checked, shown and confirmed on both sides"
        library.pairs = [
            tuple(_seconds(run, part, OF_THE_LIBRARY) for run in (_ours, _with_the_library))
        ]
    return [shortest, library]


def _seconds(run: Callable[[Path, int], None], path: Path, rows: int) -> float:
    started = time.perf_counter()
    run(path, rows)
    return time.perf_counter() - started


def _emptied() -> None:
    execute(f"TRUNCATE {TABLES} CASCADE")


def _arrived(rows: int) -> None:
    assert SocialOrganization.objects.filter(supervising_unit__isnull=False).count() == rows


def _ours(path: Path, rows: int) -> None:
    _emptied()
    batch = Batch(by=None)
    batch.read([path])
    batch.check()
    batch.record.save()
    with transaction.atomic():
        store_preview(batch)
    apply_batch(batch=batch, by=None)
    _arrived(rows)


def _bulk_created(path: Path, rows: int) -> None:
    """Reading the same book, cleaning every instance and `bulk_create`.

    Relations are looked up beforehand as on our side; `clean_fields` with them would ask the
    database for every row and be several times slower.
    """
    fields = {f.verbose_name: f for f in SocialOrganization._meta.concrete_fields}
    relations = [f.name for f in fields.values() if f.is_relation]
    _emptied()
    names = {one.name: one for one in (*Township.objects.all(), *SupervisingUnit.objects.all())}
    codes = {f.name: {word: code for code, word in f.flatchoices} for f in fields.values()}
    made = []
    for sheet in read_workbook(path):
        known = [fields.get(header) for header in sheet.rows[0]]
        for row in sheet.rows[1:]:
            values = {}
            for field, cell in zip(known, row, strict=False):
                if field is not None and cell != "":
                    meant = names if field.is_relation else codes[field.name]
                    values[field.name] = meant.get(cell, cell) if meant else cell
            one = SocialOrganization(**values)
            one.clean_fields(exclude=relations)
            made.append(one)
    with transaction.atomic():
        SocialOrganization.objects.bulk_create(made, batch_size=1000)
    _arrived(rows)


class _Word(Widget):
    """The code that a word of the ledgers means."""

    def __init__(self, choices: Any) -> None:
        super().__init__()
        self.codes = {word: code for code, word in choices}

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        return self.codes.get(value, value or "")


def _column(field: Any) -> columns.Field:
    widget: Any = None
    if field.is_relation:
        widget = ForeignKeyWidget(field.related_model, "name")
    elif field.choices:
        widget = _Word(field.flatchoices)
    elif isinstance(field, models.CharField | models.TextField):
        widget = CharWidget(allow_blank=not field.null)
    made = resources.ModelResource.widget_from_django_field(field)()
    return columns.Field(field.name, field.verbose_name, widget=widget or made)


def _with_the_library(path: Path, rows: int) -> None:
    """django-import-export as its own admin uses it: a checked dry run for the preview, then the
    import, both validated, in a transaction, found by name."""
    _emptied()
    with path.open("rb") as file:
        data = tablib.Dataset().load(file, "xlsx")
    known = {f.verbose_name: f for f in SocialOrganization._meta.concrete_fields}
    chosen = {
        known[header].name: _column(known[header]) for header in data.headers if header in known
    }
    meta = type(
        "Meta",
        (),
        {
            "model": SocialOrganization,
            "import_id_fields": ["name"],
            "clean_model_instances": True,
            "skip_unchanged": True,
            "use_transactions": True,
            "fields": list(chosen),
        },
    )
    resource = type("LedgerResource", (resources.ModelResource,), {**chosen, "Meta": meta})()
    for is_dry in (True, False):
        result = resource.import_data(data, dry_run=is_dry, raise_errors=False)
        told = [*(str(e.error) for row in result.rows for e in row.errors), *result.invalid_rows]
        assert not told, told[:3]
    _arrived(rows)


def _workbook(path: Path, rows: int) -> None:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("社会组织")
    sheet.append(HEADERS["社会组织"])
    kinds = ["社会团体", "中介组织", "民办非企业", "基金会", "城乡社会组织"]
    for n in range(1, rows + 1):
        day = date(1995, 1, 1).fromordinal(date(1995, 1, 1).toordinal() + n % 8000)
        place = f"第{1 + n % 9}镇"
        sheet.append(
            [
                *(n, f"测试第{n}协会", "", kinds[n % 5], "民政局", f"第{1 + n % 8}局", place, day),
                *("正常", "陈明", n % 60, n % 6, "已核准", "合格", "", ""),
            ]
        )
    book.save(path)
