"""Trying a draft scheme on the facts of a past year: who would gain or lose a star, and by what."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from evaluation.models import StarRating
from evaluation.rules.rating import Ranked, Rater, Rating, stars_within_quotas
from evaluation.rules.scheme import Scheme
from evaluation.rules.vocabulary import star_words


@dataclass(frozen=True)
class ItemChange:
    code: str
    before: Decimal | None
    after: Decimal | None
    points_before: Decimal | None
    points_after: Decimal

    @property
    def difference(self) -> Decimal:
        return (self.after or Decimal(0)) - (self.before or Decimal(0))


@dataclass(frozen=True)
class Change:
    """One organization whose star would be another, with the items that make the difference."""

    rating: StarRating
    before: int | None
    after: int | None
    total_before: Decimal
    total_after: Decimal
    items: Sequence[ItemChange]
    by_quota: bool

    @property
    def before_words(self) -> str:
        return star_words(self.before)

    @property
    def after_words(self) -> str:
        return star_words(self.after)

    @property
    def rises(self) -> bool:
        return (self.after or 0) > (self.before or 0)


@dataclass(frozen=True)
class Rehearsal:
    rated_count: int
    changes: Sequence[Change]

    @property
    def gaining(self) -> int:
        return sum(change.rises for change in self.changes)

    @property
    def losing(self) -> int:
        return len(self.changes) - self.gaining


def rehearse(ratings: QuerySet[StarRating], scheme: Scheme) -> Rehearsal:
    """Rate the stored facts anew under `scheme`, quotas included; nothing is written."""
    rows = list(ratings.select_related("party_organization__township").order_by("pk"))
    tried: dict[str, tuple[StarRating, Rating, Ranked | None]] = {}
    rater = Rater(scheme)
    for row in rows:
        facts = row.stored_facts
        rating = rater.rate(facts)
        key = row.party_organization.code
        tried[key] = (row, rating, Ranked.of(key, facts, rating) if rating.is_rated else None)
    stars = stars_within_quotas([one[2] for one in tried.values() if one[2]], scheme)
    changes = [
        _change(row, rating, stars.get(key) if rating.is_rated else None)
        for key, (row, rating, _) in tried.items()
    ]
    return Rehearsal(len(stars), [one for one in changes if one.before != one.after])


def _change(row: StarRating, rating: Rating, star: int | None) -> Change:
    stored = {one["code"]: one for one in row.result["items"]}
    items = []
    for item in rating.items:
        old = stored.get(item.code)
        before = Decimal(old["got"]) if old and old["got"] is not None else None
        after = None if item.got is None else round(item.got, 2)
        points = Decimal(old["points"]) if old else None
        if before != after or points != item.points:
            items.append(ItemChange(item.code, before, after, points, item.points))
    items.sort(key=lambda one: -abs(one.difference))
    return Change(
        rating=row,
        before=row.star,
        after=star,
        total_before=row.total,
        total_after=rating.total,
        items=items,
        by_quota=star is not None and star != rating.star,
    )


def past_years(user: Any) -> list[int]:
    """Years whose facts are frozen, the newest first; else those that were computed."""
    rows = StarRating.objects.visible_to(user).filter(quarter=0, is_current=True)
    frozen = rows.filter(frozen_at__isnull=False)
    chosen = frozen if frozen.exists() else rows
    return list(chosen.order_by("-year").values_list("year", flat=True).distinct())
