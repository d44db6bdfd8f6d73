"""Signing in, with a second factor where there is one, and out."""

from typing import Any

from django.contrib.auth import login, logout
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.actions.second_factor import (
    SecondFactorLocked,
    check_second_factor,
    has_second_factor,
)
from accounts.actions.sessions import (
    begin_session,
    end_session,
    refuse_sign_in,
    session_digest,
    waiting_user,
)
from accounts.forms import CodeForm, SignInForm
from accounts.models import SignIn, User

WAITING = "waiting_for_second_factor"
BACKEND = "django.contrib.auth.backends.ModelBackend"


def safe_target(request: HttpRequest) -> str:
    target = request.POST.get("next") or request.GET.get("next") or "/"
    safe = url_has_allowed_host_and_scheme(
        target, {request.get_host()}, require_https=request.is_secure()
    )
    # a word without a slash would be taken for the name of a route
    return target if safe and target.startswith("/") else "/"


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def sign_in_page(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        return redirect("home")
    form = SignInForm(request, data=request.POST or None)
    target = safe_target(request)
    if request.method == "POST":
        if form.is_valid():
            user = form.get_user()
            if has_second_factor(user):
                # not signed in yet: only remembered until the code is right
                request.session.cycle_key()
                request.session[WAITING] = {
                    "user": user.pk,
                    "since": timezone.now().timestamp(),
                    "next": target,
                }
                return redirect("accounts:second-factor-page")
            return enter(request, user, target, how="密码")
        locked = getattr(request, "axes_locked_out", False)
        why = "已锁定" if locked else form.why
        refuse_sign_in(username=request.POST.get("username", ""), why=why)
    return render(request, "accounts/sign_in.html", {"form": form, "next": target})


def enter(request: HttpRequest, user: User, target: str, *, how: str) -> HttpResponse:
    """Begin the session under a new key."""
    login(request, user, backend=BACKEND)
    request.session["second_factor"] = how != "密码"
    request.session.save()
    key = request.session.session_key or ""
    begin_session(
        user=user, session_key=key, agent=request.META.get("HTTP_USER_AGENT", ""), how=how
    )
    return redirect(target)


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def second_factor_page(request: HttpRequest) -> HttpResponse:
    """The code of the authenticator app, or a recovery code, after the right password."""
    waiting: dict[str, Any] = request.session.get(WAITING) or {}
    user = waiting_user(waiting.get("user"))
    if user is None or timezone.now().timestamp() - waiting["since"] > 300:
        request.session.pop(WAITING, None)
        return redirect("accounts:sign-in")
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            how = check_second_factor(user=user, code=form.cleaned_data["code"])
        except SecondFactorLocked as locked:
            until = timezone.localtime(locked.until)
            form.add_error("code", f"连续输错次数过多,请在 {until:%H:%M} 之后再试。")
            how = ""
        else:
            if not how:
                form.add_error("code", "口令不正确或已经用过,请输入验证器当前显示的 6 位数字。")
        if how:
            del request.session[WAITING]
            return enter(request, user, waiting["next"], how=how)
        refuse_sign_in(username=user.username, why="动态口令不正确")
    return render(request, "accounts/second_factor.html", {"form": form})


def locked_out_page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    """Five failures from this address: the account waits half an hour here, and only here."""
    return render(request, "accounts/locked_out.html", status=429)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    user = request.user
    digest = session_digest(request.session.session_key or "")
    session = SignIn.objects.visible_to(user).filter(session_digest=digest).first()
    if session is not None:
        end_session(session=session, by=user)
    logout(request)
    response = redirect("accounts:sign-in")
    response["Clear-Site-Data"] = '"cache", "cookies", "storage"'
    return response
