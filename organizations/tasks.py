"""What is done for the registry by the clock, or as soon as somebody asked for it."""

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from organizations.actions.attachment import sweep_attachments as sweep
from organizations.actions.import_batch import forget_old
from organizations.actions.import_work import work_off

KEPT_DAYS = 30


@shared_task
def work_off_imports(batch_id: int | None = None) -> None:
    """Check, apply or take back one batch, or all that wait."""
    work_off(batch_id)


@shared_task
def forget_old_imports() -> None:
    """Files of batches that came to nothing are deleted after a month."""
    forget_old(before=timezone.now() - timedelta(days=KEPT_DAYS))


@shared_task
def sweep_attachments() -> None:
    """Remove files that an interrupted upload or removal left behind."""
    sweep()
