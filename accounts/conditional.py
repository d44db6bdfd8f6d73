"""Conditional requests: has the asker this very answer already?"""

from typing import Any

from django.utils.http import parse_etags


def is_held(request: Any, etag: str) -> bool:
    """Does If-None-Match name this etag, compared weakly as RFC 9110 asks (13.1.2)?

    A proxy that compresses answers makes their etags weak, and a client sends them back so.
    """
    asked = request.headers.get("If-None-Match", "")
    if not asked or not etag:
        return False
    return asked.strip() == "*" or etag in {held.removeprefix("W/") for held in parse_etags(asked)}
