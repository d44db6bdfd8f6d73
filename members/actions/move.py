"""组织关系转接 by letter: applied for, approved, sent, accepted, receipted; or sent back, expired."""

from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.access import require
from accounts.models import User
from accounts.rules import Right
from members.access import reaches, require_reach
from members.actions.affiliation import carry, check_receives, transfer_out
from members.models import DuesMonth, Member, Move
from members.models.move import current_membership
from members.models.parameter import whole
from members.rules.moves import MoveVerb, Side, Step, is_expired, letter_end, step_of
from members.rules.parameters import Parameter
from members.rules.vocabulary import MoveState
from organizations.actions.versions import locked
from organizations.models import PartyOrganization


@transaction.atomic
def apply_move(
    *,
    member: Member,
    to: PartyOrganization | None,
    reason: str,
    by: User | None,
    to_outside: str = "",
) -> Move:
    """Apply for a member's move; they stay counted where they are until it is complete."""
    stored = locked(member)
    current = current_membership(stored.pk)
    if current is None:
        raise ValidationError("这名党员现在不属于任何党组织,不能转接。")
    require_reach(by, current.party_organization)
    if to is not None:
        check_receives(to, timezone.localdate())
    move = Move(
        member=stored,
        from_party=current.party_organization,
        to_party=to,
        to_outside=to_outside,
        reason=reason,
        applied_by=by,
    )
    move.full_clean(exclude=["log"])
    _log(move, "申请", by, reason)
    move.save()
    audit.record(
        by=by,
        action="move.apply",
        object=move,
        after={"to": to or to_outside, "member": stored},
        reason=reason,
    )
    return move


def side_party(move: Move, step: Step) -> PartyOrganization:
    """Whose business a step is; what goes out of the system is receipted by the old side."""
    if step.side == Side.IN and move.to_party is not None:
        return move.to_party
    return move.from_party


def may_take(move: Move, verb: str, user: Any) -> bool:
    """Would this account's step be accepted? Pages show only such buttons."""
    step = step_of(verb, move.state)
    if step is None:
        return False
    right = Right.DECIDE_MEMBERS if step.superior else Right.EDIT_MEMBERS
    return user.may(right) and reaches(user, side_party(move, step))


@transaction.atomic
def take_step(
    *,
    move: Move,
    verb: MoveVerb,
    by: User | None,
    note: str = "",
    letter_number: str = "",
    on: date | None = None,
) -> Move:
    """Take one step of a move; the last one closes the old membership and opens the new one.

    Raises PermissionDenied for the other side, ValidationError with the cure.
    """
    stored = Move.objects.select_for_update().get(pk=move.pk)
    today = timezone.localdate()
    step = step_of(verb, stored.state)
    if step is None:
        raise ValidationError(f"这项转接{stored.get_state_display()},不能{verb.label}。")
    if by is not None:
        right = Right.DECIDE_MEMBERS if step.superior else Right.EDIT_MEMBERS
        require(by, right)
        if not reaches(by, side_party(stored, step)):
            raise PermissionDenied(f"{verb.label}由{step.side.label}办理。")
    if verb == MoveVerb.SEND_BACK and not note.strip():
        raise ValidationError({"note": "退回时请写明理由。"})
    if verb == MoveVerb.ISSUE:
        _issue(stored, letter_number, today)
    elif verb in (MoveVerb.ACCEPT, MoveVerb.COMPLETE):
        if is_expired(stored.state, stored.expires_on, today):
            raise ValidationError(
                f"介绍信已于 {stored.expires_on:%Y-%m-%d} 失效,请退回后由转出一方重新开具。"
            )
        if verb == MoveVerb.COMPLETE:
            _complete(stored, on or today, by)
    before = stored.state
    stored.state = step.to.value
    _log(stored, verb.label, by, note)
    stored.save()
    audit.record(
        by=by,
        action=f"move.{verb.value}",
        object=stored,
        before={"state": before},
        after={"state": stored.state, "member": stored.member},
        reason=note,
    )
    return stored


def _issue(move: Move, letter_number: str, today: date) -> None:
    if not letter_number.strip():
        raise ValidationError({"letter_number": "请填写介绍信编号。"})
    move.letter_number = letter_number.strip()
    move.issued_on = today
    move.expires_on = letter_end(today, whole(Parameter.LETTER_DAYS, today.year))
    paid = DuesMonth.objects.filter(member=move.member_id, due__gt=0, paid__gt=0)
    latest = paid.order_by("-month").values_list("month", flat=True).first()
    move.dues_paid_to = latest


def _complete(move: Move, on: date, by: User | None) -> None:
    member = locked(move.member)
    current = current_membership(member.pk)
    if current is None or current.party_organization_id != move.from_party_id:
        raise ValidationError("这名党员已不在转出的党组织,请核对后退回。")
    if move.issued_on and on < move.issued_on:
        raise ValidationError({"on": "转接日期不能早于介绍信开具日期。"})
    if on > timezone.localdate():
        raise ValidationError({"on": "日期晚于今天,请核对。"})
    if move.to_party is None:
        transfer_out(member, current, on, by, move.to_outside)
    else:
        carry(member, current, move.to_party, on, by, move.reason)
    move.moved_on = on


@transaction.atomic
def expire_moves(*, today: date | None = None) -> int:
    """Mark letters that were not accepted in time; returns how many."""
    day = today or timezone.localdate()
    number = 0
    for move in Move.objects.expired_on(day).select_for_update().order_by("pk"):
        move.state = MoveState.EXPIRED.value
        _log(move, "介绍信超期", None, "")
        move.save()
        audit.record(by=None, action="move.expire", object=move, after={"state": move.state})
        number += 1
    return number


def _log(move: Move, what: str, by: User | None, note: str) -> None:
    now = timezone.localtime()
    entry = {"at": f"{now:%Y-%m-%d %H:%M}", "what": what, "note": note[:200]}
    move.log = [*move.log, {**entry, "by": by.name if by else "系统"}]
