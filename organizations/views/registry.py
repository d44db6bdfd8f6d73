"""Pages of the registry."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.access import require
from accounts.rules import Right
from organizations.filters import PartyOrganizationFilter, SocialOrganizationFilter
from organizations.models import PartyOrganization, SocialOrganization
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
def party_organization_list(request: HttpRequest) -> HttpResponse:
    require(request.user, Right.VIEW_REGISTRY)
    rows = PartyOrganization.objects.visible_to(request.user)
    rows = rows.select_related("township", "responsible_body")
    filterset = PartyOrganizationFilter(request.GET, rows, user=request.user)
    return listed(request, filterset, "organizations/party_organization_list.html")
