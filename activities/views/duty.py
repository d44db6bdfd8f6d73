"""The duty panel: from the city to a township's period to the organizations that lack one."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_GET, require_http_methods

from accounts.access import require
from accounts.forms import refuse
from accounts.rules import Right, whole_number
from activities.actions.reach import reaches
from activities.actions.setting import arrange_life
from activities.dashboard.duties import Panel, duty_panel, life_of
from activities.forms.plan import SettingForm
from activities.models import Activity, DutyRule, LifeSetting, YearPlan
from activities.models.duty import owing_groups, owing_parties
from activities.rules.duties import DutySpec, DutyState, duty_periods
from activities.rules.periods import Period
from activities.rules.vocabulary import Duty
from organizations.models import PartyOrganization, Township

PAGE_SIZE = 50
STATES = {"done": "已开展", "late": "逾期未开展", "waiting": "本期待开展", "due": "应开展"}


def _year_and_day(request: HttpRequest) -> tuple[int, date]:
    """The year asked for, and its last day or today, whichever is earlier."""
    today = timezone.localdate()
    text = request.GET.get("year", "")
    asked = whole_number(text) or 0
    year = asked if 2000 <= asked <= today.year else today.year
    try:
        day = parse_date(request.GET.get("as_of", "")) or today
    except ValueError:
        day = today
    day = min(day, today, date(year, 12, 31))
    return year, max(day, date(year, 1, 1))


def _parties(request: HttpRequest) -> Any:
    rows = PartyOrganization.objects.visible_to(request.user)
    place = request.GET.get("township", "")
    return rows.filter(township__code__startswith=place) if place else rows


def _panel(request: HttpRequest) -> tuple[Panel, list[Township]]:
    year, day = _year_and_day(request)
    townships = list(Township.objects.visible_to(request.user))
    place = request.GET.get("township", "")
    shown = [t for t in townships if t.code.startswith(place)]
    return duty_panel(_parties(request), shown, year, day), townships


@require_GET
def duty_panel_page(request: HttpRequest) -> HttpResponse:
    require(request.user, Right.VIEW_ACTIVITIES)
    panel, townships = _panel(request)
    filed, timely = panel.filed()
    context = {
        "panel": panel,
        "lines": [(spec, panel.tally(spec)) for spec in panel.specs],
        "places": [
            {
                "township": township,
                "cells": [(spec, panel.tally(spec, township.code)) for spec in panel.specs],
                "filed": panel.filed(township.code),
            }
            for township in panel.townships
        ],
        "filed": filed,
        "timely": timely,
        "late_filed": filed - timely,
        "townships": townships,
        "place": request.GET.get("township", ""),
        "years": _years(),
        "own": _own_party(request),
    }
    return render(request, "activities/duty_panel.html", context)


def _years() -> list[int]:
    this = timezone.localdate().year
    return [this, this - 1, this - 2]


def _own_party(request: HttpRequest) -> PartyOrganization | None:
    """A secretary's own organization: the panel leads straight to its year."""
    if request.user.scope.kind != "party_organization":
        return None
    return PartyOrganization.objects.visible_to(request.user).first()


def _spec(name: str, year: int) -> DutySpec:
    spec = next((one for one in DutyRule.specs(year) if one.duty == name), None)
    if spec is None:
        raise Http404("没有这项制度。")
    return spec


@require_GET
def duty_page(request: HttpRequest, duty: str) -> HttpResponse:
    """One duty, period by period: every number leads to the organizations behind it."""
    require(request.user, Right.VIEW_ACTIVITIES)
    panel, townships = _panel(request)
    spec = next((one for one in panel.specs if one.duty == duty), None)
    if spec is None:
        raise Http404("没有这项制度。")
    periods = panel.periods(spec)
    context = {
        "panel": panel,
        "spec": spec,
        "rows": [
            (
                period,
                panel.tally(spec, number=period.number),
                [(t, panel.tally(spec, t.code, period.number)) for t in panel.townships],
            )
            for period in periods
        ],
        "townships": townships,
        "shown": panel.townships,
        "place": request.GET.get("township", ""),
        "years": _years(),
    }
    return render(request, "activities/duty_page.html", context)


@require_GET
def duty_organizations(request: HttpRequest, duty: str) -> HttpResponse:
    """The organizations (or groups) behind one number of the panel."""
    require(request.user, Right.VIEW_ACTIVITIES)
    year, day = _year_and_day(request)
    spec = _spec(duty, year)
    period = _period(request, spec, year)
    state = request.GET.get("state", "late")
    if state not in STATES:
        raise Http404("没有这种情况。")
    is_group = spec.duty == Duty.GROUP_MEETING
    parties = _parties(request)
    if is_group:
        rows = owing_groups(parties, period, day)
        rows = rows.select_related("party_organization__township")
        rows = rows.order_by("party_organization__township", "party_organization__pinyin", "pk")
    else:
        rows = owing_parties(parties, spec, period, day).select_related("township")
        rows = rows.order_by("township", "pinyin", "pk")
    if state == "done":
        rows = rows.filter(times_done__gte=spec.times)
    elif state in ("late", "waiting"):
        rows = rows.filter(times_done__lt=spec.times)
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "spec": spec,
        "period": period,
        "state": state,
        "words": STATES[state],
        "page": page,
        "is_group": is_group,
        "year": year,
        "day": day,
        "place": _place_name(request),
    }
    return render(request, "activities/duty_organizations.html", context)


def _period(request: HttpRequest, spec: DutySpec, year: int) -> Period:
    text = request.GET.get("period", "")
    number = whole_number(text) or 0
    period = next((p for p in duty_periods(spec, year) if p.number == number), None)
    if period is None:
        raise Http404("没有这一期。")
    return period


def _place_name(request: HttpRequest) -> str:
    code = request.GET.get("township", "")
    found = Township.objects.visible_to(request.user).filter(code=code).first() if code else None
    return found.name if found else ""


@require_GET
def life_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One organization's year: a square for every duty and period, leading to its records."""
    require(request.user, Right.VIEW_ACTIVITIES)
    rows = PartyOrganization.objects.visible_to(request.user).select_related("township")
    party = get_object_or_404(rows, pk=pk)
    year, day = _year_and_day(request)
    lines = life_of(party, year, day)
    setting = LifeSetting.objects.visible_to(request.user).filter(party_organization=party).first()
    plans = YearPlan.objects.visible_to(request.user)
    records = Activity.objects.visible_to(request.user).filter(party_organization=party)
    context = {
        "party": party,
        "lines": lines,
        "year": year,
        "day": day,
        "years": _years(),
        "setting": setting,
        "plan": plans.filter(party_organization=party, year=year).first(),
        "recent": records.filed().filter(held_on__year=year).with_types()[:8],
        "drafts": records.drafts().with_types()[:5],
        "late": [
            (line, square)
            for line in lines
            for square in line.squares
            if square.state == DutyState.LATE
        ],
        "waiting": [
            (line, square)
            for line in lines
            for square in line.squares
            if square.state == DutyState.RUNNING
        ],
        "can_write": reaches(request.user, party.pk),
        "lives": party.kind != "affiliated",
    }
    return render(request, "activities/life_page.html", context)


@require_http_methods(["GET", "POST"])
def setting_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """The fixed day of the 主题党日."""
    require(request.user, Right.EDIT_ACTIVITIES)
    party = get_object_or_404(PartyOrganization.objects.visible_to(request.user), pk=pk)
    own = LifeSetting.objects.visible_to(request.user).filter(party_organization=party).first()
    form = SettingForm(request.POST or None, instance=own)
    if request.method == "POST" and form.is_valid():
        try:
            arrange_life(party=party, values=form.cleaned_data, by=request.user)
        except ValidationError as error:
            refuse(form, error)
        else:
            messages.success(request, "组织生活安排已保存。")
            return redirect("activities:life-page", pk=pk)
    return render(request, "activities/setting_edit.html", {"form": form, "party": party})
