"""One-time passwords by an authenticator app, and the codes that replace it once."""

import base64
import hmac
import secrets
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django_otp.oath import TOTP

from accounts import audit
from accounts.models import RecoveryCode, TotpDevice, User
from accounts.sealing import conceal, derived_key, reveal

STEP_SECONDS, DIGITS, TOLERANCE = 30, 6, 1
MOST_FAILURES, LOCK = 5, timedelta(minutes=30)
RECOVERY_CODES = 10


class SecondFactorLocked(Exception):
    """Too many wrong codes; `until` is when it may be tried again."""

    def __init__(self, until: object) -> None:
        super().__init__("动态口令已锁定")
        self.until = until


@transaction.atomic
def prepare_totp(*, user: User) -> str:
    """A seed for the account's app, base32; kept encrypted, not in force until it is confirmed."""
    device = TotpDevice.objects.select_for_update().filter(user=user).first()
    if device is not None and device.confirmed_at is None:
        return reveal(device, "seed")
    seed = base64.b32encode(secrets.token_bytes(20)).decode()
    device = TotpDevice(user=user)
    conceal(device, "seed", seed)
    device.save()
    return seed


def has_second_factor(user: User) -> bool:
    return TotpDevice.objects.filter(user=user, confirmed_at__isnull=False).exists()


def provisioning_uri(user: User, seed: str) -> str:
    """What an authenticator app reads from the QR code."""
    issuer = settings.PORTAL_NAME
    return (
        f"otpauth://totp/{issuer}:{user.username}?secret={seed}&issuer={issuer}"
        f"&digits={DIGITS}&period={STEP_SECONDS}"
    )


@transaction.atomic
def confirm_totp(*, user: User, code: str, by: User) -> list[str] | None:
    """Put the app in force when its code is right; returns recovery codes to show once, or None."""
    if not _matches(user, code):
        return None
    TotpDevice.objects.filter(user=user).update(confirmed_at=timezone.now())
    codes = [secrets.token_hex(5) for _ in range(RECOVERY_CODES)]
    RecoveryCode.objects.filter(user=user).delete()
    RecoveryCode.objects.bulk_create(
        RecoveryCode(user=user, digest=_recovery_digest(one)) for one in codes
    )
    audit.record(by=by, action="account.set_up_second_factor", object=user)
    return codes


def check_second_factor(*, user: User, code: str) -> str:
    """How the code was right (`动态口令`, `恢复码`), or empty; raises SecondFactorLocked.

    A code holds once. Five wrong ones lock for half an hour.
    """
    # wrong tries are kept although nothing else comes of them, so each is a transaction of its own
    with transaction.atomic():
        device = TotpDevice.objects.select_for_update().get(user=user)
        now = timezone.now()
        if device.locked_until and device.locked_until > now:
            raise SecondFactorLocked(device.locked_until)
        text = "".join(code.split()).lower()
        how = "动态口令" if _matches(user, text) else _recovery(user, text)
        if how:
            TotpDevice.objects.filter(user=user).update(failures=0, locked_until=None)
            return how
        device.refresh_from_db()
        device.failures += 1
        if device.failures >= MOST_FAILURES:
            device.failures, device.locked_until = 0, now + LOCK
        device.save(update_fields=["failures", "locked_until"])
    return ""


def _matches(user: User, code: str) -> bool:
    """Is this the app's code of now, and later than any used before?"""
    device = TotpDevice.objects.select_for_update().filter(user=user).first()
    if device is None or not (code.isascii() and code.isdigit() and len(code) == DIGITS):
        return False
    totp = TOTP(base64.b32decode(reveal(device, "seed")), STEP_SECONDS, digits=DIGITS)
    totp.time = timezone.now().timestamp()
    if not totp.verify(int(code), tolerance=TOLERANCE, min_t=device.last_step + 1):
        return False
    device.last_step = totp.t()
    device.save(update_fields=["last_step"])
    return True


def _recovery_digest(code: str) -> str:
    key = derived_key("recovery-code", settings.TOKEN_PEPPER)
    return hmac.new(key, code.encode(), "sha256").hexdigest()


def _recovery(user: User, code: str) -> str:
    unused = RecoveryCode.objects.filter(
        user=user, digest=_recovery_digest(code), used_at__isnull=True
    )
    return "恢复码" if unused.update(used_at=timezone.now()) else ""
