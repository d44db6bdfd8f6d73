"""Writing and verifying the audit log. Record last in an action, inside its transaction.

Every event carries a keyed hash over itself and the event before it; the head row carries the last
of them under a seal of its own. Without AUDIT_KEY nobody can make an event, or a head, that fits.
"""

import hmac
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from itertools import islice
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import models, transaction
from django.utils import timezone

from accounts.context import current
from accounts.doorbell import ring_after_commit
from accounts.models import AuditEvent, AuditHead, AuditVerification, User
from accounts.rules import AuditResult
from accounts.sealing import EncryptedField

Values = Mapping[str, Any]
CHUNK = 2000
HIDDEN = "(已隐去)"
SYSTEM = "系统"


@dataclass(frozen=True)
class Entry:
    """What happened to one object: field values before and after, None where there were none."""

    action: str
    object: models.Model | None = None
    before: Values | None = None
    after: Values | None = None
    reason: str = ""
    result: str = AuditResult.OK.value


CHAINED = (
    *("sequence", "actor", "actor_role", "token_key", "address", "request_id", "action", "result"),
    *("object_type", "object_id", "object_label", "before", "after", "reason"),
)


def link(previous: str, event: AuditEvent) -> str:
    """The keyed hash of an event and of the one before it."""
    fields = {name: getattr(event, name) for name in CHAINED}
    fields["at"] = event.at.astimezone(timezone.get_default_timezone()).isoformat()
    return _keyed(previous + "\n" + json.dumps(fields, ensure_ascii=False, sort_keys=True))


def _keyed(text: str) -> str:
    return hmac.new(settings.AUDIT_KEY.encode(), text.encode(), "sha256").hexdigest()


def head_seal(head: AuditHead) -> str:
    return _keyed(f"head:{head.sequence}:{head.digest}")


def record(
    *,
    by: User | None,
    action: str,
    object: models.Model | None = None,
    before: Values | None = None,
    after: Values | None = None,
    reason: str = "",
    result: str = AuditResult.OK.value,
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
        head.seal = head_seal(head)
        head.save(update_fields=["sequence", "digest", "seal"])
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
        actor=by.username if by else SYSTEM,
        actor_role=by.role if by else "",
        token_key=context.token_key,
        address=context.address[:45],
        request_id=context.request_id,
        action=entry.action,
        result=entry.result,
        object_type=entry.object._meta.label_lower if entry.object else "",
        object_id=str(entry.object.pk) if entry.object else "",
        object_label=clean(str(entry.object))[:200] if entry.object else "",
        before=plain(entry.before),
        after=plain(entry.after),
        reason=clean(entry.reason)[:500],
    )
    event.digest = head.digest = link(head.digest, event)
    return event


def plain(values: Values | None) -> dict[str, Any] | None:
    """Values as JSON keeps them: dates as text, records with key and name, secrets hidden."""
    if values is None:
        return None
    return {
        name: (HIDDEN if value else "") if name in secret_names() else _plain(value)
        for name, value in values.items()
    }


@cache
def secret_names() -> frozenset[str]:
    """Names of all encrypted fields; what is called so is hidden wherever it is recorded."""
    return frozenset(
        field.name
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, EncryptedField)
    )


def _plain(value: Any) -> Any:
    if isinstance(value, models.Model):
        # the name is copied, so that a deleted record's history still says what it was
        return {"key": str(value.pk), "name": str(value)}
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, dict):
        return {clean(str(name)): _plain(one) for name, one in value.items()}
    if value is None or isinstance(value, int | float | bool):
        return value
    return clean(str(value))


def clean(text: str) -> str:
    """Without what PostgreSQL cannot keep: what somebody sent to break the log is logged too."""
    return text.replace("\x00", "␀").encode("utf-8", "replace").decode()


def snapshot(instance: models.Model, fields: Iterable[str]) -> dict[str, Any]:
    """The named fields' values; relations as records."""
    return {name: getattr(instance, name) for name in fields}


def changes(instance: models.Model, values: Values) -> tuple[dict[str, Any], dict[str, Any]]:
    """What `values` would change on the stored instance: before and after, with the same keys."""
    before, after = {}, {}
    for name, new in values.items():
        stored = getattr(instance, instance._meta.get_field(name).attname)
        if stored != (new.pk if isinstance(new, models.Model) else new):
            before[name], after[name] = getattr(instance, name), new
    return before, after


# --- verifying ----------------------------------------------------------------------------------


def verify() -> AuditVerification:
    """Walk the whole chain and keep what was found; problems name the sequence numbers."""
    problems: list[str] = []
    count, previous, expected = 0, "", 1
    for event in _events():
        count += 1
        if event.sequence != expected:
            problems.append(f"第 {expected} 至 {event.sequence - 1} 条缺失")
            expected = event.sequence
            # what follows is compared with the stored link, so that one gap is one problem
            previous = ""
        elif event.digest != link(previous, event):
            problems.append(f"第 {event.sequence} 条与链值不符(内容被改动,或顺序被调换)")
        previous, expected = event.digest, event.sequence + 1
        if len(problems) >= 100:
            problems.append("问题过多,未再继续")
            break
    problems += _head_problems(expected - 1, previous)
    return AuditVerification.objects.create(at=timezone.now(), event_count=count, problems=problems)


def _events() -> Iterator[AuditEvent]:
    """In order of sequence; a gap's follower is checked against nothing but its own number."""
    last = 0
    while part := list(AuditEvent.objects.filter(sequence__gt=last).order_by("sequence")[:CHUNK]):
        yield from part
        last = part[-1].sequence


def _head_problems(last: int, digest: str) -> list[str]:
    head = AuditHead.objects.filter(pk=1).first()
    if head is None:
        return ["链头缺失"] if last else []
    if not hmac.compare_digest(head.seal, head_seal(head)):
        return ["链头被改动"]
    if head.sequence > last:
        return [f"末尾的第 {last + 1} 至 {head.sequence} 条缺失"]
    if head.sequence < last or head.digest != digest:
        return ["链头与最后一条记录不符"]
    return []
