"""Taking a whole batch back: new records removed, changed fields as they were."""

from django.db import transaction

from accounts import audit
from accounts.models import User
from organizations.actions.taking_back import TakingBack
from organizations.models import ImportBatch


@transaction.atomic
def undo_batch(*, record: ImportBatch, by: User) -> None:
    """Restore exactly what was before the batch; raises UndoRefused when that would lose work."""
    undoing = TakingBack(
        record.effects.order_by("-pk"),
        since=record.applied_at,
        reason=f"撤销导入批次 {record.pk}",
    )
    undoing.walk_back()
    undoing.refuse_if_changed()
    # what is new goes first, so that what it took the place of can come back; what was made on the
    # way goes last, when nothing points to it any more
    undoing.remove()
    undoing.restore()
    undoing.remove_byproducts()
    undone = audit.Entry("import.undo", record, reason=record.reason)
    audit.record_many([*undoing.entries, undone], by=by)
