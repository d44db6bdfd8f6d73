"""The front door, health, and the pages for refusals."""

from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from accounts.problems import FORGERY, is_api, plain_problem
from accounts.rules import Right, Role
from organizations.models import PartyOrganization


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """A secretary's own organization; figures for those who have any; accounts for administrators."""
    if request.user.role == Role.SECRETARY:
        own = PartyOrganization.objects.visible_to(request.user).filter(
            code=request.user.scope.code
        )
        if (party := own.first()) is not None:
            return redirect("organizations:party-organization-page", pk=party.pk)
        return redirect("evaluation:todo-page")
    if request.user.may(Right.VIEW_COVERAGE):
        return redirect("evaluation:coverage-page")
    if request.user.may(Right.VIEW_AUDIT):
        return redirect("accounts:audit-list")
    return redirect("accounts:proposal-list")


@login_not_required
@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """Is the process alive, and does the database answer?"""
    connection.ensure_connection()
    well = connection.is_usable()
    return JsonResponse({"status": "ok" if well else "no database"}, status=200 if well else 503)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    if is_api(request):
        return plain_problem(403, FORGERY)
    return render(request, "errors/csrf.html", status=403)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    if is_api(request):
        return plain_problem(400)
    return HttpResponseBadRequest("请求的格式不正确。", content_type="text/plain; charset=utf-8")


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    if is_api(request):
        return plain_problem(403, str(exception or ""))
    return render(request, "errors/403.html", {"reason": str(exception or "")}, status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    if is_api(request):
        return plain_problem(404, "没有这个地址,请核对接口文档 /api/v1/schema/。")
    return render(request, "errors/404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    if is_api(request):
        return plain_problem(500)
    return render(request, "errors/500.html", status=500)
