"""Template tags and filters that every page shares."""

from collections.abc import Mapping
from typing import Any

from django import template
from django.http import QueryDict
from django.template.context import RequestContext
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.rules import browser_of

register = template.Library()


@register.filter
def get(mapping: Mapping[str, Any], key: str) -> Any:
    """The value under a key, empty when there is none."""
    return mapping.get(key, "")


@register.filter
def browser(agent: str) -> str:
    """What a browser says of itself, in two words."""
    return browser_of(agent)


@register.filter
def words(text: str) -> list[str]:
    return text.split()


@register.simple_tag(takes_context=True)
def address(context: RequestContext, **changes: Any) -> str:
    """The page's own address with some parameters changed; an empty value takes one away."""
    query: QueryDict = context["request"].GET.copy()
    for name, value in changes.items():
        if value in (None, ""):
            query.pop(name, None)
        else:
            query[name] = value
    return f"?{query.urlencode()}" if query else "?"


@register.simple_tag(takes_context=True)
def take_away(context: RequestContext, name: str) -> str:
    """The page's own address without one parameter, from the first page on."""
    query: QueryDict = context["request"].GET.copy()
    for one in (name, "page", "at"):
        query.pop(one, None)
    return f"?{query.urlencode()}" if query else "?"


@register.simple_tag(takes_context=True)
def keeps_draft(context: RequestContext, *parts: Any) -> SafeString:
    """Attributes that let a form keep what is typed: `<form method="post" {% keeps_draft "meeting" pk %}>`.

    The parts name the form and the record; a saved form drops its draft by itself.
    """
    return format_html(
        'data-draft="{}" data-draft-url="{}" data-draft-owner="{}"',
        ":".join(str(part) for part in parts if part not in (None, "")),
        reverse("accounts:draft-page"),
        context["user"].pk,
    )
