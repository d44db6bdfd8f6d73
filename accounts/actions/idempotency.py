"""The same request twice has one effect: keys are claimed in the effect's own transaction."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts.models import IdempotencyKey

KEPT = timedelta(hours=72)


def claim_key(*, asker: str, key: str, request_hash: str) -> tuple[IdempotencyKey, bool]:
    """The key's row, and whether it is new; whoever comes second waits for the first to end."""
    return IdempotencyKey.objects.get_or_create(
        asker=asker, key=key, defaults={"request_hash": request_hash}
    )


def settle_key(*, row: IdempotencyKey, status: int, object_id: Any) -> None:
    """Keep what came of the request, so that a second one can be told the same."""
    row.status, row.object_id = status, str(object_id)
    row.save(update_fields=["status", "object_id"])


def forget_old_keys() -> None:
    IdempotencyKey.objects.filter(created_at__lt=timezone.now() - KEPT).delete()
