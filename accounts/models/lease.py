"""Work that lies in the database for workers: one at a time takes it up, for a while."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Self, TypeVar

import structlog
from django.db import OperationalError, models, transaction
from django.db.models import Q
from django.utils import timezone

T = TypeVar("T", bound="Leased")
log = structlog.get_logger("portal.work")


class LeaseLost(Exception):
    """Another worker took it over, or it is gone; this one stops and writes nothing."""


class Leased(models.Model):
    """A worker that was killed leaves its lease to run out; whoever comes next raises the fence.

    What a worker writes goes through `mine`, so that one that comes back late finds no row.
    """

    fence = models.PositiveIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True

    def mine(self) -> models.QuerySet[Self]:
        """The row, while it is this worker's."""
        return type(self)._default_manager.filter(pk=self.pk, fence=self.fence)

    def hold(self, lease: timedelta, **values: Any) -> None:
        """Write to the row and go on holding it; raises LeaseLost when it is another's by now."""
        if not self.mine().update(lease_until=timezone.now() + lease, **values):
            raise LeaseLost


def take_up(
    rows: models.QuerySet[T],
    lease: timedelta,
    *,
    most_attempts: int,
    give_up: Callable[[T], None] | None = None,
    **anew: Any,
) -> T | None:
    """The first of the rows that nobody works on, or whose worker is gone; None without any.

    What was taken up too often already is given up. `anew` are values that each attempt begins
    with. Rows that a living worker has locked are passed over.
    """
    spent: list[int] = []
    while True:
        now = timezone.now()
        free = Q(lease_until__isnull=True) | Q(lease_until__lt=now)
        waiting = rows.filter(free).exclude(pk__in=spent).order_by("pk")
        try:
            if not waiting.exists():  # mostly so; it takes no lock
                return None
            with transaction.atomic():
                one = waiting.select_for_update(skip_locked=True).first()
                if one is None:
                    return None
                if one.attempts < most_attempts:
                    values = {"fence": one.fence + 1, "attempts": one.attempts + 1}
                    values |= {"lease_until": now + lease, **anew}
                    for name, value in values.items():
                        setattr(one, name, value)
                    one.save(update_fields=list(values))
                    return one
                spent.append(one.pk)
                one.fence += 1  # should its last worker come back after all, it finds no row
                one.save(update_fields=["fence"])
                if give_up is not None:
                    give_up(one)
        except OperationalError as error:
            # the embedded database is being written to, or it is not well; the clock asks again
            log.warning("work_not_taken_up", kind=rows.model.__name__, error=str(error)[:200])
            return None
