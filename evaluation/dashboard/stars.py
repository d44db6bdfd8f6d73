"""Stars of a year: how they are distributed, how they moved, what is missed most often."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import Case, Count, F, FloatField, Q, QuerySet, Value, When
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import Cast, NullIf
from django.urls import reverse

from evaluation.models import RatingCycle, RatingRun, RatingScheme, StarRating
from evaluation.rules.scheme import Scheme
from evaluation.rules.vocabulary import CycleStage, RatingState, star_words
from organizations.rules.vocabulary import PartyKind

DECIDED = (RatingState.DECIDED.value, RatingState.PUBLISHED.value)
NO_STAR = "none"


def with_shown(ratings: QuerySet[StarRating]) -> QuerySet[StarRating]:
    """Adds `shown`: the decided star where there is one, else the computed one."""
    decided = When(state__in=DECIDED, then=F("final_star"))
    return ratings.annotate(shown=Case(decided, default=F("star")))


def list_url(year: int, **query: Any) -> str:
    chosen = {"year": year, **{name: value for name, value in query.items() if value != ""}}
    return f"{reverse('evaluation:rating-list')}?{urlencode(chosen)}"


def star_code(star: int | None) -> str:
    return NO_STAR if star is None else str(star)


@dataclass(frozen=True)
class Cell:
    """How many have a star, and the list of them."""

    star: int | None
    count: int
    url: str

    @property
    def words(self) -> str:
        return star_words(self.star)


@dataclass(frozen=True)
class Row:
    """One township, kind or responsible body with its stars."""

    label: str
    cells: Sequence[Cell]
    url: str

    @property
    def total(self) -> int:
        return sum(cell.count for cell in self.cells)


@dataclass(frozen=True)
class Missed:
    """An item, how many of those it applies to have less than its full points, and who."""

    code: str
    title: str
    missed: int
    applicable: int
    url: str


@dataclass(frozen=True)
class Overview:
    """What the page of a year shows."""

    year: int
    stars: Sequence[int | None]
    total: Row
    townships: Sequence[Row]
    kinds: Sequence[Row]
    bodies: Sequence[Row]
    movement: Sequence[Row]
    missed: Sequence[Missed]


def columns(scheme: Scheme) -> list[int | None]:
    """The highest star first, then 未达标, then those without."""
    return [*sorted(scheme.bands, reverse=True), 0, None]


def overview(user: Any, year: int, scheme: Scheme) -> Overview:
    """Distribution, movement and missed items in three statements, within the account's scope."""
    mine = StarRating.objects.visible_to(user).current().of_year(year)
    counted = list(
        with_shown(mine)
        .order_by()
        .values(
            "shown",
            "kind",
            code=F("party_organization__township__code"),
            name=F("party_organization__township__name"),
            body=F("party_organization__responsible_body__name"),
        )
        .annotate(number=Count("pk"))
    )
    stars = columns(scheme)

    def rows(key: str, labels: dict[Any, str], parameter: str) -> list[Row]:
        found: dict[Any, dict[int | None, int]] = defaultdict(lambda: defaultdict(int))
        for one in counted:
            found[one[key]][one["shown"]] += one["number"]
        return [
            row_of(
                labels.get(value, ""), year, stars, found[value], **{parameter: value or NO_STAR}
            )
            for value in labels
            if value in found
        ]

    townships = {one["code"]: one["name"] for one in sorted(counted, key=lambda o: o["code"])}
    bodies = {one["body"]: one["body"] or "未明确" for one in counted}
    total: dict[int | None, int] = defaultdict(int)
    for one in counted:
        total[one["shown"]] += one["number"]
    return Overview(
        year=year,
        stars=stars,
        total=row_of("合计", year, stars, total),
        townships=rows("code", townships, "township"),
        kinds=rows("kind", dict(PartyKind.choices()), "kind"),
        bodies=rows("body", dict(sorted(bodies.items(), key=lambda b: b[1])), "body"),
        movement=movement(mine, year, stars),
        missed=missed_items(mine, year, scheme),
    )


def row_of(
    label: str, year: int, stars: Sequence[int | None], counts: dict[int | None, int], **query: Any
) -> Row:
    cells = [
        Cell(star, counts.get(star, 0), list_url(year, **query, star=star_code(star)))
        for star in stars
    ]
    return Row(label, cells, list_url(year, **query))


def movement(ratings: QuerySet[StarRating], year: int, stars: Sequence[int | None]) -> list[Row]:
    """Last year's star by this year's; those who were never rated have a row of their own."""
    counted = with_shown(ratings).order_by().values("last_star", "shown")
    found: dict[int | None, dict[int | None, int]] = defaultdict(dict)
    for one in counted.annotate(number=Count("pk")):
        found[one["last_star"]][one["shown"]] = one["number"]
    return [
        row_of(
            "此前未评定" if last is None else f"上年{star_words(last)}",
            year,
            stars,
            found[last],
            last=star_code(last),
        )
        for last in stars
        if last in found
    ]


def missed_items(ratings: QuerySet[StarRating], year: int, scheme: Scheme) -> list[Missed]:
    """Items by how many organizations lose points on them, the most first."""
    counts: dict[str, Any] = {}
    for item in scheme.items:
        got = points_of(item.code)
        counts[f"{item.code}_all"] = Count("pk", filter=Q(**{f"got_{item.code}__isnull": False}))
        counts[f"{item.code}_missed"] = Count(
            "pk", filter=Q(**{f"got_{item.code}__lt": float(item.points)})
        )
        ratings = ratings.annotate(**{f"got_{item.code}": got})
    numbers = ratings.aggregate(**counts)
    found = [
        Missed(
            item.code,
            item.title,
            numbers[f"{item.code}_missed"],
            numbers[f"{item.code}_all"],
            list_url(year, missed=item.code),
        )
        for item in scheme.items
    ]
    return sorted(found, key=lambda one: -one.missed)


def points_of(code: str) -> Cast:
    """An item's points in the stored result; null where the item does not apply."""
    text = KeyTextTransform(code, KeyTransform("got", "result"))
    return Cast(NullIf(text, Value("null")), FloatField())  # SQLite has a word for a stored null


def years_of(user: Any) -> list[int]:
    rows = StarRating.objects.visible_to(user).filter(quarter=0)
    return list(rows.order_by("-year").values_list("year", flat=True).distinct())


def last_run(user: Any, year: int, quarter: int = 0) -> RatingRun | None:
    rows = RatingRun.objects.visible_to(user).filter(year=year, quarter=quarter)
    return rows.select_related("scheme").first()


def cycle_of_year(user: Any, year: int) -> RatingCycle | None:
    return RatingCycle.objects.visible_to(user).filter(year=year).first()


def scheme_shown(user: Any, area_code: str, year: int) -> RatingScheme | None:
    """The scheme that a year's ratings follow."""
    rated = StarRating.objects.visible_to(user).current().of_year(year).values("scheme")[:1]
    schemes = RatingScheme.objects.visible_to(user)
    return schemes.filter(pk__in=rated).first() or schemes.in_force(area_code, year)


def notice_rows(area_code: str, year: int) -> dict[str, Any] | None:
    """What the public notice of a city and year shows, while it is public; names and stars only."""
    public = (CycleStage.NOTICE.value, CycleStage.NAMED.value)
    cycle = RatingCycle.objects.filter(area_code=area_code, year=year, stage__in=public).first()
    if cycle is None:
        return None
    decided = (
        StarRating.objects.current()
        .of_year(year)
        .filter(
            party_organization__township__code__startswith=area_code,
            state__in=DECIDED,
            final_star__gte=1,
        )
    )
    rows = decided.order_by(
        "-final_star", "party_organization__township", "party_organization__code"
    )
    names = ("final_star", "party_organization__name", "party_organization__township__name")
    groups: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for star, name, township in rows.values_list(*names):
        groups[star].append((name, township))
    shown = [{"words": star_words(star), "rows": members} for star, members in groups.items()]
    return {"cycle": cycle, "groups": shown, "is_named": cycle.stage == CycleStage.NAMED}
