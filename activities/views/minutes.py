"""Resolutions that wait, and what activities brought about."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import F, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import require
from accounts.listing.page import list_page
from accounts.rules import Right
from activities.actions.minutes import finish_resolution
from activities.lists import RESOLUTIONS
from activities.models import Outcome, OutcomeKind, Resolution
from organizations.models import Township


@require_http_methods(["GET", "POST"])
def resolution_list(request: HttpRequest) -> HttpResponse:
    require(request.user, Right.VIEW_ACTIVITIES)
    return list_page(request, RESOLUTIONS)


@require_POST
def resolution_finish(request: HttpRequest, pk: int) -> HttpResponse:
    require(request.user, Right.EDIT_ACTIVITIES)
    resolution = get_object_or_404(Resolution.objects.visible_to(request.user), pk=pk)
    text = request.POST.get("done_on", "")
    try:
        day = parse_date(text) if text else None
    except ValueError:
        day = None
    try:
        if text and day is None:
            raise ValidationError("完成日期写法有误,例如 2026-03-15。")
        finish_resolution(resolution=resolution, done_on=day, by=request.user)
    except ValidationError as error:
        messages.error(request, "".join(error.messages))
    else:
        messages.success(request, "已登记完成情况。")
    return redirect("activities:activity-page", pk=resolution.activity_id)


@require_GET
def outcome_page(request: HttpRequest) -> HttpResponse:
    """Sums of outcomes over the scope and any days, by kind and township."""
    require(request.user, Right.VIEW_ACTIVITIES)
    today = timezone.localdate()
    first = _day(request, "from") or date(today.year, 1, 1)
    last = _day(request, "to") or today
    rows = Outcome.objects.visible_to(request.user).counted(first, last)
    townships = list(Township.objects.visible_to(request.user))
    place = request.GET.get("township", "")
    party = request.GET.get("party", "")
    if place:
        rows = rows.filter(activity__party_organization__township__code__startswith=place)
    if party:
        rows = rows.filter(activity__party_organization__code=party)
    sums = list(rows.sums())
    by_place: dict[str, dict[str, int]] = {}
    grouped = rows.order_by().values(
        code=F("kind__code"), place=F("activity__party_organization__township")
    )
    for row in grouped.annotate(total=Sum("amount")):
        by_place.setdefault(row["place"], {})[row["code"]] = row["total"]
    lines: list[dict[str, Any]] = [
        {
            "township": township,
            "numbers": [by_place.get(township.code, {}).get(one["code"], 0) for one in sums],
        }
        for township in townships
        if township.code in by_place
    ]
    context = {
        "sums": sums,
        "lines": lines,
        "first": first,
        "last": last,
        "townships": townships,
        "place": place,
        "party": party,
        "kinds": OutcomeKind.objects.visible_to(request.user),
    }
    return render(request, "activities/outcome_page.html", context)


def _day(request: HttpRequest, name: str) -> date | None:
    try:
        return parse_date(request.GET.get(name, ""))
    except ValueError:
        return None
