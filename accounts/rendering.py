"""Widgets as Django draws them, but the empty choice of a list says what it means."""

from typing import Any

from django.db.models.fields import BLANK_CHOICE_DASH
from django.forms.renderers import DjangoTemplates

DASHES = BLANK_CHOICE_DASH[0][1]
REQUIRED, OPTIONAL = "请选择", "不填"


class PortalRenderer(DjangoTemplates):
    def render(self, template_name: str, context: dict[str, Any], request: Any = None) -> str:
        widget = context.get("widget", {})
        for _, options, _ in widget.get("optgroups", ())[:1]:
            if options and options[0]["label"] == DASHES:
                options[0]["label"] = REQUIRED if widget["required"] else OPTIONAL
        return super().render(template_name, context, request)
