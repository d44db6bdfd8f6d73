"""When coverage is counted and ratings are computed, if not at once."""

from celery import shared_task

from evaluation.actions import coverage, nightly, rating_runs


@shared_task
def drain_coverage() -> None:
    coverage.drain_coverage()
    coverage.beat("worker")


@shared_task
def sweep_coverage() -> None:
    coverage.sweep_coverage()
    coverage.drain_coverage()


@shared_task
def work_on_rating_run(run_id: int) -> None:
    rating_runs.work_on_run(run_id)


@shared_task
def resume_rating_runs() -> None:
    """Runs that no bell rang for, or whose worker is gone."""
    rating_runs.resume_runs()


@shared_task
def rate_nightly() -> None:
    """The year's provisional stars, for every city."""
    nightly.ask_nightly_runs()
    rating_runs.resume_runs()
    rating_runs.forget_old_runs()
