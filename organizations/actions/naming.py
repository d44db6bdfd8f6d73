"""Giving a record another name from a day on."""

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError

from accounts.rules import day_words
from organizations.actions.versions import apply_values, not_in_future


def renamed(
    stored: Any, name: str, on: date, document: str, *, since: date
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Rename a locked record and keep the name until then; what changed, before and after.

    `since`: the day the record began. Names follow each other in the order of their days.
    """
    not_in_future(on, "on")
    new = name.strip()
    if new == stored.name:
        raise ValidationError({"name": "新名称与现在的名称相同"})
    if on <= since:
        raise ValidationError({"on": f"更名日期须晚于成立日期{day_words(since)}"})
    last = stored.former_names.first()
    if last is not None and on <= last.until:
        raise ValidationError({"on": f"上一次更名在{day_words(last.until)},这一次须晚于它"})
    stored.former_names.create(name=stored.name, until=on, document=document.strip())
    return apply_values(stored, {"name": new})
