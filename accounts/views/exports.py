"""Pages of long exports: how far they are, and the file for the person who asked."""

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from accounts.access import require
from accounts.actions.exports import note_export
from accounts.exports import CONTENT_TYPES
from accounts.listing.listing import BY_ROUTE
from accounts.models import ListExport
from accounts.rules import Right


@require_GET
def export_list(request: HttpRequest) -> HttpResponse:
    require(request.user, Right.EXPORT)
    rows = ListExport.objects.visible_to(request.user)[:50]
    context = {"rows": rows, "days": settings.EXPORT_DAYS}
    return render(request, "accounts/export_list.html", context)


def found(request: HttpRequest, pk: int) -> ListExport:
    require(request.user, Right.EXPORT)
    return get_object_or_404(ListExport.objects.visible_to(request.user), pk=pk)


@require_GET
def export_page(request: HttpRequest, pk: int) -> HttpResponse:
    one = found(request, pk)
    context = {"export": one, "listing": BY_ROUTE.get(one.route), "days": settings.EXPORT_DAYS}
    return render(request, "accounts/export_page.html", context)


@require_GET
def export_progress(request: HttpRequest, pk: int) -> HttpResponse:
    """The part of the page that moves while a worker is at it."""
    return render(request, "accounts/_export_progress.html", {"export": found(request, pk)})


@require_GET
def export_file(request: HttpRequest, pk: int) -> HttpResponse:
    """The file; noted before the first byte leaves, each time that it is carried away."""
    one = found(request, pk)
    listing = BY_ROUTE.get(one.route)
    if not (one.is_ready and one.content and listing):
        raise Http404
    try:
        file = one.content.open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    note_export(
        model=listing.model,
        kind=one.kind,
        filters=one.filters,
        rows=one.rows_total,
        by=request.user,
    )
    answer = FileResponse(
        file, as_attachment=True, filename=one.name, content_type=CONTENT_TYPES[one.kind]
    )
    answer["Cache-Control"] = "private, no-store"
    answer["X-Row-Count"] = str(one.rows_total)
    return answer
