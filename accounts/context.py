"""The request that the running code works for: who asks, from where, under which number."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class RequestContext:
    request_id: str = ""
    address: str = ""
    token_key: str = ""


NOBODY = RequestContext()
_current: ContextVar[RequestContext] = ContextVar("request_context")


def current() -> RequestContext:
    return _current.get(NOBODY)


@contextmanager
def request_context(context: RequestContext) -> Iterator[None]:
    token = _current.set(context)
    try:
        yield
    finally:
        _current.reset(token)


def note_token(key: str) -> None:
    """Remember the public key part of the API token that the running request came with."""
    _current.set(replace(current(), token_key=key))
