"""转正: turning full, extending the probation once, and what else happens in a member's life."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts import audit
from accounts.models import User
from accounts.rules import Right
from members.access import require_reach
from members.actions.affiliation import check_day, set_status
from members.models import LifeEvent, Member
from members.models.membership import Membership
from members.models.move import current_membership
from members.rules.dates import probation_end
from members.rules.vocabulary import EventKind, FullKind, MemberStatus
from organizations.actions.versions import locked

LEAST_EXTENSION, LONGEST_EXTENSION = 6, 12


def _probationer(member: Member, by: User | None) -> tuple[Member, Membership, date]:
    stored = locked(member)
    current = current_membership(stored.pk)
    if current is None or stored.status != MemberStatus.PROBATIONARY:
        raise ValidationError("这名党员不是在册的预备党员。")
    require_reach(by, current.party_organization, Right.DECIDE_MEMBERS)
    if stored.joined_on is None:
        raise ValidationError("没有入党日期,不能计算预备期,请先补录。")
    return stored, current, probation_end(stored.joined_on, stored.extended_months)


@transaction.atomic
def turn_full(*, member: Member, on: date, by: User | None, document: str = "") -> Member:
    """按期转正, or after an extension; decided on a day, full from the end of the probation.

    Raises ValidationError before the probation has run, PermissionDenied for a branch.
    """
    stored, _, end = _probationer(member, by)
    check_day(on)
    if on < end:
        raise ValidationError({"on": f"预备期到 {end:%Y-%m-%d} 才满,不能提前转正。"})
    kind = FullKind.EXTENDED if stored.extended_months else FullKind.ON_TIME
    set_status(stored, MemberStatus.FULL, full_on=end, full_kind=kind.value)
    LifeEvent.objects.create(member=stored, kind=EventKind.FULL, on=end, document=document)
    audit.record(
        by=by,
        action="member.turn_full",
        object=stored,
        before={"status": MemberStatus.PROBATIONARY},
        after={"status": MemberStatus.FULL, "full_on": end, "on": on},
        reason=document,
    )
    return stored


@transaction.atomic
def extend_probation(
    *, member: Member, months: int, on: date, by: User | None, document: str = ""
) -> Member:
    """延长预备期 once, by half a year to a year."""
    stored, _, end = _probationer(member, by)
    check_day(on)
    if stored.extended_months:
        raise ValidationError("预备期只能延长一次。")
    if not LEAST_EXTENSION <= months <= LONGEST_EXTENSION:
        raise ValidationError({"months": "延长的时间不能少于半年、多于一年。"})
    if on < end:
        raise ValidationError({"on": f"预备期到 {end:%Y-%m-%d} 才满,期满时才能讨论延长。"})
    stored.extended_months = months
    stored.version += 1
    stored.save()
    until = probation_end(stored.joined_on, months) if stored.joined_on else None
    LifeEvent.objects.create(
        member=stored, kind=EventKind.EXTENDED, on=on, until=until, document=document
    )
    audit.record(
        by=by,
        action="member.extend_probation",
        object=stored,
        after={"extended_months": months, "on": on},
        reason=document,
    )
    return stored


@transaction.atomic
def note_event(
    *,
    member: Member,
    kind: EventKind,
    on: date,
    by: User | None,
    until: date | None = None,
    document: str = "",
    note: str = "",
) -> LifeEvent:
    """留党察看 (decided by the superior, with its end), 失去联系, 恢复联系."""
    stored = locked(member)
    current = current_membership(stored.pk)
    if current is None:
        raise ValidationError("这名党员现在不属于任何党组织。")
    if kind not in (EventKind.WATCHED, EventKind.MISSING, EventKind.FOUND):
        raise ValidationError("这一事项请在相应的办理页面登记。")
    watched = kind == EventKind.WATCHED
    require_reach(
        by, current.party_organization, Right.DECIDE_MEMBERS if watched else Right.EDIT_MEMBERS
    )
    check_day(on)
    if watched and until is None:
        raise ValidationError({"until": "请填写留党察看的截止日期。"})
    event = LifeEvent(
        member=stored, kind=kind.value, on=on, until=until, document=document, note=note
    )
    event.full_clean()
    event.save()
    audit.record(
        by=by,
        action="member.note_event",
        object=stored,
        after={"kind": kind.label, "on": on, "until": until},
        reason=note or document,
    )
    return event
