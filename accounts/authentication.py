"""Bearer tokens for the REST API."""

from datetime import timedelta

from django.utils import timezone
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts.access import find_token
from accounts.context import note_token
from accounts.models import ApiToken, User

REFUSED = "令牌无效或已过期。"


class BearerAuthentication(BaseAuthentication):
    """`Authorization: Bearer shp_<key>.<secret>`; every refusal has the same words."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        parts = get_authorization_header(request).split()
        if not parts or parts[0].lower() != b"bearer":
            return None
        if len(parts) != 2:
            raise AuthenticationFailed(REFUSED)
        token = find_token(parts[1].decode("ascii", "replace"))
        now = timezone.now()
        if (
            token is None
            or token.revoked_at
            or token.expires_at <= now
            or not token.owner.is_active
        ):
            raise AuthenticationFailed(REFUSED)
        if token.last_used_at is None or now - token.last_used_at > timedelta(minutes=1):
            ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
        note_token(token.key)
        user = token.owner
        user.token_areas = tuple(token.areas)
        return user, token

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class BearerScheme(OpenApiAuthenticationExtension):
    """What the schema says of our tokens."""

    target_class = "accounts.authentication.BearerAuthentication"
    name = "bearer"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer"}
