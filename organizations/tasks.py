"""What is done for the registry by the clock."""

from celery import shared_task

from organizations.actions.attachment import sweep_attachments as sweep


@shared_task
def sweep_attachments() -> None:
    """Remove files that an interrupted upload or removal left behind."""
    sweep()
