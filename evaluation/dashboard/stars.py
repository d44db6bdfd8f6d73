"""Stars of a year: how they are distributed, how they moved, what is missed most often."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db import models
from django.db.models import Case, Count, F, FloatField, Q, QuerySet, Value
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
    decided = models.When(state__in=DECIDED, then=F("final_star"))
    return ratings.annotate(shown=Case(decided, default=F("star")))


@dataclass(frozen=True)
class When:
    """A year, or one of its quarters (1 to 4; 0 is the year), as addresses name it."""

    year: int
    quarter: int = 0

    def __str__(self) -> str:
        return f"{self.year} 年" + (f"第 {self.quarter} 季度" if self.quarter else "度")

    @property
    def query(self) -> dict[str, int]:
        return {"year": self.year, **({"quarter": self.quarter} if self.quarter else {})}

    @property
    def address(self) -> str:
        return f"?{urlencode(self.query)}"


def list_url(when: When, **query: Any) -> str:
    chosen = {**when.query, **{name: value for name, value in query.items() if value != ""}}
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


def overview(user: Any, when: When, scheme: Scheme) -> Overview:
    """Distribution, movement and missed items in three statements, within the account's scope."""
    mine = StarRating.objects.visible_to(user).current().of_year(when.year, when.quarter)
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
                labels.get(value, ""), when, stars, found[value], **{parameter: value or NO_STAR}
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
        stars=stars,
        total=row_of("合计", when, stars, total),
        townships=rows("code", townships, "township"),
        kinds=rows("kind", dict(PartyKind.choices()), "kind"),
        bodies=rows("body", dict(sorted(bodies.items(), key=lambda b: b[1])), "body"),
        movement=[] if when.quarter else movement(mine, when, stars),
        missed=missed_items(mine, when, scheme),
    )


def row_of(
    label: str, when: When, stars: Sequence[int | None], counts: dict[int | None, int], **query: Any
) -> Row:
    cells = [
        Cell(star, counts.get(star, 0), list_url(when, **query, star=star_code(star)))
        for star in stars
    ]
    return Row(label, cells, list_url(when, **query))


def movement(ratings: QuerySet[StarRating], when: When, stars: Sequence[int | None]) -> list[Row]:
    """Last year's star by this year's; those who were never rated have a row of their own."""
    counted = with_shown(ratings).order_by().values("last_star", "shown")
    found: dict[int | None, dict[int | None, int]] = defaultdict(dict)
    for one in counted.annotate(number=Count("pk")):
        found[one["last_star"]][one["shown"]] = one["number"]
    return [
        row_of(
            "此前未评定" if last is None else f"上年{star_words(last)}",
            when,
            stars,
            found[last],
            last=star_code(last),
        )
        for last in stars
        if last in found
    ]


def missed_items(ratings: QuerySet[StarRating], when: When, scheme: Scheme) -> list[Missed]:
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
            list_url(when, missed=item.code),
        )
        for item in scheme.items
    ]
    return sorted(found, key=lambda one: -one.missed)


def points_of(code: str) -> Cast:
    """An item's points in the stored result; null where the item does not apply."""
    text = KeyTextTransform(code, KeyTransform("got", "result"))
    return Cast(NullIf(text, Value("null")), FloatField())  # SQLite has a word for a stored null


def periods_of(user: Any) -> list[When]:
    """The years and quarters that have ratings: the latest year first, itself before its quarters."""
    rows = StarRating.objects.visible_to(user).order_by("-year", "quarter")
    return [When(year, quarter) for year, quarter in rows.values_list("year", "quarter").distinct()]


def last_run(user: Any, when: When) -> RatingRun | None:
    rows = RatingRun.objects.visible_to(user).filter(year=when.year, quarter=when.quarter)
    return rows.select_related("scheme").first()


def cycle_of_year(user: Any, year: int) -> RatingCycle | None:
    return RatingCycle.objects.visible_to(user).filter(year=year).first()


def scheme_shown(user: Any, area_code: str, when: When) -> RatingScheme | None:
    """The scheme that a period's ratings follow."""
    rows = StarRating.objects.visible_to(user).current().of_year(when.year, when.quarter)
    schemes = RatingScheme.objects.visible_to(user)
    rated = schemes.filter(pk__in=rows.values("scheme")[:1]).first()
    return rated or schemes.in_force(area_code, when.year)


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
