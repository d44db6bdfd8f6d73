"""Turning tables into counts: one statement, whatever the number of organizations.

The facts of an organization are the same queryset that the lists show (`alive_on`,
`with_coverage_on`), compiled and counted in the database, so that a figure and the list behind it
cannot part.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

from django.db import connection
from django.db.models import Case, F, IntegerField, Max, QuerySet, Value, When
from django.db.models.functions import Coalesce

from organizations.models import CoverageLink, InstructorAssignment, SocialOrganization
from organizations.models.scoping import valid_on
from organizations.models.social_organization import SocialOrganizationQuerySet
from organizations.rules.coverage import ESTABLISH_MINIMUM
from organizations.rules.vocabulary import REMOVED_STATUSES

DIMENSIONS = ("township_code", "category", "unit_code", "mode")
_REMOVED = "(" + ", ".join(f"'{status.value}'" for status in REMOVED_STATUSES) + ")"
_WORKED = "({covered} OR {instructor})"
# each count, and the condition on an organization's facts under which it is counted
CONDITIONS = {
    "social_organization_count": "1 = 1",
    "covered_count": "{covered}",
    "work_covered_count": _WORKED,
    "should_establish": f"NOT {{covered}} AND full_member_count >= {ESTABLISH_MINIMUM}",
    "too_few_members": (
        f"NOT {{covered}} AND full_member_count BETWEEN 1 AND {ESTABLISH_MINIMUM - 1}"
    ),
    "no_members": "NOT {covered} AND full_member_count = 0",
    **{f"removed_{why.value}": f"status = '{s.value}'" for s, why in REMOVED_STATUSES.items()},
    "removed_covered": f"{{covered}} AND status IN {_REMOVED}",
    "removed_work_covered": f"{_WORKED} AND status IN {_REMOVED}",
}
COUNTS = tuple(CONDITIONS)
TREND_COUNTS = COUNTS[:6]


@dataclass(frozen=True)
class Statement:
    """A piece of SQL with its parameters; safe to nest, since values are only in `params`."""

    sql: str
    params: tuple[Any, ...] = ()


def compiled(queryset: QuerySet) -> Statement:
    sql, params = queryset.query.get_compiler(connection=connection).as_sql()
    return Statement(sql, tuple(params))


def facts(organizations: SocialOrganizationQuerySet, day: date) -> Statement:
    """One row an organization alive on the day: its cell, and what is counted of it."""
    rows = organizations.alive_on(day).with_coverage_on(day).order_by()
    return compiled(
        rows.values(
            "id",
            "status",
            "full_member_count",
            "is_covered",
            "has_instructor",
            "category",
            township_code=F("township_id"),
            unit_code=Coalesce(F("supervising_unit__code"), Value("")),
        )
    )


def counted(names: Sequence[str], *, covered: str, instructor: str, alive: str = "") -> list[str]:
    """Aggregates for these counts, given how the facts are spelled in the statement at hand."""
    prefix = f"{alive} AND " if alive else ""
    return [
        f"count(*) FILTER (WHERE {prefix}"
        f"{CONDITIONS[name].format(covered=covered, instructor=instructor)}) AS {name}"
        for name in names
    ]


def cells(organizations: SocialOrganizationQuerySet, day: date) -> Statement:
    """The finest counts: township x category x unit, and of the covered ones also by mode."""
    return _cells(facts(organizations, day), _modes(day))


def cells_of_townships(codes: Sequence[str], day: date) -> Statement:
    """The same for whole townships, compiled once a process: what a recount runs every time."""
    inner, links = _templates(connection.vendor)
    places = ", ".join(["%s"] * len(codes))

    def narrowed(template: Statement) -> Statement:
        sql = f"SELECT * FROM ({template.sql}) everywhere WHERE township_code IN ({places})"
        return Statement(sql, (*_dated(template, day), *codes))

    return _cells(narrowed(inner), narrowed(links))


# stands for the day in a statement compiled beforehand
_ANY_DAY = date(1, 2, 3)


@lru_cache(maxsize=2)
def _templates(vendor: str) -> tuple[Statement, Statement]:
    return facts(SocialOrganization.objects.all(), _ANY_DAY), _modes(_ANY_DAY)


def _dated(template: Statement, day: date) -> tuple[Any, ...]:
    marker = connection.ops.adapt_datefield_value(_ANY_DAY)
    real = connection.ops.adapt_datefield_value(day)
    return tuple(real if value == marker else value for value in template.params)


def _modes(day: date) -> Statement:
    """Which organization is covered in which ways, each way once."""
    return compiled(
        CoverageLink.objects.live_on(day)
        .order_by()
        .values(
            "mode",
            organization_id=F("social_organization_id"),
            township_code=F("social_organization__township_id"),
        )
        .distinct()
    )


def _cells(inner: Statement, links: Statement) -> Statement:
    zeros = ", ".join("0" for _ in COUNTS[3:])
    counts = ", ".join(counted(COUNTS, covered="is_covered", instructor="has_instructor"))
    sql = f"""
        WITH facts AS ({inner.sql})
        SELECT township_code, category, unit_code, '' AS mode, {counts}
        FROM facts GROUP BY township_code, category, unit_code
        UNION ALL
        SELECT facts.township_code, category, unit_code, mode, count(*), count(*), count(*), {zeros}
        FROM ({links.sql}) l JOIN facts ON facts.id = l.organization_id
        GROUP BY facts.township_code, category, unit_code, mode"""
    return Statement(sql, inner.params + links.params)


def rollup(source: Statement, groupings: Sequence[tuple[str, ...]]) -> dict[tuple, list[dict]]:
    """Sums of cells for several groupings at once, in one statement.

    A grouping that names `mode` sums the rows by mode, every other one the rows that partition.
    Returns, by grouping, dictionaries of its dimensions and the counts.
    """
    sums = ", ".join(f"CAST(sum({name}) AS bigint) AS {name}" for name in COUNTS)
    selects = []
    for number, grouping in enumerate(groupings):
        keys = ", ".join(name if name in grouping else f"'' AS {name}" for name in DIMENSIONS)
        wanted = "mode <> ''" if "mode" in grouping else "mode = ''"
        grouped = f" GROUP BY {', '.join(grouping)}" if grouping else ""
        selects.append(
            f"SELECT {number} AS grouping_number, {keys}, {sums} FROM cells WHERE {wanted}{grouped}"
        )
    sql = f"WITH cells AS ({source.sql}) " + " UNION ALL ".join(selects)
    found: dict[tuple, list[dict]] = {grouping: [] for grouping in groupings}
    with connection.cursor() as cursor:
        cursor.execute(sql, source.params)
        for number, *row in cursor.fetchall():
            grouping = groupings[number]
            keys = dict(zip(DIMENSIONS, row, strict=False))
            counts = dict(
                zip(COUNTS, (value or 0 for value in row[len(DIMENSIONS) :]), strict=True)
            )
            found[grouping].append({name: keys[name] for name in grouping} | counts)
    return found


def _per_day(rows: QuerySet, days: Sequence[date], live: Any) -> Statement:
    """For every organization of `rows`, a 0/1 column a day: did any of them live then?"""
    columns = {
        f"day{number}": Max(
            Case(When(live(day), then=Value(1)), default=Value(0), output_field=IntegerField())
        )
        for number, day in enumerate(days)
    }
    return compiled(rows.order_by().values("social_organization_id").annotate(**columns))


def trend(
    organizations: SocialOrganizationQuerySet, days: Sequence[date], grouping: tuple[str, ...] = ()
) -> list[dict[str, Any]]:
    """Counts on several days in one statement: dictionaries of `day`, the grouping and counts.

    `grouping` may name township_code, category and unit_code. Reads the links once, however many
    days there are; equals one as-of query a day.
    """
    own = compiled(
        organizations.order_by().values(
            "id",
            "registered_on",
            "deregistered_on",
            "category",
            "full_member_count",
            township_code=F("township_id"),
            unit_code=Coalesce(F("supervising_unit__code"), Value("")),
        )
    )
    links = _per_day(CoverageLink.objects.all(), days, CoverageLink.live_condition)
    assignments = _per_day(InstructorAssignment.objects.all(), days, valid_on)
    columns, params = [], []
    for number, day in enumerate(days):
        alive = "(o.registered_on <= %s AND (o.deregistered_on IS NULL OR o.deregistered_on > %s))"
        columns += counted(
            TREND_COUNTS,
            covered=f"COALESCE(l.day{number}, 0) = 1",
            instructor=f"COALESCE(a.day{number}, 0) = 1",
            alive=alive,
        )
        params += [connection.ops.adapt_datefield_value(day)] * 2 * len(TREND_COUNTS)
    keys = ", ".join(f"o.{name}" for name in grouping)
    sql = f"""
        SELECT {keys + ", " if keys else ""}{", ".join(columns)}
        FROM ({own.sql}) o
        LEFT JOIN ({links.sql}) l ON l.social_organization_id = o.id
        LEFT JOIN ({assignments.sql}) a ON a.social_organization_id = o.id
        {f"GROUP BY {keys}" if keys else ""}"""
    with connection.cursor() as cursor:
        cursor.execute(sql, [*params, *own.params, *links.params, *assignments.params])
        rows = cursor.fetchall()
    found = []
    width = len(TREND_COUNTS)
    for row in rows:
        group = dict(zip(grouping, row, strict=False))
        for number, day in enumerate(days):
            start = len(grouping) + number * width
            counts = dict(zip(TREND_COUNTS, row[start : start + width], strict=True))
            found.append({"day": day, **group, **counts})
    return found


def state_row(prefixes: Sequence[str], areas: Sequence[str]) -> dict[str, Any]:
    """Generations, days and waiting marks of the townships inside the prefixes and the areas.

    Written by hand because it is asked before every answer, also before a 304.
    """
    conditions, params = ["1 = 1"], []
    for group in (list(prefixes), list(areas)):
        if group and "" not in group:
            conditions.append("(" + " OR ".join(["township_code LIKE %s"] * len(group)) + ")")
            params += [f"{prefix}%" for prefix in group]
    within = " AND ".join(conditions)
    sql = f"""
        SELECT sum(generation), min(day), max(day), count(*), max(computed_at),
          (SELECT count(*) FROM evaluation_coveragemark WHERE {within}),
          (SELECT max(id) FROM evaluation_coveragemark WHERE {within})
        FROM evaluation_publishedcoverage WHERE {within}"""
    with connection.cursor() as cursor:
        cursor.execute(sql, params * 3)
        generation, oldest, newest, townships, computed_at, marks, last = cursor.fetchone()
    if connection.vendor == "sqlite":  # aggregates lose their types there
        oldest, newest = (day and date.fromisoformat(day) for day in (oldest, newest))
        computed_at = computed_at and datetime.fromisoformat(computed_at).replace(tzinfo=UTC)
    return {
        "generation": generation and int(generation),
        "oldest": oldest,
        "newest": newest,
        "townships": townships,
        "computed_at": computed_at,
        "marks": marks,
        "last_mark": last,
    }
