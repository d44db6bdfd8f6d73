"""Applying a checked batch: all of it in one transaction, or nothing."""

from itertools import chain

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from organizations.imports.batch import Batch


class BatchHasErrors(ValueError):
    """The batch is not clean; nothing was written."""


@transaction.atomic
def apply_batch(*, batch: Batch, by: User | None) -> None:
    """Write everything that a clean batch brings; raises BatchHasErrors when it is not clean."""
    if not batch.is_clean:
        raise BatchHasErrors
    report = batch.report()
    nothing = not any(counts["new"] or counts["changed"] for counts in report["sheets"].values())
    if not nothing:
        batch.record.files, batch.record.report = batch.files, report
        batch.record.applied_at = timezone.now()
        batch.record.save()
        batch.save_areas()
        for sheet in batch.sheets.values():
            sheet.save()
    entries = chain.from_iterable(sheet.entries() for sheet in batch.sheets.values())
    summary = {"files": [file["name"] for file in batch.files], "nothing_changed": nothing}
    applied = audit.Entry("import.apply", None if nothing else batch.record, after=summary)
    audit.record_many(chain(entries, [applied]), by=by)
