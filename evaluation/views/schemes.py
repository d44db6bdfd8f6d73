"""Pages of rating schemes: read, copy, edit a draft, rehearse it, publish it."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import require
from accounts.forms import refuse
from accounts.history import history_of
from accounts.rules import Right, whole_number
from evaluation.actions import schemes
from evaluation.dashboard.rehearsal import past_years, rehearse
from evaluation.forms.schemes import NewSchemeForm, SchemeForm
from evaluation.models import RatingScheme, StarRating


def found_scheme(request: HttpRequest, pk: int) -> RatingScheme:
    require(request.user, Right.VIEW_RATINGS)
    rows = RatingScheme.objects.visible_to(request.user).select_related("based_on", "made_by")
    return get_object_or_404(rows, pk=pk)


@require_GET
def scheme_list(request: HttpRequest) -> HttpResponse:
    require(request.user, Right.VIEW_RATINGS)
    rows = RatingScheme.objects.visible_to(request.user).select_related("based_on", "published_by")
    return render(request, "evaluation/scheme_list.html", {"schemes": rows})


@require_GET
def scheme_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything that the scheme says, with the formula of every item in words."""
    stored = found_scheme(request, pk)
    form = SchemeForm(scheme=stored.scheme)
    context = {
        "stored": stored,
        "scheme": stored.scheme,
        "rows": form.item_rows(),
        "bonuses": [(field.label, field.initial) for field in form.bonuses()],
        "quotas": [(star, share * 100) for star, share in sorted(stored.scheme.quotas.items())],
        "bands": sorted(stored.scheme.bands.items(), reverse=True),
        "history": history_of(stored),
        "years": past_years(request.user),
    }
    return render(request, "evaluation/scheme_page.html", context)


@require_http_methods(["GET", "POST"])
def scheme_create(request: HttpRequest) -> HttpResponse:
    require(request.user, Right.EDIT_SCHEMES)
    known = RatingScheme.objects.visible_to(request.user)
    start: dict[str, Any] = {
        "source": request.GET.get("source", ""),
        "effective_year": timezone.localdate().year + 1,
        "name": "达标创星方案",
    }
    form = NewSchemeForm(request.POST or None, schemes=known, initial=start)
    if request.method == "POST" and form.is_valid():
        try:
            made = schemes.draft_scheme(
                area_code=request.user.scope.code[:6],
                name=form.cleaned_data["name"],
                effective_year=form.cleaned_data["effective_year"],
                source=form.chosen_source(),
                by=request.user,
            )
        except ValidationError as error:
            refuse(form, error)
        else:
            return redirect("evaluation:scheme-edit", pk=made.pk)
    return render(request, "evaluation/scheme_create.html", {"form": form})


@require_http_methods(["GET", "POST"])
def scheme_edit(request: HttpRequest, pk: int) -> HttpResponse:
    require(request.user, Right.EDIT_SCHEMES)
    stored = found_scheme(request, pk)
    if not stored.is_draft:
        messages.error(request, "已发布的方案不能修改,请复制为新的草案。")
        return redirect("evaluation:scheme-page", pk=pk)
    start = {"name": stored.name, "edition": stored.edition}
    form = SchemeForm(request.POST or None, scheme=stored.scheme, initial=start)
    if request.method == "POST" and form.is_valid():
        try:
            schemes.change_scheme(
                scheme=stored,
                name=form.cleaned_data["name"],
                content=form.content(),
                edition=form.cleaned_data["edition"],
                by=request.user,
            )
        except ValidationError as error:
            refuse(form, error)
        except schemes.SchemeChangedMeanwhile:
            form.add_error(None, "有人刚刚修改过这个草案,请重新打开页面,核对后再保存。")
        else:
            messages.success(request, "草案已保存。")
            return redirect("evaluation:scheme-page", pk=pk)
    return render(request, "evaluation/scheme_edit.html", {"form": form, "stored": stored})


@require_GET
def scheme_rehearsal(request: HttpRequest, pk: int) -> HttpResponse:
    """The draft on a past year's facts, quotas included; nothing is written."""
    require(request.user, Right.EDIT_SCHEMES)
    stored = found_scheme(request, pk)
    years = past_years(request.user)
    asked = whole_number(request.GET.get("year", ""))
    year = asked if asked in years else next(iter(years), 0)
    context: dict[str, Any] = {"stored": stored, "years": years, "year": year}
    if year:
        rows = StarRating.objects.visible_to(request.user).current().of_year(year)
        context["rehearsal"] = rehearse(rows, stored.scheme)
    return render(request, "evaluation/scheme_rehearsal.html", context)


@require_POST
def scheme_publish(request: HttpRequest, pk: int) -> HttpResponse:
    require(request.user, Right.EDIT_SCHEMES)
    stored = found_scheme(request, pk)
    try:
        schemes.publish_scheme(scheme=stored, by=request.user)
    except ValidationError as error:
        messages.error(request, "".join(error.messages))
    else:
        messages.success(request, f"已发布,自 {stored.effective_year} 年度起执行,不能再修改。")
    return redirect("evaluation:scheme-page", pk=pk)


@require_POST
def scheme_drop(request: HttpRequest, pk: int) -> HttpResponse:
    require(request.user, Right.EDIT_SCHEMES)
    stored = found_scheme(request, pk)
    try:
        schemes.drop_scheme(scheme=stored, by=request.user)
    except ValidationError as error:
        messages.error(request, "".join(error.messages))
        return redirect("evaluation:scheme-page", pk=pk)
    messages.success(request, "草案已删除。")
    return redirect("evaluation:scheme-list")
