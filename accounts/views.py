"""Signing in and out."""

from django.contrib.auth import login, logout
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST

from accounts import audit
from accounts.forms import SignInForm


@login_not_required
@require_http_methods(["GET", "POST"])
def sign_in_page(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        return redirect("home")
    target = request.POST.get("next") or request.GET.get("next") or "/"
    form = SignInForm(request, data=request.POST or None)
    if request.method == "POST":
        if form.is_valid():
            user = form.get_user()
            login(request, user)
            audit.record(by=user, action="session.sign_in", object=user)
            safe = url_has_allowed_host_and_scheme(
                target, {request.get_host()}, require_https=request.is_secure()
            )
            return redirect(target if safe else "/")
        name = request.POST.get("username", "")[:64]
        audit.record(by=None, action="session.sign_in", result="refused", after={"username": name})
    return render(request, "accounts/sign_in.html", {"form": form, "next": target})


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    user = request.user
    logout(request)
    audit.record(by=user, action="session.sign_out", object=user)
    return redirect("accounts:sign-in")
