"""The archive of a party organization: folders of a year and what stands in them."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.apps import apps
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import require
from accounts.forms import refuse
from accounts.rules import Right, whole_number
from activities.actions.archive import add_document, remove_document
from activities.actions.reach import reaches
from activities.forms.plan import DocumentForm
from activities.gather import standing_papers
from activities.models import ArchiveDocument, ArchiveFolder
from activities.rules.duties import FILLED_BY
from organizations.models import PartyOrganization

# where a document that filed itself leads to
PAGES = {
    "activities.activity": "activities:activity-page",
    "activities.yearplan": "activities:plan-page",
    "activities.agreement": "activities:agreement-page",
    "activities.venue": "activities:venue-page",
    "activities.fund": "activities:fund-page",
    "activities.partyhonour": "activities:honour-page",
}


MOST = 200
FILLED_BY_HAND = "平台上没有属于这个档案夹的记录,请用“存入文件”放入。"


@dataclass(frozen=True)
class Line:
    """One line of the archive; without an address where the reader may not follow it."""

    dated_on: date
    title: str
    folder: str
    url: str


def _year(request: HttpRequest) -> int:
    asked = whole_number(request.GET.get("year", "")) or 0
    this = timezone.localdate().year
    return asked if 1990 <= asked <= this else this


@require_GET
def archive_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Twelve folders, or as many as the city keeps, and the documents of the chosen one."""
    require(request.user, Right.VIEW_ACTIVITIES)
    party = get_object_or_404(PartyOrganization.objects.visible_to(request.user), pk=pk)
    year = _year(request)
    documents = ArchiveDocument.objects.visible_to(request.user).filter(
        party_organization=party, year=year
    )
    folders = list(ArchiveFolder.objects.visible_to(request.user).filter(is_active=True))
    names = {folder.number: folder.name for folder in folders}
    records = [one for one in standing_papers(party, year, request.user) if one.folder in names]
    by_folder = documents.order_by().values_list("folder__number").annotate(number=Count("pk"))
    numbers = Counter(dict(by_folder)) + Counter(one.folder for one in records)
    text = request.GET.get("folder", "")
    chosen = next((f for f in folders if str(f.number) == text), None)
    if chosen:
        documents = documents.filter(folder=chosen)
        records = [one for one in records if one.folder == chosen.number]
    lines = [
        Line(one.dated_on, one.title, one.folder.name, _address(one))
        for one in documents.select_related("folder")[:MOST]
    ]
    lines += [
        Line(one.dated_on, one.title, names[one.folder], _place(one.route, one.key))
        for one in records
    ]
    lines.sort(key=lambda line: line.dated_on, reverse=True)
    context = {
        "party": party,
        "year": year,
        "years": [timezone.localdate().year - back for back in range(4)],
        "folders": [(folder, numbers[folder.number]) for folder in folders],
        "filled": sum(1 for folder in folders if numbers[folder.number]),
        "chosen": chosen,
        "filled_by": FILLED_BY.get(chosen.number, FILLED_BY_HAND) if chosen else "",
        "lines": lines[:MOST],
        "most": MOST,
        "has_more": sum(numbers.values()) > MOST and not chosen,
        "total": sum(numbers.values()),
        "can_write": reaches(request.user, party.pk),
    }
    return render(request, "activities/archive_page.html", context)


def _place(route: str, key: Any) -> str:
    return reverse(route, args=[key]) if key is not None else ""


def _address(document: ArchiveDocument) -> str:
    route = PAGES.get(document.source_type)
    if route is None:
        return reverse("activities:document-page", args=[document.pk])
    return reverse(route, args=[document.source_id])


@require_http_methods(["GET", "POST"])
def document_create(request: HttpRequest, pk: int) -> HttpResponse:
    require(request.user, Right.EDIT_ACTIVITIES)
    party = get_object_or_404(PartyOrganization.objects.visible_to(request.user), pk=pk)
    initial = {"dated_on": timezone.localdate(), "folder": request.GET.get("folder")}
    form = DocumentForm(request.POST or None, user=request.user, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            document = add_document(party=party, by=request.user, **form.cleaned_data)
        except ValidationError as error:
            refuse(form, error)
        else:
            messages.success(request, "文件已登记,请在下面上传扫描件或文档。")
            return redirect("activities:document-page", pk=document.pk)
    return render(request, "activities/document_create.html", {"form": form, "party": party})


@require_GET
def document_page(request: HttpRequest, pk: int) -> HttpResponse:
    require(request.user, Right.VIEW_ACTIVITIES)
    rows = ArchiveDocument.objects.visible_to(request.user)
    document = get_object_or_404(rows.select_related("folder", "party_organization"), pk=pk)
    context = {
        "document": document,
        "source": _address(document) if document.source_id else "",
        "source_words": apps.get_model(document.source_type)._meta.verbose_name
        if document.source_id
        else "",
        "can_write": reaches(request.user, document.party_organization_id)
        and document.source_id is None,
    }
    return render(request, "activities/document_page.html", context)


@require_POST
def document_remove(request: HttpRequest, pk: int) -> HttpResponse:
    require(request.user, Right.EDIT_ACTIVITIES)
    document = get_object_or_404(ArchiveDocument.objects.visible_to(request.user), pk=pk)
    try:
        remove_document(document=document, reason=request.POST.get("reason", ""), by=request.user)
    except ValidationError as error:
        messages.error(request, "".join(error.messages))
        return redirect("activities:document-page", pk=pk)
    messages.success(request, f"已从档案中撤出“{document.title}”。")
    return redirect("activities:archive-page", pk=document.party_organization_id)
