"""Errors of the REST API as problem details (RFC 9457), in Chinese, naming the field."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, JsonResponse
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

TITLES = {
    400: "请求内容有误",
    401: "需要登录或有效的令牌",
    403: "没有权限",
    404: "没有找到",
    405: "不支持这种操作",
    406: "不支持所要的格式",
    409: "记录已被他人修改",
    412: "记录已被他人修改",
    415: "不支持这种内容类型",
    428: "缺少前提条件",
    429: "请求过于频繁",
}
DETAILS = {404: "没有这条记录,或不在您的管辖范围内。", 403: "您的角色没有这项权限。"}
MEDIA_TYPE = "application/problem+json"


def problem(detail: str, status: int, errors: list[dict[str, str]]) -> dict[str, Any]:
    return {
        "type": "about:blank",
        "title": TITLES.get(status, "请求未能完成"),
        "status": status,
        "detail": detail,
        "errors": errors,
    }


def refused(detail: str, status: int) -> JsonResponse:
    """A refusal before the API is reached, in the API's own form."""
    return JsonResponse(
        problem(detail, status, []),
        status=status,
        content_type=MEDIA_TYPE,
        json_dumps_params={"ensure_ascii": False},
    )


def problem_response(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler: every refusal has type, title, status, detail and errors."""
    if isinstance(error, Http404):
        error = exceptions.NotFound(DETAILS[404])
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied(str(error) or DETAILS[403])
    if not isinstance(error, exceptions.APIException):
        return None
    set_rollback()
    status = error.status_code
    errors = _errors(error.detail) if isinstance(error.detail, dict | list) else []
    body = problem(_summary(errors) if errors else str(error.detail), status, errors)
    headers = {}
    if getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = error.auth_header
    if getattr(error, "wait", None):
        headers["Retry-After"] = str(int(error.wait) + 1)
    return Response(body, status=status, headers=headers, content_type=MEDIA_TYPE)


def _errors(detail: Any, path: str = "") -> list[dict[str, str]]:
    """Nested details of serializers as a flat list of field and message."""
    if isinstance(detail, dict):
        found = []
        for name, inner in detail.items():
            own = "" if name == "non_field_errors" else str(name)
            found += _errors(inner, ".".join(part for part in (path, own) if part))
        return found
    if isinstance(detail, list):
        found = []
        for number, inner in enumerate(detail):
            nested = isinstance(inner, dict | list)
            found += _errors(inner, f"{path}[{number}]" if nested and path else path)
        return found
    return [{"field": path, "message": str(detail)}]


def _summary(errors: list[dict[str, str]]) -> str:
    return ";".join(f"{e['field']}:{e['message']}" if e["field"] else e["message"] for e in errors)
