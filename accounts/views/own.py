"""One's own affairs: password, second factor, sessions, API tokens."""

import io
from datetime import timedelta
from typing import Any

import qrcode
import qrcode.image.svg
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import require
from accounts.actions.accounts import change_password
from accounts.actions.second_factor import confirm_totp, prepare_totp, provisioning_uri
from accounts.actions.sessions import continue_session, end_session, session_digest
from accounts.actions.tokens import issue_token, revoke_token, rotate_token
from accounts.forms import CodeForm, PasswordForm, TokenForm, refuse
from accounts.models import ApiToken, SignIn
from accounts.rules import Right

SHOWN_ONCE = "shown_once"


@require_http_methods(["GET", "POST"])
def password_page(request: HttpRequest) -> HttpResponse:
    form = PasswordForm(request.user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        key = request.session.session_key or ""
        try:
            change_password(
                user=request.user,
                password=form.cleaned_data["new_password1"],
                keep_session=key,
                by=request.user,
            )
        except ValidationError as error:
            form.add_error("new_password1", error)
        else:
            update_session_auth_hash(request, request.user)
            continue_session(old_key=key, new_key=request.session.session_key or "")
            messages.success(request, "密码已修改,其他地方的登录已结束。")
            return redirect("home")
    return render(request, "accounts/password_page.html", {"form": form})


@require_http_methods(["GET", "POST"])
def second_factor_setup(request: HttpRequest) -> HttpResponse:
    """Scan, type the first code, keep the recovery codes."""
    user = request.user
    device = getattr(user, "totp", None)
    if device is not None and device.confirmed_at is not None:
        if not request.session.get("second_factor"):
            # it was set up elsewhere meanwhile: sign in with it
            return render(request, "accounts/second_factor_again.html")
        return render(request, "accounts/second_factor_set.html", {"device": device})
    form = CodeForm(request.POST or None)
    form.fields["code"].help_text = "验证器当前显示的 6 位数字"
    if request.method == "POST" and form.is_valid():
        codes = confirm_totp(user=user, code=form.cleaned_data["code"], by=user)
        if codes is None:
            form.add_error("code", "口令不正确,请确认手机时间准确后输入当前显示的 6 位数字。")
        else:
            request.session["second_factor"] = True
            request.session[SHOWN_ONCE] = codes
            return redirect("accounts:second-factor-codes")
    seed = prepare_totp(user=user)
    context = {
        "form": form,
        "seed": " ".join(seed[n : n + 4] for n in range(0, len(seed), 4)),
        "picture": qr_code(provisioning_uri(user, seed)),
    }
    return render(request, "accounts/second_factor_setup.html", context)


def qr_code(text: str) -> SafeString:
    """The text as an inline SVG without style or script."""
    out = io.BytesIO()
    qrcode.make(text, image_factory=qrcode.image.svg.SvgPathImage, box_size=12).save(out)
    svg = out.getvalue().decode()
    svg = svg[svg.index("<svg") :].replace("<svg ", '<svg role="img" aria-label="二维码" ', 1)
    return mark_safe(svg)  # noqa: S308 - drawn by the library, holds no text of ours


@require_GET
def second_factor_codes(request: HttpRequest) -> HttpResponse:
    """The recovery codes, this once."""
    codes = request.session.pop(SHOWN_ONCE, None)
    return render(request, "accounts/second_factor_codes.html", {"codes": codes})


@require_GET
def session_list(request: HttpRequest) -> HttpResponse:
    current = session_digest(request.session.session_key or "")
    sessions = SignIn.objects.visible_to(request.user)
    alive = sessions.alive()
    context = {"open": alive, "ended": sessions.exclude(pk__in=alive.values("pk"))[:20]}
    return render(request, "accounts/session_list.html", {**context, "current": current})


@require_POST
def session_end(request: HttpRequest, pk: int) -> HttpResponse:
    session = get_object_or_404(SignIn.objects.visible_to(request.user), pk=pk)
    end_session(session=session, by=request.user, why="本人结束")
    messages.success(request, "这次登录已结束。")
    return redirect("accounts:session-list")


@require_GET
def token_list(request: HttpRequest) -> HttpResponse:
    require(request.user, Right.MANAGE_TOKENS)
    shown = request.session.pop(SHOWN_ONCE, None)
    context = {"tokens": ApiToken.objects.visible_to(request.user), "shown": shown}
    return render(request, "accounts/token_list.html", context)


@require_http_methods(["GET", "POST"])
def token_create(request: HttpRequest) -> HttpResponse:
    require(request.user, Right.MANAGE_TOKENS)
    form = TokenForm(request.POST or None, owner=request.user)
    if request.method == "POST" and form.is_valid():
        cleaned = form.cleaned_data
        try:
            _, text = issue_token(
                owner=request.user,
                name=cleaned["name"],
                rights=cleaned["rights"],
                areas=cleaned["areas"],
                addresses=cleaned["addresses"],
                lifetime=timedelta(days=cleaned["days"]),
                by=request.user,
            )
        except ValidationError as error:
            refuse(form, error)
        else:
            return show_once(request, text)
    return render(request, "accounts/token_create.html", {"form": form})


def show_once(request: HttpRequest, text: str) -> HttpResponse:
    request.session[SHOWN_ONCE] = text
    return redirect("accounts:token-list")


def own_token(request: HttpRequest, pk: int) -> Any:
    require(request.user, Right.MANAGE_TOKENS)
    return get_object_or_404(ApiToken.objects.visible_to(request.user), pk=pk)


@require_POST
def token_rotate(request: HttpRequest, pk: int) -> HttpResponse:
    token = own_token(request, pk)
    try:
        _, text = rotate_token(token=token, by=request.user)
    except ValidationError as error:
        messages.error(request, "".join(error.messages))
        return redirect("accounts:token-list")
    return show_once(request, text)


@require_POST
def token_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    revoke_token(token=own_token(request, pk), by=request.user)
    messages.success(request, "令牌已停用。")
    return redirect("accounts:token-list")
