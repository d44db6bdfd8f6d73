"""Pages of a list by keyset: nothing is skipped or told twice when rows come in between."""

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError as InvalidValue
from django.db.models import Q, QuerySet
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

PAGE_SIZE, LARGEST_PAGE = 50, 200
PARAMETERS = ("page_size", "cursor", "ordering", "with_count")


@dataclass(frozen=True)
class Page:
    rows: list[Any]
    next_cursor: str | None
    count: int | None


def page_of(
    rows: QuerySet,
    request: Request,
    orders: tuple[str, ...],
    listed: Callable[[QuerySet], QuerySet],
) -> Page:
    """The asked page in two queries, and one more for the number when that is asked.

    The first finds the keys along an index, the second what is told of those: what a list computes
    of its rows is computed of a page of them. `orders` are the fields that a list may be sorted by,
    the first when nothing is said; none of them may be null. The key breaks ties.
    """
    query = request.query_params
    size = _number(query.get("page_size"), PAGE_SIZE)
    order = _order(query.get("ordering") or orders[0], orders)
    count = rows.order_by().count() if _yes(query.get("with_count")) else None
    name, sign = order.lstrip("-"), "-" if order.startswith("-") else ""
    names = [name] if name == "pk" else [name, "pk"]
    rows = rows.order_by(*(sign + one for one in names))
    if cursor := query.get("cursor"):
        rows = rows.filter(_after(rows, cursor, order, names))
    keys = list(rows.values_list(*names)[: size + 1])
    following = _cursor(order, list(keys[size - 1])) if len(keys) > size else None
    places = {key[-1]: place for place, key in enumerate(keys[:size])}
    found = list(listed(rows.filter(pk__in=places).order_by()))
    found.sort(key=lambda row: places[row.pk])
    return Page(found, following, count)


def _number(text: str | None, default: int) -> int:
    if text is None:
        return default
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= LARGEST_PAGE):
        raise ValidationError({"page_size": [f"应是 1 至 {LARGEST_PAGE} 的整数"]})
    return int(text)


def _yes(text: str | None) -> bool:
    if text not in (None, "", "0", "1"):
        raise ValidationError({"with_count": ["只能是 0 或 1"]})
    return text == "1"


def _order(text: str, orders: tuple[str, ...]) -> str:
    if text.removeprefix("-") not in orders:
        legal = "、".join(orders)
        raise ValidationError({"ordering": [f"不能按“{text}”排序,可用:{legal},倒序加 -"]})
    return text


def _cursor(order: str, values: list[Any]) -> str:
    text = json.dumps([order, *map(str, values)], ensure_ascii=False)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _after(rows: QuerySet, cursor: str, order: str, names: list[str]) -> Q:
    """The rows behind the cursor, as a condition that an index can follow."""
    wrong = ValidationError({"cursor": ["游标无效,请从上一页的 next 中取得"]})
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        told, *texts = json.loads(base64.b64decode(padded.encode("ascii"), altchars=b"-_"))
        if told != order or len(texts) != len(names):
            raise wrong
        values = [
            _field(rows, name).to_python(_plain(text))
            for name, text in zip(names, texts, strict=True)
        ]
    except (ValueError, TypeError, InvalidValue, RecursionError) as error:
        raise wrong from error
    than = "lt" if order.startswith("-") else "gt"
    first, last = names[0], names[-1]
    beyond = Q(**{f"{first}__{than}": values[0]})
    if len(names) == 1:
        return beyond
    tied = Q(**{first: values[0], f"{last}__{than}": values[-1]})
    return Q(**{f"{first}__{than}e": values[0]}) & (beyond | tied)


def _plain(text: Any) -> str:
    if not isinstance(text, str) or "\x00" in text or len(text) > 500:
        raise ValueError
    text.encode()  # lone surrogates are no text
    return text


def _field(rows: QuerySet, name: str) -> Any:
    options = rows.model._meta
    return options.pk if name == "pk" else options.get_field(name)
