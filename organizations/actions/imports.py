"""Applying a checked batch: all of it in one transaction, or nothing."""

from itertools import chain

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from organizations.imports.batch import Batch
from organizations.rules.vocabulary import BatchState


class BatchHasErrors(ValueError):
    """The batch is not clean; nothing was written."""


@transaction.atomic
def apply_batch(*, batch: Batch, by: User | None) -> None:
    """Write everything that a clean batch brings; raises BatchHasErrors when it is not clean.

    Raises ChangedUnderway when somebody saved one of its records since it was checked.
    """
    if not batch.is_clean:
        raise BatchHasErrors
    report = batch.summary()
    nothing = not any(counts["new"] or counts["changed"] for counts in report["sheets"].values())
    record = batch.record
    if not nothing:
        record.files, record.report = batch.files, report
        record.state, record.applied_at = BatchState.APPLIED.value, timezone.now()
        record.save()
        batch.save_areas()
        for sheet in batch.sheets.values():
            sheet.save()
    entries = chain.from_iterable(sheet.entries() for sheet in batch.sheets.values())
    summary = {"files": [file["name"] for file in batch.files], "nothing_changed": nothing}
    applied = audit.Entry("import.apply", None if nothing else record, after=summary)
    audit.record_many(chain(entries, [applied]), by=by)
