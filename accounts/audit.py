"""Writing the audit log. Call it last in an action, inside the action's transaction."""

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone

from accounts.context import current
from accounts.doorbell import ring_after_commit
from accounts.models import AuditEvent, AuditHead, User

Values = Mapping[str, Any]


CHUNK = 2000


@dataclass(frozen=True)
class Entry:
    """What happened to one object: field values before and after, None where there were none."""

    action: str
    object: models.Model | None = None
    before: Values | None = None
    after: Values | None = None
    reason: str = ""
    result: str = "ok"


def chain_key() -> bytes:
    return hashlib.sha256(b"audit-chain:" + settings.SECRET_KEY.encode()).digest()


CHAINED = (
    *("sequence", "actor", "actor_role", "token_key", "address", "request_id", "action", "result"),
    *("object_type", "object_id", "object_label", "before", "after", "reason"),
)


def link(previous: str, event: AuditEvent) -> str:
    """The keyed hash of an event and of the one before it."""
    fields = {name: getattr(event, name) for name in CHAINED}
    fields["at"] = event.at.astimezone(timezone.get_default_timezone()).isoformat()
    text = json.dumps(fields, ensure_ascii=False, sort_keys=True, default=str)
    return hmac.new(chain_key(), (previous + "\n" + text).encode(), "sha256").hexdigest()


def record(
    *,
    by: User | None,
    action: str,
    object: models.Model | None = None,
    before: Values | None = None,
    after: Values | None = None,
    reason: str = "",
    result: str = "ok",
) -> None:
    """Append one event in the caller's transaction, and ring the worker after its commit."""
    record_many([Entry(action, object, before, after, reason, result)], by=by)


def record_many(entries: Iterable[Entry], *, by: User | None) -> None:
    """Append many events under one lock; the order of `entries` is the order in the log."""
    remaining = iter(entries)
    with transaction.atomic():
        head = _locked_head()
        while part := list(islice(remaining, CHUNK)):
            AuditEvent.objects.bulk_create([_chained(entry, head, by) for entry in part])
        head.save(update_fields=["sequence", "digest"])
    ring_after_commit()


def _locked_head() -> AuditHead:
    head = AuditHead.objects.select_for_update().filter(pk=1).first()
    if head is None:
        AuditHead.objects.bulk_create([AuditHead(pk=1)], ignore_conflicts=True)
        head = AuditHead.objects.select_for_update().get(pk=1)
    return head


def _chained(entry: Entry, head: AuditHead, by: User | None) -> AuditEvent:
    context = current()
    head.sequence += 1
    event = AuditEvent(
        sequence=head.sequence,
        at=timezone.now(),
        actor=by.username if by else "系统",
        actor_role=by.role if by else "",
        token_key=context.token_key,
        address=context.address,
        request_id=context.request_id,
        action=entry.action,
        result=entry.result,
        object_type=entry.object._meta.label_lower if entry.object else "",
        object_id=str(entry.object.pk) if entry.object else "",
        object_label=str(entry.object)[:200] if entry.object else "",
        before=plain(entry.before),
        after=plain(entry.after),
        reason=entry.reason[:500],
    )
    event.digest = head.digest = link(head.digest, event)
    return event


def plain(values: Values | None) -> dict[str, Any] | None:
    """Values as JSON keeps them: dates as text, related objects as their keys."""
    return None if values is None else {name: _plain(value) for name, value in values.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, models.Model):
        return str(value.pk)
    if isinstance(value, date | datetime):
        return value.isoformat()
    return (
        value if value is None or isinstance(value, str | int | float | bool | list) else str(value)
    )


def snapshot(instance: models.Model, fields: Iterable[str]) -> dict[str, Any]:
    """The named fields' stored values, relations by key."""
    return {name: getattr(instance, instance._meta.get_field(name).attname) for name in fields}


def difference(before: Values, after: Values) -> tuple[dict[str, Any], dict[str, Any]]:
    """Only what changed, as two dictionaries with the same keys."""
    changed = [name for name in after if before.get(name) != after[name]]
    return {name: before.get(name) for name in changed}, {name: after[name] for name in changed}
