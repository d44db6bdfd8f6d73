"""党费: an organization's month on one page, and every record as a list."""

from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count, F, Q, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_GET, require_http_methods

from accounts.access import require
from accounts.listing import list_page
from accounts.rules import Right
from members.actions.dues import Payment, open_month, record_dues
from members.lists import DUES
from members.models import DuesMonth
from members.models.dues import takes_dues
from members.models.parameter import whole
from members.rules.dates import add_months, month_of
from members.rules.dues import is_on_time
from members.rules.parameters import Parameter
from organizations.models import PartyOrganization


@require_http_methods(["GET", "POST"])
def dues_list(request: HttpRequest) -> HttpResponse:
    require(request.user, Right.VIEW_MEMBERS)
    return list_page(request, DUES)


def _month(text: str) -> date:
    """A month of an address; this month where it says none."""
    if not text:
        return month_of(timezone.localdate())
    try:
        found = parse_date(f"{text}-01")
    except ValueError as error:
        raise Http404 from error
    if found is None:
        raise Http404
    return found


@require_GET
def dues_page(request: HttpRequest) -> HttpResponse:
    """A month over the organizations: due, paid, on time, what is missing; each leads to its sheet."""
    require(request.user, Right.VIEW_MEMBERS)
    month = _month(request.GET.get("month", ""))
    grace = whole(Parameter.DUES_GRACE_DAYS, month.year)
    rows = DuesMonth.objects.visible_to(request.user).filter(month=month)
    on_time = DuesMonth.objects.visible_to(request.user).on_time(grace).filter(month=month).due()
    by_party = (
        rows.order_by()
        .values("party_organization", "party_organization__name", "party_organization__code")
        .annotate(
            number=Count("pk"),
            due_sum=Sum("due"),
            paid_sum=Sum("paid"),
            payers=Count("pk", filter=Q(due__gt=0)),
            open=Count("pk", filter=Q(due__gt=0, paid__lt=F("due"))),
            on_time=Count("pk", filter=Q(pk__in=on_time.values("pk"))),
        )
        .order_by("-open", "party_organization__code")
    )
    groups = list(by_party[:400])
    total = {
        name: sum(group[name] for group in groups)
        for name in ("number", "due_sum", "paid_sum", "payers", "open", "on_time")
    }
    context = {
        "month": month,
        "earlier": add_months(month, -1),
        "later": add_months(month, 1) if month < month_of(timezone.localdate()) else None,
        "groups": groups,
        "total": total,
        "own": PartyOrganization.objects.visible_to(request.user)
        .alive_on(timezone.localdate())
        .order_by("code")[:2],
    }
    return render(request, "members/dues_page.html", context)


@require_http_methods(["GET", "POST"])
def dues_sheet(request: HttpRequest, code: str, month: str) -> HttpResponse:
    """One organization, one month: everyone in a row, paid and paid on; one button for all."""
    posted = request.method == "POST"
    require(request.user, Right.EDIT_MEMBERS if posted else Right.VIEW_MEMBERS)
    party = get_object_or_404(PartyOrganization.objects.visible_to(request.user), code=code)
    day = _month(month)
    here = reverse("members:dues-sheet", args=[code, f"{day:%Y-%m}"])
    if posted:
        return _saved(request, party, day, here)
    rows = list(
        DuesMonth.objects.visible_to(request.user)
        .filter(party_organization=party, month=day)
        .select_related("member")
        .order_by("member__pinyin", "member_id")
    )
    return _sheet(request, party, day, rows)


def _sheet(
    request: HttpRequest,
    party: PartyOrganization,
    day: date,
    rows: list[DuesMonth],
    problems: list[str] | None = None,
) -> HttpResponse:
    grace = whole(Parameter.DUES_GRACE_DAYS, day.year)
    typed = request.POST if problems else {}
    shown = [
        {
            "row": row,
            "paid": typed.get(f"paid_{row.member_id}", row.paid or ""),
            "paid_on": typed.get(
                f"paid_on_{row.member_id}", f"{row.paid_on:%Y-%m-%d}" if row.paid_on else ""
            ),
            "on_time": is_on_time(day, row.due, row.paid, row.paid_on, grace),
            "short": row.paid < row.due,
        }
        for row in rows
    ]
    today = timezone.localdate()
    context = {
        "party": party,
        "month": day,
        "rows": shown,
        "problems": problems,
        "due": sum((row.due for row in rows), Decimal(0)),
        "paid": sum((row.paid for row in rows), Decimal(0)),
        "takes": takes_dues(party, day.year),
        "earlier": f"{add_months(day, -1):%Y-%m}",
        "later": f"{add_months(day, 1):%Y-%m}" if day < month_of(today) else "",
        "today": today,
    }
    return render(request, "members/dues_sheet.html", context, status=200)


def _saved(request: HttpRequest, party: PartyOrganization, day: date, here: str) -> HttpResponse:
    rows = list(
        DuesMonth.objects.visible_to(request.user)
        .filter(party_organization=party, month=day)
        .select_related("member")
        .order_by("member__pinyin", "member_id")
    )
    try:
        if request.POST.get("do") == "open":
            made = open_month(party=party, month=day, by=request.user)
            messages.success(request, f"已建立本月党费表,新增 {len(made)} 人。")
        elif request.POST.get("do") == "all":
            on = parse_date(request.POST.get("all_on", "")) or timezone.localdate()
            payments = {r.member_id: Payment(r.due, on) for r in rows if r.paid < r.due}
            number = record_dues(party=party, month=day, payments=payments, by=request.user)
            messages.success(request, f"已登记 {number} 人缴清。")
        else:
            payments = _payments(request, rows)
            number = record_dues(party=party, month=day, payments=payments, by=request.user)
            messages.success(request, f"已保存,改动 {number} 人。")
    except ValidationError as error:
        return _sheet(request, party, day, rows, error.messages)
    return redirect(here)


def _payments(request: HttpRequest, rows: list[DuesMonth]) -> dict[int, Payment]:
    """What was typed; raises ValidationError naming everyone whose cells cannot be read."""
    found: dict[int, Payment] = {}
    problems: list[Any] = []
    for row in rows:
        paid_text = request.POST.get(f"paid_{row.member_id}", "").strip()
        day_text = request.POST.get(f"paid_on_{row.member_id}", "").strip()
        try:
            paid = Decimal(paid_text or "0").quantize(Decimal("0.01"))
            paid_on = parse_date(day_text) if day_text else None
            if not paid.is_finite() or (day_text and paid_on is None):
                raise ValueError
        except (InvalidOperation, ValueError):
            problems.append(f"{row.member.name}:金额或日期不能识别")
            continue
        found[row.member_id] = Payment(paid, paid_on, row.note)
    if problems:
        raise ValidationError(problems)
    return found
