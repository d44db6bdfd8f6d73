"""Sections that other rooms show on a record's page, without this room importing them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.module_loading import import_string


@dataclass(frozen=True)
class Section:
    """A card of a record's page: its title, a template for what stands in it, and its context.

    `more` is an address for everything, `more_words` what the link to it says.
    """

    title: str
    template: str
    context: Mapping[str, Any] = field(default_factory=dict)
    more: str = ""
    more_words: str = "全部"


def sections_of(kind: str, request: HttpRequest, record: Any) -> list[Section]:
    """What the rooms named in settings.RECORD_SECTIONS have to show for this reader."""
    made = (import_string(name)(request, record) for name in settings.RECORD_SECTIONS[kind])
    return [section for section in made if section is not None]
