"""What becomes of a long export: asked for, made by a worker, carried away, forgotten."""

import time
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import IO

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.db import models, transaction
from django.utils import timezone

from accounts import audit
from accounts.access import require
from accounts.doorbell import ring_after_commit
from accounts.models import LeaseLost, ListExport, User, take_up
from accounts.rules import ExportState, Right

WORK = "accounts.tasks.work_off_exports"
LEASE = timedelta(minutes=3)
MOST_ATTEMPTS = 3
MOST_WAITING = 5


@transaction.atomic
def ask_for_export(
    *,
    route: str,
    query: str,
    columns: Sequence[str],
    kind: str,
    name: str,
    filters: Sequence[str],
    rows: int,
    by: User,
) -> ListExport:
    """Have a worker make the file; the same question still being worked on is not made twice.

    Raises ValidationError when too many of the person's wait.
    """
    require(by, Right.EXPORT)
    asked = {
        "route": route,
        "query": query,
        "columns": list(columns),
        "kind": kind,
        "role": by.role,
        "scope_code": by.scope_code,
    }
    User.objects.select_for_update().get(pk=by.pk)  # two clicks at once are one after the other
    waiting = list(ListExport.objects.making().filter(owner=by))
    for one in waiting:
        if all(getattr(one, field) == value for field, value in asked.items()):
            return one
    if len(waiting) >= MOST_WAITING:
        raise ValidationError(f"您已有 {len(waiting)} 个导出正在生成,请等它们完成后再导出。")
    made = ListExport.objects.create(
        owner=by, name=name, filters=list(filters), rows_total=rows, **asked
    )
    after = {"format": kind, "filters": list(filters), "rows": rows}
    audit.record(by=by, action="list_export.ask", object=made, after=after)
    ring_after_commit(WORK, made.pk)
    return made


@transaction.atomic
def note_export(
    *, model: type[models.Model], kind: str, filters: Sequence[str], rows: int, by: User
) -> None:
    """Say in the audit log who carried out which rows, before they get the file."""
    require(by, Right.EXPORT)
    noun = "".join(f"_{c.lower()}" if c.isupper() else c for c in model.__name__).lstrip("_")
    after = {"format": kind, "filters": list(filters), "rows": rows}
    audit.record(by=by, action=f"{noun}.export", after=after)


# --- a worker's ---------------------------------------------------------------------------------


def claim(export_id: int | None = None) -> ListExport | None:
    """Take up an export that nobody works on, or whose worker is gone; None when there is none."""
    waiting = ListExport.objects.making()
    if export_id is not None:
        waiting = waiting.filter(pk=export_id)
    return take_up(waiting, LEASE, most_attempts=MOST_ATTEMPTS, give_up=give_up, rows_done=0)


def hold(one: ListExport, rows_done: int) -> None:
    """Say how far it is; raises LeaseLost when it is another worker's by now."""
    one.hold(LEASE, rows_done=rows_done)


def give_up(one: ListExport) -> None:
    one.mine().update(state=ExportState.FAILED.value, lease_until=None)


def finish(*, export: ListExport, file: IO[bytes], rows: int) -> None:
    """Keep the file; raises LeaseLost, and keeps nothing, when it is another worker's by now."""
    export.content.save(export.name, File(file), save=False)
    ready = {"state": ExportState.READY.value, "ready_at": timezone.now(), "lease_until": None}
    kept = {"content": export.content.name, "size": export.content.size}
    if not export.mine().update(rows_done=rows, rows_total=rows, **ready, **kept):
        export.content.delete(save=False)
        raise LeaseLost


def forget_old_exports() -> int:
    """Delete exports of some days ago with their files, and files that a killed worker left."""
    before = timezone.now() - timedelta(days=settings.EXPORT_DAYS)
    count = 0
    for one in ListExport.objects.filter(asked_at__lt=before):
        if one.content:
            one.content.delete(save=False)
        one.delete()
        count += 1
    named = set(ListExport.objects.exclude(content="").values_list("content", flat=True))
    root, yesterday = Path(settings.MEDIA_ROOT), time.time() - 24 * 3600
    for path in root.glob("exports/*/*"):
        with suppress(OSError):
            if str(path.relative_to(root)) not in named and path.stat().st_mtime < yesterday:
                path.unlink()
    return count
