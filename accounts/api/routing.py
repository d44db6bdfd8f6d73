"""Addresses of a resource, and what the OpenAPI document says of each operation."""

from typing import Any

from django.urls import URLPattern, path
from django_filters import BaseInFilter, ChoiceFilter, DateFilter, NumberFilter
from drf_spectacular.extensions import OpenApiSerializerFieldExtension
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiParameter,
    OpenApiResponse,
    extend_schema,
    inline_serializer,
)
from rest_framework import serializers

from accounts.api.paging import LARGEST_PAGE, PAGE_SIZE
from accounts.api.resource import Resource, Verb
from accounts.api.views import ListView, RecordView, VerbView

IF_MATCH = OpenApiParameter(
    "If-Match", str, OpenApiParameter.HEADER, required=True, description="读取时得到的 ETag"
)
IF_NONE_MATCH = OpenApiParameter(
    "If-None-Match", str, OpenApiParameter.HEADER, description="已有的 ETag,没有变化时答 304"
)
IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    description="自选的唯一字符串(如 UUID)。72 小时内用同一个键重发同样的请求,只生效一次。",
)


class CodeSchema(OpenApiSerializerFieldExtension):
    """A related record is named by a code, where it may by its number as well."""

    target_class = "accounts.api.body.Code"

    def map_serializer_field(self, auto_schema: Any, direction: str) -> dict[str, Any]:
        text: dict[str, Any] = {"type": "string"}
        return {"oneOf": [text, {"type": "integer"}]} if "pk" in self.target.lookups else text


class FieldProblem(serializers.Serializer):
    """One wrong field: a JSON pointer into the body, or a parameter's name."""

    field = serializers.CharField()
    message = serializers.CharField()


class ProblemBody(serializers.Serializer):
    """A refusal (RFC 9457)."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    errors = FieldProblem(many=True)
    request_id = serializers.CharField()


REFUSALS = {
    400: "内容有误,errors 指出哪一项",
    401: "没有登录或令牌无效",
    403: "没有这项权限",
    404: "没有这条记录,或不在管辖范围内",
    409: "与现有记录或同时进行的修改冲突",
    412: "读取以后已被修改;current 是现在的记录,conflicts 并列两边的值",
    422: "Idempotency-Key 已用于别的请求",
    428: "缺少 If-Match",
    429: "请求过于频繁,见 Retry-After",
}


def refusals(*codes: int) -> dict[Any, Any]:
    return {
        (code, "application/problem+json"): OpenApiResponse(ProblemBody, REFUSALS[code])
        for code in sorted({*codes, 401, 403, 429})
    }


def routes(resource: Resource) -> list[URLPattern]:
    """All addresses of a resource, each with a name."""
    base, record = f"{resource.name}/", f"{resource.name}/<{resource.key}>/"
    name, listed = resource.route, _list_view(resource)
    made = [
        path(base, listed.as_view(), name=f"{name}-list"),
        path(record, _record_view(resource).as_view(), name=f"{name}-page"),
    ]
    for verb in resource.verbs:
        view = _verb_view(resource, verb).as_view()
        made.append(path(f"{record}{verb.name}/", view, name=f"{name}-{verb.name}"))
    return made


def _methods(*names: str) -> list[str]:
    return [*names, "head"]


def _list_view(resource: Resource) -> type[ListView]:
    methods = ["get"] + (["post"] if resource.create_body else [])
    view = type(
        "List", (ListView,), {"resource": resource, "http_method_names": _methods(*methods)}
    )
    page = inline_serializer(
        f"{_title(resource)}Page",
        {
            "results": resource.shown(many=True),
            "next": serializers.CharField(allow_null=True, help_text="下一页的地址,没有则为 null"),
            "count": serializers.IntegerField(required=False, help_text="with_count=1 时给出"),
        },
    )
    example = {"results": [resource.example], "next": None}
    told = extend_schema(
        operation_id=f"{_code(resource)}_list",
        tags=[resource.noun],
        summary=f"{resource.noun}列表",
        description=f"{resource.description}只含管辖范围内的记录。翻页请沿 next 走,途中新增的记录不会造成重复或遗漏。",
        parameters=[*filter_parameters(resource), *_paging(resource), IF_NONE_MATCH],
        responses={200: page, 304: None, **refusals(400)},
        examples=[OpenApiExample("一页", value=example, response_only=True, status_codes=["200"])],
    )
    view.get = told(_copied(ListView.get))
    if resource.create_body:
        view.post = extend_schema(
            operation_id=f"{_code(resource)}_create",
            tags=[resource.noun],
            summary=f"新增{resource.noun}",
            description=f"在管辖范围内新增一条{resource.noun}。没有列出的项会被拒绝。",
            parameters=[IDEMPOTENCY_KEY],
            request=resource.create_body,
            responses={201: resource.shown, **refusals(400, 409, 422)},
            examples=_examples(resource.create_example, resource.example, "201"),
        )(_copied(ListView.post))
    return view


def _record_view(resource: Resource) -> type[RecordView]:
    methods = ["get"] + (["patch"] if resource.change_body else [])
    view = type(
        "Record", (RecordView,), {"resource": resource, "http_method_names": _methods(*methods)}
    )
    told = extend_schema(
        operation_id=f"{_code(resource)}_retrieve",
        tags=[resource.noun],
        summary=f"一条{resource.noun}",
        description="答复的 ETag 在修改时放入 If-Match。",
        parameters=[_key(resource), IF_NONE_MATCH],
        responses={200: resource.shown, 304: None, **refusals(404)},
        examples=_examples({}, resource.example, "200"),
    )
    view.get = told(_copied(RecordView.get))
    if resource.change_body:
        view.patch = extend_schema(
            operation_id=f"{_code(resource)}_partial_update",
            tags=[resource.noun],
            summary=f"修改{resource.noun}",
            description="只改写出的项。读取以后有别人改过时答 412,什么也不写入。",
            parameters=[_key(resource), IF_MATCH],
            request=resource.change_body,
            responses={200: resource.shown, **refusals(400, 404, 409, 412, 428)},
            examples=_examples(resource.change_example, resource.example, "200"),
        )(_copied(RecordView.patch))
    return view


def _verb_view(resource: Resource, verb: Verb) -> type[VerbView]:
    view = type(
        "Act",
        (VerbView,),
        {"resource": resource, "verb": verb, "http_method_names": ["post"]},
    )
    done = {204: None} if verb.gone else {200: resource.shown}
    view.post = extend_schema(
        operation_id=f"{_code(resource)}_{verb.name.replace('-', '_')}",
        tags=[resource.noun],
        summary=verb.summary,
        description=verb.description or f"{verb.summary}。读取以后有别人改过时答 412。",
        parameters=[_key(resource), IF_MATCH, IDEMPOTENCY_KEY],
        request=verb.body,
        responses={**done, **refusals(400, 404, 409, 412, 422, 428)},
        examples=_examples(verb.example, {} if verb.gone else resource.example, "200"),
    )(_copied(VerbView.post))
    return view


def _copied(method: Any) -> Any:
    """A method of its own for each resource, since the schema is noted on it."""

    def own(self: Any, request: Any, *args: Any, **kwargs: Any) -> Any:
        return method(self, request, *args, **kwargs)

    return own


def _examples(asked: Any, told: Any, status: str) -> list[OpenApiExample]:
    found = []
    if asked:
        found.append(OpenApiExample("请求", value=dict(asked), request_only=True))
    if told:
        found.append(
            OpenApiExample("答复", value=dict(told), response_only=True, status_codes=[status])
        )
    return found


def _code(resource: Resource) -> str:
    return resource.name.replace("-", "_")


def _title(resource: Resource) -> str:
    return resource.name.replace("-", " ").title().replace(" ", "")


def _key(resource: Resource) -> OpenApiParameter:
    kind = OpenApiTypes.INT if resource.key.startswith("int") else OpenApiTypes.STR
    return OpenApiParameter(
        resource.key_name, kind, OpenApiParameter.PATH, description=resource.key_words
    )


def _paging(resource: Resource) -> list[OpenApiParameter]:
    orders = [sign + name for name in resource.orders for sign in ("", "-")]
    return [
        OpenApiParameter(
            "page_size", int, description=f"每页条数,默认 {PAGE_SIZE},最多 {LARGEST_PAGE}"
        ),
        OpenApiParameter("cursor", str, description="从上一页的 next 中取得"),
        OpenApiParameter("ordering", str, enum=orders, description=f"排序,默认 {orders[0]}"),
        OpenApiParameter("with_count", int, enum=[0, 1], description="1:同时给出总数 count"),
    ]


def filter_parameters(resource: Resource) -> list[OpenApiParameter]:
    """The parameters of the list's FilterSet, which the pages use as well."""
    if resource.filterset is None:
        return []
    return [_filter(name, one) for name, one in resource.filterset.base_filters.items()]


def _filter(name: str, one: Any) -> OpenApiParameter:
    kind: Any = OpenApiTypes.STR
    if isinstance(one, DateFilter):
        kind = OpenApiTypes.DATE
    elif isinstance(one, NumberFilter):
        kind = OpenApiTypes.INT
    choices = one.extra.get("choices") if isinstance(one, ChoiceFilter) else None
    enum = [code for code, _ in choices] if isinstance(choices, list) and choices else None
    words = ";".join(f"{code} {label}" for code, label in choices) if enum else ""
    description = f"{one.label}({words})" if words else str(one.label or name)
    many = isinstance(one, BaseInFilter)
    return OpenApiParameter(name, kind, description=description, enum=enum, many=many)
