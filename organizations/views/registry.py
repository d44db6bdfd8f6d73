"""Pages of the registry."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from accounts.access import require
from accounts.forms import refuse
from accounts.history import history_of
from accounts.rules import Right
from organizations.actions.hand_over import reaches
from organizations.actions.social_organization import ChangedMeanwhile, change_social_organization
from organizations.filters import PartyOrganizationFilter, SocialOrganizationFilter
from organizations.forms import SocialOrganizationForm
from organizations.models import (
    CoverageLink,
    Instructor,
    PartyOrganization,
    SocialOrganization,
)
from organizations.models.instructor import InstructorAssignment
from organizations.rules.vocabulary import UncoveredReason

PAGE_SIZE = 50


def listed(request: HttpRequest, filterset: Any, template: str, **extra: Any) -> HttpResponse:
    """A page of the rows that the filters leave, with their number."""
    valid = filterset.is_valid()
    rows = filterset.qs if valid else filterset.queryset.none()
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    active = [
        {"name": name, "label": filterset.form[name].label, "value": shown(filterset.form, name)}
        for name in filterset.form.fields
        if filterset.form.data.get(name)
    ]
    context = {
        "filterset": filterset,
        "page": page,
        "active": active,
        "day": getattr(filterset, "day", timezone.localdate()),
        **extra,
    }
    return render(request, template, context, status=200 if valid else 400)


def shown(form: Any, name: str) -> str:
    """The words of a chosen filter value."""
    value = form.data.get(name, "")
    choices = getattr(form.fields[name].widget, "choices", None)
    return dict(choices or ()).get(value, value)


@require_GET
def social_organization_list(request: HttpRequest) -> HttpResponse:
    require(request.user, Right.VIEW_REGISTRY)
    rows = SocialOrganization.objects.visible_to(request.user)
    rows = rows.select_related("township", "supervising_unit")
    filterset = SocialOrganizationFilter(request.GET, rows, user=request.user)
    words = dict(UncoveredReason.choices())
    template = "organizations/social_organization_list.html"
    return listed(request, filterset, template, reason_words=words)


@require_GET
def social_organization_page(request: HttpRequest, pk: int) -> HttpResponse:
    require(request.user, Right.VIEW_REGISTRY)
    today = timezone.localdate()
    rows = SocialOrganization.objects.visible_to(request.user).with_coverage_on(today)
    rows = rows.with_uncovered_reason()
    organization = get_object_or_404(
        rows.select_related("township", "supervising_unit", "responsible_body"), pk=pk
    )
    links = CoverageLink.objects.visible_to(request.user).filter(social_organization=organization)
    assignments = InstructorAssignment.objects.visible_to(request.user).filter(
        social_organization=organization
    )
    own = set(
        PartyOrganization.objects.visible_to(request.user)
        .filter(coverage_links__social_organization=organization)
        .values_list("pk", flat=True)
    )
    context = {
        "organization": organization,
        "links": links.select_related("party_organization").order_by("-valid_from"),
        "own_parties": own,
        "own_instructors": set(
            Instructor.objects.visible_to(request.user)
            .filter(assignments__social_organization=organization)
            .values_list("pk", flat=True)
        ),
        "assignments": assignments.select_related("instructor").order_by("-valid_from"),
        "reason": dict(UncoveredReason.choices()).get(organization.uncovered_reason, ""),
        "history": history_of(organization),
        "can_hand_over": reaches(request.user, organization.township_id)
        and organization.deregistered_on is None,
    }
    return render(request, "organizations/social_organization_page.html", context)


@require_http_methods(["GET", "POST"])
def social_organization_edit(request: HttpRequest, pk: int) -> HttpResponse:
    require(request.user, Right.EDIT_REGISTRY)
    organization = get_object_or_404(SocialOrganization.objects.visible_to(request.user), pk=pk)
    form = SocialOrganizationForm(request.POST or None, instance=organization, user=request.user)
    context: dict[str, Any] = {"form": form, "organization": organization}
    if request.method == "POST" and form.is_valid():
        values = {name: form.cleaned_data[name] for name in form.Meta.fields}
        try:
            change_social_organization(
                organization=organization,
                values=values,
                version=form.cleaned_data["version"],
                by=request.user,
            )
        except ChangedMeanwhile as conflict:
            form.data = form.data.copy()
            form.data["version"] = str(conflict.current.version)
            context["conflict"] = differences(form, conflict)
            return render(
                request, "organizations/social_organization_edit.html", context, status=409
            )
        except ValidationError as error:
            refuse(form, error)
        else:
            return redirect("organizations:social-organization-page", pk=pk)
    return render(request, "organizations/social_organization_edit.html", context)


def differences(form: Any, conflict: ChangedMeanwhile) -> list[dict[str, Any]]:
    """Both values of every field on which the officer and the stored record differ."""
    rows = []
    for name in conflict.fields:
        display = f"get_{name}_display"
        stored = (
            getattr(conflict.current, display)() if hasattr(conflict.current, display) else None
        )
        theirs = stored if stored is not None else getattr(conflict.current, name)
        mine = form.cleaned_data[name]
        mine = dict(getattr(form.fields[name], "choices", ()) or ()).get(mine, mine)
        rows.append({"label": form.fields[name].label, "theirs": theirs, "mine": mine})
    return rows


@require_GET
def party_organization_list(request: HttpRequest) -> HttpResponse:
    require(request.user, Right.VIEW_REGISTRY)
    rows = PartyOrganization.objects.visible_to(request.user)
    rows = rows.select_related("township", "responsible_body")
    filterset = PartyOrganizationFilter(request.GET, rows, user=request.user)
    return listed(request, filterset, "organizations/party_organization_list.html")


@require_GET
def party_organization_page(request: HttpRequest, pk: int) -> HttpResponse:
    require(request.user, Right.VIEW_REGISTRY)
    rows = PartyOrganization.objects.visible_to(request.user)
    party = get_object_or_404(rows.select_related("township", "responsible_body", "parent"), pk=pk)
    links = CoverageLink.objects.visible_to(request.user).filter(party_organization=party)
    context = {
        "party": party,
        "links": links.select_related("social_organization__township").order_by("-valid_from"),
        "history": history_of(party),
    }
    return render(request, "organizations/party_organization_page.html", context)
