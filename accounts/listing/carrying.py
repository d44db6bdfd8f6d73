"""Carrying a list out: the same file at once, or made by a worker from the question that was kept."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any

import structlog
from django.db import OperationalError, models
from django.http import QueryDict
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from accounts.actions.exports import claim, finish, give_up, hold
from accounts.exports import written
from accounts.listing import chips, paging
from accounts.listing.columns import Column
from accounts.listing.columns import written as in_words
from accounts.listing.listing import BY_ROUTE, Listing
from accounts.models import LeaseLost, ListExport, User
from accounts.rules import Right

log = structlog.get_logger("portal.exports")

ROWS_AT_ONCE = 2000
TOLD_SECONDS = 1.0
REFERENCE = "表头带“(仅供参考)”的列由系统得出"
AGAIN = f"可以改好后重新导入;{REFERENCE},导入时不读取。"
PAST = f"{REFERENCE}。"


class Gone(Exception):
    """What was asked cannot be answered any more: the list, a filter or the right is gone."""


@dataclass
class Carried:
    """A question to a list, ready to be written: whose, which rows in which order, which columns."""

    listing: Listing
    filterset: Any
    rows: models.QuerySet
    order: paging.Order
    columns: Sequence[Column]
    user: User

    @property
    def filters(self) -> list[str]:
        return [str(chip) for chip in chips.active(self.filterset)]

    def name(self, kind: str, now: datetime) -> str:
        return f"{self.listing.title}{now:%Y%m%d-%H%M}.{kind}"

    def file(
        self, kind: str, now: datetime, tell: Callable[[int], None] | None = None
    ) -> tuple[IO[bytes], int]:
        """The file of exactly the rows that the list counts, and their number."""
        listing, wanted = self.listing, list(self.columns)
        found = paging.every(self.rows, self.order, listing.loader(wanted), ROWS_AT_ONCE)
        lines: Iterable[Any] = listing.cells(wanted, found)
        writer, number = written(
            kind,
            listing.sheet_name,
            [listing.header(column) for column in wanted],
            _told(lines, tell) if tell else lines,
        )
        way = "(由大到小)" if self.order.descending else ""
        day = getattr(self.filterset, "day", now.date())
        warning = "" if day == now.date() else "。这是当日的情况,不是现在的"
        can_return = listing.comes_back(day, now.date())
        if warning and listing.sheet:
            warning += ",请不要用来导入"
        notes = [
            ("列表", listing.title),
            ("筛选条件", ";".join(self.filters) or "无"),
            ("数据日期", f"{in_words(day)}{warning}"),
            ("排序", listing.by_name[self.order.name].label + way),
            ("行数", str(number)),
            ("导出人", f"{self.user.name}({self.user.get_role_display()})"),
            ("导出时间", in_words(now)),
            *([("说明", AGAIN if can_return else PAST)] if listing.sheet else []),
        ]
        return writer.finish(notes), number


def _told(lines: Iterable[Any], tell: Callable[[int], None]) -> Iterator[Any]:
    """The same lines; now and then it is said how many have gone."""
    next_at = time.monotonic() + TOLD_SECONDS
    for number, line in enumerate(lines):
        if time.monotonic() >= next_at:
            tell(number)
            next_at = time.monotonic() + TOLD_SECONDS
        yield line


def work_off(export_id: int | None = None) -> int:
    """Make what waits, one file after another; returns how many were worked on."""
    count = 0
    while (one := claim(export_id)) is not None:
        _make(one)
        count += 1
    return count


def _make(one: ListExport) -> None:
    try:
        carried = _asked(one)
        now = timezone.localtime()
        file, rows = carried.file(one.kind, now, lambda done: hold(one, done))
        with file:
            finish(export=one, file=file, rows=rows)
    except LeaseLost:
        log.warning("export_lease_lost", export=one.pk)
    except OperationalError as error:  # the database; tried again when the lease has run out
        log.warning("export_interrupted", export=one.pk, error=str(error)[:200])
    except Gone:
        give_up(one)
    except Exception:
        log.exception("export_failed", export=one.pk)
        give_up(one)


def _asked(one: ListExport) -> Carried:
    """The question as it was put, asked anew of what the person reaches today."""
    user = one.owner
    if not (user.may(Right.EXPORT) and (user.role, user.scope_code) == (one.role, one.scope_code)):
        raise Gone
    try:
        reverse(one.route)  # also loads all lists
    except NoReverseMatch as error:
        raise Gone from error
    listing = BY_ROUTE[one.route]
    query = QueryDict(one.query)
    filterset = listing.filterset(query, listing.rows_of(user), user=user)
    if not filterset.is_valid():
        raise Gone
    columns = [listing.by_name[name] for name in one.columns if name in listing.by_name]
    order = listing.order_of(query.get("sort", ""))
    return Carried(listing, filterset, filterset.qs, order, columns, user)
