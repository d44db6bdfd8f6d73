"""Jobs of the roster."""

from celery import shared_task

from members.actions.move import expire_moves as expire


@shared_task
def expire_moves() -> int:
    """Letters that nobody took in time."""
    return expire()
