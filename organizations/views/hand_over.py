"""Pages of hand-overs between townships."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import require
from accounts.forms import refuse
from accounts.listing import list_page
from accounts.rules import Right
from organizations.actions.hand_over import (
    decide_hand_over,
    hand_over,
    reaches,
    withdraw_hand_over,
)
from organizations.forms import HandOverForm
from organizations.lists import HAND_OVERS
from organizations.models import (
    CoverageLink,
    HandOver,
    InstructorAssignment,
    SocialOrganization,
)
from organizations.rules.vocabulary import HandOverState


@require_http_methods(["GET", "POST"])
def hand_over_list(request: HttpRequest) -> HttpResponse:
    require(request.user, Right.EDIT_REGISTRY)
    return list_page(request, HAND_OVERS)


@require_http_methods(["GET", "POST"])
def hand_over_create(request: HttpRequest, pk: int) -> HttpResponse:
    require(request.user, Right.EDIT_REGISTRY)
    organization = get_object_or_404(SocialOrganization.objects.visible_to(request.user), pk=pk)
    form = HandOverForm(request.POST or None, organization=organization)
    if request.method == "POST" and form.is_valid():
        try:
            offer = hand_over(
                organization=organization,
                to=form.cleaned_data["to"],
                reason=form.cleaned_data["reason"],
                by=request.user,
            )
        except ValidationError as error:
            refuse(form, error)
        else:
            messages.success(request, "已移交,等待对方接收;接收之前仍归本辖区。")
            return redirect("organizations:hand-over-page", pk=offer.pk)
    context = {"form": form, "organization": organization, **what_stays(request, organization)}
    return render(request, "organizations/hand_over_create.html", context)


def what_stays(request: HttpRequest, organization: SocialOrganization) -> dict[str, Any]:
    """What goes on as it is when the organization moves, as far as the account sees it."""
    links = CoverageLink.objects.visible_to(request.user)
    assignments = InstructorAssignment.objects.visible_to(request.user)
    return {
        "links": links.open_of(organization),
        "assignments": assignments.open_of(organization),
    }


def found(request: HttpRequest, pk: int) -> HandOver:
    require(request.user, Right.EDIT_REGISTRY)
    rows = HandOver.objects.visible_to(request.user).select_related(
        "organization", "from_township", "to_township", "proposed_by", "decided_by"
    )
    return get_object_or_404(rows, pk=pk)


@require_GET
def hand_over_page(request: HttpRequest, pk: int) -> HttpResponse:
    offer = found(request, pk)
    waits = offer.state == HandOverState.PENDING
    context = {
        "offer": offer,
        "can_decide": waits and reaches(request.user, offer.to_township_id),
        "can_withdraw": waits and reaches(request.user, offer.from_township_id),
        "is_own": reaches(request.user, offer.organization.township_id),
        **(offer.what_stays() if waits else {}),
    }
    return render(request, "organizations/hand_over_page.html", context)


@require_POST
def hand_over_decide(request: HttpRequest, pk: int) -> HttpResponse:
    offer = found(request, pk)
    accept = request.POST.get("verdict") == "accept"
    decision = request.POST.get("decision", "").strip()[:300]
    try:
        decide_hand_over(offer=offer, accept=accept, decision=decision, by=request.user)
    except ValidationError as error:
        messages.error(request, "".join(error.messages))
    else:
        messages.success(request, "已接收,归入本辖区。" if accept else "已退回。")
    return redirect("organizations:hand-over-page", pk=pk)


@require_POST
def hand_over_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    offer = found(request, pk)
    try:
        withdraw_hand_over(offer=offer, by=request.user)
    except ValidationError as error:
        messages.error(request, "".join(error.messages))
    else:
        messages.success(request, "已撤回移交。")
    return redirect("organizations:hand-over-page", pk=pk)
