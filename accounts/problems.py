"""Errors of the REST API as problem details (RFC 9457), in Chinese, naming the field."""

from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied
from django.core.exceptions import ValidationError as InvalidRecord
from django.db import IntegrityError
from django.http import Http404, HttpRequest, JsonResponse
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.settings import api_settings
from rest_framework.views import set_rollback

from accounts.context import current

TITLES = {
    400: "请求内容有误",
    401: "需要登录或有效的令牌",
    403: "没有权限",
    404: "没有找到",
    405: "不支持这种操作",
    406: "不支持所要的格式",
    409: "与现有记录冲突",
    412: "记录已被他人修改",
    413: "请求内容过大",
    415: "不支持这种内容类型",
    422: "请求无法处理",
    428: "缺少前提条件",
    429: "请求过于频繁",
    500: "系统出现错误",
    503: "暂时无法服务",
}
DETAILS = {
    400: "请求的格式不正确。",
    403: "您的角色没有这项权限。",
    404: "没有这条记录,或不在您的管辖范围内。",
    409: "与同时进行的另一项修改冲突,请重新读取后再试。",
    500: "系统出现错误,已经记录。请稍后再试;反映情况时请提供请求编号。",
}
PARSE = "请求内容不是有效的 JSON。"
FORGERY = "缺少有效的 CSRF 令牌:用登录会话调用接口时,请带上 X-CSRFToken;程序请使用接口令牌。"
MEDIA_TYPE = "application/problem+json"
WHOLE = {"", "non_field_errors", NON_FIELD_ERRORS}
SAFE = ("GET", "HEAD", "OPTIONS")


class Problem(exceptions.APIException):
    """A refusal with members of its own beside those of every problem, and headers."""

    def __init__(
        self, status: int, detail: str, headers: dict[str, str] | None = None, **members: Any
    ) -> None:
        super().__init__(detail)
        self.status_code, self.headers, self.members = status, headers or {}, members


def problem_response(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler: every refusal has type, title, status, detail and errors."""
    error = _as_api_exception(error)
    if not isinstance(error, exceptions.APIException):
        return None
    set_rollback()
    request = context.get("request")
    in_query = request is not None and request.method in SAFE
    errors = []
    if isinstance(error, exceptions.ValidationError):
        errors = _errors(error.detail, in_query=in_query)
    detail = _summary(errors) if errors else _words(error)
    members = {"errors": errors, **getattr(error, "members", {})}
    body = problem(error.status_code, detail, **members)
    headers = dict(getattr(error, "headers", {}))
    if getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = error.auth_header
    if getattr(error, "wait", None):
        headers["Retry-After"] = str(int(error.wait) + 1)
    return Response(body, status=error.status_code, headers=headers, content_type=MEDIA_TYPE)


def problem(
    status: int, detail: str, errors: list[dict[str, str]] | None = None, **members: Any
) -> dict[str, Any]:
    """The members of a problem, ready for JSON."""
    return {
        "type": "about:blank",
        "title": TITLES.get(status, "请求未能完成"),
        "status": status,
        "detail": detail,
        "errors": errors or [],
        "request_id": current().request_id,
        **members,
    }


def plain_problem(status: int, detail: str = "") -> JsonResponse:
    """A problem where no API view has been reached: an unknown address, a broken request."""
    body = problem(status, detail or DETAILS.get(status, TITLES.get(status, "")))
    return JsonResponse(
        body, status=status, content_type=MEDIA_TYPE, json_dumps_params={"ensure_ascii": False}
    )


def is_api(request: HttpRequest) -> bool:
    return request.path_info.startswith("/api/")


def _as_api_exception(error: Exception) -> Exception:
    if isinstance(error, Http404):
        return exceptions.NotFound(DETAILS[404])
    if isinstance(error, PermissionDenied):
        return exceptions.PermissionDenied(str(error) or DETAILS[403])
    if isinstance(error, InvalidRecord):
        named = hasattr(error, "error_dict")
        return exceptions.ValidationError(error.message_dict if named else error.messages)
    if isinstance(error, IntegrityError):
        # the database's own rules: somebody else was faster between our check and our write
        return Problem(409, DETAILS[409])
    return error


def _words(error: exceptions.APIException) -> str:
    if isinstance(error, exceptions.ParseError):
        return PARSE
    if isinstance(error, exceptions.PermissionDenied) and "CSRF" in str(error.detail):
        return FORGERY
    return str(error.detail)


def _errors(detail: Any, path: tuple[str, ...] = (), *, in_query: bool) -> list[dict[str, str]]:
    """Nested details as a flat list: a parameter's name, or a JSON pointer into the body."""
    if isinstance(detail, dict):
        found = []
        for name, inner in detail.items():
            own = () if str(name) in {*WHOLE, api_settings.NON_FIELD_ERRORS_KEY} else (str(name),)
            found += _errors(inner, path + own, in_query=in_query)
        return found
    if isinstance(detail, list):
        found = []
        for number, inner in enumerate(detail):
            nested = isinstance(inner, dict | list)
            below = (*path, str(number)) if nested else path
            found += _errors(inner, below, in_query=in_query) if inner else []
        return found
    return [{"field": _named(path, in_query), "message": str(detail)}]


def _named(path: tuple[str, ...], in_query: bool) -> str:
    if in_query:
        return ".".join(path)
    return "".join("/" + part.replace("~", "~0").replace("/", "~1") for part in path)


def _summary(errors: list[dict[str, str]]) -> str:
    return ";".join(
        f"{e['field'].lstrip('/')}:{e['message']}" if e["field"] else e["message"] for e in errors
    )
