"""The lists of the registry."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from accounts.access import require
from accounts.listing import list_page
from accounts.rules import Right
from organizations.lists import (
    COVERAGE_LINKS,
    ELECTIONS,
    EXTENSIONS,
    PARTY_ORGANIZATIONS,
    SOCIAL_ORGANIZATIONS,
)


@require_http_methods(["GET", "POST"])
def social_organization_list(request: HttpRequest) -> HttpResponse:
    require(request.user, Right.VIEW_REGISTRY)
    return list_page(request, SOCIAL_ORGANIZATIONS)


@require_http_methods(["GET", "POST"])
def party_organization_list(request: HttpRequest) -> HttpResponse:
    require(request.user, Right.VIEW_REGISTRY)
    return list_page(request, PARTY_ORGANIZATIONS)


@require_http_methods(["GET", "POST"])
def coverage_link_list(request: HttpRequest) -> HttpResponse:
    require(request.user, Right.VIEW_REGISTRY)
    return list_page(request, COVERAGE_LINKS)


@require_http_methods(["GET", "POST"])
def election_list(request: HttpRequest) -> HttpResponse:
    require(request.user, Right.VIEW_REGISTRY)
    return list_page(request, ELECTIONS)


@require_http_methods(["GET", "POST"])
def extension_list(request: HttpRequest) -> HttpResponse:
    require(request.user, Right.VIEW_REGISTRY)
    return list_page(request, EXTENSIONS)
