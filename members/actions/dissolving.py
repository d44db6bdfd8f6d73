"""What becomes of people when a party organization is dissolved or merged into another."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts import audit
from accounts.models import User
from accounts.rules import Right
from members.access import require_reach
from members.actions.affiliation import carry
from members.models import Applicant, Membership, Move
from members.rules.moves import OPEN
from members.rules.vocabulary import ApplicantState
from organizations.actions.versions import locked
from organizations.models import PartyOrganization


def people_in_the_way(party: PartyOrganization, on: date) -> list[str]:
    """Why the organization cannot end on this day, in words with what to do; a joint one can.

    Asked before a party organization is dissolved (settings.DISSOLUTION_OBSTACLES).
    """
    found = []
    rows = Membership.objects.filter(party_organization=party)
    if number := rows.filter(valid_to__isnull=True).count():
        found.append(
            f"还有 {number} 名党员的组织关系在“{party.name}”,请先用“整体转出”或逐人转接到其他党组织。"
        )
    elif rows.filter(valid_to__gt=on).exists():
        found.append("撤销日期早于最后一名党员转出的日期,请核对。")
    if Move.objects.filter(to_party=party, state__in=OPEN).exists():
        found.append("还有党员正在转入,请先办完或退回。")
    held = Applicant.objects.filter(party_organization=party, state=ApplicantState.OPEN)
    if held.exists():
        found.append("还有正在培养的发展对象,请先转给其他党组织或终止。")
    return found


@transaction.atomic
def carry_members(
    *, party: PartyOrganization, to: PartyOrganization, on: date, reason: str, by: User | None
) -> int:
    """整体转出: everyone moves to another organization on one day; returns how many did.

    Raises ValidationError naming whoever came too late to leave on that day.
    """
    require_reach(by, party, Right.DECIDE_MEMBERS)
    require_reach(by, to, Right.DECIDE_MEMBERS)
    rows = Membership.objects.filter(party_organization=party, valid_to__isnull=True)
    rows = rows.select_related("member", "party_organization").order_by("member_id")
    if party.township_id[:6] != to.township_id[:6]:
        raise ValidationError("整体转出限于同一个市(县)之内。")
    late = [row.member.name for row in rows if row.valid_from >= on]
    if late:
        raise ValidationError(
            {"on": f"{'、'.join(late[:10])} 在这一天或之后才进入,请选择更晚的日期。"}
        )
    moving = Move.objects.filter(from_party=party, state__in=OPEN).select_related("member")
    if names := [move.member.name for move in moving]:
        raise ValidationError(f"{'、'.join(names[:10])} 正在办理转接,请先办完或撤回。")
    number = 0
    for row in rows:
        member = locked(row.member)
        carry(member, row, to, on, by, reason)
        number += 1
    Applicant.objects.filter(party_organization=party, state=ApplicantState.OPEN).update(
        party_organization=to
    )
    audit.record(
        by=by,
        action="party_organization.carry_members",
        object=party,
        after={"to": to, "on": on, "number": number},
        reason=reason,
    )
    return number
