"""May this account do this at all; tokens: how they are made and recognized."""

import hmac
import re
import secrets
from collections.abc import Collection
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.utils.module_loading import import_string

from accounts.models import ApiToken
from accounts.rules import NO_SCOPE, Right, Scope
from accounts.sealing import derived_key

TOKEN_PREFIX = "shp_"  # noqa: S105
FORM = re.compile(rf"{TOKEN_PREFIX}[0-9a-f]{{12}}\.[A-Za-z0-9_-]{{43}}")
NOBODYS = f"{TOKEN_PREFIX}-.-"


def require(user: Any, right: Right) -> None:
    """Raise PermissionDenied (answered as 403) unless the account's role has this right."""
    if not (user.is_authenticated and user.may(right)):
        raise PermissionDenied(f"您的账号没有“{right.label}”的权限。")


def is_city_office(user: Any) -> bool:
    """Does the account work for a whole city or more, not for a part of it?"""
    return user.scope.is_area and len(user.scope.code) <= 6 and not user.scope.areas


def require_city_office(user: Any, right: Right, words: str = "标准和词表由市级统一维护。") -> None:
    """The same, of what is one for the whole city: nobody of a part of it, however he may."""
    require(user, right)
    if not is_city_office(user):
        raise PermissionDenied(words)


def scope_names(scopes: Collection[Scope]) -> dict[Scope, str]:
    """What these scopes are called, as the room in settings.SCOPE_NAMES knows them.

    Who decides about an account must not have to know codes by heart; a code that names nothing is
    told as such.
    """
    names = import_string(settings.SCOPE_NAMES)({one for one in scopes if one != NO_SCOPE})
    return {one: "" if one == NO_SCOPE else names.get(one, "查无此编码") for one in scopes}


def token_digest(secret: str) -> str:
    pepper = derived_key("api-token", settings.TOKEN_PEPPER)
    return hmac.new(pepper, secret.encode(), "sha256").hexdigest()


def new_token() -> tuple[str, str, str]:
    """A fresh token: public key part, digest to store, and the text to show once."""
    key = secrets.token_hex(6)
    secret = secrets.token_urlsafe(32)
    return key, token_digest(secret), f"{TOKEN_PREFIX}{key}.{secret}"


def find_token(text: str) -> ApiToken | None:
    """The token behind a bearer text, or None; unknown key and wrong secret take the same way."""
    # what does not look like a token is looked up too, under a key that nobody has
    key, _, secret = (text if FORM.fullmatch(text) else NOBODYS).partition(".")
    key = key.removeprefix(TOKEN_PREFIX)
    token = ApiToken.objects.select_related("owner").filter(key=key).first()
    expected = token.digest if token else "0" * 64
    matches = hmac.compare_digest(expected, token_digest(secret))
    return token if token and matches else None
