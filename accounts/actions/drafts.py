"""Keeping and dropping drafts. They are no records: the audit log does not follow each keystroke."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from accounts.audit import secret_names
from accounts.models import Draft, User

KEPT_DRAFTS, KEPT_DAYS = 50, 30


@transaction.atomic
def keep_draft(*, form: str, fields: dict[str, list[str]], by: User) -> Draft:
    """Store what stands in the form now, without secrets; the oldest drafts beyond 50 go."""
    kept = {name: values for name, values in fields.items() if not is_secret(name)}
    draft, _ = Draft.objects.update_or_create(user=by, form=form, defaults={"fields": kept})
    surplus = Draft.objects.filter(user=by).values_list("pk", flat=True)[KEPT_DRAFTS:]
    Draft.objects.filter(pk__in=list(surplus)).delete()
    return draft


def is_secret(name: str) -> bool:
    """Passwords, form tokens and whatever is encrypted in the database are never kept here."""
    own = name.rpartition("-")[2]  # a row of a formset is called form-0-phone
    return own in secret_names() or own.startswith(("csrf", "password"))


def drop_draft(*, form: str, by: User) -> None:
    Draft.objects.filter(user=by, form=form).delete()


def forget_old_drafts() -> None:
    Draft.objects.filter(updated_at__lt=timezone.now() - timedelta(days=KEPT_DAYS)).delete()
