"""Instructors: entered, corrected, retired."""

from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from accounts import audit
from accounts.models import User
from organizations.actions.hand_over import reaches
from organizations.actions.versions import apply_values, locked
from organizations.models import Instructor, InstructorAssignment, Township
from organizations.rules.vocabulary import ENDED_BY_RETIREMENT


def _check_reach(by: User | None, township_code: str) -> None:
    if by is not None and not reaches(by, township_code):
        raise PermissionDenied("指导员由所在镇(街道)管理,您只能维护本辖区的指导员。")


@transaction.atomic
def register_instructor(
    *, code: str, name: str, township: Township, started_on: date | None, by: User | None
) -> Instructor:
    """Enter an instructor of an own township; raises ValidationError naming the field."""
    _check_reach(by, township.pk)
    values = {"code": code.upper(), "name": name, "township": township, "started_on": started_on}
    instructor = Instructor(**values)
    instructor.full_clean()
    instructor.save()
    audit.record(by=by, action="instructor.create", object=instructor, after=values)
    return instructor


@transaction.atomic
def change_instructor(
    *, instructor: Instructor, values: dict[str, Any], version: int, by: User | None
) -> Instructor:
    """Save new values of named fields; raises ChangedMeanwhile, PermissionDenied, ValidationError.

    A township may not be left while the instructor serves organizations there that the new one
    does not have: they are transferred first.
    """
    stored = locked(instructor)
    _check_reach(by, stored.township_id)
    before, after = apply_values(stored, values, version)
    if "township" in after:
        _check_reach(by, stored.township_id)
        left = stored.assignments.filter(valid_to__isnull=True)
        if left.exclude(social_organization__township=stored.township_id).exists():
            raise ValidationError(
                {"township": "这位指导员还在联系其他镇(街道)的社会组织,请先转交后再调整镇(街道)"}
            )
    if after:
        audit.record(by=by, action="instructor.change", object=stored, before=before, after=after)
    return stored


@transaction.atomic
def retire_instructor(
    *, instructor: Instructor, on: date, reason: str, by: User | None
) -> list[InstructorAssignment]:
    """End the service, and with it every assignment that still runs; returns those.

    `on` is the first day without the instructor. Raises ValidationError with the cure.
    """
    stored = locked(instructor)
    _check_reach(by, stored.township_id)
    if stored.ended_on is not None:
        raise ValidationError("这位指导员已经离任。")
    running = list(
        stored.assignments.select_for_update(of=("self",))
        .open_after(on)
        .select_related("social_organization")
    )
    late = [one.social_organization.name for one in running if one.valid_from >= on]
    if late:
        raise ValidationError(
            f"有 {len(late)} 家的联系在这一天或之后才开始({'、'.join(late[:3])}"
            f"{'等' if len(late) > 3 else ''}),请先转交或撤销这些联系。"
        )
    before, after = apply_values(stored, {"ended_on": on})
    entries = [audit.Entry("instructor.retire", stored, before, after, reason)]
    for one in running:
        before, after = apply_values(one, {"valid_to": on})
        ended = audit.Entry("instructor_assignment.end", one, before, after, ENDED_BY_RETIREMENT)
        entries.append(ended)
    audit.record_many(entries, by=by)
    return running
