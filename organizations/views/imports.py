"""Pages of imports: upload, follow the check, look at what would change, apply, take back."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Page, Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_GET, require_POST

from accounts import audit
from accounts.access import require
from accounts.rules import Right
from organizations.actions.import_batch import ask_to_apply, ask_to_undo, correct, discard, upload
from organizations.forms import UndoForm, UploadForm
from organizations.imports.preview import ERRORS, OUTCOMES, PAGE_ROWS, WARNINGS
from organizations.imports.sheet import sheet_kinds
from organizations.imports.template import template_workbook
from organizations.models import ImportBatch, ImportFile
from organizations.rules.vocabulary import BatchState

PAGE_SIZE = 30
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_GET
def import_list(request: HttpRequest) -> HttpResponse:
    require(request.user, Right.IMPORT)
    return _list(request, UploadForm())


def _list(request: HttpRequest, form: UploadForm, status: int = 200) -> HttpResponse:
    rows = ImportBatch.objects.visible_to(request.user).select_related("made_by")
    rows = rows.prefetch_related("workbooks")
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    kinds = [(code, kind.title) for code, kind in sheet_kinds().items()]
    context = {"form": form, "page": page, "kinds": kinds}
    return render(request, "organizations/import_list.html", context, status=status)


@require_POST
def import_create(request: HttpRequest) -> HttpResponse:
    require(request.user, Right.IMPORT)
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        return _list(request, form)
    try:
        batch = upload(files=form.cleaned_data["files"], by=request.user)
    except ValidationError as error:
        form.add_error("files", error)
        return _list(request, form)
    return redirect("organizations:import-page", pk=batch.pk)


def found(request: HttpRequest, pk: int) -> ImportBatch:
    require(request.user, Right.IMPORT)
    rows = ImportBatch.objects.visible_to(request.user).select_related("made_by", "asked_by")
    return get_object_or_404(rows, pk=pk)


@require_GET
def import_page(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, found(request, pk))


def _page(request: HttpRequest, batch: ImportBatch, **forms: Any) -> HttpResponse:
    files = list(batch.workbooks.select_related("uploaded_by"))
    context = {
        "batch": batch,
        "files": [one for one in files if one.is_current],
        "can_download": any(one.annotated for one in files if one.is_current and one.error_count),
        "earlier": [one for one in files if not one.is_current],
        "sheets": _sheets(batch),
        "totals": _totals(batch),
        "outcomes": OUTCOMES,
        "chosen": _chosen(request, batch),
        "upload_form": UploadForm(),
        "undo_form": UndoForm(),
        "can_undo": batch.state == BatchState.APPLIED and batch.effects.exists(),
        "notice": _notice(batch),
        **forms,
    }
    return render(request, "organizations/import_page.html", context)


@require_GET
def import_progress(request: HttpRequest, pk: int) -> HttpResponse:
    """The part of the page that moves while a worker is at it."""
    return render(request, "organizations/_import_progress.html", {"batch": found(request, pk)})


@dataclass
class Chosen:
    """Which part of the preview is shown: a sheet's rows with one outcome, or grouped problems."""

    sheet: str
    outcome: str
    title: str
    page: Page
    rows: list[dict[str, Any]]


def _sheets(batch: ImportBatch) -> list[dict[str, Any]]:
    """The batch's sheets with their numbers, those that it has not left out."""
    known = batch.report.get("sheets", {})
    return [
        {
            "code": code,
            "title": counts["title"],
            "rows": counts["rows"],
            "counts": [(name, word, counts[name]) for name, word in OUTCOMES.items()],
        }
        for code, counts in known.items()
        if counts["rows"]
    ]


def _totals(batch: ImportBatch) -> dict[str, int]:
    sheets = batch.report.get("sheets", {}).values()
    return {name: sum(counts[name] for counts in sheets) for name in OUTCOMES}


def _chosen(request: HttpRequest, batch: ImportBatch) -> Chosen | None:
    sheet, outcome = request.GET.get("sheet", ""), request.GET.get("outcome", "")
    known = batch.report.get("sheets", {})
    if sheet in (ERRORS, WARNINGS):
        outcome = ""
    elif sheet not in known or outcome not in OUTCOMES:
        sheet, outcome = _first_to_look_at(batch)
    if not sheet:
        return None
    if sheet in (ERRORS, WARNINGS):
        title = "要改正的问题" if sheet == ERRORS else "提醒(不影响导入)"
        last = batch.pages.filter(sheet=sheet).order_by("-number").first()
        count = (last.number - 1) * PAGE_ROWS + len(last.rows) if last else 0
    else:
        title = f"{known[sheet]['title']}:{OUTCOMES[outcome]}"
        count = known[sheet][outcome]
    page = Paginator(range(count), PAGE_ROWS).get_page(request.GET.get("page"))
    stored = batch.pages.filter(sheet=sheet, outcome=outcome, number=page.number).first()
    rows = stored.rows if stored else []
    for row in rows:
        row["url"] = _address_of(sheet, row.get("key"))
    return Chosen(sheet, outcome, title, page, rows)


def _first_to_look_at(batch: ImportBatch) -> tuple[str, str]:
    if batch.report.get("error_count"):
        return ERRORS, ""
    for outcome in ("changed", "new", "same"):
        for code, counts in batch.report.get("sheets", {}).items():
            if counts[outcome]:
                return code, outcome
    return "", ""


def _address_of(sheet: str, key: Any) -> str:
    """Address of a record's page, where records of this kind have one."""
    kind = sheet_kinds().get(sheet)
    return _record_page(kind.form._meta.model._meta.label_lower, key) if kind and key else ""


def _record_page(label: str, key: Any) -> str:
    app, _, _ = label.partition(".")
    names = {kind.form._meta.model._meta.label_lower: code for code, kind in sheet_kinds().items()}
    try:
        return reverse(f"{app}:{names.get(label, '').replace('_', '-')}-page", args=[key])
    except NoReverseMatch:
        return ""


def _notice(batch: ImportBatch) -> dict[str, Any]:
    """What the last attempt left to say, with addresses and moments ready to be shown."""
    told = dict(batch.notice)
    if told.get("kind") == "undo_refused":
        told["rows"] = [
            {
                **row,
                "url": _record_page(row["model"], row["key"]),
                "when": parse_datetime(row["at"]) if row["at"] else None,
            }
            for row in told["rows"]
        ]
    return told


@require_POST
def import_correct(request: HttpRequest, pk: int) -> HttpResponse:
    batch = found(request, pk)
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, batch, upload_form=form)
    try:
        correct(batch=batch, files=form.cleaned_data["files"], by=request.user)
    except ValidationError as error:
        form.add_error("files", error)
        return _page(request, batch, upload_form=form)
    return redirect("organizations:import-page", pk=pk)


@require_POST
def import_apply(request: HttpRequest, pk: int) -> HttpResponse:
    batch = found(request, pk)
    try:
        ask_to_apply(batch=batch, by=request.user)
    except ValidationError as error:
        messages.error(request, "".join(error.messages))
    return redirect("organizations:import-page", pk=pk)


@require_POST
def import_discard(request: HttpRequest, pk: int) -> HttpResponse:
    batch = found(request, pk)
    try:
        discard(batch=batch, by=request.user)
    except ValidationError as error:
        messages.error(request, "".join(error.messages))
        return redirect("organizations:import-page", pk=pk)
    messages.success(request, f"导入批次 {pk} 已放弃,没有写入任何内容。")
    return redirect("organizations:import-list")


@require_POST
def import_undo(request: HttpRequest, pk: int) -> HttpResponse:
    batch = found(request, pk)
    form = UndoForm(request.POST)
    if not form.is_valid():
        return _page(request, batch, undo_form=form)
    try:
        ask_to_undo(batch=batch, reason=form.cleaned_data["reason"], by=request.user)
    except ValidationError as error:
        messages.error(request, "".join(error.messages))
    return redirect("organizations:import-page", pk=pk)


@require_GET
def import_file(request: HttpRequest, pk: int, file_pk: int) -> HttpResponse:
    """A workbook as it was uploaded."""
    return _file(request, pk, file_pk, annotated=False)


@require_GET
def import_annotated(request: HttpRequest, pk: int, file_pk: int) -> HttpResponse:
    """The same workbook with its problems marked."""
    return _file(request, pk, file_pk, annotated=True)


def _file(request: HttpRequest, pk: int, file_pk: int, *, annotated: bool) -> HttpResponse:
    batch = found(request, pk)
    one: ImportFile = get_object_or_404(batch.workbooks, pk=file_pk)
    stored, name = (one.annotated, one.annotated_name) if annotated else (one.content, one.name)
    if not stored:
        raise Http404
    audit.record(by=request.user, action="import.download", object=batch, after={"files": [name]})
    kind = XLSX if annotated or name.lower().endswith(".xlsx") else "application/octet-stream"
    return FileResponse(stored.open("rb"), as_attachment=True, filename=name, content_type=kind)


@require_GET
def import_template(request: HttpRequest) -> HttpResponse:
    """A blank workbook to fill in: one sheet, or all of them."""
    require(request.user, Right.IMPORT)
    kinds, sheet = sheet_kinds(), request.GET.get("sheet", "")
    if sheet and sheet not in kinds:
        raise Http404
    chosen = [sheet] if sheet else list(kinds)
    name = f"{kinds[sheet].title if sheet else '台账'}模板.xlsx"
    content = template_workbook(chosen, by=request.user)
    return FileResponse(content, as_attachment=True, filename=name, content_type=XLSX)
