"""Signing in."""

from django.contrib.auth.forms import AuthenticationForm


class SignInForm(AuthenticationForm):
    error_messages = {
        "invalid_login": "账号或密码不正确,请核对后重试。",
        "inactive": "账号已停用,请联系系统管理员。",
    }
