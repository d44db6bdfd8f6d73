"""Ringing the worker after a commit: best effort, bounded, never failing the one who saved."""

import time
from functools import partial
from typing import Any

import structlog
from celery import current_app
from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string

log = structlog.get_logger("portal.doorbell")

SILENCE_SECONDS = 30.0
_silent_until = 0.0


def ring(task: str = "", *arguments: Any) -> None:
    """Ask a worker to look for work. A dead broker costs one short wait, then half a minute none."""
    global _silent_until
    name = task or settings.AFTER_COMMIT_TASK
    if settings.JOBS_INLINE:
        import_string(name).apply(arguments, throw=False)
        return
    if time.monotonic() < _silent_until:
        return
    try:
        current_app.send_task(name, arguments, retry=False, ignore_result=True, expires=60)
    except Exception as error:  # whatever the broker does, the record is saved
        _silent_until = time.monotonic() + SILENCE_SECONDS
        log.warning("doorbell_unheard", error=type(error).__name__)


def ring_after_commit(task: str = "", *arguments: Any) -> None:
    """Ring once the running transaction is committed, however often this is called in it.

    Without a task it is the one that every saved record rings for.
    """
    if task:
        transaction.on_commit(partial(ring, task, *arguments), robust=True)
        return
    pending = transaction.get_connection().run_on_commit
    if not any(entry[1] is ring for entry in pending):
        transaction.on_commit(ring, robust=True)
