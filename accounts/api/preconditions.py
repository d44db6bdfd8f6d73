"""Versions of records as entity tags: what was read is what is changed, or nothing is."""

import hashlib
import json
from typing import Any

from django.utils.http import parse_etags
from rest_framework.request import Request

from accounts.problems import Problem

MISSING = "修改前请先读取记录,并在 If-Match 中带上读到的 ETag。"
STALE = "读取以后已有别人修改过这条记录,请核对后用新的 ETag 再提交。"


def etag_of(body: Any, version: int | None = None) -> str:
    """The record's version, and what else is told of it: figures change without the record."""
    text = json.dumps(body, ensure_ascii=False, sort_keys=True, default=str)
    digest = hashlib.sha256(text.encode()).hexdigest()[:16]
    return f'"{digest}"' if version is None else f'"{version}.{digest}"'


def asked_version(request: Request) -> int:
    """The version that the request was written for. Any version at all is not an answer."""
    header = request.headers.get("If-Match", "")
    for etag in parse_etags(header):
        number = etag.removeprefix("W/").strip('"').partition(".")[0]
        if number.isascii() and number.isdigit() and len(number) < 18:
            return int(number)
    if header and header.strip() != "*":
        return -1  # a tag of something else: stale in any case
    raise Problem(428, MISSING)


def stale(shown: dict[str, Any], etag: str, sent: dict[str, Any]) -> Problem:
    """The refusal: the record as it is stored, and both values of what was to be changed."""
    differing = [
        {"field": f"/{name}", "stored": shown.get(name), "sent": value}
        for name, value in sent.items()
        if name in shown and shown[name] != value
    ]
    return Problem(
        412, STALE, headers={"ETag": etag}, etag=etag, current=shown, conflicts=differing
    )
