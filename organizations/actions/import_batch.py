"""What a person does with a batch: upload, correct, apply, throw away, take back."""

import hashlib
import re
from collections.abc import Sequence
from pathlib import Path, PurePath

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import File
from django.db import transaction
from django.db.models import Q

from accounts import audit
from accounts.doorbell import ring_after_commit
from accounts.models import User
from organizations.models import ImportBatch, ImportFile
from organizations.rules.vocabulary import BatchState
from organizations.spreadsheets.annotating import batch_mark

WORK = "organizations.tasks.work_off_imports"
# what a returned workbook is called, and what a browser adds to a second download
_ADDED = re.compile(r"(-问题)?\s*([((]\d+[))])?$")


@transaction.atomic
def upload(*, files: Sequence[File], by: User) -> ImportBatch:
    """Keep workbooks and ask for their check; corrected ones continue the batch they came from.

    Raises ValidationError when that batch is just being worked on.
    """
    kept = [_kept(file, by) for file in files]
    batch = _continued(kept, by)
    if batch is not None:
        _correct(batch, kept, by)
        return batch
    batch = ImportBatch.objects.create(
        made_by=by, asked_by=by, area_code=by.scope.code, state=BatchState.CHECKING.value
    )
    taken: set[str] = set()
    for one in kept:
        one.batch, one.name = batch, _unused(one.name, taken)
        one.save()
    audit.record(
        by=by, action="import.upload", object=batch, after={"files": [one.name for one in kept]}
    )
    ring_after_commit(WORK, batch.pk)
    return batch


@transaction.atomic
def correct(*, batch: ImportBatch, files: Sequence[File], by: User) -> None:
    """Put corrected workbooks in the place of those that they correct, and check again.

    Raises ValidationError when the batch is closed or just being worked on.
    """
    _correct(_locked(batch, by), [_kept(file, by) for file in files], by)


@transaction.atomic
def ask_to_apply(*, batch: ImportBatch, by: User) -> None:
    """Have a worker write what the preview shows; raises ValidationError when it is not ready."""
    stored = _locked(batch, by)
    if stored.state != BatchState.READY:
        raise ValidationError("这一批现在不能导入,请看页面上的状态。")
    if not stored.brings_changes:
        raise ValidationError("与系统中的记录完全相同,没有可导入的内容。")
    _hand_to_worker(stored, BatchState.APPLYING, by)
    stored.save()
    ring_after_commit(WORK, stored.pk)


@transaction.atomic
def discard(*, batch: ImportBatch, by: User) -> None:
    """Throw an unapplied batch away; raises ValidationError when it is applied or worked on."""
    stored = _locked(batch, by)
    if not stored.is_open:
        raise ValidationError("这一批已不能放弃,请看页面上的状态。")
    stored.state, stored.notice = BatchState.DISCARDED.value, {}
    stored.save()
    audit.record(by=by, action="import.discard", object=stored)


@transaction.atomic
def ask_to_undo(*, batch: ImportBatch, reason: str, by: User) -> None:
    """Have a worker restore what was before an applied batch; raises ValidationError."""
    stored = _locked(batch, by)
    if stored.state != BatchState.APPLIED:
        raise ValidationError("只有已导入的批次可以撤销。")
    if not reason.strip():
        raise ValidationError("请写明撤销的理由。")
    if not stored.effects.exists():
        raise ValidationError("这一批没有留下撤销所需的记录,请逐条更正。")
    _hand_to_worker(stored, BatchState.UNDOING, by)
    stored.reason = reason.strip()[:300]
    stored.save()
    ring_after_commit(WORK, stored.pk)


def _locked(batch: ImportBatch, by: User) -> ImportBatch:
    stored = ImportBatch.objects.select_for_update().get(pk=batch.pk)
    if not stored.is_reached_by(by):
        raise PermissionDenied("这一批不在您的管辖范围。")
    return stored


def _hand_to_worker(batch: ImportBatch, state: BatchState, by: User) -> None:
    batch.state, batch.asked_by, batch.notice = state.value, by, {}
    batch.lease_until, batch.attempts, batch.stage = None, 0, ""
    batch.rows_done = batch.rows_total = 0


def _kept(file: File, by: User) -> ImportFile:
    """The file in private storage under a random name; its record is not saved yet."""
    digest = hashlib.sha256()
    for part in file.chunks():
        digest.update(part)
    name = PurePath((file.name or "").replace("\\", "/")).name[-150:] or "工作簿.xlsx"
    one = ImportFile(name=name, sha256=digest.hexdigest(), size=file.size, uploaded_by=by)
    one.content.save(name, file, save=False)
    return one


def _continued(kept: Sequence[ImportFile], by: User) -> ImportBatch | None:
    """The open batch that all returned workbooks among the files belong to."""
    keys = {mark[0] for one in kept if (mark := batch_mark(Path(one.content.path)))}
    if len(keys) != 1:
        return None
    mine = ImportBatch.objects.visible_to(by).select_for_update()
    found = mine.filter(key=keys.pop()).first()
    return found if found is not None and (found.is_open or found.is_working) else None


def _correct(batch: ImportBatch, kept: Sequence[ImportFile], by: User) -> None:
    if not batch.is_open:
        raise ValidationError(
            "这一批正在处理,请等它结束后再上传。"
            if batch.is_working
            else "这一批已经办结,请新建导入。"
        )
    current = list(batch.workbooks.filter(is_current=True))
    for one in kept:
        earlier = _corrected(one, current, len(kept))
        if earlier is not None:
            earlier.is_current = False
            earlier.save(update_fields=["is_current"])
            current.remove(earlier)
            one.name = earlier.name
        one.batch = batch
        one.name = _unused(one.name, {other.name for other in current})
        one.save()
        current.append(one)
    _hand_to_worker(batch, BatchState.CHECKING, by)
    batch.save()
    audit.record(
        by=by, action="import.correct", object=batch, after={"files": [one.name for one in kept]}
    )
    ring_after_commit(WORK, batch.pk)


def _corrected(one: ImportFile, current: Sequence[ImportFile], uploaded: int) -> ImportFile | None:
    """Which file a corrected one replaces: by its hidden mark, its name, or as the only one."""
    mark = batch_mark(Path(one.content.path))
    if mark:
        for earlier in current:
            if earlier.pk == mark[1]:
                return earlier
    for earlier in current:
        if _plain(earlier.name) == _plain(one.name):
            return earlier
    return current[0] if len(current) == 1 and uploaded == 1 else None


def _plain(name: str) -> str:
    return _ADDED.sub("", PurePath(name).stem).strip().casefold()


def _unused(name: str, taken: set[str]) -> str:
    """The name, numbered when another file of the batch has it already."""
    path, number = PurePath(name), 2
    while name in taken:
        name = f"{path.stem}({number}){path.suffix}"
        number += 1
    taken.add(name)
    return name


def forget_old(*, before: object) -> int:
    """Delete files and previews of batches thrown away or taken back before that moment."""
    closed = [BatchState.DISCARDED.value, BatchState.UNDONE.value]
    old = ImportFile.objects.filter(Q(batch__state__in=closed), uploaded_at__lt=before)
    count = 0
    for one in old.exclude(content=""):
        one.content.delete(save=False)
        if one.annotated:
            one.annotated.delete(save=False)
        one.save(update_fields=["content", "annotated"])
        count += 1
    return count
