"""Deregistering a social organization, and restoring one that was deregistered by mistake."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q

from accounts import audit
from accounts.models import AuditEvent, User
from accounts.rules import day_words
from organizations.actions.versions import (
    apply_values,
    locked,
    not_in_future,
    require_reach,
    require_reason,
)
from organizations.models import (
    CoverageLink,
    HandOver,
    InstructorAssignment,
    SocialOrganization,
)
from organizations.rules.vocabulary import ENDED_BY_DEREGISTRATION, Status

ACTION = "social_organization.deregister"


@transaction.atomic
def deregister_social_organization(
    *, organization: SocialOrganization, on: date, reason: str, by: User | None
) -> SocialOrganization:
    """End it on a day; its coverage links and instructors' assignments end with it."""
    text = require_reason(reason, "请写明注销原因")
    stored = locked(organization)
    require_reach(by, stored)
    if stored.deregistered_on is not None:
        raise ValidationError(f"已于{day_words(stored.deregistered_on)}注销。")
    not_in_future(on, "on")
    if on <= stored.registered_on:
        raise ValidationError({"on": "注销日期须晚于成立登记日期"})
    if HandOver.objects.pending().filter(organization=stored).exists():
        raise ValidationError("有一项移交等待对方接收,请先撤回移交再注销。")
    later = _lasting(CoverageLink, stored, on).filter(valid_from__gte=on).order_by("-valid_from")
    if first := later.first():
        raise ValidationError(
            {
                "on": f"有覆盖关系自{day_words(first.valid_from)}起,注销须晚于它;登记有误的请先删除那条覆盖关系"
            }
        )
    started = _lasting(InstructorAssignment, stored, on).filter(valid_from__gte=on)
    if started.exists():
        raise ValidationError({"on": "有指导员联系在这一天以后才开始,请先更正"})
    entries = []
    for link in _lasting(CoverageLink, stored, on).select_for_update():
        values = {"valid_to": on, "end_reason": ENDED_BY_DEREGISTRATION}
        before, after = apply_values(link, values)
        entries.append(
            audit.Entry("coverage_link.end", link, before, after, ENDED_BY_DEREGISTRATION)
        )
    for assignment in _lasting(InstructorAssignment, stored, on).select_for_update():
        before, after = apply_values(assignment, {"valid_to": on})
        ended = audit.Entry(
            "instructor_assignment.end", assignment, before, after, ENDED_BY_DEREGISTRATION
        )
        entries.append(ended)
    values = {
        "deregistered_on": on,
        "status": Status.DEREGISTERED.value,
        "deregistration_reason": text,
    }
    before, after = apply_values(stored, values)
    entries.append(audit.Entry(ACTION, stored, before, after, text))
    audit.record_many(entries, by=by)
    return stored


def _lasting(model: type, organization: SocialOrganization, day: date):  # type: ignore[no-untyped-def]
    """Rows of the organization that still hold on or after the day."""
    own = model.objects.filter(social_organization=organization)  # type: ignore[attr-defined]
    return own.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=day))


def _status_before(organization: SocialOrganization) -> str | None:
    """What its status was before it was deregistered, on its page or by an import."""
    ways = (ACTION, "social_organization.change")
    told = AuditEvent.objects.of(organization).filter(action__in=ways).order_by("-sequence")
    for event in told:
        if (event.after or {}).get("status") == Status.DEREGISTERED:
            return (event.before or {}).get("status")
    return None


@transaction.atomic
def restore_social_organization(
    *, organization: SocialOrganization, reason: str, by: User | None
) -> list[CoverageLink]:
    """Take a mistaken deregistration back, with what ended by it; returns the links reopened.

    A link stays ended when its party organization is dissolved or already covers it again.
    """
    text = require_reason(reason)
    stored = locked(organization)
    require_reach(by, stored)
    ended_on = stored.deregistered_on
    if ended_on is None:
        raise ValidationError("没有注销,不需要恢复。")
    status = _status_before(stored)
    values = {
        "deregistered_on": None,
        "deregistration_reason": "",
        "status": status or Status.NORMAL.value,
    }
    before, after = apply_values(stored, values)
    entries = [audit.Entry("social_organization.restore", stored, before, after, text)]
    reopened = []
    links = CoverageLink.objects.select_for_update(of=("self",)).filter(
        social_organization=stored, valid_to=ended_on, end_reason=ENDED_BY_DEREGISTRATION
    )
    for link in links.select_related("party_organization"):
        again = CoverageLink.objects.filter(
            social_organization=stored,
            party_organization=link.party_organization,
            valid_from__gte=ended_on,
        )
        if link.party_organization.dissolved_on or again.exists():
            continue
        before, after = apply_values(link, {"valid_to": None, "end_reason": ""})
        entries.append(audit.Entry("coverage_link.reopen", link, before, after, text))
        reopened.append(link)
    for assignment in InstructorAssignment.objects.select_for_update().filter(
        social_organization=stored, valid_to=ended_on
    ):
        open_ = InstructorAssignment.objects.filter(
            social_organization=stored, instructor=assignment.instructor_id, valid_to=None
        )
        if not open_.exists():
            before, after = apply_values(assignment, {"valid_to": None})
            entries.append(
                audit.Entry("instructor_assignment.reopen", assignment, before, after, text)
            )
    audit.record_many(entries, by=by)
    return reopened
