"""Ratings as rows: what is stored of them, and storing what differs in one statement."""

import hashlib
import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.utils import timezone

from evaluation.models import RatingRun, StarRating
from evaluation.rules.facts import Facts
from evaluation.rules.rating import Rating, suggested_vetoes
from evaluation.rules.vocabulary import RatingState, RunReason

ROWS_AT_ONCE = 500
OPEN_STATES = (RatingState.DRAFT.value,)
FREEZABLE = (RatingState.DRAFT.value, RatingState.SELF.value)
NATURAL_KEY = ["party_organization", "year", "quarter", "scheme"]
COMPUTED = [
    *("as_of", "facts", "result", "digest", "score", "bonus", "kind", "last_star"),
    *("rule_star", "star", "run", "computed_at", "is_current"),
]


def result_of(facts: Facts, rating: Rating) -> dict[str, Any]:
    """A rating as it is stored, with the vetoes that its facts suggest."""
    found: dict[str, Any] = json.loads(_result_text(facts, rating))
    return found


def _result_text(facts: Facts, rating: Rating) -> str:
    return rating.as_text(suggested_vetoes=suggested_vetoes(facts))


_encode = json.JSONEncoder(ensure_ascii=False, default=date.isoformat).encode


class Computed:
    """What was computed of one organization, as the JSON that is stored; `digest` names it.

    The day alone does not make another rating.
    """

    __slots__ = ("digest", "facts", "facts_text", "party", "rating", "result_text")

    def __init__(self, party: int, facts: Facts, rating: Rating) -> None:
        self.party, self.facts, self.rating = party, facts, rating
        timeless = dict(facts.__dict__)
        as_of = timeless.pop("as_of")
        text = _encode(timeless)
        self.facts_text = f'{text[:-1]}, "as_of": "{as_of.isoformat()}"}}'
        self.result_text = _result_text(facts, rating)
        self.digest = hashlib.sha256((text + self.result_text).encode()).hexdigest()

    def small_values(self) -> dict[str, Any]:
        """The columns that can be asked for, beside the texts."""
        facts, rating = self.facts, self.rating
        return {
            "party_organization_id": self.party,
            "digest": self.digest,
            "score": rating.score,
            "bonus": rating.bonus,
            "kind": facts.kind,
            "last_star": facts.last_star,
            "rule_star": rating.star,
            "star": rating.star,
        }


def row_of(run: RatingRun, party: int, facts: Facts, rating: Rating, now: datetime) -> StarRating:
    """A row that is not saved yet."""
    return _row(run, Computed(party, facts, rating), now)


def _row(run: RatingRun, one: Computed, now: datetime) -> StarRating:
    texts = {"facts": json.loads(one.facts_text), "result": json.loads(one.result_text)}
    return StarRating(**_of_run(run, now), **texts, **one.small_values())


def _of_run(run: RatingRun, now: datetime) -> dict[str, Any]:
    """The columns that all ratings of a run share."""
    shared = {"year": run.year, "quarter": run.quarter, "scheme_id": run.scheme_id}
    return shared | {"as_of": run.as_of, "run_id": run.pk, "computed_at": now}


def store_what_differs(run: RatingRun, rows: Mapping[int, tuple[Facts, Rating]]) -> tuple[int, int]:
    """How many ratings were stored anew, and how many left alone since they are people's."""
    stored = StarRating.objects.of_year(run.year, run.quarter).filter(
        scheme=run.scheme, party_organization__among=list(rows)
    )
    # locked, so that nobody hands a rating in between the look at its state and the write
    locked = stored.select_for_update().order_by("pk")
    names = ("party_organization", "state", "frozen_at", "digest", "is_current")
    known = {party: rest for party, *rest in locked.values_list(*names)}
    open_states = FREEZABLE if run.reason == RunReason.FREEZE else OPEN_STATES
    now = timezone.now()
    changed, skipped = [], 0
    for party, (facts, rating) in rows.items():
        state, frozen_at, old, is_current = known.get(party, (OPEN_STATES[0], None, "", True))
        if state not in open_states or frozen_at is not None:
            skipped += 1
            continue
        one = Computed(party, facts, rating)
        if old != one.digest or not is_current:
            changed.append(one)
    for start in range(0, len(changed), ROWS_AT_ONCE):
        _upsert(run, changed[start : start + ROWS_AT_ONCE], now)
    return len(changed), skipped


def _upsert(run: RatingRun, changed: list[Computed], now: datetime) -> None:
    """By the natural key; what people gave to a rating stays."""
    if connection.vendor != "postgresql":
        StarRating.objects.bulk_create(
            [_row(run, one, now) for one in changed],
            update_conflicts=True,
            unique_fields=NATURAL_KEY,
            update_fields=COMPUTED,
        )
        return
    # the same in one statement, whose rows come as one JSON text: several times faster than a
    # place for each value
    blank = StarRating(**_of_run(run, now))
    fields = [one for one in StarRating._meta.local_concrete_fields if not one.primary_key]
    own = {"facts", "result", *changed[0].small_values()}
    columns = {one.name: str(one.column) for one in fields}
    given = [one for one in fields if one.attname in own]
    shared = [one for one in fields if one.attname not in own]
    names = ", ".join(str(one.column) for one in (*given, *shared))
    kinds = ", ".join(f"{one.column} {one.db_type(connection)}" for one in given)
    chosen = ", ".join(
        [f"x.{one.column}" for one in given] + [f"%s::{one.db_type(connection)}" for one in shared]
    )
    sets = ", ".join(f"{columns[one]} = excluded.{columns[one]}" for one in COMPUTED)
    rows = ", ".join(
        f'{_small(one)[:-1]}, "facts": {one.facts_text}, "result": {one.result_text}}}'
        for one in changed
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {StarRating._meta.db_table} ({names})"
            f" SELECT {chosen} FROM jsonb_to_recordset(%s::jsonb) AS x({kinds})"
            f" ON CONFLICT ({', '.join(columns[one] for one in NATURAL_KEY)}) DO UPDATE SET {sets}",
            [
                *(one.get_db_prep_save(getattr(blank, one.attname), connection) for one in shared),
                f"[{rows}]",
            ],
        )


def _small(one: Computed) -> str:
    return json.dumps(one.small_values(), default=str)
