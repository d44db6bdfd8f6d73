"""The list of ratings: its columns, with the points of every item to choose from."""

from collections.abc import Callable
from typing import Any

from django.utils.html import format_html

from accounts.listing import Column, Listing
from evaluation.filters import RatingFilter
from evaluation.models import StarRating
from evaluation.rules.scheme import DEFAULT_ITEMS
from evaluation.rules.vocabulary import star_words

LAST = {star: star_words(star) for star in range(6)}


def star(row: StarRating) -> str:
    """As templates/evaluation/_star.html shows it."""
    if row.shown_star is None:
        return format_html('<span class="badge">— {}</span>', row.star_words)
    if row.shown_star == 0:
        return format_html('<span class="badge badge--warn">! {}</span>', row.star_words)
    words = '<span class="stars" aria-label="{} 星">{}</span>'
    return format_html(words, row.shown_star, row.star_words)


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
        Column(
            "party_organization",
            sort="party_organization__pinyin",
            link="evaluation:rating-page",
        ),
        Column("party_code", label="党组织编码", path="party_organization__code", shown=False),
        Column(
            "township",
            label="镇(街道)",
            path="party_organization__township",
            sort="party_organization__township_id",
        ),
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
