"""Pages of a year's cycle: where it stands, who is left behind, the public notice."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import require
from accounts.forms import refuse
from accounts.history import history_of
from accounts.rules import Right
from evaluation.actions import rating_cycle
from evaluation.actions.schemes import reaches_city
from evaluation.dashboard.stars import notice_rows
from evaluation.forms.ratings import STAGE_FORMS, AnswerForm, CycleForm
from evaluation.models import Objection, RatingCycle, StarRating
from evaluation.rules.vocabulary import CycleStage, RatingState
from evaluation.working_days import is_arranged

ORDER = [stage.value for stage in CycleStage]
SHOWN_BEHIND = 200


def found_cycle(request: HttpRequest, year: int) -> RatingCycle:
    require(request.user, Right.VIEW_RATINGS)
    rows = RatingCycle.objects.visible_to(request.user).select_related("scheme")
    return get_object_or_404(rows, year=year)


@require_GET
def cycle_page(request: HttpRequest, year: int) -> HttpResponse:
    cycle = found_cycle(request, year)
    user = request.user
    mine = StarRating.objects.visible_to(user)
    behind = mine.filter(pk__in=rating_cycle.left_behind(cycle).values("pk"))
    behind = behind.select_related("party_organization__township")
    here = ORDER.index(cycle.stage)
    stages = [
        {
            "label": stage.label,
            "deadline": cycle.deadline_of(stage.value),
            "is_past": place < here,
            "is_here": place == here,
        }
        for place, stage in enumerate(CycleStage)
    ]
    decides = user.may(Right.DECIDE_RATINGS) and reaches_city(user, cycle.area_code)
    objections = Objection.objects.visible_to(user).filter(rating__year=year)
    context: dict[str, Any] = {
        "cycle": cycle,
        "stages": stages,
        "behind": behind.order_by("party_organization__township", "pk")[:SHOWN_BEHIND],
        "behind_count": behind.count(),
        "by_state": states_of(mine, year),
        "decides": decides,
        "stage_form": _stage_form(cycle, initial={"first_day": timezone.localdate()}),
        "objections": objections.select_related("rating__party_organization"),
        "answer_form": AnswerForm(),
        "is_arranged": cycle.notice_until is None or is_arranged(cycle.notice_until),
        "history": history_of(cycle),
    }
    return render(request, "evaluation/cycle_page.html", context)


def _stage_form(cycle: RatingCycle, *args: Any, **options: Any) -> forms.Form:
    return STAGE_FORMS.get(cycle.stage, forms.Form)(*args, **options)


def states_of(ratings: Any, year: int) -> list[dict[str, Any]]:
    """How many rated organizations stand in which state."""
    rated = ratings.current().of_year(year).filter(star__isnull=False).order_by()
    counts: dict[str, int] = {}
    for state in rated.values_list("state", flat=True):
        counts[state] = counts.get(state, 0) + 1
    return [{"state": s.value, "label": s.label, "count": counts.get(s, 0)} for s in RatingState]


@require_http_methods(["GET", "POST"])
def cycle_open(request: HttpRequest) -> HttpResponse:
    require(request.user, Right.DECIDE_RATINGS)
    year = timezone.localdate().year
    start = {"year": year, **CycleForm.usual_days(year)}
    form = CycleForm(request.POST or None, initial=start)
    if request.method == "POST" and form.is_valid():
        try:
            cycle = rating_cycle.open_cycle(
                area_code=request.user.scope.code[:6],
                year=form.cleaned_data["year"],
                days=form.days(),
                by=request.user,
            )
        except ValidationError as error:
            refuse(form, error)
        else:
            messages.success(request, f"已发起 {cycle.year} 年度达标创星。")
            return redirect("evaluation:cycle-page", year=cycle.year)
    return render(request, "evaluation/cycle_open.html", {"form": form})


@require_POST
def cycle_move(request: HttpRequest, year: int) -> HttpResponse:
    """The next stage, whatever it takes from where the cycle stands."""
    require(request.user, Right.DECIDE_RATINGS)
    cycle = found_cycle(request, year)
    try:
        words = moved(request, cycle)
    except ValidationError as error:
        messages.error(request, "".join(error.messages))
    else:
        messages.success(request, words)
    return redirect("evaluation:cycle-page", year=year)


def moved(request: HttpRequest, cycle: RatingCycle) -> str:
    """Do what the stage asks for; says what happened. Raises ValidationError."""
    by, today = request.user, timezone.localdate()
    form = _stage_form(cycle, request.POST)
    if not form.is_valid():
        raise ValidationError([error for errors in form.errors.values() for error in errors])
    match cycle.stage:
        case CycleStage.SELF:
            rating_cycle.begin_first_review(cycle=cycle, as_of=today, by=by)
            return "正在按今天的记录作最后一次测算,完成后事实冻结,进入初评。"
        case CycleStage.FIRST | CycleStage.COMMITTEE:
            after = rating_cycle.advance_cycle(cycle=cycle, by=by)
            return f"已进入“{after.get_stage_display()}”。"
        case CycleStage.DECISION:
            day = form.cleaned_data["first_day"]
            after = rating_cycle.begin_notice(cycle=cycle, first_day=day, by=by)
            until = after.notice_until
            return f"已开始公示,至{until:%Y}年{until.month}月{until.day}日。" if until else ""
        case CycleStage.NOTICE:
            document = form.cleaned_data["document"]
            rating_cycle.name_stars(cycle=cycle, document=document, day=today, by=by)
            return "已命名,星级不再变动。"
    raise ValidationError("这一年度已经命名。")


@require_POST
def objection_answer(request: HttpRequest, pk: int) -> HttpResponse:
    require(request.user, Right.DECIDE_RATINGS)
    rows = Objection.objects.visible_to(request.user).select_related("rating__party_organization")
    objection = get_object_or_404(rows, pk=pk)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        messages.error(request, "请选择结论并写明复核情况。")
    else:
        try:
            rating_cycle.answer_objection(
                objection=objection,
                upheld=form.cleaned_data["upheld"] == "yes",
                answer=form.cleaned_data["answer"],
                by=request.user,
            )
        except ValidationError as error:
            messages.error(request, "".join(error.messages))
        else:
            messages.success(request, "异议已办结。")
    return redirect("evaluation:cycle-page", year=objection.rating.year)


@login_not_required
@require_GET
def notice_page(request: HttpRequest, area_code: str, year: int) -> HttpResponse:
    """公示: names of party organizations and their stars, for everybody; no person's data."""
    notice = notice_rows(area_code, year)
    if notice is None:
        raise Http404
    return render(request, "evaluation/notice_page.html", notice)
