"""Which instructor serves which social organization, from when to when."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from accounts import audit
from accounts.models import User
from accounts.rules import day_words
from organizations.actions.versions import apply_values, locked, require_reach, require_reason
from organizations.models import Instructor, InstructorAssignment, SocialOrganization
from organizations.rules.instructors import Step

OUTSIDE = "指导员和社会组织都要在您的管辖范围内。"


def _locked_instructor(instructor: Instructor, by: User | None) -> Instructor:
    require_reach(by, instructor)
    return locked(instructor)


def _check_serving(instructor: Instructor, on: date) -> None:
    if instructor.started_on is not None and on < instructor.started_on:
        raise ValidationError(
            {"on": f"{instructor.name}的任职从{day_words(instructor.started_on)}才开始"}
        )
    if instructor.ended_on is not None:
        raise ValidationError(
            f"{instructor.name}已于{day_words(instructor.ended_on)}离任,不能再安排联系。"
        )


def _check_organizations(
    organizations: Sequence[SocialOrganization], on: date, by: User | None
) -> None:
    """All of them in scope, registered on the day: all or nothing."""
    if by is not None:
        keys = {one.pk for one in organizations}
        reached = SocialOrganization.objects.visible_to(by).filter(pk__in=keys).distinct()
        if reached.count() != len(keys):
            raise PermissionDenied(OUTSIDE)
    for one in organizations:
        if one.deregistered_on is not None:
            raise ValidationError(f"“{one.name}”已注销,不能安排指导员。")
        if on < one.registered_on:
            raise ValidationError({"on": f"“{one.name}”在{day_words(one.registered_on)}才登记"})


@transaction.atomic
def assign_instructor(
    *,
    instructor: Instructor,
    organizations: Collection[SocialOrganization],
    on: date,
    by: User | None,
) -> list[InstructorAssignment]:
    """Let an instructor serve these organizations from a day on: all of them, or none.

    Raises PermissionDenied when either end is out of scope, ValidationError with the cure.
    """
    stored = _locked_instructor(instructor, by)
    _check_serving(stored, on)
    asked = sorted({one.pk for one in organizations})
    chosen = list(SocialOrganization.objects.select_for_update().filter(pk__in=asked))
    if not chosen:
        raise ValidationError({"organizations": "请至少选择一家社会组织"})
    _check_organizations(chosen, on, by)
    # the whole stretch from `on` on must be free of the same pair
    taken = stored.assignments.open_after(on).filter(social_organization__in=asked)
    names = list(taken.values_list("social_organization__name", flat=True)[:3])
    if names:
        raise ValidationError(f"{stored.name}已在联系“{'”“'.join(names)}”,不能重复安排。")
    made = []
    for organization in chosen:
        one = InstructorAssignment(
            instructor=stored, social_organization=organization, valid_from=on
        )
        one.full_clean()
        one.save()
        made.append(one)
    audit.record_many([_created(one) for one in made], by=by)
    return made


def _created(one: InstructorAssignment, reason: str = "") -> audit.Entry:
    values = {
        "instructor": one.instructor,
        "social_organization": one.social_organization,
        "valid_from": one.valid_from,
    }
    return audit.Entry("instructor_assignment.create", one, None, values, reason)


def _locked_assignment(assignment: InstructorAssignment, by: User | None) -> InstructorAssignment:
    stored = (
        InstructorAssignment.objects.select_for_update(of=("self",))
        .select_related("instructor", "social_organization")
        .get(pk=assignment.pk)
    )
    require_reach(by, stored)
    return stored


@transaction.atomic
def end_assignment(
    *, assignment: InstructorAssignment, on: date, reason: str, by: User | None
) -> InstructorAssignment:
    """End an assignment; `on` is the first day without it. Raises ValidationError."""
    stored = _locked_assignment(assignment, by)
    if stored.valid_to is not None and stored.valid_to <= on:
        raise ValidationError("这条联系已经结束。")
    if on <= stored.valid_from:
        raise ValidationError(
            {"on": f"联系从{day_words(stored.valid_from)}开始,结束须晚于这一天;录错的请用“撤销”"}
        )
    before, after = apply_values(stored, {"valid_to": on})
    audit.record(
        by=by,
        action="instructor_assignment.end",
        object=stored,
        before=before,
        after=after,
        reason=reason,
    )
    return stored


@transaction.atomic
def cancel_assignment(*, assignment: InstructorAssignment, reason: str, by: User | None) -> None:
    """Take back an assignment that was entered by mistake, as if it had never been."""
    stored = _locked_assignment(assignment, by)
    text = require_reason(reason, "请写明撤销的理由")
    before = audit.snapshot(stored, ("instructor", "social_organization", "valid_from", "valid_to"))
    audit.record(
        by=by,
        action="instructor_assignment.delete",
        object=stored,
        before=before,
        reason=text,
    )
    stored.delete()


@transaction.atomic
def transfer_assignments(
    *,
    giver: Instructor,
    taker: Instructor,
    on: date,
    reason: str,
    by: User | None,
    organizations: Collection[int] | None = None,
) -> int:
    """Hand an instructor's organizations, all or the named ones, to another; says how many.

    What runs ends on the day and begins anew with the other; what has not begun by then changes
    hands as it is. An organization that the other serves already is only let go.
    """
    if giver.pk == taker.pk:
        raise ValidationError({"taker": "不能转交给同一位指导员"})
    first, second = sorted((giver, taker), key=lambda one: one.pk)  # one order, no deadlock
    held = {one.pk: _locked_instructor(one, by) for one in (first, second)}
    to = held[taker.pk]
    _check_serving(to, on)
    open_ones = giver.assignments.select_for_update(of=("self",)).open_after(on)
    if organizations is not None:
        open_ones = open_ones.filter(social_organization__in=organizations)
    running = list(open_ones.select_related("social_organization", "instructor"))
    if not running:
        raise ValidationError("没有可以转交的联系。")
    if by is not None:
        own = InstructorAssignment.objects.visible_to(by).filter(pk__in=[o.pk for o in running])
        if own.count() != len(running):
            raise PermissionDenied(OUTSIDE)
    has = set(to.assignments.open_after(on).values_list("social_organization", flat=True))
    entries: list[audit.Entry] = []
    for one in running:
        entries += _handed(one, to, on, one.social_organization_id in has, reason)
    audit.record_many(entries, by=by)
    never = [one.pk for one in running if one.valid_from >= on and one.instructor_id != to.pk]
    InstructorAssignment.objects.filter(pk__in=never).delete()
    return len(running)


def _handed(
    one: InstructorAssignment, to: Instructor, on: date, served: bool, reason: str
) -> list[audit.Entry]:
    """One assignment changes hands; what the log is to say of it."""
    one.version += 1
    if one.valid_from >= on and not served:
        before: dict[str, Any] = {"instructor": one.instructor}
        one.instructor = to
        one.save()
        return [
            audit.Entry("instructor_assignment.transfer", one, before, {"instructor": to}, reason)
        ]
    if one.valid_from >= on:
        before = audit.snapshot(one, ("instructor", "social_organization", "valid_from"))
        # still with its key here, so that the log can name it; deleted once that is written
        return [audit.Entry("instructor_assignment.delete", one, before, None, reason)]
    end, before = one.valid_to, {"valid_to": one.valid_to}
    one.valid_to = on
    one.save()
    entries = [audit.Entry("instructor_assignment.end", one, before, {"valid_to": on}, reason)]
    if not served:
        new = InstructorAssignment(
            instructor=to,
            social_organization=one.social_organization,
            valid_from=on,
            valid_to=end,
        )
        new.full_clean()
        new.save()
        entries.append(_created(new, reason))
    return entries


@transaction.atomic
def follow_proposal(*, steps: Sequence[Step], on: date, by: User) -> int:
    """Carry out proposed steps; all or nothing. Says how many organizations changed hands."""
    codes = {step.to for step in steps} | {step.taken_from for step in steps if step.taken_from}
    instructors = {
        one.code: one for one in Instructor.objects.visible_to(by).filter(code__in=codes)
    }
    keys = {step.organization for step in steps}
    rows = SocialOrganization.objects.visible_to(by).filter(pk__in=keys)
    organizations = {one.pk: one for one in rows}
    if len(instructors) != len(codes) or len(organizations) != len(keys):
        raise PermissionDenied(OUTSIDE)
    for step in steps:
        to, organization = instructors[step.to], organizations[step.organization]
        if step.taken_from is None:
            assign_instructor(instructor=to, organizations=[organization], on=on, by=by)
        else:
            transfer_assignments(
                giver=instructors[step.taken_from],
                taker=to,
                organizations=[organization.pk],
                on=on,
                reason="均衡联系家数",
                by=by,
            )
    return len(steps)
