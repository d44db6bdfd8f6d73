"""Bearer tokens for the REST API."""

from datetime import timedelta

from django.utils import timezone
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed, Throttled
from rest_framework.request import Request

from accounts import audit
from accounts.access import TOKEN_PREFIX, find_token
from accounts.context import current, note_token
from accounts.models import ApiToken, User
from accounts.rules import AuditResult, Right, address_is_allowed
from accounts.throttling import count_in_minute

REFUSED = "令牌无效或已过期。"
MOST_REFUSALS = 30


class BearerAuthentication(BaseAuthentication):
    """`Authorization: Bearer shp_<key>.<secret>`; every refusal has the same words."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        parts = get_authorization_header(request).split()
        if not parts or parts[0].lower() != b"bearer":
            return None
        text = parts[1].decode("ascii", "replace") if len(parts) == 2 else ""
        token = find_token(text)
        if token is None or not self.holds(token):
            raise self.refusal(text)
        now = timezone.now()
        if token.last_used_at is None or now - token.last_used_at > timedelta(minutes=1):
            ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
        note_token(token.key)
        user = token.owner
        user.token_areas = tuple(token.areas)
        user.token_rights = frozenset(Right(r) for r in token.rights if r in Right.codes())
        return user, token

    @staticmethod
    def holds(token: ApiToken) -> bool:
        here = address_is_allowed(current().address, token.addresses)
        return token.is_live and token.owner.is_active and here

    @staticmethod
    def refusal(text: str) -> Exception:
        """The same answer for every reason; guessing from one address is slowed and noted."""
        address = current().address
        number = count_in_minute(f"refused:{address}")
        if number > MOST_REFUSALS:
            return Throttled(60, "令牌错误次数过多,请稍后再试。")
        key = text.removeprefix(TOKEN_PREFIX).partition(".")[0][:12]
        audit.record(
            by=None, action="token.use", result=AuditResult.REFUSED.value, after={"key": key}
        )
        return AuthenticationFailed(REFUSED)

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class BearerScheme(OpenApiAuthenticationExtension):
    """What the schema says of our tokens."""

    target_class = "accounts.authentication.BearerAuthentication"
    name = "bearer"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer"}
