"""The days that count, and how rows become values by organization."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from evaluation.rules.facts import Period
from members.models import (
    Membership,
)

Keys = list[int]


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
