"""党员增减平衡表, and the people behind each of its numbers."""

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from accounts.access import require
from accounts.listing import list_page
from accounts.rules import Right, whole_number
from members.dashboard import INS, LINES, OUTS, Balance, balance_of, balances_by, check_of, rows_of
from members.forms.others import PeriodForm
from members.lists import MEMBERSHIPS
from members.models import Member, Membership
from organizations.models import PartyOrganization, Township


def _parties(request: HttpRequest) -> Any:
    """The organizations that the page is about: the account's, one township's, or one."""
    parties = PartyOrganization.objects.visible_to(request.user)
    if code := request.GET.get("township"):
        parties = parties.filter(township__code__startswith=code)
    if asked := request.GET.get("party"):
        pk = whole_number(asked)
        if pk is None:
            raise Http404
        parties = parties.filter(pk=pk)
    return parties


@require_GET
def balance_page(request: HttpRequest) -> HttpResponse:
    """Last period + in - out = this period; rows are townships, or organizations of a township."""
    require(request.user, Right.VIEW_MEMBERS)
    form = PeriodForm(request.GET)
    valid = form.is_valid()
    context: dict[str, Any] = {"form": form, "ins": INS, "outs": OUTS}
    if not valid:
        return render(request, "members/balance_page.html", context, status=400)
    since, until = form.cleaned_data["since"], form.cleaned_data["until"]
    parties = _parties(request)
    inside = request.GET.get("township") or request.GET.get("party")
    by = "party_organization" if inside else "township"
    if by == "township" and len(Township.objects.visible_to(request.user)[:2]) < 2:
        by = "party_organization"
    rows = balances_by(parties, since, until, by)
    total = balance_of(parties, since, until)
    check = check_of(parties, until)
    days = {"since": since, "until": until}
    own = {k: request.GET[k] for k in ("township", "party") if request.GET.get(k)}
    by_row = "township" if by == "township" else "party"
    people = Member.objects.visible_to(request.user)
    context |= {
        **days,
        "by": by,
        "rows": [_shown(row, {**days, **own, by_row: row.key}, by) for row in rows],
        "total": _shown(total, {**days, **own}, ""),
        "check": check,
        "doubled": people.filter(pk__in=check.doubled),
        "without": people.filter(pk__in=check.without),
        "beyond": people.filter(pk__in=check.beyond),
        "place": Township.objects.visible_to(request.user)
        .filter(code=request.GET.get("township") or "-")
        .first(),
    }
    return render(request, "members/balance_page.html", context)


def _shown(row: Balance, query: dict[str, Any], by: str) -> dict[str, Any]:
    base = reverse("members:membership-list")
    plain = {name: str(value) for name, value in query.items()}
    cells = [
        {"number": number, "url": f"{base}?{urlencode({**plain, 'line': line})}", "line": line}
        for line, number in row.cells()
    ]
    inner = f"{base}?{urlencode({**plain, 'line': 'inner'})}"
    deeper = f"{reverse('members:balance-page')}?{urlencode(plain)}" if by == "township" else ""
    return {
        "balance": row,
        "cells": cells,
        "inner": {"number": row.counts["inner"], "url": inner},
        "deeper": deeper,
    }


@require_http_methods(["GET", "POST"])
def membership_list(request: HttpRequest) -> HttpResponse:
    """The memberships that a number of the balance counts; without a line, all of them."""
    require(request.user, Right.VIEW_MEMBERS)
    rows = None
    line = request.GET.get("line")
    form = PeriodForm(request.GET)
    if line in LINES and form.is_valid():
        days = form.cleaned_data
        own = rows_of(_parties(request), days["since"], days["until"], line)
        rows = Membership.objects.visible_to(request.user).filter(pk__in=own.values("pk"))
    return list_page(request, MEMBERSHIPS, rows)
