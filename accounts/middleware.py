"""What the running request is, for the audit log and the logs; keeping a used session alive."""

import uuid
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from accounts.context import RequestContext, request_context


class RequestContextMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request_id = uuid.uuid4().hex
        address = request.META.get("REMOTE_ADDR", "")
        with request_context(RequestContext(request_id=request_id, address=address)):
            response = self.get_response(request)
        response["X-Request-ID"] = request_id
        return response


class SessionRenewalMiddleware:
    """A session ends half an hour after its last use; its use is written down once a minute."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            now = timezone.now().timestamp()
            used = request.session.get("used_at", 0)
            if now - used > settings.SESSION_RENEWED_AFTER.total_seconds():
                request.session["used_at"] = now
        return self.get_response(request)
