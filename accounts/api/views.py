"""The views behind every resource: list and create, read and change, and the verbs."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, ClassVar

from django.core.exceptions import ValidationError as InvalidRecord
from django.db import transaction
from django.forms import ModelMultipleChoiceField, MultipleChoiceField
from django.shortcuts import get_object_or_404
from django.urls import reverse
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.settings import api_settings
from rest_framework.views import APIView

from accounts.access import require
from accounts.actions.idempotency import claim_key, settle_key
from accounts.api import paging, preconditions
from accounts.api.body import BoundedJSONParser
from accounts.api.resource import Resource, Verb
from accounts.conditional import is_held
from accounts.models import IdempotencyKey
from accounts.problems import Problem

NON_FIELD_ERRORS_KEY = api_settings.NON_FIELD_ERRORS_KEY
REUSED = "这个 Idempotency-Key 已用于内容不同的请求,请换一个。"
LONGEST_KEY = 255


class ResourceView(APIView):
    """What the views of a resource share."""

    resource: ClassVar[Resource]
    parser_classes = [BoundedJSONParser]
    metadata_class = None  # OPTIONS tells nothing that the schema does not

    def locked(self, **lookup: Any) -> Any:
        """The record of the address as it is stored, held until the transaction ends; or 404."""
        rows = self.resource.visible(self.request.user).select_for_update(of=("self",))
        return get_object_or_404(rows, **lookup)

    def check_version(self, record: Any) -> None:
        """428 without If-Match, 412 with what was read before somebody else's change."""
        asked = preconditions.asked_version(self.request)
        if asked != record.version:
            body, etag = self.shown(pk=record.pk)
            sent = self.request.data if isinstance(self.request.data, dict) else {}
            raise preconditions.stale(body, etag, sent)

    def found(self, **lookup: Any) -> Any:
        """The record with all that is told of it; or 404."""
        user = self.request.user
        return get_object_or_404(
            self.resource.detailed(self.resource.visible(user), user), **lookup
        )

    def shown(self, **lookup: Any) -> tuple[dict[str, Any], str]:
        """A record as it is told, and its entity tag."""
        return self.told(self.found(**lookup))

    def told(self, record: Any) -> tuple[dict[str, Any], str]:
        body = dict(self.resource.shown(record, context={"request": self.request}).data)
        return body, preconditions.etag_of(body, getattr(record, "version", None))

    def address(self, record: Any) -> str:
        key = self.resource.key_name
        return reverse(f"{self.resource.route}-page", kwargs={key: getattr(record, key)})

    def read(self, kind: Any, partial: bool = False) -> dict[str, Any]:
        """The request's values, or a 400 that names what is wrong."""
        said = self.request.data
        if not isinstance(said, dict):
            raise ValidationError({NON_FIELD_ERRORS_KEY: ["请求内容应是一个 JSON 对象"]})
        body = kind(data=said, partial=partial, context={"request": self.request})
        body.is_valid(raise_exception=True)
        return dict(body.validated_data)

    def answer(self, pk: Any, status: int, address: str = "") -> Response:
        body, etag = self.shown(pk=pk)
        headers = {"ETag": etag, "Cache-Control": "private, no-cache"}
        if address:
            headers["Location"] = address
        return Response(body, status=status, headers=headers)

    def only_known_parameters(self, *known: str) -> None:
        """An unknown parameter would silently mean nothing, so it is an error."""
        for name in self.request.query_params:
            if name not in known:
                legal = f"可用:{'、'.join(sorted(known))}" if known else "这里没有参数"
                raise _parameter(self.request, name, f"没有这个参数,{legal}")

    # --- doing something once ---------------------------------------------------------------------

    def claimed(self) -> IdempotencyKey | None:
        """The row of the request's Idempotency-Key; `status` is set where it came before."""
        key = self.request.headers.get("Idempotency-Key", "")
        if not key:
            return None
        if len(key) > LONGEST_KEY or not key.isprintable() or not key.isascii():
            raise Problem(400, f"Idempotency-Key 应是不超过 {LONGEST_KEY} 个可见的 ASCII 字符。")
        token = getattr(self.request.auth, "key", None)
        asker = f"token:{token}" if token else f"user:{self.request.user.pk}"
        said = json.dumps(self.request.data, ensure_ascii=True, sort_keys=True)
        text = f"{self.request.method} {self.request.path}\n{said}"
        digest = hashlib.sha256(text.encode()).hexdigest()
        row, is_new = claim_key(asker=asker, key=key, request_hash=digest)
        if not is_new and row.request_hash != digest:
            raise Problem(422, REUSED)
        return row

    def again(self, row: IdempotencyKey) -> Response:
        """The answer to a request that came before: the same object, as it is now."""
        if row.status == 204:
            response = Response(status=204)
        else:
            rows = self.resource.visible(self.request.user)
            record = get_object_or_404(rows, pk=row.object_id)
            response = self.answer(record.pk, row.status, self.address(record))
        response["Idempotent-Replayed"] = "true"
        return response


class ListView(ResourceView):
    """The rows of a resource, and making a new one."""

    def get(self, request: Request) -> Response:
        resource, user = self.resource, request.user
        require(user, resource.view_right)
        rows = resource.visible(user)
        if resource.filterset is not None:
            filterset = resource.filterset(request.query_params, rows, user=user)
            self.check_parameters(filterset.form.fields)
            if not filterset.is_valid():
                errors = filterset.form.errors.items()
                raise ValidationError({name: list(told) for name, told in errors})
            rows = filterset.qs
        else:
            self.check_parameters({})
        page = paging.page_of(
            rows, request, resource.orders, lambda some: resource.listed(some, user)
        )
        shown = resource.shown(page.rows, many=True, context={"request": request}).data
        body: dict[str, Any] = {"results": shown, "next": self.following(page.next_cursor)}
        if page.count is not None:
            body["count"] = page.count
        etag = preconditions.etag_of(body)
        headers = {"ETag": etag, "Cache-Control": "private, no-cache"}
        if is_held(request, etag):
            return Response(status=304, headers=headers)
        return Response(body, headers=headers)

    def check_parameters(self, fields: Any) -> None:
        self.only_known_parameters(*fields, *paging.PARAMETERS)
        for name, values in self.request.query_params.lists():
            several = isinstance(fields.get(name), MultipleChoiceField | ModelMultipleChoiceField)
            if len(values) > 1 and not several:
                raise ValidationError({name: ["只能写一次"]})

    def following(self, cursor: str | None) -> str | None:
        if cursor is None:
            return None
        query = self.request.query_params.copy()
        query["cursor"] = cursor
        return f"{self.request.path}?{query.urlencode()}"

    def post(self, request: Request) -> Response:
        resource, user = self.resource, request.user
        require(user, resource.edit_right)
        self.only_known_parameters()
        if resource.create_body is None:
            self.http_method_not_allowed(request)
        with transaction.atomic():
            row = self.claimed()
            if row is not None and row.status:
                return self.again(row)
            values = self.read(resource.create_body)
            with renamed(resource.create_fields):
                made = resource.create(user, values)
            if row is not None:
                settle_key(row=row, status=201, object_id=made.pk)
            return self.answer(made.pk, 201, self.address(made))


class RecordView(ResourceView):
    """One record, and changing it."""

    def get(self, request: Request, **key: Any) -> Response:
        require(request.user, self.resource.view_right)
        self.only_known_parameters()
        record = self.found(**key)
        self.resource.looked_at(request.user, record)
        body, etag = self.told(record)
        headers = {"ETag": etag, "Cache-Control": "private, no-cache"}
        if is_held(request, etag):
            return Response(status=304, headers=headers)
        return Response(body, headers=headers)

    def patch(self, request: Request, **key: Any) -> Response:
        resource, user = self.resource, request.user
        require(user, resource.edit_right)
        self.only_known_parameters()
        if resource.change_body is None:
            self.http_method_not_allowed(request)
        with transaction.atomic():
            record = self.locked(**key)
            self.check_version(record)
            values = self.read(resource.change_body, partial=True)
            resource.change(user, record, values)
            return self.answer(record.pk, 200)


class VerbView(ResourceView):
    """Doing something to a record."""

    verb: ClassVar[Verb]

    def post(self, request: Request, **key: Any) -> Response:
        verb, user = self.verb, request.user
        require(user, verb.right)
        self.only_known_parameters()
        with transaction.atomic():
            row = self.claimed()
            if row is not None and row.status:
                return self.again(row)
            record = self.locked(**key)
            self.check_version(record)
            values = self.read(verb.body)
            with renamed(verb.fields):
                result = verb.act(user, record, values) or record
            status = 204 if verb.gone else 200
            if row is not None:
                settle_key(row=row, status=status, object_id=result.pk or "")
            if verb.gone:
                return Response(status=204)
            if self.resource.visible(user).filter(pk=result.pk).exists():
                return self.answer(result.pk, 200, self.address(result))
            return Response(status=204)  # it has left this account's scope


@contextmanager
def renamed(fields: Mapping[str, str]) -> Iterator[None]:
    """Says an action's refusals in the names that the request used."""
    try:
        yield
    except InvalidRecord as error:
        if not hasattr(error, "error_dict"):
            raise
        told = {fields.get(name, name): words for name, words in error.message_dict.items()}
        raise ValidationError(told) from error


def _parameter(request: Request, name: str, words: str) -> Exception:
    if request.method in ("GET", "HEAD"):
        return ValidationError({name: [words]})
    return Problem(400, f"{name}:{words}", errors=[{"field": name, "message": words}])
