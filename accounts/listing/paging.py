"""Pages by key: each begins after the last row of the page before it, so that depth costs nothing."""

import base64
import binascii
import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import connection, models
from django.db.models import Expression, F, Q
from django.http import QueryDict

PAGE_SIZE = 50
KEY = "list_key"


class BadPlace(ValueError):
    """The address names a place in the list that cannot be read."""


@dataclass(frozen=True)
class Order:
    """What rows are sorted by: a column's name as in the address, its expression, which way."""

    name: str
    by: Expression | F
    descending: bool = False

    @property
    def text(self) -> str:
        return f"-{self.name}" if self.descending else self.name


@dataclass
class Page:
    """The rows of one page and the way to its neighbours."""

    rows: list[Any]
    count: int
    number: int
    query: QueryDict
    has_previous: bool = False
    has_next: bool = False

    def __iter__(self) -> Iterator[Any]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, place: int) -> Any:
        return self.rows[place]

    @property
    def pages(self) -> int:
        return max(1, -(-self.count // PAGE_SIZE))

    def _address(self, at: str, number: int) -> str:
        query = self.query.copy()
        query.pop("at", None)
        query.pop("page", None)
        if at:
            query["at"] = at
            query["page"] = str(min(max(1, number), self.pages))
        return f"?{query.urlencode()}"

    @property
    def first_url(self) -> str:
        return self._address("", 1)

    @property
    def last_url(self) -> str:
        return self._address("last", self.pages)

    @property
    def previous_url(self) -> str:
        return self._address(f"before.{token(self.rows[0])}", self.number - 1)

    @property
    def next_url(self) -> str:
        return self._address(f"after.{token(self.rows[-1])}", self.number + 1)


def token(row: Any) -> str:
    """A row's place in the order, as an address carries it."""
    key = getattr(row, KEY)
    key = key.isoformat() if isinstance(key, date | datetime) else key
    key = str(key) if isinstance(key, Decimal) else key
    text = json.dumps([key, row.pk], ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def place_of(text: str, rows: models.QuerySet) -> tuple[Any, Any]:
    """Key and primary key of an address's place; raises BadPlace."""
    try:
        padded = text + "=" * (-len(text) % 4)
        key, pk = json.loads(base64.b64decode(padded, b"-_", validate=True))
        field = rows.query.annotations[KEY].output_field
        key = field.to_python(key)
        pk = rows.model._meta.pk.to_python(pk)
    except (binascii.Error, ValueError, TypeError, ValidationError, OverflowError) as error:
        raise BadPlace(text) from error
    if pk is None or (isinstance(key, str) and "\x00" in key) or isinstance(key, list | dict):
        raise BadPlace(text)
    return key, pk


def beyond(key: Any, pk: Any, *, descending: bool, nullable: bool = True) -> Q:
    """Rows that come after this place. Rows without a value stand last in both directions."""
    later = Q(pk__lt=pk) if descending else Q(pk__gt=pk)
    if key is None:
        return Q(**{f"{KEY}__isnull": True}) & later
    way = "lt" if descending else "gt"
    # said twice, so that an index on the key is entered at the place and not at its beginning
    values = Q(**{f"{KEY}__{way}e": key}) & (Q(**{f"{KEY}__{way}": key}) | later)
    return values | Q(**{f"{KEY}__isnull": True}) if nullable else values


def before(key: Any, pk: Any, *, descending: bool) -> Q:
    """Rows that come before this place."""
    earlier = Q(pk__gt=pk) if descending else Q(pk__lt=pk)
    if key is None:
        return Q(**{f"{KEY}__isnull": False}) | earlier
    way = "gt" if descending else "lt"
    return Q(**{f"{KEY}__{way}e": key}) & (Q(**{f"{KEY}__{way}": key}) | earlier)


def ordered(rows: models.QuerySet, order: Order, *, backwards: bool = False) -> models.QuerySet:
    """Rows in the order, each with its key; backwards for the page before a place."""
    rows = rows.annotate(**{KEY: order.by})
    down = order.descending != backwards
    nulls = {"nulls_first": True} if backwards else {"nulls_last": True}
    if not may_be_null(rows):
        nulls = {}
    key = F(KEY).desc(**nulls) if down else F(KEY).asc(**nulls)
    return rows.order_by(key, "-pk" if down else "pk")


def may_be_null(rows: models.QuerySet) -> bool:
    """Can the key be empty? Asked so that an index on a column without gaps serves the order."""
    annotation = rows.query.annotations[KEY]
    joined = getattr(annotation, "alias", None) != rows.query.get_initial_alias()
    return joined or bool(annotation.output_field.null)


# asks for the snapshot, and counts in it unless it is the one that was counted in before
COUNT_ANEW = """
SELECT now.snapshot, CASE WHEN now.snapshot = %s THEN NULL ELSE (SELECT count(*) FROM ({rows}) r) END
FROM (SELECT txid_current_snapshot()::text AS snapshot) now
"""


def counted(rows: models.QuerySet) -> int:
    """How many rows there are, exactly. While nothing at all was written, PostgreSQL hands out the
    same snapshot, and what was counted in it need not be counted again."""
    rows = rows.order_by()
    if connection.vendor != "postgresql" or connection.in_atomic_block:
        return rows.count()  # inside a transaction a snapshot does not tell of its own writes
    sql, params = rows.values("pk").query.sql_with_params()
    question = hashlib.sha256(repr((sql, params)).encode()).hexdigest()
    key = f"count:{connection.settings_dict['NAME']}:{question}"
    known, number = cache.get(key, ("", 0))
    with connection.cursor() as cursor:
        cursor.execute(COUNT_ANEW.format(rows=sql), [known, *params])
        snapshot, anew = cursor.fetchone()
    if anew is not None:
        number = int(anew)
        cache.set(key, (snapshot, number), 300)
    return number


def places(rows: models.QuerySet, limit: int | None = None) -> list[tuple[Any, Any]]:
    """Keys and primary keys of the first rows, or of all; nothing else is computed or read."""
    return list(rows.values_list(KEY, "pk")[:limit])


def loaded(rows: models.QuerySet, found: list[tuple[Any, Any]]) -> list[Any]:
    """The rows at these places, in this order, each with its key."""
    by_pk = {row.pk: row for row in rows.order_by().filter(pk__in=[pk for _, pk in found])}
    shown = []
    for key, pk in found:
        if row := by_pk.get(pk):  # it may have left between the two questions
            setattr(row, KEY, key)
            shown.append(row)
    return shown


def every(
    rows: models.QuerySet,
    order: Order,
    load: Callable[[models.QuerySet], models.QuerySet],
    at_once: int,
) -> Iterator[Any]:
    """All rows in the order, a part in memory at a time.

    On SQLite a question that is still being answered keeps its connection at the state of that
    moment, and after anybody else's write the connection could write nothing more. So the places
    come first, then the rows in parts, and nothing is open while the caller has a row in hand.
    """
    forward = ordered(load(rows), order)
    if connection.vendor != "sqlite":
        yield from forward.iterator(chunk_size=at_once)
        return
    found = places(ordered(rows, order))
    for start in range(0, len(found), at_once):
        yield from loaded(load(rows), found[start : start + at_once])


def page_of(
    rows: models.QuerySet,
    order: Order,
    query: QueryDict,
    load: Callable[[models.QuerySet], models.QuerySet],
) -> Page:
    """The page that the address asks for; raises BadPlace when it cannot be read.

    First the places of its rows are found, then `load` reads those rows: what is computed for a
    row is then computed for fifty of them, whatever a database makes of a LIMIT.
    """
    at = query.get("at", "")
    way, _, text = at.partition(".")
    if way not in ("", "after", "before", "last"):
        raise BadPlace(at)
    found: list[tuple[Any, Any]] = []
    more = False
    forward = ordered(rows, order)
    if way == "after":
        later = beyond(
            *place_of(text, forward), descending=order.descending, nullable=may_be_null(forward)
        )
        found = places(forward.filter(later), PAGE_SIZE + 1)
        more = len(found) > PAGE_SIZE
        if not found:
            way = "last"  # what stood there is gone
    elif way == "before":
        earlier = before(*place_of(text, forward), descending=order.descending)
        found = places(ordered(rows, order, backwards=True).filter(earlier), PAGE_SIZE + 1)
        if len(found) <= PAGE_SIZE:
            way = ""  # the beginning is reached: show the first page, and show it full
        else:
            found = found[:PAGE_SIZE][::-1]
    if not way:
        found = places(forward, PAGE_SIZE + 1)
        more = len(found) > PAGE_SIZE
    count = len(found) if not way and not more else counted(rows)
    if way == "last":
        size = count % PAGE_SIZE or PAGE_SIZE
        found = places(ordered(rows, order, backwards=True), size)[::-1]
    pages = max(1, -(-count // PAGE_SIZE))
    asked = query.get("page", "1")
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 10 else 1
    number = {"": 1, "last": pages}.get(way, min(max(number, 1), pages))
    shown = loaded(load(rows), found[:PAGE_SIZE])
    return Page(
        rows=shown,
        count=count,
        number=number,
        query=query,
        has_previous=bool(shown)
        and (way in ("after", "before") or (way == "last" and count > len(found))),
        has_next=bool(shown) and (way == "before" or more),
    )
