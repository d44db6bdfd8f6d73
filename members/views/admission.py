"""发展党员: who is on the way, and each one's 25 steps."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.access import require
from accounts.forms import refuse
from accounts.history import history_of
from accounts.listing import list_page
from accounts.rules import Right
from members.actions.admission import end_applicant, open_applicant, record_step
from members.forms.others import ApplicantForm, EndApplicantForm, StepForm
from members.lists import ADMISSION_STEPS, APPLICANTS
from members.models import Applicant, Member
from members.rules.admission import PASSED, STAGES, STEPS, breaches, due_on, next_step, refusals
from members.rules.dates import probation_end
from members.rules.vocabulary import ApplicantState
from members.views.acting import acted


@require_http_methods(["GET", "POST"])
def applicant_list(request: HttpRequest) -> HttpResponse:
    require(request.user, Right.VIEW_MEMBERS)
    return list_page(request, APPLICANTS)


@require_http_methods(["GET", "POST"])
def step_list(request: HttpRequest) -> HttpResponse:
    """Every step that was taken, over all the tracks that the account sees."""
    require(request.user, Right.VIEW_MEMBERS)
    return list_page(request, ADMISSION_STEPS)


@require_http_methods(["GET", "POST"])
def applicant_create(request: HttpRequest) -> HttpResponse:
    require(request.user, Right.EDIT_MEMBERS)
    form = ApplicantForm(request.POST or None, user=request.user)
    return acted(
        request,
        form,
        lambda v: open_applicant(
            values=form.facts, party=v["party"], applied_on=v["applied_on"], by=request.user
        ),
        title="登记入党申请人",
        button="登记",
        done="已登记,第 1 步完成。",
        back=reverse("members:applicant-list"),
        back_words="发展党员",
        draft="applicant",
    )


def found(request: HttpRequest, pk: int) -> Applicant:
    rows = Applicant.objects.visible_to(request.user).with_steps()
    return get_object_or_404(rows.select_related("party_organization", "member"), pk=pk)


@require_http_methods(["GET", "POST"])
def applicant_page(request: HttpRequest, pk: int) -> HttpResponse:
    """The track; a post records the next step."""
    posted = request.method == "POST"
    require(request.user, Right.EDIT_MEMBERS if posted else Right.VIEW_MEMBERS)
    applicant = found(request, pk)
    coming = next_step(applicant.done)
    initial = {"number": coming.number if coming else None, "done_on": timezone.localdate()}
    form = StepForm(request.POST or None, initial=initial)
    if posted and form.is_valid():
        try:
            record_step(applicant=applicant, by=request.user, **form.cleaned_data)
        except ValidationError as error:
            refuse(form, error)
        else:
            return redirect("members:applicant-page", pk=pk)
    context = {
        "applicant": applicant,
        "form": form,
        "stages": _track(applicant),
        "coming": coming,
        "may_record": coming is not None
        and applicant.state != ApplicantState.ENDED
        and request.user.may(Right.DECIDE_MEMBERS if coming.by_superior else Right.EDIT_MEMBERS),
        "breaches": breaches(applicant.done),
        "own": Member.objects.visible_to(request.user).filter(pk=applicant.member_id).exists(),
        "probation_ends": _probation(applicant),
        "history": history_of(applicant),
    }
    return render(request, "members/applicant_page.html", context)


def _probation(applicant: Applicant) -> Any:
    passed = applicant.done.get(PASSED)
    extended = applicant.member.extended_months if applicant.member else 0
    return probation_end(passed, extended) if passed else None


def _track(applicant: Applicant) -> list[dict[str, Any]]:
    """The five stages with their steps: done on, due by, late, or blocked until when."""
    done, today = applicant.done, timezone.localdate()
    records: dict[int, list[Any]] = {}
    for one in applicant.steps.all():
        records.setdefault(one.number, []).append(one)
    coming = next_step(done)
    stages = []
    for number, name in STAGES.items():
        rows = []
        for step in STEPS:
            if step.stage != number:
                continue
            limit = due_on(step.number, done)
            on = done.get(step.number)
            is_next = coming is not None and step.number == coming.number
            rows.append(
                {
                    "step": step,
                    "records": records.get(step.number, []),
                    "limit": limit,
                    "late": bool(limit and (on or today) > limit),
                    "is_next": is_next,
                    "blocked": refusals(step.number, today, done, applicant.born_on)
                    if is_next
                    else [],
                }
            )
        stages.append({"number": number, "name": name, "rows": rows})
    return stages


@require_http_methods(["GET", "POST"])
def applicant_end(request: HttpRequest, pk: int) -> HttpResponse:
    require(request.user, Right.EDIT_MEMBERS)
    applicant = found(request, pk)
    form = EndApplicantForm(request.POST or None)
    return acted(
        request,
        form,
        lambda v: end_applicant(applicant=applicant, by=request.user, **v),
        title="终止培养",
        button="终止",
        done="已终止,档案保留。",
        back=reverse("members:applicant-page", args=[pk]),
        back_words=applicant.name,
    )
