"""Reading coverage: published counts for today, the same counts from dated links for other days."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db.models import Count, Sum
from django.utils import timezone

from evaluation.gather.coverage import Statement, cells, compiled, rollup, state_row, trend
from evaluation.models import CoverageCell, PublishedCoverage
from evaluation.rules.coverage import Coverage, month_days
from organizations.models import (
    PartyOrganization,
    SocialOrganization,
    SupervisingUnit,
    Township,
)
from organizations.models.scoping import in_areas
from organizations.models.social_organization import SocialOrganizationQuerySet
from organizations.rules.vocabulary import Category, Mode, PartyKind

# what the page and the API call a dimension, and the column that holds it
DIMENSIONS = {
    "township": "township_code",
    "category": "category",
    "supervising_unit": "unit_code",
    "mode": "mode",
}
NO_UNIT = "无业务主管单位"
# asks for the organizations that have no supervising unit, in addresses as in selections
WITHOUT_UNIT = "none"
TREND_MONTHS = 12


@dataclass(frozen=True)
class Selection:
    """Which organizations, on which day: area code prefix, category, supervising unit code."""

    day: date
    township: str = ""
    category: str = ""
    supervising_unit: str = ""

    @property
    def is_today(self) -> bool:
        return self.day == timezone.localdate()


@dataclass(frozen=True)
class State:
    """Which generation of the records an account's figures are read from.

    Equal keys mean equal answers to an equal question; a key is empty where that is not so.
    `counted`: the published counts are of today. `pending`: a saved change waits to be counted.
    """

    key: str
    counted: bool
    pending: bool
    computed_at: datetime | None

    def is_published(self, selection: "Selection") -> bool:
        """May the published counts answer? Without a worker a waiting change is counted afresh."""
        waits = self.pending and settings.JOBS_INLINE
        return bool(self.key) and selection.is_today and self.counted and not waits


@dataclass(frozen=True)
class Group:
    """One line of a breakdown: its codes, its words, its counts.

    A group by mode counts those covered in this way among all organizations of the same group.
    """

    codes: dict[str, str]
    label: str
    coverage: Coverage


@dataclass(frozen=True)
class Report:
    """Everything that one reading of coverage answers."""

    selection: Selection
    is_published: bool
    pending: bool
    computed_at: datetime
    total: Coverage
    groups: dict[tuple[str, ...], list[Group]] = field(default_factory=dict)
    party_organizations: dict[str, int] = field(default_factory=dict)


def organizations(user: Any, selection: Selection) -> SocialOrganizationQuerySet:
    """The selected organizations inside the user's scope, alive or not."""
    found = SocialOrganization.objects.visible_to(user)
    if selection.township:
        found = found.filter(township__code__startswith=selection.township)
    if selection.category:
        found = found.filter(category=selection.category)
    if selection.supervising_unit == WITHOUT_UNIT:
        found = found.filter(supervising_unit=None)
    elif selection.supervising_unit:
        found = found.filter(supervising_unit__code=selection.supervising_unit)
    return found


def state_of(user: Any) -> State:
    """The state of the records in the user's scope, in one query."""
    scope = user.scope
    row = state_row([scope.code] if scope.is_area else [], scope.areas)
    today = timezone.localdate()
    counted = bool(row["townships"]) and row["oldest"] == row["newest"] == today
    # the moment is in the key because a restored backup begins to count generations again
    parts = (*row.values(), today, settings.JOBS_INLINE, scope)
    return State(
        # what other scopes see can change without a mark
        key=repr(parts) if scope.kind in ("area", "unit") else "",
        counted=counted,
        pending=not counted or row["marks"] > 0,
        computed_at=row["computed_at"],
    )


def source(user: Any, selection: Selection, is_published: bool) -> Statement:
    """The cells to add up: published ones, or counted now from the dated records."""
    if not is_published:
        return cells(organizations(user, selection), selection.day)
    found = CoverageCell.objects.visible_to(user).order_by()
    if selection.township:
        found = found.filter(township_code__startswith=selection.township)
    if selection.category:
        found = found.filter(category=selection.category)
    if selection.supervising_unit:
        unit = selection.supervising_unit
        found = found.filter(unit_code="" if unit == WITHOUT_UNIT else unit)
    return compiled(found.values(*DIMENSIONS.values(), *Coverage.__dataclass_fields__))


def coverage_report(
    user: Any,
    selection: Selection,
    breakdowns: Sequence[tuple[str, ...]] = (),
    months: int = TREND_MONTHS,
    state: State | None = None,
) -> Report:
    """Totals and any number of breakdowns; each breakdown names dimensions, `month` among them.

    The number of queries does not depend on the number of organizations.
    """
    state = state or state_of(user)
    is_published = state.is_published(selection)
    timeless = [tuple(name for name in names if name != "month") for names in breakdowns]
    wanted = [()] + [tuple(DIMENSIONS[n] for n in names) for names in timeless]
    # a share by mode needs the number of all organizations of the same group
    wanted += [
        tuple(c for c in grouping if c != "mode") for grouping in wanted if "mode" in grouping
    ]
    found = rollup(source(user, selection, is_published), list(dict.fromkeys(wanted)))
    total = Coverage(**found[()][0]) if found[()] else Coverage()
    words = _words(user, breakdowns)
    groups = {}
    for names in breakdowns:
        if "month" in names:
            rows = _trend_rows(user, selection, names, months)
        else:
            rows = _with_denominators(found, tuple(DIMENSIONS[n] for n in names))
        groups[names] = _groups(names, rows, words)
    return Report(
        selection=selection,
        is_published=is_published,
        pending=is_published and state.pending,
        computed_at=(is_published and state.computed_at) or timezone.now(),
        total=total,
        groups=groups,
        party_organizations=party_organizations(user, selection, is_published),
    )


def _with_denominators(found: dict[tuple, list[dict]], grouping: tuple[str, ...]) -> list[dict]:
    """Rows of a breakdown; by mode, out of all organizations of the same group."""
    if "mode" not in grouping:
        return found[grouping]
    rest = tuple(column for column in grouping if column != "mode")
    whole = {tuple(row[c] for c in rest): row for row in found[rest]}
    rows = []
    for row in found[grouping]:
        everyone = whole[tuple(row[column] for column in rest)]["social_organization_count"]
        keys = {column: row[column] for column in grouping}
        covered = row["covered_count"]
        counts = {"covered_count": covered, "work_covered_count": covered}
        rows.append({**keys, "social_organization_count": everyone, **counts})
    return rows


def _trend_rows(
    user: Any, selection: Selection, names: tuple[str, ...], months: int
) -> list[dict[str, Any]]:
    days = month_days(selection.day, months)
    grouping = tuple(DIMENSIONS[name] for name in names if name != "month")
    if "mode" not in grouping:
        rows = trend(organizations(user, selection), days, grouping)
        return [{**row, "month": row["day"].strftime("%Y-%m")} for row in rows]
    rows = []
    for day in days:
        dated = Selection(day, selection.township, selection.category, selection.supervising_unit)
        rest = tuple(column for column in grouping if column != "mode")
        found = rollup(cells(organizations(user, dated), day), [grouping, rest])
        month = {"month": day.strftime("%Y-%m"), "day": day}
        rows += [{**row, **month} for row in _with_denominators(found, grouping)]
    return rows


def _words(user: Any, breakdowns: Sequence[tuple[str, ...]]) -> dict[str, dict[str, str]]:
    named = {name for names in breakdowns for name in names}
    words: dict[str, dict[str, str]] = {
        "category": dict(Category.choices()),
        "mode": dict(Mode.choices()),
    }
    if "township" in named:
        words["township"] = dict(Township.objects.visible_to(user).values_list("code", "name"))
    if "supervising_unit" in named:
        units = SupervisingUnit.objects.visible_to(user).values_list("code", "name")
        words["supervising_unit"] = {"": NO_UNIT, **dict(units)}
    return words


def _groups(
    names: tuple[str, ...], rows: list[dict[str, Any]], words: dict[str, dict[str, str]]
) -> list[Group]:
    places = {
        name: {code: place for place, code in enumerate(words[name])}
        for name in ("category", "mode")
    }

    def order(row: dict[str, Any]) -> tuple:
        keys = []
        for name in names:
            code = row["month" if name == "month" else DIMENSIONS[name]]
            keys.append((places[name].get(code, 99) if name in places else code == "", code))
        return tuple(keys)

    groups = []
    for row in sorted(rows, key=order):
        codes = {n: row["month" if n == "month" else DIMENSIONS[n]] for n in names}
        labels = [
            f"{code[:4]}年{int(code[5:])}月" if name == "month" else words[name].get(code, code)
            for name, code in codes.items()
        ]
        counted = {k: row[k] for k in Coverage.__dataclass_fields__ if k in row}
        groups.append(Group(codes, " · ".join(labels), Coverage(**counted)))
    return groups


def party_organizations(user: Any, selection: Selection, is_published: bool) -> dict[str, int]:
    """Party organizations by kind: of the area, or those that cover the selected organizations."""
    narrowed = selection.category or selection.supervising_unit
    if is_published and not narrowed and user.scope.is_area:
        rows = PublishedCoverage.objects.visible_to(user).filter(
            in_areas("township_code", (selection.township,))
        )
        sums = rows.aggregate(**{kind: Sum(kind) for kind in PartyKind.codes()})
        return {kind: sums[kind] or 0 for kind in PartyKind.codes()}
    found = PartyOrganization.objects.visible_to(user).alive_on(selection.day)
    found = found.filter(in_areas("township__code", (selection.township,)))
    if narrowed:
        found = found.covering(organizations(user, selection), selection.day)
    found = found.with_kind_on(selection.day).order_by()
    counted = dict(found.values_list("kind_on").annotate(Count("pk")))
    return {kind: counted.get(kind, 0) for kind in PartyKind.codes()}
