"""Sessions: begun, used, ended."""

import hashlib
from datetime import timedelta
from importlib import import_module

from axes.models import AccessFailureLog
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.context import current
from accounts.models import SignIn, User


def session_digest(session_key: str) -> str:
    return hashlib.sha256(f"session:{session_key}".encode()).hexdigest()


@transaction.atomic
def begin_session(*, user: User, session_key: str, agent: str, how: str) -> SignIn:
    """Note a sign-in that succeeded; `how` says by what (password, second factor)."""
    session = SignIn.objects.create(
        user=user,
        session_digest=session_digest(session_key),
        address=current().address,
        agent=audit.clean(agent)[:200],
    )
    audit.record(by=user, action="session.sign_in", object=user, after={"how": how})
    return session


def refuse_sign_in(*, username: str, why: str) -> None:
    """Note a sign-in that failed; the account need not exist."""
    audit.record(
        by=None,
        action="session.sign_in",
        result="refused",
        after={"username": username[:64], "why": why},
    )


MOST_FAILURES_AN_HOUR = 20
KNOWN_FOR = timedelta(days=90)


def is_attacked(username: str) -> bool:
    """Many failures from all over, and this is not a place where the holder has been before."""
    now = timezone.now()
    recent = {"username": username, "attempt_time__gte": now - timedelta(hours=1)}
    if AccessFailureLog.objects.filter(**recent).count() < MOST_FAILURES_AN_HOUR:
        return False
    return not SignIn.objects.filter(
        user__username=username,
        address=current().address,
        started_at__gte=now - KNOWN_FOR,
    ).exists()


def waiting_user(key: object) -> User | None:
    """The account that gave the right password and still owes its second factor."""
    return User.objects.filter(pk=key, is_active=True).first() if key else None


@transaction.atomic
def end_session(*, session: SignIn, by: User, why: str = "退出") -> None:
    """End one session; its key is dead with the commit."""
    if session.ended_at is None:
        session.ended_at = timezone.now()
        session.save(update_fields=["ended_at"])
        audit.record(by=by, action="session.end", object=session.user, after={"why": why})


def end_sessions(*, user: User, why: str, keep: str = "") -> int:
    """End all sessions of an account but one, inside the caller's transaction; says how many."""
    rows = SignIn.objects.open().filter(user=user)
    if keep:
        rows = rows.exclude(session_digest=session_digest(keep))
    return rows.update(ended_at=timezone.now())


def continue_session(*, old_key: str, new_key: str) -> None:
    """The session goes on under another key, since its password has changed."""
    SignIn.objects.filter(session_digest=session_digest(old_key)).update(
        session_digest=session_digest(new_key)
    )


def clear_sessions(*, older_than: timedelta = timedelta(days=180)) -> None:
    """Drop expired session data, and the notes of sessions that ended long ago."""
    store = import_module(settings.SESSION_ENGINE).SessionStore
    store.clear_expired()
    SignIn.objects.filter(last_used_at__lt=timezone.now() - older_than).delete()
