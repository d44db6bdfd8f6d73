"""The list of ratings: its columns, with the points of every item to choose from."""

from collections.abc import Callable
from typing import Any

from django.template.loader import render_to_string

from accounts.listing import Column, Listing
from evaluation.filters import RatingFilter
from evaluation.models import StarRating
from evaluation.rules.scheme import DEFAULT_ITEMS
from evaluation.rules.vocabulary import star_words
from organizations.lists import code_column, party_column, place_column

LAST = {star: star_words(star) for star in range(6)}


def star(row: StarRating) -> str:
    shown = {"star": row.shown_star, "words": row.star_words}
    return render_to_string("evaluation/_star.html", shown)


def words(row: StarRating) -> str:
    return row.star_words


def points(code: str) -> Callable[[StarRating], Any]:
    """What a rating got for an item; nothing where it does not apply."""
    return lambda row: row.result["got"].get(code)


RATINGS = Listing(
    route="evaluation:rating-list",
    title="星级名册",
    unit="个",
    model=StarRating,
    filterset=RatingFilter,
    order="township",
    template="evaluation/rating_list.html",
    empty="星级测算后,这里会列出参加评定的党组织。",
    columns=[
        party_column(link="evaluation:rating-page"),
        code_column(),
        place_column(shown=True),
        Column("kind", label="类型", path="party_organization__kind"),
        Column(
            "body",
            label="责任主体",
            path="party_organization__responsible_body",
            sort="party_organization__responsible_body__name",
            shown=False,
        ),
        Column("score", numeric=True),
        Column("bonus", numeric=True),
        Column("star", path="shown", label="星级", show=star, cell=words),
        Column("last_star", words=LAST),
        Column("state"),
        Column("final_score", numeric=True, shown=False),
        Column("as_of", shown=False),
        Column("computed_at", shown=False),
        *(
            Column(
                item.code,
                label=f"{item.code} {item.title}",
                path=item.code,
                show=points(item.code),
                cell=points(item.code),
                sort=None,
                shown=False,
                numeric=True,
            )
            for item in DEFAULT_ITEMS
        ),
    ],
)
