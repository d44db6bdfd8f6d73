"""发展党员: opening a track, recording its steps; step 17 makes a member, step 24 a full one."""

from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from accounts.rules import Right
from members.access import require_reach
from members.actions.affiliation import check_admits, check_day, check_receives, next_code
from members.actions.full import turn_full
from members.models import AdmissionStep, Applicant, LifeEvent, Member, Membership
from members.rules.admission import (
    APPROVED,
    BY_NUMBER,
    FULL_APPROVED,
    PASSED,
    refusals,
)
from members.rules.vocabulary import (
    ApplicantState,
    Entry,
    EventKind,
    FullKind,
    JoinKind,
    MemberStatus,
)
from organizations.models import PartyOrganization


@transaction.atomic
def open_applicant(
    *, values: dict[str, Any], party: PartyOrganization, applied_on: date, by: User | None
) -> Applicant:
    """Begin a track with step 1, the application."""
    require_reach(by, party)
    check_day(applied_on)
    check_admits(party, applied_on)
    applicant = Applicant(party_organization=party, **values)
    applicant.full_clean()
    if wrong := refusals(1, applied_on, {}, applicant.born_on):
        raise ValidationError({"applied_on": wrong})
    applicant.save()
    AdmissionStep.objects.create(applicant=applicant, number=1, done_on=applied_on)
    audit.record(
        by=by,
        action="applicant.create",
        object=applicant,
        after={**values, "party_organization": party, "applied_on": applied_on},
    )
    return applicant


@transaction.atomic
def record_step(
    *,
    applicant: Applicant,
    number: int,
    done_on: date,
    by: User | None,
    persons: str = "",
    document: str = "",
    note: str = "",
) -> AdmissionStep:
    """Record one step; least intervals and order block, limits only warn (rules.admission).

    What a superior decides is refused to the branch. Raises PermissionDenied, ValidationError.
    """
    stored = Applicant.objects.select_for_update().get(pk=applicant.pk)
    step = BY_NUMBER[number]
    right = Right.DECIDE_MEMBERS if step.by_superior else Right.EDIT_MEMBERS
    if step.by_superior and by is not None and not by.may(Right.DECIDE_MEMBERS):
        raise PermissionDenied(f"第 {number} 步“{step.name}”由上级党委办理,党支部不能审批。")
    require_reach(by, stored.party_organization, right)
    check_day(done_on)
    if stored.state == ApplicantState.ENDED:
        raise ValidationError("这份档案已经终止。")
    extended = stored.member.extended_months if stored.member else 0
    if wrong := refusals(number, done_on, stored.done, stored.born_on, extended):
        raise ValidationError({"done_on": wrong})
    if number in (APPROVED, FULL_APPROVED) and not document.strip():
        raise ValidationError({"document": "请填写审批的基层党委和文号。"})
    row = AdmissionStep(
        applicant=stored,
        number=number,
        done_on=done_on,
        persons=persons,
        document=document,
        note=note,
    )
    row.full_clean()
    row.save()
    if number == APPROVED:
        _admit(stored, by, document)
    elif number == FULL_APPROVED and stored.member:
        if stored.member.status == MemberStatus.PROBATIONARY:
            turn_full(member=stored.member, on=done_on, by=by, document=document)
        stored.state = ApplicantState.FULL.value
        stored.save(update_fields=["state"])
    audit.record(
        by=by,
        action="applicant.step",
        object=stored,
        after={"number": f"第 {number} 步 {step.name}", "on": done_on},
        reason=document,
    )
    return row


def _admit(applicant: Applicant, by: User | None, document: str) -> None:
    """A member on probation from the day of the 支部大会 (step 15)."""
    party, passed = applicant.party_organization, applicant.done[PASSED]
    check_admits(party, passed)
    check_receives(party, passed)
    member = Member(
        code=next_code(party),
        name=applicant.name,
        gender=applicant.gender,
        born_on=applicant.born_on,
        workplace=applicant.workplace,
        joined_on=passed,
        join_kind=JoinKind.NEW.value,
        joined_at=party.name[:120],
        full_kind=FullKind.NOT_YET.value,
        status=MemberStatus.PROBATIONARY.value,
    )
    member.full_clean()
    member.save()
    Membership.objects.create(
        member=member, party_organization=party, valid_from=passed, entry=Entry.ADMITTED.value
    )
    LifeEvent.objects.create(member=member, kind=EventKind.ADMITTED, on=passed, document=document)
    applicant.member, applicant.state = member, ApplicantState.PROBATION.value
    applicant.save(update_fields=["member", "state"])
    audit.record(
        by=by,
        action="member.admit",
        object=member,
        after={"party_organization": party, "joined_on": passed},
        reason=document,
    )


@transaction.atomic
def end_applicant(*, applicant: Applicant, on: date, reason: str, by: User | None) -> None:
    """Stop a track that leads nowhere any more; what was recorded stays."""
    stored = Applicant.objects.select_for_update().get(pk=applicant.pk)
    require_reach(by, stored.party_organization)
    check_day(on)
    if stored.state != ApplicantState.OPEN:
        raise ValidationError("只有培养中的发展对象可以终止;预备党员请办理取消资格。")
    if not reason.strip():
        raise ValidationError({"reason": "请写明终止的原因。"})
    stored.state, stored.ended_on = ApplicantState.ENDED.value, on
    stored.end_reason = reason[:200]
    stored.save(update_fields=["state", "ended_on", "end_reason"])
    audit.record(
        by=by,
        action="applicant.end",
        object=stored,
        after={"ended_on": on},
        reason=f"{reason}({timezone.localdate():%Y-%m-%d} 登记)",
    )
