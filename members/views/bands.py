"""党费标准 by year: which hold, a year's whole set as one form, what was changed."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import require_city_office
from accounts.forms import refuse
from accounts.history import history_of_kind
from accounts.rules import Right
from members.actions.dues_bands import mark_of, remove_bands, set_bands
from members.forms.bands import BandRows, ReasonForm, StandardForm, YearForm, bands_from
from members.models import DuesBand
from members.models.dues import bands_of
from members.rules.dues import DEFAULT_BANDS, DEFAULT_YEAR, Band
from members.rules.vocabulary import Payer
from members.views.acting import tried


def _lines(bands: Any) -> list[dict[str, Any]]:
    """Bands as a page tells them, by payer and bound."""
    order = Payer.codes()
    rows = sorted(bands, key=lambda band: (order.index(band.payer), band.above))
    return [{"payer": Payer(one.payer).label, "band": one} for one in rows]


@require_GET
def band_list(request: HttpRequest) -> HttpResponse:
    """The standards of all years, the newest first; the national one stands below them."""
    require_city_office(request.user, Right.EDIT_STANDARDS)
    today = timezone.localdate()
    years: dict[int, list[DuesBand]] = {}
    for row in DuesBand.objects.visible_to(request.user):
        years.setdefault(row.year, []).append(row)
    holding = max((year for year in years if year <= today.year), default=None)
    context = {
        "year_form": YearForm(initial={"year": today.year + 1}),
        "reason_form": ReasonForm(),
        "years": [
            (year, _lines(rows), year == holding, mark_of(rows)) for year, rows in years.items()
        ],
        "national": _lines(DEFAULT_BANDS),
        "national_year": DEFAULT_YEAR,
        "national_holds": holding is None,
        "history": history_of_kind(DuesBand),
    }
    return render(request, "members/band_list.html", context)


@require_http_methods(["GET", "POST"])
def band_edit(request: HttpRequest) -> HttpResponse:
    """The whole standard of a year: its own, or the one in force to begin with."""
    require_city_office(request.user, Right.EDIT_STANDARDS)
    chosen = YearForm(request.GET)
    if not chosen.is_valid():
        messages.error(request, ";".join(chosen.errors.get("year", [])))
        return redirect("members:band-list")
    year = chosen.cleaned_data["year"]
    initial = [_cells(line["band"]) for line in _lines(bands_of(year))]
    rows = BandRows(request.POST or None, initial=initial, prefix="band")
    form = StandardForm(request.POST or None, initial={"seen": mark_of(bands_of(year))})
    if request.method == "POST" and all([rows.is_valid(), form.is_valid()]):
        bands = bands_from(rows)
        try:
            set_bands(year=year, bands=bands, by=request.user, **form.cleaned_data)
        except ValidationError as error:
            refuse(form, error)
        else:
            words = f"{year} 年起的党费标准已保存,此后建立的月度党费表按它计算。"
            messages.success(request, words)
            return redirect("members:band-list")
    own = DuesBand.objects.visible_to(request.user).filter(year=year).exists()
    context = {"year": year, "rows": rows, "form": form, "is_own": own}
    return render(request, "members/band_edit.html", context)


def _cells(band: Band | DuesBand) -> dict[str, Any]:
    return {
        "payer": band.payer,
        "above": band.above,
        "percent": band.percent or None,
        "flat": band.flat or None,
    }


@require_POST
def band_remove(request: HttpRequest) -> HttpResponse:
    require_city_office(request.user, Right.EDIT_STANDARDS)
    chosen = YearForm(request.POST)
    if chosen.is_valid():
        year = chosen.cleaned_data["year"]
        told = {name: request.POST.get(name, "") for name in ("reason", "seen")}
        words = f"已删除 {year} 年的党费标准,恢复使用此前的标准。"
        tried(request, lambda: remove_bands(year=year, by=request.user, **told), words)
    return redirect("members:band-list")
