"""Computing the ratings of a city: asked for, done in chunks by any worker, finished once.

The database holds the work: a chunk is claimed for two minutes, computed, and written in one
transaction with its mark. A worker that dies leaves a chunk that another takes up; a worker that
was slow finds its fence gone and writes nothing. Ratings beyond 自动测算 are never touched.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import structlog
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, F, Max, Min, Q
from django.utils import timezone

from accounts import audit
from accounts.doorbell import ring_after_commit
from accounts.models import LeaseLost, User, take_up
from evaluation.actions.rating_rows import (
    COMPUTED,
    FREEZABLE,
    OPEN_STATES,
    row_of,
    store_what_differs,
)
from evaluation.gather.ratings import rated_parties, yearly_facts
from evaluation.models import RatingChunk, RatingCycle, RatingRun, RatingScheme, StarRating
from evaluation.rules.facts import Period, quarter_period, year_period
from evaluation.rules.rating import Ranked, Rater, rate, stars_within_quotas
from evaluation.rules.scheme import Scheme
from evaluation.rules.vocabulary import CycleStage, RatingState, RunReason, RunState

log = structlog.get_logger("portal.rating")

WORK = "evaluation.tasks.work_on_rating_run"
CHUNK = 12_000
LEASE = timedelta(minutes=2)
MOST_ATTEMPTS = 5
MOST_CHANGES = 2000


def period_of(year: int, quarter: int) -> Period:
    return quarter_period(year, quarter) if quarter else year_period(year)


@transaction.atomic
def ask_for_run(
    *,
    area_code: str,
    scheme: RatingScheme,
    year: int,
    as_of: date,
    reason: RunReason,
    quarter: int = 0,
    by: User | None,
) -> RatingRun:
    """Note a run with its chunks; raises ValidationError while one of the same kind is going on.

    And for a year whose facts are frozen: 初评 has begun, and people go by what it was then.
    """
    frozen = RatingCycle.objects.filter(area_code=area_code, year=year, frozen_at__isnull=False)
    if not quarter and frozen.exists():
        raise ValidationError(f"{year} 年度的评定已开始初评,事实已冻结,不再测算。")
    going_on = RatingRun.objects.filter(
        area_code=area_code,
        year=year,
        quarter=quarter,
        state__in=(RunState.QUEUED.value, RunState.RUNNING.value),
    )
    if going_on.exists():
        raise ValidationError("这一期正在计算,完成后再发起。")
    run = RatingRun.objects.create(
        area_code=area_code,
        year=year,
        quarter=quarter,
        as_of=as_of,
        scheme=scheme,
        reason=reason.value,
        asked_by=by,
    )
    period = period_of(year, quarter)
    keys = list(
        rated_parties(area_code, period, scheme.scheme).order_by("pk").values_list("pk", flat=True)
    )
    RatingChunk.objects.bulk_create(
        RatingChunk(run=run, first_pk=part[0], last_pk=part[-1])
        for start in range(0, len(keys), CHUNK)
        if (part := keys[start : start + CHUNK])
    )
    run.total_count = len(keys)
    stars = StarRating.objects.current().of_year(year, quarter)
    run.before = {
        str(pk): star
        for pk, star in stars.filter(
            party_organization__township__code__startswith=area_code
        ).values_list("party_organization", "star")
    }
    run.save(update_fields=["total_count", "before"])
    after = {"year": year, "quarter": quarter, "as_of": as_of, "count": len(keys)}
    audit.record(by=by, action="rating_run.ask", object=run, after=after)
    ring_after_commit(WORK, run.pk)
    return run


def work_on_run(run_id: int) -> RatingRun:
    """Do what is left of a run, beside other workers; finish it when nothing is left."""
    run = RatingRun.objects.select_related("scheme").get(pk=run_id)
    rater = Rater(run.scheme.scheme)
    while not run.is_finished and (chunk := _claim(run)):
        try:
            _compute(run, chunk, rater)
        except LeaseLost:
            log.warning("rating_chunk_lost", run=run.pk, chunk=chunk.pk)
        except Exception as error:  # what is wrong with one chunk must not stop the others
            log.exception("rating_chunk_failed", run=run.pk, chunk=chunk.pk)
            pause = timezone.now() + timedelta(seconds=2**chunk.attempts)
            chunk.mine().update(
                error=f"{type(error).__name__}: {error}"[:2000],
                lease_until=pause if chunk.attempts < MOST_ATTEMPTS else None,
            )
    _finish(run)
    run.refresh_from_db()
    return run


def resume_runs() -> None:
    """Take up runs whose worker is gone; called by the clock."""
    open_states = (RunState.QUEUED.value, RunState.RUNNING.value)
    for pk in RatingRun.objects.filter(state__in=open_states).values_list("pk", flat=True):
        work_on_run(pk)


def _claim(run: RatingRun) -> RatingChunk | None:
    waiting = run.chunks.filter(is_done=False, attempts__lt=MOST_ATTEMPTS)
    chunk = take_up(waiting, LEASE, most_attempts=MOST_ATTEMPTS)
    if chunk is not None:
        RatingRun.objects.filter(pk=run.pk, state=RunState.QUEUED.value).update(
            state=RunState.RUNNING.value, started_at=timezone.now()
        )
    return chunk


def _compute(run: RatingRun, chunk: RatingChunk, rater: Rater) -> None:
    """Facts, ratings and their rows of one chunk, written together with its mark."""
    period = period_of(run.year, run.quarter)
    parties = rated_parties(run.area_code, period, rater.scheme).filter(
        pk__gte=chunk.first_pk, pk__lte=chunk.last_pk
    )
    with transaction.atomic():
        facts = yearly_facts(parties, period, run.as_of)
        rows = {pk: (one, rater.rate(one)) for pk, one in facts.items()}
        changed, skipped = store_what_differs(run, rows)
        if not chunk.mine().filter(is_done=False).update(is_done=True, error=""):
            raise LeaseLost
        RatingRun.objects.filter(pk=run.pk).update(
            done_count=F("done_count") + len(rows),
            changed_count=F("changed_count") + changed,
            skipped_count=F("skipped_count") + skipped,
        )


def fresh(rating: StarRating, as_of: date) -> StarRating:
    """The rating as the records of the day give it; an unsaved row, before the city's quotas."""
    period = period_of(rating.year, rating.quarter)
    parties = rated_parties(
        rating.party_organization.township_id[:6], period, rating.scheme.scheme
    ).filter(pk=rating.party_organization_id)
    facts = yearly_facts(parties, period, min(as_of, period.end - timedelta(days=1)))
    if rating.party_organization_id not in facts:
        return rating
    one = facts[rating.party_organization_id]
    run = RatingRun(year=rating.year, quarter=rating.quarter, as_of=one.as_of, scheme=rating.scheme)
    return row_of(
        run, rating.party_organization_id, one, rate(one, rating.scheme.scheme), timezone.now()
    )


def take_over(rating: StarRating, computed: StarRating) -> None:
    """Put what was computed anew into a locked rating; its star waits for the next quotas."""
    names = [name for name in COMPUTED if name not in ("run", "star", "is_current")]
    for name in names:
        setattr(rating, name, getattr(computed, name))
    rating.save(update_fields=names)


def _finish(run: RatingRun) -> None:
    """Quotas and the run's result, once, when no chunk is left that anybody could still do."""
    left = run.chunks.filter(is_done=False)
    # one at its last attempt may still be worked on
    open_ones = Q(attempts__lt=MOST_ATTEMPTS) | Q(lease_until__gt=timezone.now())
    if left.filter(open_ones).exists():
        return
    with transaction.atomic():
        stored = RatingRun.objects.select_for_update().get(pk=run.pk)
        if stored.is_finished:
            return
        _retire_other_schemes(stored)
        apply_quotas(stored)
        failed = list(left.values_list("first_pk", "last_pk", "error"))
        stored.errors = [f"{first} - {last}: {error}" for first, last, error in failed]
        stored.state = (RunState.FAILED if failed else RunState.DONE).value
        stored.changes = _star_changes(stored)[:MOST_CHANGES]
        stored.before = {}
        stored.finished_at = timezone.now()
        stored.started_at = stored.started_at or stored.finished_at
        stored.save()
        if stored.reason == RunReason.FREEZE and not failed:
            _freeze(stored)
        after = {
            "state": stored.state,
            "changed": stored.changed_count,
            "star_changes": len(stored.changes),
        }
        audit.record(by=stored.asked_by, action="rating_run.finish", object=stored, after=after)


def _retire_other_schemes(run: RatingRun) -> None:
    city = StarRating.objects.of_year(run.year, run.quarter).filter(
        party_organization__township__code__startswith=run.area_code
    )
    city.filter(is_current=True, state=RatingState.DRAFT.value, frozen_at__isnull=True).exclude(
        scheme=run.scheme
    ).update(is_current=False)


def city_ratings(area_code: str, year: int, quarter: int = 0) -> Any:
    rows = StarRating.objects.current().of_year(year, quarter)
    return rows.filter(party_organization__township__code__startswith=area_code)


def ranked_of(rows: Any) -> Iterable[tuple[int, Ranked]]:
    """Pk and what it is ranked by, of the rows that are rated."""
    names = (
        *("pk", "kind", "rule_star", "score", "bonus", "last_star"),
        *("party_organization__founded_on", "party_organization__code"),
    )
    for pk, kind, star, score, bonus, last, founded, code in rows.values_list(*names):
        if star is not None:
            total = Decimal(score) + Decimal(bonus)
            yield pk, Ranked(code, kind, star, total, Decimal(bonus), last, founded)


def apply_quotas(run: RatingRun) -> None:
    """Stars after the city's quotas; written where they differ and the run may write."""
    if run.quarter:
        return
    scheme: Scheme = run.scheme.scheme
    rows = city_ratings(run.area_code, run.year)
    ranked = dict(ranked_of(rows))
    stars = stars_within_quotas(ranked.values(), scheme)
    wanted = {pk: stars[one.key] for pk, one in ranked.items()}
    by_star: dict[int, list[int]] = {}
    freezes = run.reason == RunReason.FREEZE
    open_rows = rows.filter(state__in=FREEZABLE if freezes else OPEN_STATES, frozen_at__isnull=True)
    for pk, star in open_rows.values_list("pk", "star"):
        if pk in wanted and wanted[pk] != star:
            by_star.setdefault(wanted[pk], []).append(pk)
    for star, keys in by_star.items():
        for start in range(0, len(keys), 5000):
            StarRating.objects.filter(pk__in=keys[start : start + 5000]).update(star=star)


def _star_changes(run: RatingRun) -> list[dict[str, Any]]:
    """Whose star differs from before the run."""
    found = []
    rows = city_ratings(run.area_code, run.year, run.quarter)
    names = ("party_organization", "party_organization__code", "star")
    for party, code, star in rows.order_by("party_organization__code").values_list(*names):
        if str(party) in run.before and run.before[str(party)] != star:
            found.append({"code": code, "from": run.before[str(party)], "to": star})
    return found


def _freeze(run: RatingRun) -> None:
    """The facts of now are the facts of the year: 初评 begins."""
    now = timezone.now()
    city_ratings(run.area_code, run.year).filter(state__in=FREEZABLE).update(frozen_at=now)
    RatingCycle.objects.filter(
        area_code=run.area_code, year=run.year, stage=CycleStage.SELF.value
    ).update(stage=CycleStage.FIRST.value, frozen_at=now)


def forget_old_runs(keep_days: int = 400) -> None:
    """Drop chunks of finished runs, and nightly runs of more than a year ago."""
    old = timezone.now() - timedelta(days=keep_days)
    RatingRun.objects.filter(reason=RunReason.NIGHTLY.value, created_at__lt=old).delete()
    done = (RunState.DONE.value, RunState.FAILED.value)
    RatingChunk.objects.filter(run__state__in=done, is_done=True).delete()


def span_of(run: RatingRun) -> dict[str, Any]:
    """Keys that a run covers, for its page."""
    return run.chunks.aggregate(first=Min("first_pk"), last=Max("last_pk"), count=Count("pk"))
