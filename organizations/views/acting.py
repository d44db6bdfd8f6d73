"""What every page of a life event does: show a form, call one action, say what happened."""

from collections.abc import Callable
from copy import copy
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from accounts.forms import refuse
from organizations.actions.versions import ChangedMeanwhile
from organizations.forms.opened import rebased
from organizations.models import PartyOrganization, SocialOrganization, SupervisingUnit, Township

UPDATED = "覆盖率将在数秒内更新。"


PAGES = {
    PartyOrganization: "party-organization-page",
    SocialOrganization: "social-organization-page",
    SupervisingUnit: "unit-page",
    Township: "township-page",
}


def address_of(record: Any) -> str:
    """The page of a record that acts belong to."""
    return reverse(f"organizations:{PAGES[type(record)]}", args=[record.pk])


def act(
    request: HttpRequest,
    form: Any,
    *,
    title: str,
    button: str,
    about: Any,
    run: Callable[[dict[str, Any]], Any],
    done: str | Callable[[Any], str],
    to: Callable[[Any], str] | None = None,
    template: str = "organizations/act.html",
    **context: Any,
) -> HttpResponse:
    """Run the action with the form's values and lead on, or show the form with what is wrong.

    `about` is the record that the act belongs to, which the page leads back to. A conflict with
    somebody else's change shows both values and keeps what was typed.
    """
    back = address_of(about) if about is not None else context.pop("back")
    # checking a form writes what was typed into its record; the page's head tells what is stored
    known = {"form": form, "title": title, "button": button, "about": copy(about), "back": back}
    known |= context
    if request.method == "POST" and form.is_valid():
        try:
            result = run(form.cleaned_data)
        except ChangedMeanwhile as conflict:
            known["conflict"] = rebased(form, conflict)
            return render(request, template, known, status=409)
        except ValidationError as error:
            refuse(form, error)
        else:
            messages.success(request, done(result) if callable(done) else done)
            return redirect(to(result) if to else back)
    return render(request, template, known)
