"""组织关系转接: who may do what in which state, and how long a letter holds."""

from dataclasses import dataclass
from datetime import date, timedelta

from accounts.rules import Vocabulary
from members.rules.vocabulary import MoveState


class Side(Vocabulary):
    OUT = "out", "转出一方"
    IN = "in", "转入一方"


class MoveVerb(Vocabulary):
    APPROVE = "approve", "同意转出"
    ISSUE = "issue", "开出介绍信"
    ACCEPT = "accept", "同意转入"
    COMPLETE = "complete", "登记回执,完成转接"
    SEND_BACK = "send_back", "退回"
    WITHDRAW = "withdraw", "撤回"


@dataclass(frozen=True)
class Step:
    """From which states a verb leads where, and whose it is; superior: not the branch's own."""

    states: tuple[MoveState, ...]
    to: MoveState
    side: Side
    superior: bool = True


STEPS = {
    MoveVerb.APPROVE: Step((MoveState.APPLIED,), MoveState.APPROVED, Side.OUT),
    MoveVerb.ISSUE: Step((MoveState.APPROVED,), MoveState.LETTER, Side.OUT),
    MoveVerb.ACCEPT: Step((MoveState.LETTER,), MoveState.ACCEPTED, Side.IN),
    MoveVerb.COMPLETE: Step((MoveState.ACCEPTED,), MoveState.DONE, Side.IN),
    MoveVerb.WITHDRAW: Step(
        (MoveState.APPLIED, MoveState.APPROVED), MoveState.WITHDRAWN, Side.OUT, superior=False
    ),
}
# sending back is the business of whoever has to act next
SEND_BACK = {
    MoveState.APPLIED: Side.OUT,
    MoveState.APPROVED: Side.OUT,
    MoveState.LETTER: Side.IN,
    MoveState.ACCEPTED: Side.IN,
}
OPEN = tuple(SEND_BACK)


def step_of(verb: str, state: str) -> Step | None:
    """What the verb does in this state; None when it is not possible there."""
    if verb == MoveVerb.SEND_BACK:
        side = SEND_BACK.get(MoveState(state))
        return Step((MoveState(state),), MoveState.RETURNED, side) if side else None
    step = STEPS.get(MoveVerb(verb))
    return step if step and state in step.states else None


def letter_end(issued_on: date, days: int) -> date:
    """The last day on which the letter holds; issued on the first of `days` days."""
    return issued_on + timedelta(days=days)


def is_expired(state: str, expires_on: date | None, today: date) -> bool:
    """A letter that was not accepted in time. Accepted ones wait for the receipt without limit."""
    return state == MoveState.LETTER and expires_on is not None and today > expires_on


def is_expiring(state: str, expires_on: date | None, today: date, alert_days: int) -> bool:
    if state != MoveState.LETTER or expires_on is None:
        return False
    return today <= expires_on and expires_on - today <= timedelta(days=alert_days)
