"""Making accounts, and what their holders change of them."""

import secrets
import string
from datetime import timedelta

from django.contrib.auth.hashers import check_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.actions.sessions import end_sessions
from accounts.models import ApiToken, PastPassword, RecoveryCode, SignIn, TotpDevice, User
from accounts.rules import PASSWORD_HISTORY, SCOPE_KINDS, SCOPE_LABELS, Role

LETTERS = string.ascii_letters.translate(str.maketrans("", "", "lIO")) + "23456789"
ONE_TIME_LIFETIME = timedelta(hours=72)
DESCRIBED = ("username", "person_code", "display_name", "role", "scope_code", "is_active")


def one_time_password() -> str:
    """Random, 16 characters, easy to read aloud, with all classes that the policy asks for."""
    body = "".join(secrets.choice(LETTERS) for _ in range(12))
    classes = (
        *(secrets.choice("23456789"), secrets.choice("abcdefgh")),
        *(secrets.choice("ABCDEFGH"), secrets.choice("+-=@")),
    )
    return body + "".join(classes)


def check_scope(role: str, scope_code: str) -> None:
    """Raise ValidationError unless the role is known and has just the scope that it needs."""
    if role not in Role.codes():
        raise ValidationError(f"没有“{role}”这个角色,可选:{'、'.join(Role.codes())}。")
    kind = SCOPE_KINDS.get(Role(role))
    if kind and not scope_code:
        raise ValidationError(f"这个角色需要管辖范围({SCOPE_LABELS[kind]})。")
    if kind in ("area", "committee") and not (scope_code.isdigit() and 2 <= len(scope_code) <= 9):
        raise ValidationError("管辖范围应为 2 至 9 位的统计用区划代码,或其前几位。")
    if not kind and scope_code:
        raise ValidationError("管理员角色没有管辖范围。")


@transaction.atomic
def create_account(
    *,
    username: str,
    role: str,
    scope_code: str = "",
    display_name: str = "",
    person_code: str = "",
    password: str | None = None,
    must_change_password: bool = True,
    by: User | None,
) -> tuple[User, str]:
    """Make an account; returns it with its password, a one-time one unless `password` is given.

    Without a person code the account's name stands for the person. Raises ValidationError in
    Chinese for a taken name or person, an unknown role or a missing scope.
    """
    check_scope(role, scope_code)
    if User.objects.filter(username=username).exists():
        raise ValidationError(f"账号“{username}”已存在。")
    text = password or one_time_password()
    now = timezone.now()
    user = User(
        username=username,
        person_code=person_code or username,
        role=role,
        scope_code=scope_code,
        display_name=display_name,
        must_change_password=must_change_password,
        password_changed_at=now,
        one_time_until=None if password else now + ONE_TIME_LIFETIME,
    )
    user.set_password(text)
    user.full_clean()
    user.save()
    audit.record(by=by, action="account.create", object=user, after=audit.snapshot(user, DESCRIBED))
    return user, text


@transaction.atomic
def issue_one_time_password(*, user: User, by: User | None) -> str:
    """Give the account a password for one sign-in within 72 hours; ends its sessions."""
    text = one_time_password()
    user.set_password(text)
    user.must_change_password = True
    user.one_time_until = timezone.now() + ONE_TIME_LIFETIME
    user.save(update_fields=["password", "must_change_password", "one_time_until"])
    end_sessions(user=user, why="重置密码")
    audit.record(by=by, action="account.issue_one_time_password", object=user)
    return text


@transaction.atomic
def change_password(*, user: User, password: str, keep_session: str = "", by: User | None) -> None:
    """Change a password; raises ValidationError when the policy or the history refuses it.

    All sessions but `keep_session` (a session key) end.
    """
    validate_password(password, user)
    stored = User.objects.select_for_update().get(pk=user.pk)
    earlier = [past.password for past in stored.past_passwords.all()[:PASSWORD_HISTORY]]
    if any(check_password(password, one) for one in [stored.password, *earlier]):
        raise ValidationError(f"不能与最近 {PASSWORD_HISTORY} 次用过的密码相同。")
    PastPassword.objects.create(user=stored, password=stored.password)
    old = stored.past_passwords.values_list("pk", flat=True)[PASSWORD_HISTORY:]
    PastPassword.objects.filter(pk__in=list(old)).delete()
    user.set_password(password)
    user.must_change_password = False
    user.one_time_until = None
    user.password_changed_at = timezone.now()
    user.save(
        update_fields=["password", "must_change_password", "one_time_until", "password_changed_at"]
    )
    end_sessions(user=user, why="修改密码", keep=keep_session)
    audit.record(by=by, action="account.change_password", object=user)


@transaction.atomic
def change_role(*, user: User, role: str, scope_code: str, by: User | None) -> None:
    """Give an account another role and scope; its sessions end, its tokens lend no more than it."""
    check_scope(role, scope_code)
    values = {"role": role, "scope_code": scope_code}
    before, after = audit.changes(user, values)
    if not after:
        return
    user.role, user.scope_code = role, scope_code
    user.save(update_fields=["role", "scope_code"])
    end_sessions(user=user, why="调整角色")
    audit.record(by=by, action="account.change_role", object=user, before=before, after=after)


@transaction.atomic
def set_active(*, user: User, is_active: bool, by: User | None) -> None:
    """Disable or enable an account; a disabled one's sessions and tokens are dead at once."""
    if user.is_active == is_active:
        return
    user.is_active = is_active
    user.save(update_fields=["is_active"])
    if not is_active:
        end_sessions(user=user, why="停用账号")
    audit.record(
        by=by,
        action="account.enable" if is_active else "account.disable",
        object=user,
        before={"is_active": not is_active},
        after={"is_active": is_active},
    )


@transaction.atomic
def forget_second_factor(*, user: User, by: User | None) -> None:
    """Take away the authenticator and the recovery codes; the next sign-in sets up new ones."""
    TotpDevice.objects.filter(user=user).delete()
    RecoveryCode.objects.filter(user=user).delete()
    end_sessions(user=user, why="重置动态口令")
    audit.record(by=by, action="account.forget_second_factor", object=user)


UNUSED_FOR = timedelta(days=90)


def suspend_unused() -> list[str]:
    """Disable accounts that nobody has signed in with for 90 days; says which."""
    long_ago = timezone.now() - UNUSED_FOR
    used = SignIn.objects.filter(last_used_at__gte=long_ago).values("user")
    lent = ApiToken.objects.filter(last_used_at__gte=long_ago).values("owner")
    unused = User.objects.filter(is_active=True, created_at__lt=long_ago)
    names = []
    for user in unused.exclude(pk__in=used).exclude(pk__in=lent):
        set_active(user=user, is_active=False, by=None)
        names.append(user.username)
    return names
