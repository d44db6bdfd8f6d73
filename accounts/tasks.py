"""What is done for accounts and the audit log by the clock."""

import structlog
from celery import shared_task
from django.utils.module_loading import import_string

from accounts import audit
from accounts.actions.accounts import suspend_unused
from accounts.actions.drafts import forget_old_drafts
from accounts.actions.exports import forget_old_exports
from accounts.actions.idempotency import forget_old_keys
from accounts.actions.sessions import clear_sessions
from accounts.models import AuditHead
from accounts.throttling import forget_old_windows

# lists stand above tasks, so it is found by its name
WORK_OFF_EXPORTS = "accounts.listing.carrying.work_off"
log = structlog.get_logger("portal.audit")


@shared_task
def note_audit_head() -> None:
    """Say the chain's head in the logs, which are kept elsewhere: an anchor nobody here can move."""
    head = AuditHead.objects.filter(pk=1).first()
    if head is not None:
        log.info("audit_head", sequence=head.sequence, digest=head.digest)


@shared_task
def verify_audit() -> None:
    found = audit.verify()
    if found.problems:
        log.error("audit_broken", problems=found.problems[:10], count=len(found.problems))


@shared_task
def work_off_exports(export_id: int | None = None) -> None:
    """Make one long export, or all that wait."""
    import_string(WORK_OFF_EXPORTS)(export_id)


@shared_task
def tidy_accounts() -> None:
    """Suspend accounts unused for 90 days; drop old sessions, counters, drafts and exports."""
    suspend_unused()
    clear_sessions()
    forget_old_windows()
    forget_old_keys()
    forget_old_drafts()
    forget_old_exports()
