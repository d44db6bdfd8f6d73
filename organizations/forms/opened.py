"""A form that tells how it was opened, so that only what was touched is written over others."""

from typing import Any

from django import forms
from django.forms.models import model_to_dict

from organizations.actions.versions import ChangedMeanwhile


def tells_how_it_was_opened(form: forms.ModelForm) -> None:
    """Hidden beside each field of a stored record stands the value that the officer saw first."""
    for name in form._meta.fields or ():
        many = isinstance(form.fields[name], forms.ModelMultipleChoiceField)
        form.fields[name].show_hidden_initial = form.instance.pk is not None and not many


def rebased(form: Any, conflict: ChangedMeanwhile) -> list[dict[str, Any]]:
    """After somebody else's change: the form stands on the stored record; what differs, both ways.

    What the officer typed stays, all other fields follow the record; sent again it saves only that.
    """
    rows = _differences(form, conflict)
    _follow(form, conflict)
    return rows


def _differences(form: Any, conflict: ChangedMeanwhile) -> list[dict[str, Any]]:
    """Both values of every field on which the officer and the stored record differ.

    `is_kept` where the officer did not touch the field: then the stored value stays.
    """
    rows = []
    own = _touched(form)
    for name in conflict.fields:
        display = f"get_{name}_display"
        stored = (
            getattr(conflict.current, display)() if hasattr(conflict.current, display) else None
        )
        theirs = stored if stored is not None else getattr(conflict.current, name)
        mine = form.cleaned_data[name]
        mine = dict(getattr(form.fields[name], "choices", ()) or ()).get(mine, mine)
        row = {"label": form.fields[name].label, "theirs": _said(theirs), "mine": _said(mine)}
        rows.append({**row, "is_kept": name not in own})
    return rows


def _touched(form: Any) -> set[str]:
    """Names of what the officer changed; of all fields where the form does not say how it was opened."""
    opened = {name for name in form.fields if form.add_initial_prefix(name) in form.data}
    return (set(form.fields) - opened) | set(form.changed_data)


def _follow(form: Any, conflict: ChangedMeanwhile) -> None:
    """Show the form again as opened on the stored record: typed values stay, all others are its own."""
    own = _touched(form)
    form.data = form.data.copy()
    form.data["version"] = str(conflict.current.version)
    for name, value in model_to_dict(conflict.current, conflict.fields).items():
        told = "" if value is None else str(value)
        if name not in own:
            form.data[form.add_prefix(name)] = told
        if form.add_initial_prefix(name) in form.data:
            form.data[form.add_initial_prefix(name)] = told


def _said(value: Any) -> Any:
    """A number as text, since a template takes the number 0 for nothing."""
    return str(value) if isinstance(value, int) else value
