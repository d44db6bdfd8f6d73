"""Showing a list, and the four things that one does with it: choose columns, keep the question,
carry it out as a workbook or as text."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import models
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone

from accounts.access import require
from accounts.actions.exports import ask_for_export, note_export
from accounts.actions.lists import choose_columns, save_filter
from accounts.exports import CONTENT_TYPES
from accounts.listing import chips, paging
from accounts.listing.carrying import Carried
from accounts.listing.columns import Column
from accounts.listing.controls import fields, options
from accounts.listing.listing import Listing, UnknownOrder
from accounts.models import SavedFilter
from accounts.rules import Right

# filters that stand in the open; the others unfold
IN_THE_OPEN = 4


def list_page(
    request: HttpRequest,
    listing: Listing,
    rows: models.QuerySet | None = None,
    **context: Any,
) -> HttpResponse:
    """A page of the rows that filters leave, in the order asked for; a post does one of its tools.

    The rows are those of the list that the account sees; a view that narrows them further gives
    its own, which a worker could not find again. Wrong filters, orders and places answer 400.
    """
    is_kept = rows is None
    rows = listing.rows_of(request.user) if rows is None else rows
    filterset = listing.filterset(request.GET, rows, user=request.user)
    problem = "" if filterset.is_valid() else "筛选条件有误,请先改正。"
    found = rows.none() if problem else filterset.qs
    columns = listing.chosen(chosen_names(request, listing))
    query = asked(request.GET)
    try:
        order = listing.order_of(request.GET.get("sort", ""))
        if request.method == "POST" and not problem:
            return _tool(request, listing, filterset, found, order, columns, is_kept=is_kept)
        page = paging.page_of(found, order, query, listing.loader(columns))
    except (UnknownOrder, paging.BadPlace):
        problem = problem or "排序或翻页的地址不完整,请从列表首页重新开始。"
        order = listing.order_of("")
        page = paging.Page([], 0, 1, query)
    acts = [act for act in listing.acts if request.user.may(act.right)]
    today = timezone.localdate()
    day = getattr(filterset, "day", today)
    shown = {
        "listing": listing,
        "acts": acts,
        "filterset": filterset,
        "fields": _fields(filterset),
        "active": chips.active(filterset),
        "page": page,
        "order": order,
        "sorts": options(_sorts(listing), "" if order.text == listing.order else order.text),
        "headings": _headings(query, columns, order),
        "body": listing.body(columns, page, ticks=bool(acts)),
        "columns": columns,
        "saved_filters": list(
            SavedFilter.objects.visible_to(request.user).filter(route=listing.route)
        ),
        "problem": problem,
        "export_at_once": settings.EXPORT_AT_ONCE if is_kept else None,
        "day": day,
        "comes_back": listing.comes_back(day, today),
        **context,
    }
    return render(request, listing.template, shown, status=400 if problem else 200)


def asked(query: QueryDict) -> QueryDict:
    """An address without what was left open."""
    kept = QueryDict(mutable=True)
    for name, values in query.lists():
        if any(values):
            kept.setlist(name, values)
    return kept


def chosen_names(request: HttpRequest, listing: Listing) -> list[str]:
    names = request.user.list_columns.get(listing.route, [])
    return [name for name in names if name in listing.by_name]


def _fields(filterset: Any) -> dict[str, Any]:
    """The form's fields: a few in the open, the others folded; unfolded when one is wrong."""
    every = list(filterset.form)
    number = getattr(filterset, "in_the_open", IN_THE_OPEN)
    return {
        "open": fields(every[:number]),
        "folded": fields(every[number:]),
        "is_unfolded": any(field.errors for field in every[number:]),
    }


def _sorts(listing: Listing) -> list[tuple[str, str]]:
    """Every order of the list; the usual one needs no word in the address."""
    every = [
        (way + column.name, f"{column.label} {sign}")
        for column in listing.columns
        if column.sort is not None
        for way, sign in (("", "↑"), ("-", "↓"))
    ]
    return [("" if name == listing.order else name, label) for name, label in every]


def _headings(query: QueryDict, columns: list[Column], order: paging.Order) -> list[dict[str, Any]]:
    """The columns' heads: where a click leads, and which way rows run now."""
    kept = query.copy()
    for name in ("at", "page", "sort"):
        kept.pop(name, None)
    rest = f"&{kept.urlencode()}" if kept else ""
    headings: list[dict[str, Any]] = []
    for column in columns:
        heading: dict[str, Any] = {"column": column}
        if column.sort is not None:
            here = column.name == order.name
            way = "-" if here and not order.descending else ""
            heading["url"] = f"?sort={way}{column.name}{rest}"
            if here:
                heading["way"] = "descending" if order.descending else "ascending"
        headings.append(heading)
    return headings


def _whole_question(query: QueryDict) -> str:
    """All of an address but the page that it stands on."""
    kept = asked(query)
    for name in ("at", "page"):
        kept.pop(name, None)
    return kept.urlencode()


# --- tools --------------------------------------------------------------------------------------


def _tool(
    request: HttpRequest,
    listing: Listing,
    filterset: Any,
    rows: models.QuerySet,
    order: paging.Order,
    columns: list[Column],
    *,
    is_kept: bool,
) -> HttpResponse:
    what = request.POST.get("do", "")
    if what in CONTENT_TYPES:
        wanted = listing.exported(listing.columns if request.POST.get("all") else columns)
        carried = Carried(listing, filterset, rows, order, wanted, request.user)
        return _export(request, carried, what, is_kept=is_kept)
    if what == "columns":
        names = [name for name in request.POST.getlist("column") if name in listing.by_name]
        choose_columns(route=listing.route, names=names, by=request.user)
    elif what == "usual-columns":
        choose_columns(route=listing.route, names=[], by=request.user)
    elif what == "save":
        try:
            saved = save_filter(
                route=listing.route,
                name=request.POST.get("name", ""),
                query=_question(request.GET, filterset),
                is_shared=bool(request.POST.get("is_shared")),
                by=request.user,
            )
        except ValidationError as error:
            messages.error(request, "没有保存:" + "".join(error.messages))
        else:
            where = "本办公室都能打开。" if saved.is_shared else "只有您能打开。"
            messages.success(request, f"已存为常用筛选“{saved.name}”,{where}")
    return HttpResponseRedirect(request.get_full_path())


def _question(query: QueryDict, filterset: Any) -> str:
    """What an address asks: its filters and its order, not the page that it stands on."""
    kept = QueryDict(mutable=True)
    for name in [*filterset.form.fields, "sort"]:
        if query.get(name):
            kept[name] = query[name]
    return kept.urlencode()


def _export(request: HttpRequest, carried: Carried, kind: str, *, is_kept: bool) -> HttpResponse:
    """A file of exactly the rows that the list counts; noted before the first byte leaves.

    A long one is made by a worker and waits for the person who asked.
    """
    require(request.user, Right.EXPORT)
    user, now, listing = request.user, timezone.localtime(), carried.listing
    if is_kept and (count := carried.rows.count()) > settings.EXPORT_AT_ONCE:
        try:
            made = ask_for_export(
                route=listing.route,
                query=_whole_question(request.GET),
                columns=[column.name for column in carried.columns],
                kind=kind,
                name=carried.name(kind, now),
                filters=carried.filters,
                rows=count,
                by=user,
            )
        except ValidationError as error:
            messages.error(request, "".join(error.messages))
            return redirect("accounts:export-list")
        return redirect("accounts:export-page", pk=made.pk)
    file, number = carried.file(kind, now)
    note_export(model=listing.model, kind=kind, filters=carried.filters, rows=number, by=user)
    name = carried.name(kind, now)
    answer = FileResponse(file, as_attachment=True, filename=name, content_type=CONTENT_TYPES[kind])
    answer["Cache-Control"] = "private, no-store"
    answer["X-Row-Count"] = str(number)
    return answer
