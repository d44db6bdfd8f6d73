"""When coverage is counted, if not at once."""

from celery import shared_task

from evaluation.actions import coverage


@shared_task
def drain_coverage() -> None:
    coverage.drain_coverage()
    coverage.beat("worker")


@shared_task
def sweep_coverage() -> None:
    coverage.sweep_coverage()
    coverage.drain_coverage()
