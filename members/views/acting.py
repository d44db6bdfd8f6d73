"""What every page of an act does: show a form, call one action, say what happened."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts.forms import refuse


def acted(
    request: HttpRequest,
    form: Any,
    run: Callable[[dict[str, Any]], Any],
    *,
    title: str,
    button: str,
    back: str,
    back_words: str,
    done: str,
    **context: Any,
) -> HttpResponse:
    """Run the action with the form's values and lead back, or show the form with what is wrong."""
    if request.method == "POST" and form.is_valid():
        try:
            run(form.cleaned_data)
        except ValidationError as error:
            refuse(form, error)
        else:
            messages.success(request, done)
            return redirect(back)
    known = {"form": form, "title": title, "button": button}
    known |= {"back": back, "back_words": back_words, **context}
    return render(request, "members/act.html", known)


def tried(request: HttpRequest, run: Callable[[], Any], done: str) -> bool:
    """Run an action that has no form of its own; its refusal is a message."""
    try:
        run()
    except ValidationError as error:
        messages.error(request, ";".join(error.messages))
        return False
    messages.success(request, done)
    return True
