"""Who comes, moves and leaves: the only places where a membership is written one by one."""

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from accounts.rules import Right
from members.access import require_reach
from members.models import (
    GroupMember,
    LifeEvent,
    Member,
    Membership,
    Participation,
    PartyPost,
    SocialPost,
)
from members.models.admission import admission_objection
from members.models.closing import close, leave_offices, reopen
from members.models.move import Move, current_membership
from members.rules.moves import OPEN
from members.rules.vocabulary import (
    STATUS_AFTER,
    Entry,
    EventKind,
    Exit,
    MemberStatus,
    MoveState,
    PartyDuty,
)
from organizations.actions.versions import locked
from organizations.models import PartyOrganization
from organizations.rules.vocabulary import PartyKind


def check_day(on: date) -> None:
    if on > timezone.localdate():
        raise ValidationError({"on": "日期晚于今天,请核对。"})


def check_receives(party: PartyOrganization, on: date) -> None:
    """May people belong to this organization from this day on? Raises ValidationError."""
    if party.kind == PartyKind.JOINT:
        raise ValidationError(
            "兼合式党组织不接收组织关系;请登记为“参加双重组织生活”,组织关系保留在原党组织。"
        )
    if on < party.founded_on:
        raise ValidationError(f"“{party.name}”成立于 {party.founded_on:%Y-%m-%d},日期不能更早。")
    if party.dissolved_on:  # even earlier: an open membership would outlive it
        raise ValidationError(f"“{party.name}”已于 {party.dissolved_on:%Y-%m-%d} 撤销,不能再转入。")


def check_admits(party: PartyOrganization, on: date) -> None:
    """May this organization take in new members (R17)? Raises ValidationError."""
    if objection := admission_objection(party, on):
        raise ValidationError(objection)


def next_code(party: PartyOrganization) -> str:
    """A free 党员编号: the city's code, P, and the next number."""
    prefix = f"{party.township_id[:6]}P"
    codes = Member.objects.filter(code__startswith=prefix).values_list("code", flat=True)
    numbers = [int(n) for code in codes if (n := code.removeprefix(prefix)).isdigit()]
    return f"{prefix}{max(numbers, default=0) + 1:05d}"


@transaction.atomic
def add_member(
    *,
    values: dict[str, Any],
    party: PartyOrganization,
    on: date,
    entry: Entry,
    by: User | None,
    note: str = "",
) -> Member:
    """Enter a person who is a member already: found when making the roster, or moved in from elsewhere.

    Raises PermissionDenied outside the scope, ValidationError naming the field.
    """
    require_reach(by, party)
    check_day(on)
    check_receives(party, on)
    joined = values.get("joined_on")
    if joined and on < joined:
        raise ValidationError({"on": "进入党支部日期不能早于入党日期。"})
    member = Member(**{**values, "code": values.get("code") or next_code(party)})
    member.full_clean()
    member.save()
    Membership.objects.create(
        member=member, party_organization=party, valid_from=on, entry=entry.value
    )
    after = {**values, "party_organization": party, "on": on}
    audit.record(by=by, action="member.create", object=member, after=after, reason=note)
    return member


@transaction.atomic
def move_member(
    *, member: Member, to: PartyOrganization, on: date, by: User | None, reason: str = ""
) -> Membership:
    """Move directly, leaving and joining on one day; both organizations in the actor's scope."""
    stored = locked(member)
    current = current_membership(stored.pk)
    if current is None:
        raise ValidationError("这名党员现在不属于任何党组织,不能转接。")
    require_reach(by, current.party_organization, Right.DECIDE_MEMBERS)
    require_reach(by, to, Right.DECIDE_MEMBERS)
    if current.party_organization.township_id[:6] != to.township_id[:6]:
        raise ValidationError("直接调整限于同一个市(县)之内;跨市(县)请办理介绍信转接。")
    if Move.objects.filter(member=stored, state__in=OPEN).exists():
        raise ValidationError("这名党员有一项正在办理的转接,请先办完或撤回。")
    return carry(stored, current, to, on, by, reason)


def carry(
    member: Member,
    current: Membership,
    to: PartyOrganization,
    on: date,
    by: User | None,
    reason: str,
) -> Membership:
    """Close the one membership and open the other on the same day; the member is locked."""
    check_day(on)
    check_receives(to, on)
    if current.party_organization_id == to.pk:
        raise ValidationError("转入的党组织就是现在所在的党组织。")
    if on <= current.valid_from:
        raise ValidationError(
            {"on": f"转接日期须晚于进入现党组织的日期({current.valid_from:%Y-%m-%d})。"}
        )
    current.valid_to, current.exit = on, Exit.MOVED.value
    current.save(update_fields=["valid_to", "exit"])
    leave_offices(member.pk, on, current.party_organization_id)
    opened = Membership.objects.create(
        member=member, party_organization=to, valid_from=on, entry=Entry.MOVED.value
    )
    audit.record(
        by=by,
        action="member.move",
        object=member,
        before={"party_organization": current.party_organization},
        after={"party_organization": to, "on": on},
        reason=reason,
    )
    return opened


@transaction.atomic
def leave(
    *,
    member: Member,
    exit: Exit,
    on: date,
    by: User | None,
    document: str = "",
    reason: str = "",
) -> None:
    """A member is no longer counted from this day on: 去世, 停止党籍, 除名, 退党 and the like.

    Everything but a death is decided by the superior organization. Posts, groups, participations
    end with it. Raises PermissionDenied, ValidationError.
    """
    stored = locked(member)
    current = current_membership(stored.pk)
    if current is None:
        raise ValidationError("这名党员已不属于任何党组织。")
    right = Right.EDIT_MEMBERS if exit == Exit.DIED else Right.DECIDE_MEMBERS
    require_reach(by, current.party_organization, right)
    if exit not in STATUS_AFTER:
        raise ValidationError("转往另一个党组织请办理转接。")
    if exit == Exit.CANCELLED and stored.status != MemberStatus.PROBATIONARY:
        raise ValidationError("只有预备党员可以取消预备党员资格。")
    _close_membership(stored, current, exit, on)
    Move.objects.filter(member=stored, state__in=OPEN).update(state=MoveState.WITHDRAWN)
    LifeEvent.objects.create(
        member=stored, kind=EventKind.EXIT, exit=exit.value, on=on, document=document, note=reason
    )
    audit.record(
        by=by,
        action="member.leave",
        object=stored,
        before={"status": member.status},
        after={"status": stored.status, "exit": exit.value, "on": on},
        reason=reason,
    )


def _close_membership(member: Member, current: Membership, exit: Exit, on: date) -> None:
    check_day(on)
    if on <= current.valid_from:
        raise ValidationError(
            {"on": f"日期须晚于进入现党组织的日期({current.valid_from:%Y-%m-%d})。"}
        )
    current.valid_to, current.exit = on, exit.value
    current.save(update_fields=["valid_to", "exit"])
    leave_offices(member.pk, on)
    close(Participation.objects.filter(member=member), on)
    if exit == Exit.DIED:
        close(SocialPost.objects.filter(member=member), on)
    set_status(member, STATUS_AFTER[exit])


def set_status(member: Member, status: MemberStatus, **more: Any) -> None:
    member.status = status.value
    for name, value in more.items():
        setattr(member, name, value)
    member.version += 1
    member.save()


def transfer_out(member: Member, current: Membership, on: date, by: User | None, to: str) -> None:
    """The end of a move that leads out of the system; the member is locked."""
    _close_membership(member, current, Exit.TRANSFERRED, on)
    LifeEvent.objects.create(
        member=member, kind=EventKind.EXIT, exit=Exit.TRANSFERRED, on=on, note=f"转往{to}"[:300]
    )
    audit.record(
        by=by, action="member.leave", object=member, after={"exit": Exit.TRANSFERRED, "on": on}
    )


@transaction.atomic
def restore(*, member: Member, reason: str, by: User | None) -> None:
    """Take back an exit that was entered by mistake; as if it had never been.

    Offices that ended with it are taken up again. Raises ValidationError.
    """
    stored = locked(member)
    last = Membership.objects.select_related("party_organization").filter(member=stored)
    closed = last.order_by("-valid_from").first()
    if closed is None or closed.valid_to is None:
        raise ValidationError("这名党员没有登记过离开,无须更正。")
    require_reach(by, closed.party_organization, Right.DECIDE_MEMBERS)
    party, on = closed.party_organization, closed.valid_to
    if party.dissolved_on is not None:
        raise ValidationError(f"“{party.name}”已撤销,不能直接更正;请按恢复党籍或转入办理。")
    if not reason.strip():
        raise ValidationError({"reason": "请写明更正的理由。"})
    left_as = closed.exit
    closed.valid_to, closed.exit = None, ""
    closed.save(update_fields=["valid_to", "exit"])
    _take_up_again(stored, on)
    LifeEvent.objects.create(member=stored, kind=EventKind.RESTORED, on=on, note=reason[:300])
    before = stored.status
    set_status(stored, MemberStatus.FULL if stored.full_on else _status_before(stored))
    audit.record(
        by=by,
        action="member.restore",
        object=stored,
        before={"status": before, "exit": left_as, "on": on},
        after={"status": stored.status, "exit": ""},
        reason=reason,
    )


def _status_before(member: Member) -> MemberStatus:
    """Without a 转正日期: on probation when admitted here, else as rosters without dates say."""
    admitted = member.memberships.filter(entry=Entry.ADMITTED).exists()
    recent = member.joined_on and (timezone.localdate() - member.joined_on).days < 750
    return MemberStatus.PROBATIONARY if admitted or recent else MemberStatus.FULL


def _take_up_again(member: Member, on: date) -> None:
    for post in PartyPost.objects.filter(member=member, valid_to=on):
        taken = PartyPost.objects.filter(
            party_organization=post.party_organization_id,
            duty=PartyDuty.SECRETARY,
            valid_to__isnull=True,
        )
        if post.duty == PartyDuty.SECRETARY and taken.exists():
            continue
        reopen(PartyPost.objects.filter(pk=post.pk), on)
        if post.duty == PartyDuty.SECRETARY:
            party = PartyOrganization.objects.filter(pk=post.party_organization_id)
            party.update(secretary=member.name)
    reopen(GroupMember.objects.filter(member=member, is_leader=False), on)
    reopen(Participation.objects.filter(member=member), on)
    reopen(SocialPost.objects.filter(member=member), on)


@transaction.atomic
def resume(
    *, member: Member, party: PartyOrganization, on: date, by: User | None, document: str = ""
) -> None:
    """恢复党籍 after 停止党籍: a new membership from this day; the time between is not counted."""
    stored = locked(member)
    require_reach(by, party, Right.DECIDE_MEMBERS)
    if stored.status not in (MemberStatus.SUSPENDED, MemberStatus.TRANSFERRED):
        raise ValidationError("只有停止党籍或已转出的党员可以恢复、转回。")
    check_day(on)
    check_receives(party, on)
    last = Membership.objects.filter(member=stored).order_by("-valid_from").first()
    if last and last.valid_to and on < last.valid_to:
        raise ValidationError({"on": f"日期不能早于离开之日({last.valid_to:%Y-%m-%d})。"})
    back = stored.status == MemberStatus.TRANSFERRED
    Membership.objects.create(
        member=stored,
        party_organization=party,
        valid_from=on,
        entry=(Entry.TRANSFERRED if back else Entry.RESUMED).value,
    )
    if not back:
        LifeEvent.objects.create(member=stored, kind=EventKind.RESUMED, on=on, document=document)
    set_status(stored, MemberStatus.FULL if stored.full_on else _status_before(stored))
    audit.record(
        by=by,
        action="member.resume",
        object=stored,
        after={"party_organization": party, "on": on, "status": stored.status},
        reason=document,
    )
