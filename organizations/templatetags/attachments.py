"""The attachments of a record, for any page that shows one."""

from typing import Any

from django import template
from django.db import models
from django.template.context import RequestContext

from organizations.actions.attachment import may_attach
from organizations.models.attachment import Attachment, owner_rights

register = template.Library()


@register.inclusion_tag("components/attachments.html", takes_context=True)
def attachments(context: RequestContext, record: models.Model, title: str = "附件") -> Any:
    """Photos and documents of the record that the reader sees, and the way to add some."""
    request = context["request"]
    rights = owner_rights(record._meta.label_lower)
    sees = rights is not None and request.user.may(rights[0])
    rows = list(Attachment.objects.visible_to(request.user).of(record)) if sees else []
    return {
        "request": request,
        "csrf_token": context.get("csrf_token"),
        "record": record,
        "owner_type": record._meta.label_lower,
        "title": title,
        "photos": [row for row in rows if row.is_photo],
        "documents": [row for row in rows if not row.is_photo],
        "can_attach": may_attach(request.user, record),
        "errors": context.get("attachment_errors", []),
        "next": context.get("next") or request.get_full_path(),
    }
