"""API tokens: issued, rotated, revoked."""

from collections.abc import Sequence
from datetime import timedelta
from ipaddress import ip_network

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.access import new_token
from accounts.models import ApiToken, User
from accounts.rules import lendable, within_areas

OVERLAP = timedelta(hours=72)


def check_token(
    owner: User, rights: Sequence[str], areas: Sequence[str], addresses: Sequence[str]
) -> None:
    """Raise ValidationError unless a token of this owner may carry these limits."""
    allowed = [right.value for right in lendable(owner.role)]
    if unknown := [right for right in rights if right not in allowed]:
        raise ValidationError(f"令牌不能带有这些权限:{'、'.join(unknown)}。")
    if not rights:
        raise ValidationError("请至少选择一项权限。")
    own = owner.scope
    for area in areas:
        inside = own.is_area and area.startswith(own.code) and area.isdigit()
        if not inside or not within_areas(area, own.areas):
            raise ValidationError(f"“{area}”不在账号的管辖范围内。")
    for address in addresses:
        try:
            ip_network(address, strict=False)
        except ValueError:
            raise ValidationError(
                f"“{address}”不是网络地址,例如 10.1.2.3 或 10.1.0.0/16。"
            ) from None


@transaction.atomic
def issue_token(
    *,
    owner: User,
    name: str = "",
    rights: Sequence[str] | None = None,
    areas: Sequence[str] = (),
    addresses: Sequence[str] = (),
    lifetime: timedelta | None = None,
    replaces: ApiToken | None = None,
    by: User | None,
) -> tuple[ApiToken, str]:
    """Make an API token; returns it with the text to show once.

    Without `rights` it carries all that the owner's role may lend. Raises ValidationError.
    """
    if lifetime is None:
        lifetime = settings.TOKEN_DEFAULT_LIFETIME
    if not timedelta(0) < lifetime <= settings.TOKEN_LONGEST_LIFETIME:
        raise ValidationError("令牌有效期须在 1 至 365 天之间。")
    carried = [r.value for r in lendable(owner.role)] if rights is None else list(rights)
    check_token(owner, carried, areas, addresses)
    key, digest, text = new_token()
    now = timezone.now()
    token = ApiToken.objects.create(
        key=key,
        digest=digest,
        owner=owner,
        name=name or "未命名",
        rights=carried,
        areas=list(areas),
        addresses=list(addresses),
        created_at=now,
        expires_at=now + lifetime,
        replaces=replaces,
    )
    after = {"owner": owner.username, **audit.snapshot(token, ("name", "rights", "areas"))}
    after |= audit.snapshot(token, ("addresses", "expires_at"))
    audit.record(by=by, action="token.issue", object=token, after=after)
    return token, text


@transaction.atomic
def rotate_token(*, token: ApiToken, by: User) -> tuple[ApiToken, str]:
    """A successor with the same limits and a full lifetime; the old one ends within 72 hours."""
    if not token.is_live:
        raise ValidationError("这个令牌已停用或过期,请另建一个。")
    made, text = issue_token(
        owner=token.owner,
        name=token.name,
        rights=token.rights,
        areas=token.areas,
        addresses=token.addresses,
        lifetime=min(token.expires_at - token.created_at, settings.TOKEN_LONGEST_LIFETIME),
        replaces=token,
        by=by,
    )
    before = {"expires_at": token.expires_at}
    token.expires_at = min(token.expires_at, timezone.now() + OVERLAP)
    token.save(update_fields=["expires_at"])
    after = {"expires_at": token.expires_at}
    audit.record(by=by, action="token.rotate", object=token, before=before, after=after)
    return made, text


@transaction.atomic
def revoke_token(*, token: ApiToken, by: User) -> None:
    """End a token at once."""
    if token.revoked_at is None:
        token.revoked_at = timezone.now()
        token.save(update_fields=["revoked_at"])
        audit.record(by=by, action="token.revoke", object=token)
