"""Keeping published coverage right: drain what was marked, sweep everything now and then."""

import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import structlog
from django.db import DatabaseError, connection, transaction
from django.db.models import Count, Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from evaluation.gather.coverage import COUNTS, DIMENSIONS, Statement, cells_of_townships
from evaluation.models import (
    CoverageCell,
    CoverageMark,
    CoverageSweep,
    Heartbeat,
    PublishedCoverage,
)
from organizations.models import PartyOrganization, Township
from organizations.rules.vocabulary import PartyKind

log = structlog.get_logger("portal.coverage")

BATCH = 500
LONGEST_PAUSE = timedelta(hours=1)
ALARM_AFTER = 5


@dataclass
class Drained:
    """What a drain did: townships counted again, townships whose count failed."""

    townships: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)


def drain_coverage(*, budget: float = 50.0, today: date | None = None) -> Drained:
    """Count again every township with marks, or last counted on another day, within `budget` s.

    Safe to run anywhere, any number of times at once. Lock, claim, compute and write are separate
    statements of one READ COMMITTED transaction: a change that commits after the claim keeps its
    mark, so that the next drain counts it.
    """
    done = Drained()
    deadline = time.monotonic() + budget
    day = today or timezone.localdate()
    _follow_townships()
    while time.monotonic() < deadline:
        try:
            codes = _drain_batch(day, _waiting(day, BATCH))
        except DatabaseError as error:
            log.warning("coverage_batch_failed", error=str(error))
            codes = _drain_one_by_one(day, done)
        if not codes:
            break
        done.townships += codes
    return done


def _follow_townships() -> None:
    """A new township is marked by its trigger before it has a published row; a deleted one last."""
    published = PublishedCoverage.objects.filter(township_code=OuterRef("township_code"))
    unknown = CoverageMark.objects.filter(~Exists(published)).values_list(
        "township_code", flat=True
    )
    codes = set(unknown)
    if codes:
        known = set(Township.objects.filter(code__in=codes).values_list("code", flat=True))
        PublishedCoverage.objects.bulk_create(
            [PublishedCoverage(township_code=code) for code in sorted(known)], ignore_conflicts=True
        )
        CoverageMark.objects.filter(township_code__in=codes - known).delete()


def _waiting(day: date, size: int) -> list[str]:
    """Townships with marks, or last counted for another day; found by index at any size."""
    marked = CoverageMark.objects.order_by().values_list("township_code", flat=True)
    another = Q(day__isnull=True) | Q(day__lt=day) | Q(day__gt=day)
    stale = PublishedCoverage.objects.filter(another).values_list("township_code", flat=True)
    return sorted({*marked.distinct()[:size], *stale[:size]})


def _drain_batch(day: date, waiting: list[str]) -> list[str]:
    if not waiting:
        return []
    with transaction.atomic():
        _limit_waiting()
        due = Q(next_attempt_at=None) | Q(next_attempt_at__lte=timezone.now())
        rows = PublishedCoverage.objects.filter(due, township_code__in=waiting)
        locked = rows.select_for_update(skip_locked=True, of=("self",))
        codes = sorted(locked.values_list("township_code", flat=True))
        if codes:
            CoverageMark.objects.filter(township_code__in=codes).delete()
            recount(codes, day)
        return codes


def _limit_waiting() -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '2s'; SET LOCAL statement_timeout = '300s'")


def _drain_one_by_one(day: date, done: Drained) -> list[str]:
    """After a failed batch: every township alone, so that one bad one holds up nobody."""
    counted: list[str] = []
    for code in _waiting(day, BATCH):
        try:
            counted += _drain_batch(day, [code])
        except DatabaseError as error:
            done.failed.append(code)
            _postpone(code, error)
    return counted


def _postpone(code: str, error: Exception) -> None:
    """Double the pause after each failure; in a transaction of its own."""
    with transaction.atomic():
        row = PublishedCoverage.objects.select_for_update().get(pk=code)
        row.attempts += 1
        pause = min(timedelta(seconds=2 ** min(row.attempts, 12)), LONGEST_PAUSE)
        row.next_attempt_at = timezone.now() + pause
        row.last_error = str(error)[:2000]
        row.save(update_fields=["attempts", "next_attempt_at", "last_error"])
    if row.attempts >= ALARM_AFTER:
        log.error("coverage_cannot_be_counted", township=code, error=row.last_error)


def recount(codes: list[str], day: date) -> None:
    """Write the counts of these townships, whose published rows the caller has locked.

    One statement upserts what changed; cells that no longer hold anything are set to zero by it
    and deleted after it.
    """
    upsert(cells_of_townships(codes, day), codes)
    PublishedCoverage.objects.filter(township_code__in=codes).update(
        generation=F("generation") + 1,
        day=day,
        computed_at=timezone.now(),
        attempts=0,
        next_attempt_at=None,
        last_error="",
        **{kind: _party_organizations(day, kind) for kind in PartyKind.codes()},
    )


def _party_organizations(day: date, kind: str) -> Coalesce:
    """Party organizations of this kind alive on the day in the published row's township."""
    alive: Any = PartyOrganization.objects.alive_on(day).with_kind_on(day)
    alive = alive.filter(township=OuterRef("township_code"), kind_on=kind)
    number = alive.order_by().values("township").annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(number), 0)


def upsert(fresh: Statement, codes: list[str]) -> None:
    """Bring the cells of these townships to the fresh counts, touching only what differs."""
    table = CoverageCell._meta.db_table
    columns = ", ".join([*DIMENSIONS, *COUNTS])
    own = ", ".join(f"f.{name}" for name in (*DIMENSIONS, *COUNTS))
    zeros = ", ".join("0" for _ in COUNTS)
    same_cell = " AND ".join(f"f.{name} = c.{name}" for name in DIMENSIONS)
    differs = " OR ".join(f"f.{name} <> c.{name}" for name in COUNTS)
    places = ", ".join(["%s"] * len(codes))
    updates = ", ".join(f"{name} = excluded.{name}" for name in COUNTS)
    sql = f"""
        INSERT INTO {table} ({columns})
        WITH fresh AS ({fresh.sql})
        SELECT {own} FROM fresh f LEFT JOIN {table} c ON {same_cell}
        WHERE c.id IS NULL OR {differs}
        UNION ALL
        SELECT {", ".join(f"c.{name}" for name in DIMENSIONS)}, {zeros} FROM {table} c
        WHERE c.township_code IN ({places})
          AND NOT EXISTS (SELECT 1 FROM fresh f WHERE {same_cell})
        ON CONFLICT ({", ".join(DIMENSIONS)}) DO UPDATE SET {updates}"""
    with connection.cursor() as cursor:
        cursor.execute(sql, [*fresh.params, *codes])
        if cursor.rowcount:
            empty = f"township_code IN ({places}) AND social_organization_count = 0"
            cursor.execute(f"DELETE FROM {table} WHERE {empty}", codes)


def sweep_coverage(*, today: date | None = None) -> CoverageSweep:
    """Count everything again and compare with what is published, in one snapshot.

    A township that differs although nothing was marked has drifted: a trigger was off, or a backup
    was restored. It is reported, and marked so that the next drain mends it.
    """
    started = timezone.now()
    day = today or timezone.localdate()
    with transaction.atomic(durable=True):
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        marks = CoverageMark.objects.filter(township_code=OuterRef("township_code"))
        counted = PublishedCoverage.objects.filter(~Exists(marks), day=day)
        settled = sorted(counted.values_list("township_code", flat=True))
        drifted = sorted(_differing(settled, day)) if settled else []
    with transaction.atomic():
        published = PublishedCoverage.objects.filter(township_code=OuterRef("code"))
        mark(drifted)
        mark(Township.objects.filter(~Exists(published)).values_list("code", flat=True))
        sweep = CoverageSweep.objects.create(
            started_at=started,
            finished_at=timezone.now(),
            township_count=len(settled),
            drifted=drifted,
        )
    if drifted:
        log.error("coverage_drift", townships=drifted, count=len(drifted))
    return sweep


def _differing(codes: list[str], day: date) -> set[str]:
    fresh = cells_of_townships(codes, day)
    columns = ", ".join([*DIMENSIONS, *COUNTS])
    places = ", ".join(["%s"] * len(codes))
    stored = (
        f"SELECT {columns} FROM {CoverageCell._meta.db_table} WHERE township_code IN ({places})"
    )
    sql = f"""
        WITH fresh AS ({fresh.sql}), stored AS ({stored})
        SELECT township_code FROM (SELECT {columns} FROM fresh EXCEPT SELECT * FROM stored) a
        UNION
        SELECT township_code FROM (SELECT * FROM stored EXCEPT SELECT {columns} FROM fresh) b"""
    with connection.cursor() as cursor:
        cursor.execute(sql, [*fresh.params, *codes])
        differing = {row[0] for row in cursor.fetchall()}
    now_alive = {f"{kind}_now": _party_organizations(day, kind) for kind in PartyKind.codes()}
    moved = Q()
    for kind in PartyKind.codes():
        moved |= ~Q(**{kind: F(f"{kind}_now")})
    published = PublishedCoverage.objects.filter(township_code__in=codes).annotate(**now_alive)
    return differing | set(published.filter(moved).values_list("township_code", flat=True))


def beat(name: str) -> None:
    """Note that the named background process is alive."""
    Heartbeat.objects.update_or_create(name=name, defaults={"at": timezone.now()})


def mark(codes: Iterable[str]) -> None:
    CoverageMark.objects.bulk_create([CoverageMark(township_code=code) for code in codes])
