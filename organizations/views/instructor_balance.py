"""Whom nobody serves, who has too much, and what would even it out."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count, Max, Min, Prefetch, Q, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.access import require
from accounts.rules import Right
from organizations.actions.hand_over import reaches
from organizations.actions.instructor_assignment import follow_proposal
from organizations.models import (
    Instructor,
    InstructorAssignment,
    SocialOrganization,
    Township,
)
from organizations.rules.instructors import Load, Step, evened, placements

MOST_STEPS = 100


def unserved(user: Any) -> Any:
    """Registered organizations of the account without an instructor, the uncovered first."""
    today = timezone.localdate()
    rows = SocialOrganization.objects.visible_to(user).alive_on(today).with_coverage_on(today)
    return rows.filter(has_instructor=False).order_by("is_covered", "pinyin", "pk")


def by_township(user: Any) -> list[dict[str, Any]]:
    """For each township: how many serve, how evenly, and how many organizations wait."""
    today = timezone.localdate()
    serving = Instructor.objects.visible_to(user).serving_on(today).with_load_on(today, user)
    loads = (
        serving.order_by()
        .values("township")
        .annotate(serving=Count("pk"), least=Min("load"), most=Max("load"), served=Sum("load"))
    )
    waiting = (
        unserved(user)
        .order_by()
        .values("township")
        .annotate(waiting=Count("pk"), uncovered=Count("pk", filter=Q(is_covered=False)))
    )
    found = {one["township"]: one for one in loads}
    lacking = {one["township"]: one for one in waiting}
    rows = [
        {
            **found.get(township.code, {"serving": 0, "served": 0}),
            **lacking.get(township.code, {"waiting": 0, "uncovered": 0}),
            "township": township,
        }
        for township in Township.objects.visible_to(user)
    ]
    for one in rows:
        one["average"] = one["served"] / one["serving"] if one["serving"] else None
    return rows


def proposals(user: Any, township: Township) -> dict[str, Any]:
    """What the rules propose for one township, with the records that the steps speak of."""
    today = timezone.localdate()
    served = (
        InstructorAssignment.objects.visible_to(user)
        .live_on(today)
        .filter(social_organization__deregistered_on__isnull=True)
        .select_related("social_organization")
        .order_by("valid_from", "pk")
    )
    serving = list(
        Instructor.objects.visible_to(user)
        .serving_on(today)
        .filter(township=township)
        .prefetch_related(Prefetch("assignments", served, "running"))
    )
    loads = [
        Load(one.code, tuple(a.social_organization_id for a in one.running)) for one in serving
    ]
    waiting = {one.pk: one for one in unserved(user).filter(township=township)[:MOST_STEPS]}
    held = {a.social_organization_id: a.social_organization for one in serving for a in one.running}
    codes = {one.code: one for one in serving}
    return {
        "new": _steps(placements(loads, list(waiting)), waiting, codes),
        "moved": _steps(evened(loads)[:MOST_STEPS], held, codes),
    }


def _steps(
    steps: list[Step], organizations: dict[int, Any], codes: dict[str, Any]
) -> list[dict[str, Any]]:
    return [
        {
            "step": step,
            "value": f"{step.organization}:{step.to}:{step.taken_from or ''}",
            "organization": organizations[step.organization],
            "to": codes[step.to],
            "taken_from": codes.get(step.taken_from or ""),
        }
        for step in steps
    ]


@require_http_methods(["GET", "POST"])
def instructor_balance(request: HttpRequest) -> HttpResponse:
    """Proposals for one township; what is ticked is carried out, nothing else."""
    require(request.user, Right.EDIT_REGISTRY)
    townships = Township.objects.visible_to(request.user)
    code = request.GET.get("township", "")
    chosen = get_object_or_404(townships, code=code) if code else None
    if chosen is None and len(few := list(townships[:2])) == 1:
        chosen = few[0]
    may_act = chosen is not None and reaches(request.user, chosen.code)
    # whoever does not see all of a township's assignments cannot say who has the least to do
    proposed = proposals(request.user, chosen) if chosen is not None and may_act else None
    if request.method == "POST":
        if chosen is None or proposed is None:
            raise PermissionDenied("只有所在镇(街道)和市级可以采纳建议。")
        return _follow(request, chosen, proposed)
    context = {
        "rows": by_township(request.user),
        "chosen": chosen,
        "proposed": proposed,
        "most": MOST_STEPS,
        "today": timezone.localdate(),
    }
    return render(request, "organizations/instructor_balance.html", context)


def _follow(request: HttpRequest, township: Township, proposed: dict[str, Any]) -> HttpResponse:
    """Only steps that are still proposed: what was shown is what is done."""
    known = {one["value"]: one["step"] for one in (*proposed["new"], *proposed["moved"])}
    asked = request.POST.getlist("step")
    steps = [known[value] for value in asked if value in known]
    back = f"{reverse('organizations:instructor-balance')}?township={township.code}"
    if not asked:
        messages.error(request, "请先勾选要采纳的建议。")
    elif len(steps) < len(asked):
        messages.error(request, "打开这一页以后情况有了变化,建议已更新,请重新勾选。")
    else:
        try:
            number = follow_proposal(steps=steps, on=timezone.localdate(), by=request.user)
        except ValidationError as error:
            messages.error(request, "".join(error.messages))
        else:
            messages.success(request, f"已按建议安排 {number} 家社会组织。")
    return redirect(back)
