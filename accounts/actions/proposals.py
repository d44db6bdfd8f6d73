"""Changes of accounts: proposed by one administrator, decided by another, seen by the third."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.access import require
from accounts.actions.accounts import (
    change_role,
    check_scope,
    create_account,
    forget_second_factor,
    issue_one_time_password,
    set_active,
)
from accounts.models import AccountProposal, User
from accounts.rules import ProposalKind, ProposalState, Right


@transaction.atomic
def propose(*, proposal: AccountProposal, by: User) -> AccountProposal:
    """Put an unsaved proposal before the security administrator; raises ValidationError."""
    require(by, Right.PROPOSE_ACCOUNTS)
    subject = User.objects.filter(username=proposal.username).first()
    if proposal.kind == ProposalKind.CREATE:
        if subject is not None:
            raise ValidationError({"username": f"账号“{proposal.username}”已存在。"})
        taken = User.objects.filter(person_code=proposal.person_code).exists()
        if not proposal.person_code or taken:
            raise ValidationError({"person_code": "请填写人员编号;一人只能有一个账号。"})
    elif subject is None:
        raise ValidationError({"username": f"没有账号“{proposal.username}”。"})
    if proposal.kind in (ProposalKind.CREATE, ProposalKind.CHANGE_ROLE):
        check_scope(proposal.role, proposal.scope_code)
    else:
        proposal.role = proposal.scope_code = ""
    proposal.proposed_by, proposal.state = by, ProposalState.PENDING.value
    proposal.full_clean()
    proposal.save()
    fields = ("kind", "username", "person_code", "role", "scope_code")
    audit.record(
        by=by,
        action="proposal.make",
        object=proposal,
        after=audit.snapshot(proposal, fields),
        reason=proposal.reason,
    )
    return proposal


@transaction.atomic
def decide(*, proposal: AccountProposal, approve: bool, decision: str, by: User) -> None:
    """Approve and carry out, or send back with a reason; not by whoever proposed it."""
    require(by, Right.DECIDE_ACCOUNTS)
    stored = AccountProposal.objects.select_for_update().get(pk=proposal.pk)
    if stored.state != ProposalState.PENDING:
        raise ValidationError("这项事项已经审批过了。")
    if stored.proposed_by_id == by.pk:
        raise PermissionDenied("提出人不能审批自己提出的事项。")
    if not approve and not decision:
        raise ValidationError("退回时请写明理由。")
    if approve:
        _carry_out(stored, by)
    stored.state = (ProposalState.APPROVED if approve else ProposalState.REJECTED).value
    stored.decided_by, stored.decided_at, stored.decision = by, timezone.now(), decision
    stored.save()
    audit.record(
        by=by,
        action="proposal.approve" if approve else "proposal.reject",
        object=stored,
        after={"state": stored.state},
        reason=decision,
    )


def _carry_out(proposal: AccountProposal, by: User) -> None:
    if proposal.kind == ProposalKind.CREATE:
        # its first password is handed out by the proposer, so that it takes two people
        create_account(
            username=proposal.username,
            person_code=proposal.person_code,
            display_name=proposal.display_name,
            role=proposal.role,
            scope_code=proposal.scope_code,
            by=by,
        )
        return
    user = User.objects.select_for_update().filter(username=proposal.username).first()
    if user is None:
        raise ValidationError(f"账号“{proposal.username}”已不存在。")
    if user.pk == by.pk:
        raise PermissionDenied("不能审批涉及自己账号的事项。")
    match proposal.kind:
        case ProposalKind.CHANGE_ROLE:
            change_role(user=user, role=proposal.role, scope_code=proposal.scope_code, by=by)
        case ProposalKind.DISABLE:
            set_active(user=user, is_active=False, by=by)
        case ProposalKind.ENABLE:
            set_active(user=user, is_active=True, by=by)
        case ProposalKind.RESET_SECOND_FACTOR:
            forget_second_factor(user=user, by=by)


@transaction.atomic
def hand_out_password(*, proposal: AccountProposal, by: User) -> str:
    """The proposer draws the one-time password of an approved account or reset, once."""
    require(by, Right.PROPOSE_ACCOUNTS)
    stored = AccountProposal.objects.select_for_update().get(pk=proposal.pk)
    fits = stored.kind in (ProposalKind.CREATE, ProposalKind.RESET_PASSWORD)
    if stored.state != ProposalState.APPROVED or not fits:
        raise ValidationError("这项事项没有可领取的密码。")
    if stored.password_drawn_at is not None:
        raise ValidationError("密码已经领取过了;如遗失,请另提“重置密码”。")
    user = User.objects.select_for_update().get(username=stored.username)
    stored.password_drawn_at = timezone.now()
    stored.save(update_fields=["password_drawn_at"])
    return issue_one_time_password(user=user, by=by)


@transaction.atomic
def note_seen(*, proposal: AccountProposal, by: User) -> None:
    """The audit administrator has taken note."""
    require(by, Right.VIEW_AUDIT)
    if proposal.seen_by_id is None:
        proposal.seen_by, proposal.seen_at = by, timezone.now()
        proposal.save(update_fields=["seen_by", "seen_at"])
        audit.record(by=by, action="proposal.see", object=proposal)
