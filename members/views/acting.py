"""What every page of an act on members does."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse

from organizations.views.acting import act


def acted(
    request: HttpRequest, form: Any, run: Callable[[dict[str, Any]], Any], **context: Any
) -> HttpResponse:
    """The registry's page of an act, with the roster's template; `back` is where it leads."""
    return act(request, form, run=run, about=None, template="members/act.html", **context)


def tried(request: HttpRequest, run: Callable[[], Any], done: str) -> bool:
    """Run an action that has no form of its own; its refusal is a message."""
    try:
        run()
    except ValidationError as error:
        messages.error(request, ";".join(error.messages))
        return False
    messages.success(request, done)
    return True
