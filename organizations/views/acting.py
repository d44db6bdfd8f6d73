"""What every page of a life event does: show a form, call one action, say what happened."""

from collections.abc import Callable
from copy import copy
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms.models import model_to_dict
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from accounts.forms import refuse
from organizations.actions.versions import ChangedMeanwhile
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
            known["conflict"] = differences(form, conflict)
            follow(form, conflict)
            return render(request, template, known, status=409)
        except ValidationError as error:
            refuse(form, error)
        else:
            messages.success(request, done(result) if callable(done) else done)
            return redirect(to(result) if to else back)
    return render(request, template, known)


def differences(form: Any, conflict: ChangedMeanwhile) -> list[dict[str, Any]]:
    """Both values of every field on which the officer and the stored record differ.

    `is_kept` where the officer did not touch the field: then the stored value stays.
    """
    rows = []
    own = touched(form)
    for name in conflict.fields:
        display = f"get_{name}_display"
        stored = (
            getattr(conflict.current, display)() if hasattr(conflict.current, display) else None
        )
        theirs = stored if stored is not None else getattr(conflict.current, name)
        mine = form.cleaned_data[name]
        mine = dict(getattr(form.fields[name], "choices", ()) or ()).get(mine, mine)
        row = {"label": form.fields[name].label, "theirs": said(theirs), "mine": said(mine)}
        rows.append({**row, "is_kept": name not in own})
    return rows


def touched(form: Any) -> set[str]:
    """Names of what the officer changed; of all fields where the form does not say how it was opened."""
    opened = {name for name in form.fields if form.add_initial_prefix(name) in form.data}
    return (set(form.fields) - opened) | set(form.changed_data)


def follow(form: Any, conflict: ChangedMeanwhile) -> None:
    """Show the form again as opened on the stored record: typed values stay, all others are its own."""
    own = touched(form)
    form.data = form.data.copy()
    form.data["version"] = str(conflict.current.version)
    for name, value in model_to_dict(conflict.current, conflict.fields).items():
        told = "" if value is None else str(value)
        if name not in own:
            form.data[form.add_prefix(name)] = told
        if form.add_initial_prefix(name) in form.data:
            form.data[form.add_initial_prefix(name)] = told


def said(value: Any) -> Any:
    """A number as text, since a template takes the number 0 for nothing."""
    return str(value) if isinstance(value, int) else value
