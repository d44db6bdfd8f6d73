"""A form that tells how it was opened, so that only what was touched is written over others."""

from django import forms


def tells_how_it_was_opened(form: forms.ModelForm) -> None:
    """Hidden beside each field stands the value that the officer saw first."""
    for name in form._meta.fields or ():
        form.fields[name].show_hidden_initial = True
