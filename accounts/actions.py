"""What changes accounts and tokens."""

import secrets
import string
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.access import new_token
from accounts.models import ApiToken, User
from accounts.rules import SCOPE_KINDS, SCOPE_LABELS, Role

LETTERS = string.ascii_letters.translate(str.maketrans("", "", "lIO")) + "23456789"


def one_time_password() -> str:
    """Random, 16 characters, easy to read aloud, with all classes that the policy asks for."""
    body = "".join(secrets.choice(LETTERS) for _ in range(13))
    return f"{body}{secrets.choice('23456789')}{secrets.choice('abcdefgh')}{secrets.choice('+-=@')}"


@transaction.atomic
def create_account(
    *,
    username: str,
    role: str,
    scope_code: str = "",
    display_name: str = "",
    password: str | None = None,
    must_change_password: bool = True,
    by: User | None,
) -> tuple[User, str]:
    """Make an account; returns it with its password, a one-time one unless `password` is given.

    Raises ValidationError in Chinese for a taken name, an unknown role or a missing scope.
    """
    if role not in Role.codes():
        raise ValidationError(f"没有“{role}”这个角色,可选:{'、'.join(Role.codes())}。")
    kind = SCOPE_KINDS.get(Role(role))
    if kind and not scope_code:
        raise ValidationError(f"这个角色需要管辖范围({SCOPE_LABELS[kind]})。")
    if not kind and scope_code:
        raise ValidationError("管理员角色没有管辖范围。")
    if User.objects.filter(username=username).exists():
        raise ValidationError(f"账号“{username}”已存在。")
    password = password or one_time_password()
    user = User(
        username=username,
        role=role,
        scope_code=scope_code,
        display_name=display_name,
        must_change_password=must_change_password,
    )
    user.set_password(password)
    user.full_clean()
    user.save()
    after = audit.snapshot(user, ["username", "role", "scope_code", "display_name"])
    audit.record(by=by, action="account.create", object=user, after=after)
    return user, password


@transaction.atomic
def set_password(*, user: User, password: str, by: User | None) -> None:
    """Change a password; raises ValidationError when the policy refuses it."""
    validate_password(password, user)
    user.set_password(password)
    user.must_change_password = False
    user.save(update_fields=["password", "must_change_password"])
    audit.record(by=by, action="account.set_password", object=user)


@transaction.atomic
def issue_token(
    *,
    owner: User,
    name: str = "",
    areas: list[str] | None = None,
    lifetime: timedelta | None = None,
    by: User | None,
) -> tuple[ApiToken, str]:
    """Make an API token; returns it with the text to show once."""
    lifetime = lifetime or settings.TOKEN_DEFAULT_LIFETIME
    if not timedelta(0) < lifetime <= settings.TOKEN_LONGEST_LIFETIME:
        raise ValidationError("令牌有效期须在 1 至 365 天之间。")
    key, digest, text = new_token()
    now = timezone.now()
    token = ApiToken.objects.create(
        key=key,
        digest=digest,
        owner=owner,
        name=name,
        areas=areas or [],
        created_at=now,
        expires_at=now + lifetime,
    )
    after = {"owner": owner.username, "name": name, "expires_at": token.expires_at}
    audit.record(by=by, action="token.issue", object=token, after=after)
    return token, text
