"""Sends requests as the accounts of the world of the access matrix."""

import io
import re
import zipfile
from http.cookies import SimpleCookie
from typing import Any

from django.db import transaction
from django.test import Client
from django.urls import reverse

from tests.conftest import signed_in
from tests.portal.access_matrix import Row
from tests.portal.access_world import KINDS, World
from tests.portal.routes import Route

MISSING = 987_654_321


class Asker:
    """Sends requests as the accounts of the world; what a request changes is undone."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.client = Client(raise_request_exception=False)
        self.cookies = {
            role: signed_in(user).cookies["sessionid"].value for role, user in world.users.items()
        }

    def ask(
        self, method: str, url: str, *, role: str = "", bearer: str = "", data: Any = None
    ) -> Any:
        self.client.cookies = SimpleCookie({"sessionid": self.cookies[role]} if role else {})
        more: dict[str, Any] = {"HTTP_AUTHORIZATION": f"Bearer {bearer}"} if bearer else {}
        if url.startswith("/api/") and method != "GET":
            more |= {"content_type": "application/json"}
        elif method == "POST":
            data = {} if data is None else data
        with transaction.atomic():
            answer = getattr(self.client, method.lower())(url, data=data, **more)
            # a streamed answer is read while the world still stands
            parts = answer.streaming_content if answer.streaming else [answer.content]
            answer.body = b"".join(parts)
            # what Django says of an empty choice is no word of ours
            assert b">---------<" not in answer.body, url
            transaction.set_rollback(True)
        return answer


def url_of(route: Route, record: Any, row: Row | None = None) -> str:
    if record is None:
        values = dict.fromkeys(route.names, MISSING)
    elif row is not None and KINDS[row.of].address is not None:
        values = KINDS[row.of].address(record)
    else:
        values = {name: getattr(record, name, record.pk) for name in route.names}
    return reverse(route.name, kwargs=values) + (row.query if row else "")


def text_of(answer: Any) -> str:
    """What an answer says, whatever it is packed in."""
    body = answer.body
    if body[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(body)) as book:
            body = b"\n".join(book.read(name) for name in book.namelist())
    return body.decode("utf-8", "replace")


def timeless(text: str) -> str:
    """Without masks of form tokens, numbers of requests and moments of computing."""
    return re.sub(r'value="\w{64}"|"request_id": ?"\w+"|[T ]\d\d:\d\d(:[\d.+:]+)?', "", text)
