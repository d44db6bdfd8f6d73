"""Changing townships."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from accounts import audit
from accounts.models import User
from organizations.models import Township


@transaction.atomic
def save_townships(*, townships: Sequence[dict[str, Any]], by: User | None) -> tuple[int, int]:
    """Add and rename townships by code; returns how many were new and how many changed."""
    stored = Township.objects.select_for_update().in_bulk([row["code"] for row in townships])
    entries = []
    for row in townships:
        township = stored.get(row["code"])
        if township is None:
            township = Township.objects.create(**row)
            entries.append(audit.Entry("township.create", township, None, row))
            continue
        before, after = audit.changes(township, row)
        if after:
            for name, value in after.items():
                setattr(township, name, value)
            township.save(update_fields=list(after))
            entries.append(audit.Entry("township.change", township, before, after))
    if entries:
        audit.record_many(entries, by=by)
    new = sum(entry.before is None for entry in entries)
    return new, len(entries) - new
