"""What the running request is, for the audit log and the logs."""

import uuid
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

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
