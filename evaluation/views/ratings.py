"""Pages of ratings: the year, the list, one organization's star and why."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import require
from accounts.forms import refuse
from accounts.history import history_of
from accounts.listing import list_page
from accounts.rules import Right, whole_number
from evaluation.actions.rating_cycle import object_to
from evaluation.actions.rating_review import (
    STEPS,
    RatingChangedMeanwhile,
    assess,
    cycle_of,
    decide_star,
    decide_veto,
    send_back,
)
from evaluation.actions.rating_runs import ask_for_run, fresh, period_of
from evaluation.actions.schemes import reaches_city, scheme_to_rate_by
from evaluation.dashboard import stars
from evaluation.dashboard.explain import Explanation, explain, next_star_of
from evaluation.dashboard.stars import When
from evaluation.forms.ratings import AssessForm, DecisionForm, ObjectionForm, ReasonForm, VetoForm
from evaluation.lists import RATINGS
from evaluation.models import Objection, RatingRun, StarRating, VetoDecision
from evaluation.rules.rating import Limit
from evaluation.rules.scheme import Scheme
from evaluation.rules.vocabulary import CycleStage, RatingState, RunReason, star_words


def asked_period(request: HttpRequest, known: list[When]) -> When:
    """The period that the address names, else the latest year."""
    latest = known[0].year if known else timezone.localdate().year
    return When(year_of(request.GET) or latest, quarter_of(request.GET))


def year_of(asked: QueryDict) -> int:
    """A year of four digits; 0 for whatever else is written there."""
    text = asked.get("year", "")
    return (whole_number(text) or 0) if len(text) == 4 else 0


def quarter_of(asked: QueryDict) -> int:
    """1 to 4; 0, the year, for whatever else is written there."""
    text = asked.get("quarter", "")
    return int(text) if text in ("1", "2", "3", "4") else 0


@require_GET
def star_page(request: HttpRequest) -> HttpResponse:
    """A year's stars, or a quarter's scores: distribution, movement, what is missed most."""
    require(request.user, Right.VIEW_RATINGS)
    user = request.user
    known = stars.periods_of(user)
    when = asked_period(request, known)
    city = user.scope.code[:6] if user.scope.kind in ("area", "committee") else ""
    scheme = stars.scheme_shown(user, city, when)
    context: dict[str, Any] = {
        "when": when,
        "year": when.year,
        "years": [one for one in known if not one.quarter],
        "quarters": [one for one in known if one.quarter and one.year == when.year],
        "scheme": scheme,
        "run": stars.last_run(user, when),
        "cycle": stars.cycle_of_year(user, when.year),
        "can_run": user.may(Right.DECIDE_RATINGS) and reaches_city(user, city),
    }
    if scheme is not None and when in known:
        context["overview"] = stars.overview(user, when, scheme.scheme)
    return render(request, "evaluation/star_page.html", context)


@require_http_methods(["GET", "POST"])
def rating_list(request: HttpRequest) -> HttpResponse:
    require(request.user, Right.VIEW_RATINGS)
    known = stars.periods_of(request.user)
    when = asked_period(request, known)
    every = StarRating.objects.visible_to(request.user).current()
    rows = stars.with_shown(every.of_year(when.year, when.quarter))
    return list_page(request, RATINGS, rows, when=when)


def found_rating(request: HttpRequest, pk: int) -> StarRating:
    require(request.user, Right.VIEW_RATINGS)
    rows = StarRating.objects.visible_to(request.user).select_related(
        "party_organization__township", "party_organization__responsible_body", "scheme", "run"
    )
    return get_object_or_404(rows, pk=pk)


@require_GET
def rating_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One star and why: every item, the limits, what is missing to the next, who decided what."""
    rating = found_rating(request, pk)
    scheme = rating.scheme.scheme
    user = request.user
    cycle = cycle_of(rating)
    way = next_star_of(rating, timezone.localdate())
    context = {
        "rating": rating,
        "party": rating.party_organization,
        "cycle": cycle,
        "groups": grouped(rating, scheme),
        "limits": [limit_words(code) for code in rating.result["limits"]],
        "way": way,
        "keeps": way is not None and way.keeps(rating.shown_star),
        "vetoes": suggested(rating, user),
        "veto_words": scheme.vetoes,
        "can_check": user.may(Right.CHECK_RATINGS) and rating.state != RatingState.PUBLISHED,
        "steps": steps_for(user, rating, cycle),
        "objections": Objection.objects.visible_to(user).filter(rating=rating),
        "can_object": user.may(Right.CHECK_RATINGS)
        and cycle is not None
        and cycle.stage == CycleStage.NOTICE,
        "history": history_of(rating),
        "opinions": opinions(rating),
    }
    return render(request, "evaluation/rating_page.html", context)


def limit_words(code: str) -> str:
    return dict(Limit.choices()).get(code, code)


def grouped(rating: StarRating, scheme: Scheme) -> list[dict[str, Any]]:
    """Groups with their items in the scheme's order."""
    titles = {item.code: item.title for item in scheme.items}
    groups = []
    for group in rating.result["groups"]:
        items = [
            {**item, "title": titles.get(item["code"], item["code"])}
            for item in rating.result["items"]
            if item["code"][0] == group["code"]
        ]
        title = scheme.groups.get(group["code"], "")
        groups.append({**group, "title": title, "items": items})
    return groups


def suggested(rating: StarRating, user: Any) -> list[dict[str, Any]]:
    """Vetoes that the records suggest, each with what people decided of it."""
    decisions = {
        one.code: one
        for one in VetoDecision.objects.visible_to(user).filter(
            party_organization=rating.party_organization_id, year=rating.year
        )
    }
    found = dict(rating.result.get("suggested_vetoes", {}))
    found |= {code: one.suggestion for code, one in decisions.items() if code not in found}
    return [
        {"code": code, "why": why, "decision": decisions.get(code)}
        for code, why in sorted(found.items())
    ]


def opinions(rating: StarRating) -> list[dict[str, Any]]:
    """自评, 初评, 复核 as far as they were handed in, each with the items that differ."""
    kept = (
        ("自评", rating.self_scores),
        ("上级初评", rating.first_scores),
        ("综合党委复核", rating.committee_scores),
    )
    return [{"title": title, **scores} for title, scores in kept if scores]


def steps_for(user: Any, rating: StarRating, cycle: Any) -> dict[str, Any]:
    """What this account may do with the rating now."""
    found: dict[str, Any] = {}
    if cycle is None or rating.star is None:
        return found
    step = STEPS.get(cycle.stage)
    if step is not None and rating.state in step[0] and user.may(step[3]):
        found["assess"] = cycle.get_stage_display()
    stages = (CycleStage.DECISION, CycleStage.NOTICE)
    decidable = rating.state in (RatingState.COMMITTEE, RatingState.DECIDED)
    if cycle.stage in stages and decidable and user.may(Right.DECIDE_RATINGS):
        found["decide"] = True
    backers = {RatingState.SELF: Right.REVIEW_RATINGS, RatingState.FIRST: Right.CHECK_RATINGS}
    right = backers.get(RatingState(rating.state), Right.DECIDE_RATINGS)
    open_states = (*backers, RatingState.COMMITTEE, RatingState.DECIDED)
    if rating.state in open_states and cycle.stage != CycleStage.NAMED and user.may(right):
        found["send_back"] = True
    return found


@require_GET
def item_page(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """One item: the records that counted, those that did not and why."""
    rating = found_rating(request, pk)
    explanation: Explanation = explain(rating, code, request.user)
    context = {"rating": rating, "party": rating.party_organization, "explanation": explanation}
    return render(request, "evaluation/rating_item.html", context)


@require_http_methods(["GET", "POST"])
def rating_assess(request: HttpRequest, pk: int) -> HttpResponse:
    """自评, 初评 or 复核, whichever stage the cycle is in."""
    require(request.user, Right.ASSESS_SELF)
    rating = found_rating(request, pk)
    cycle = cycle_of(rating)
    step = STEPS.get(cycle.stage) if cycle else None
    require(request.user, step[3] if step else Right.ASSESS_SELF)
    if step is None or cycle is None or rating.state not in step[0] or rating.star is None:
        messages.error(request, "现在不能评这个党组织:不在评定阶段,或还没有轮到这一步。")
        return redirect("evaluation:rating-page", pk=pk)
    if cycle.stage == CycleStage.SELF:
        # shown as the records stand now; what is handed in is checked against the same
        rating.result = fresh(rating, timezone.localdate()).result
    earlier = getattr(rating, step[2]) or rating.first_scores or rating.self_scores
    standing = earlier.get("scores", {}) if earlier else {}
    form = AssessForm(request.POST or None, rating=rating, standing=standing)
    if request.method == "POST" and form.is_valid():
        try:
            assess(
                rating=rating,
                stage=cycle.stage,
                scores=form.scores(),
                remark=form.cleaned_data["remark"],
                version=form.cleaned_data["version"],
                by=request.user,
            )
        except ValidationError as error:
            refuse(form, error)
        except RatingChangedMeanwhile:
            form.add_error(None, "有人刚刚办理过这个党组织,请重新打开页面核对后再提交。")
        else:
            messages.success(request, f"已提交{cycle.get_stage_display()}。")
            return redirect("evaluation:rating-page", pk=pk)
    titles = {item.code: item.title for item in rating.scheme.scheme.items}
    context = {
        "form": form,
        "rating": rating,
        "party": rating.party_organization,
        "cycle": cycle,
        "rows": form.rows(titles),
    }
    return render(request, "evaluation/rating_assess.html", context)


@require_http_methods(["GET", "POST"])
def rating_decide(request: HttpRequest, pk: int) -> HttpResponse:
    require(request.user, Right.DECIDE_RATINGS)
    rating = found_rating(request, pk)
    choices = [(star, star_words(star)) for star in range(rating.scheme.scheme.top_star, -1, -1)]
    form = DecisionForm(request.POST or None, rating=rating, stars=choices)
    if request.method == "POST" and form.is_valid():
        try:
            decide_star(rating=rating, by=request.user, **form.cleaned_data)
        except ValidationError as error:
            refuse(form, error)
        except RatingChangedMeanwhile:
            form.add_error(None, "有人刚刚办理过这个党组织,请重新打开页面核对后再提交。")
        else:
            messages.success(request, "已审定。")
            return redirect("evaluation:rating-page", pk=pk)
    context = {"form": form, "rating": rating, "party": rating.party_organization}
    return render(request, "evaluation/rating_decide.html", context)


@require_POST
def rating_send_back(request: HttpRequest, pk: int) -> HttpResponse:
    require(request.user, Right.REVIEW_RATINGS)
    rating = found_rating(request, pk)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        messages.error(request, "退回时请写明理由。")
        return redirect("evaluation:rating-page", pk=pk)
    try:
        send_back(rating=rating, reason=form.cleaned_data["reason"], by=request.user)
    except ValidationError as error:
        messages.error(request, "".join(error.messages))
    else:
        messages.success(request, "已退回上一步。")
    return redirect("evaluation:rating-page", pk=pk)


@require_POST
def rating_veto(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """Confirm or dismiss a veto that the records suggested."""
    require(request.user, Right.CHECK_RATINGS)
    rating = found_rating(request, pk)
    why = {one["code"]: one["why"] for one in suggested(rating, request.user)}.get(code)
    form = VetoForm(request.POST)
    if why is None or not form.is_valid():
        messages.error(request, "请选择认定结果并写明理由。")
        return redirect("evaluation:rating-page", pk=pk)
    try:
        decide_veto(
            party=rating.party_organization,
            year=rating.year,
            code=code,
            suggestion=why,
            confirm=form.cleaned_data["confirm"] == "yes",
            reason=form.cleaned_data["reason"],
            by=request.user,
        )
    except ValidationError as error:
        messages.error(request, "".join(error.messages))
    else:
        later = (
            "本年的事实已冻结,审定星级时请按此办理。" if rating.frozen_at else "下一次测算时生效。"
        )
        messages.success(request, f"已记录,{later}")
    return redirect("evaluation:rating-page", pk=pk)


@require_http_methods(["GET", "POST"])
def rating_object(request: HttpRequest, pk: int) -> HttpResponse:
    """Enter an objection received during the notice."""
    require(request.user, Right.CHECK_RATINGS)
    rating = found_rating(request, pk)
    form = ObjectionForm(request.POST or None, initial={"received_on": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        try:
            object_to(rating=rating, by=request.user, **form.cleaned_data)
        except ValidationError as error:
            refuse(form, error)
        else:
            messages.success(request, "已登记,命名前须复核。")
            return redirect("evaluation:rating-page", pk=pk)
    context = {"form": form, "rating": rating, "party": rating.party_organization}
    return render(request, "evaluation/rating_object.html", context)


@require_POST
def rating_run_start(request: HttpRequest) -> HttpResponse:
    """Compute a year's ratings, or a quarter's scores, now."""
    require(request.user, Right.DECIDE_RATINGS)
    city = request.user.scope.code[:6]
    today = timezone.localdate()
    year = year_of(request.POST) or today.year
    when = When(year, quarter_of(request.POST))
    if not reaches_city(request.user, city) or not today.year - 5 <= year <= today.year:
        messages.error(request, "只能由全市范围的账号测算近几年的星级。")
        return redirect("evaluation:star-page")
    period = period_of(when.year, when.quarter)
    if period.start > today:
        messages.error(request, f"{when}还没有开始。")
        return redirect("evaluation:star-page")
    try:
        run = ask_for_run(
            area_code=city,
            scheme=scheme_to_rate_by(city, year),
            year=year,
            quarter=when.quarter,
            as_of=min(today, period.end - timedelta(days=1)),
            reason=RunReason.ASKED,
            by=request.user,
        )
    except ValidationError as error:
        messages.error(request, "".join(error.messages))
        return redirect("evaluation:star-page")
    return redirect("evaluation:rating-run-page", pk=run.pk)


@require_GET
def rating_run_page(request: HttpRequest, pk: int) -> HttpResponse:
    require(request.user, Right.VIEW_RUNS)
    rows = RatingRun.objects.visible_to(request.user).select_related("scheme", "asked_by")
    run = get_object_or_404(rows, pk=pk)
    shown = StarRating.objects.visible_to(request.user).current().of_year(run.year, run.quarter)
    codes = [change["code"] for change in run.changes]
    own = {
        one.party_organization.code: one
        for one in shown.filter(party_organization__code__in=codes).select_related(
            "party_organization"
        )
    }
    changes = [
        {
            "rating": own[change["code"]],
            "before": star_words(change["from"]),
            "after": star_words(change["to"]),
        }
        for change in run.changes
        if change["code"] in own
    ]
    context = {"run": run, "changes": changes}
    return render(request, "evaluation/rating_run_page.html", context)
