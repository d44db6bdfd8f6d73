"""What every request goes through: whose it is, from where, and whether the session still holds."""

import uuid
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import resolve, reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control

from accounts import audit
from accounts.actions.drafts import drop_draft
from accounts.actions.sessions import session_digest
from accounts.context import RequestContext, request_context
from accounts.models import SignIn
from accounts.problems import is_api, plain_problem
from accounts.rules import AuditResult, needs_second_factor, password_is_old

Handler = Callable[[HttpRequest], HttpResponse]


class RealAddressMiddleware:
    """Behind our own proxy the client's address is the last one that the proxy appended."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.BEHIND_PROXY:
            chain = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
            if last := chain[-1].strip():
                request.META["REMOTE_ADDR"] = last[:45]
        return self.get_response(request)


class RequestContextMiddleware:
    """Gives the request a number, and notes refusals of those who are signed in."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request_id = uuid.uuid4().hex
        address = request.META.get("REMOTE_ADDR", "")
        with request_context(RequestContext(request_id=request_id, address=address)):
            response = self.get_response(request)
            user = getattr(request, "user", None)
            if response.status_code == 403 and user is not None and user.is_authenticated:
                path = f"{request.method} {request.path}"
                audit.record(
                    by=user,
                    action="access.refuse",
                    result=AuditResult.REFUSED.value,
                    after={"path": path[:300]},
                )
            if response.status_code == 405 and not response.content and not is_api(request):
                response.content = render_to_string("errors/405.html", request=request)
                response["Content-Type"] = "text/html; charset=utf-8"
                # the empty answer has been measured already, and a server sends no more than it says
                response["Content-Length"] = str(len(response.content))
        response["X-Request-ID"] = request_id
        response.headers.setdefault(
            "Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
        )
        if "Cache-Control" not in response:
            patch_cache_control(response, no_store=True, private=True)
        return response


# what somebody may still open whose password or second factor is due
DUE_ROUTES = frozenset(
    {
        *("accounts:password-page", "accounts:second-factor-setup", "accounts:sign-out"),
        *("accounts:second-factor-codes", "health"),
    }
)


ENDED = "登录已结束(超过时限、在别处被结束或账号有变动),请重新登录。"


def page_behind(request: HttpRequest) -> str:
    """The page that was asked for, or on which the form stood: what a form sent is not sent again.

    There its draft is offered. A page of another site, or one that is not told, is the first page.
    """
    if request.method in ("GET", "HEAD"):
        return request.get_full_path()
    behind = urlsplit(request.headers.get("Referer", ""))
    if behind.netloc != request.get_host():
        return "/"
    return f"{behind.path}?{behind.query}" if behind.query else behind.path


def to_sign_in(request: HttpRequest) -> HttpResponse:
    return redirect(f"{reverse('accounts:sign-in')}?{urlencode({'next': page_behind(request)})}")


class SignInMiddleware(LoginRequiredMiddleware):
    """Who is not signed in is led to sign in, and back to a page, never to where a form goes."""

    def handle_no_permission(self, request: HttpRequest, view_func: Any) -> HttpResponse:
        if request.method in ("GET", "HEAD"):
            return super().handle_no_permission(request, view_func)
        messages.info(request, ENDED)
        return to_sign_in(request)


class SessionPolicyMiddleware:
    """A session ends after half an hour unused, after twelve hours, and when it is told to."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated:
            return self.get_response(request)
        now = timezone.now()
        session = self.current(request)
        if session is None:
            logout(request)
            if is_api(request):  # a program is told in its own terms: 401
                return self.get_response(request)
            messages.info(request, ENDED)
            return to_sign_in(request)
        if now - session.last_used_at > settings.SESSION_RENEWED_AFTER:
            SignIn.objects.filter(pk=session.pk).update(last_used_at=now)
            request.session["used_at"] = now.timestamp()  # keeps its data alive as long
        due = self.due(request)
        if due and resolve(request.path_info).view_name not in DUE_ROUTES:
            if is_api(request):
                return plain_problem(403, "请先在网页上修改密码或启用动态口令。")
            return redirect(due)
        return self.get_response(request)

    @staticmethod
    def current(request: HttpRequest) -> SignIn | None:
        digest = session_digest(request.session.session_key or "")
        return SignIn.objects.alive().filter(session_digest=digest, user=request.user).first()

    @staticmethod
    def due(request: HttpRequest) -> str:
        """Where a person is sent first: a password to change, a second factor to set up."""
        user = request.user
        if user.must_change_password or password_is_old(user.password_changed_at, timezone.now()):
            return reverse("accounts:password-page")
        needed = settings.SECOND_FACTOR_REQUIRED and needs_second_factor(user.role)
        if needed and not request.session.get("second_factor"):
            return reverse("accounts:second-factor-setup")
        return ""


class DraftMiddleware:
    """A form that was saved needs its draft no more: whatever answers a POST by leading on saved it."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.method == "POST" and response.status_code in (302, 303):
            form = request.POST.get("draft-form", "")
            if form and request.user.is_authenticated:
                drop_draft(form=form, by=request.user)
        return response
