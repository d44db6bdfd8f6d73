"""The days that count, and how rows become values by organization."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import ForeignKey, Lookup

from evaluation.rules.facts import Period
from members.models import (
    Membership,
)

Keys = list[int]


@ForeignKey.register_lookup
class Among(Lookup):
    """`in` for thousands of keys: one parameter, and no statement written anew for their number."""

    lookup_name = "among"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        column, params = self.process_lhs(compiler, connection)
        return f"{column} IN (SELECT value FROM json_each(%s))", [*params, json.dumps(self.rhs)]

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        column, params = self.process_lhs(compiler, connection)
        return f"{column} = ANY(%s::bigint[])", [*params, list(self.rhs)]


@dataclass
class Span:
    """The days that count: of the period, up to and including `as_of`."""

    period: Period
    as_of: date
    first: date = field(init=False)
    end: date = field(init=False)  # the day after the last one

    def __post_init__(self) -> None:
        self.first = self.period.start
        self.end = min(self.period.end, self.as_of + timedelta(days=1))

    def within(self, name: str) -> dict[str, date]:
        return {f"{name}__gte": self.first, f"{name}__lt": self.end}


def by_party(rows: Iterable[Mapping[str, Any]], key: str) -> dict[int, dict[str, Any]]:
    return {row[key]: {name: value for name, value in row.items() if name != key} for row in rows}


def live_memberships(keys: Keys, day: date) -> Any:
    """Who belongs to these organizations at the end of the day."""
    return Membership.objects.live_on(day).filter(party_organization__among=keys).order_by()
