"""What a worker does with a batch, which it holds by a lease.

A worker that was killed leaves its lease to run out; whoever comes next starts again. Whatever
changes records commits in one transaction with the step to the next state, so that nothing is
applied or taken back twice.
"""

from datetime import timedelta
from pathlib import Path
from typing import Any

import structlog
from django.core.files.base import ContentFile
from django.db import IntegrityError, OperationalError, transaction
from django.utils import timezone

from accounts.models import LeaseLost, User, take_up
from accounts.rules import Right
from organizations.actions.import_undo import undo_batch
from organizations.actions.imports import apply_batch
from organizations.actions.taking_back import UndoRefused
from organizations.imports.batch import Batch
from organizations.imports.preview import (
    OUTCOMES,
    pages_of,
    preview_digest,
    rows_by_place,
    store_preview,
)
from organizations.imports.problems import Place, Problem
from organizations.imports.returned import instructions
from organizations.imports.writer import ChangedUnderway
from organizations.models import ImportBatch, ImportFile, ImportPage
from organizations.rules.vocabulary import BatchState
from organizations.spreadsheets.annotating import AnnotationFailed, annotated

log = structlog.get_logger("portal.imports")

LEASE = timedelta(minutes=3)
MOST_ATTEMPTS = 4
MOST_TOLD = 100


class Stale(Exception):
    """What the preview showed is no longer what would happen; carries the batch as it is now."""

    def __init__(self, batch: Batch) -> None:
        super().__init__()
        self.batch = batch


def work_off(batch_id: int | None = None) -> int:
    """Do what waits, one batch after another; returns how many were worked on."""
    count = 0
    while (record := claim(batch_id)) is not None:
        _work(record)
        count += 1
    return count


def claim(batch_id: int | None = None) -> ImportBatch | None:
    """Take up a batch that nobody works on, or whose worker is gone; None when there is none."""
    waiting = ImportBatch.objects.working()
    if batch_id is not None:
        waiting = waiting.filter(pk=batch_id)
    return take_up(waiting, LEASE, most_attempts=MOST_ATTEMPTS, give_up=_interrupted)


def _interrupted(record: ImportBatch) -> None:
    _give_up(record, "处理多次中断,没有写入任何内容。请拆分文件后重新上传,或联系管理员。")


def _work(record: ImportBatch) -> None:
    state = record.state
    try:
        match record.state:
            case BatchState.CHECKING:
                _check(record)
            case BatchState.APPLYING:
                _apply(record)
            case BatchState.UNDOING:
                _undo(record)
    except LeaseLost:
        log.warning("import_lease_lost", batch=record.pk)
    except OperationalError as error:  # the database; tried again when the lease has run out
        log.warning("import_interrupted", batch=record.pk, error=str(error)[:200])
    except Exception:
        log.exception("import_failed", batch=record.pk)
        record.state = state  # what failed had set it already
        _give_up(record, "处理时出现内部错误,没有写入任何内容;已记入日志,请联系管理员。")


def _give_up(record: ImportBatch, message: str) -> None:
    """Say that it could not be done; a batch that is applied already stays applied."""
    undoing = record.state == BatchState.UNDOING
    state = BatchState.APPLIED if undoing else BatchState.FAILED
    record.mine().filter(state=record.state).update(
        state=state.value, lease_until=None, notice={"kind": "failed", "message": message}
    )


def _hold(record: ImportBatch, **values: Any) -> None:
    """Write to the batch's row as its worker; raises LeaseLost when it is another's by now."""
    if not record.mine().filter(state=record.state).update(**values):
        raise LeaseLost


def _read(record: ImportBatch, by: User | None, *, tells: bool = True) -> Batch:
    """The batch's current files, read anew; a file that is not what was uploaded is an error."""

    def tell(stage: str, done: int, total: int) -> None:
        _hold(
            record,
            stage=stage[:60],
            rows_done=done,
            rows_total=total,
            lease_until=timezone.now() + LEASE,
        )

    batch = Batch(by=by, record=record, tell=tell if tells else None)
    kept = list(record.workbooks.filter(is_current=True))
    for one in kept:
        batch.read_file(Path(one.content.path), one.name)
    digests = {file["name"]: file["sha256"] for file in batch.files}
    for one in kept:
        if digests.get(one.name, one.sha256) != one.sha256:
            message = "服务器上的文件与上传时不一致,请重新上传"
            batch.errors.append(Problem(Place(one.name), "", "", message))
    return batch


# --- checking -----------------------------------------------------------------------------------


def _check(record: ImportBatch) -> None:
    batch = _read(record, record.made_by)
    batch.check()
    _settle(record, batch, {})


def _settle(record: ImportBatch, batch: Batch, notice: dict[str, Any]) -> None:
    """Keep the preview and the annotated books, and say where the batch stands now."""
    batch.progress.begin("标注问题")
    books = _annotated_books(record, batch)
    with transaction.atomic():
        _hold(record, lease_until=timezone.now() + LEASE)
        for one, content in books:
            if content is None:
                one.annotated = ""
            else:
                one.annotated.save(one.annotated_name, ContentFile(content), save=False)
            one.save(update_fields=["annotated", "error_count", "warning_count"])
        state = BatchState.READY if batch.is_clean else BatchState.WRONG
        _hold(
            record,
            digest=store_preview(batch),
            files=batch.files,
            report=batch.summary(),
            rows_done=batch.progress.total,
            rows_total=batch.progress.total,
            state=state.value,
            notice=notice,
            lease_until=None,
        )


def _annotated_books(record: ImportBatch, batch: Batch) -> list[tuple[ImportFile, bytes | None]]:
    books: list[tuple[ImportFile, bytes | None]] = []
    for one in record.workbooks.filter(is_current=True):
        one.error_count = sum(problem.place.file == one.name for problem in batch.errors)
        one.warning_count = sum(problem.place.file == one.name for problem in batch.warnings)
        content = None
        if (one.error_count or one.warning_count) and any(
            table.place.file == one.name for table in batch.tables
        ):
            told = instructions(batch, one.name, key=record.key or "", number=one.pk)
            try:
                content = annotated(Path(one.content.path), told)
            except AnnotationFailed as error:  # the list on the page remains
                log.warning("import_not_annotated", batch=record.pk, error=str(error)[:300])
        batch.progress.beat()
        books.append((one, content))
    return books


# --- applying -----------------------------------------------------------------------------------


def _apply(record: ImportBatch) -> None:
    by = record.asked_by
    if by is None or not by.may(Right.IMPORT) or not record.is_reached_by(by):
        _give_up(record, "办理人已没有导入的权限,没有写入任何内容。")
        return
    batch = _read(record, by)
    try:
        with transaction.atomic():
            _hold(record, lease_until=timezone.now() + LEASE)
            batch.progress.tell = None  # from here on everything is one transaction
            batch.check()
            if not batch.is_clean or preview_digest(batch) != record.digest:
                raise Stale(batch)
            record.lease_until, record.stage, record.notice = None, "", {}
            apply_batch(batch=batch, by=by)
    except Stale as stale:
        told = _differences(record, stale.batch)
        _settle(record, stale.batch, {"kind": "stale", **told})
    except ChangedUnderway as changed:
        message = f"“{changed.instance}”在导入的同时被他人修改,已重新检查,请再看一遍预览。"
        _check_again(record, by, message)
    except IntegrityError as error:  # another import brought the same at the same moment
        log.warning("import_collided", batch=record.pk, error=str(error)[:500])
        message = "导入的同时,别处写入了相同的记录,没有写入任何内容。已重新检查,请再看一遍预览。"
        _check_again(record, by, message)


def _check_again(record: ImportBatch, by: User, message: str) -> None:
    """Show a new preview instead of what could not be written."""
    # the row is as it was before; the fence stays this worker's own
    record.refresh_from_db(fields=["state", "files", "report", "applied_at", "lease_until"])
    batch = _read(record, by)
    batch.check()
    _settle(record, batch, {"kind": "stale", "rows": [], "count": 0, "message": message})


def _differences(record: ImportBatch, batch: Batch) -> dict[str, Any]:
    """The rows that the stored preview showed otherwise, in its words and in today's."""
    before = rows_by_place(ImportPage.objects.filter(batch=record).iterator(100))
    told: list[dict[str, Any]] = []
    count = 0
    for place, (now, entry) in rows_by_place(pages_of(batch)).items():
        was, earlier = before.get(place, ("", {}))
        if (was, earlier) == (now, entry):
            continue
        count += 1
        if count <= MOST_TOLD:
            told.append(
                {
                    "file": place.file,
                    "sheet": place.sheet,
                    "row": place.row,
                    "label": entry["label"],
                    "was": OUTCOMES.get(was, "未列出"),
                    "now": OUTCOMES[now],
                    "was_changes": earlier.get("changes", []),
                    "now_changes": entry.get("changes", []),
                }
            )
    return {"rows": told, "count": count}


# --- taking back --------------------------------------------------------------------------------


def _undo(record: ImportBatch) -> None:
    by = record.asked_by
    if by is None or not by.may(Right.IMPORT) or not record.is_reached_by(by):
        _give_up(record, "办理人已没有导入的权限,没有撤销。")
        return
    try:
        with transaction.atomic():
            _hold(record, lease_until=None)
            undo_batch(record=record, by=by)
            _hold(record, state=BatchState.UNDONE.value, undone_at=timezone.now(), notice={})
    except UndoRefused as refused:
        notice = {
            "kind": "undo_refused",
            "rows": refused.rows[:MOST_TOLD],
            "count": len(refused.rows),
        }
        _hold(record, state=BatchState.APPLIED.value, lease_until=None, notice=notice)
