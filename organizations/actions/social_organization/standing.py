"""The charter's steps, annual inspections, the evaluation grade."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from organizations.actions.versions import (
    apply_values,
    locked,
    not_in_future,
    require_reach,
    require_reason,
)
from organizations.models import Inspection, SocialOrganization
from organizations.rules.charter import charter_problems, charter_state

CHARTER_DATES = ("charter_drafted_on", "charter_voted_on", "charter_on")


@transaction.atomic
def record_charter(
    *,
    organization: SocialOrganization,
    drafted_on: date | None,
    voted_on: date | None,
    approved_on: date | None,
    by: User | None,
    reason: str = "",
) -> SocialOrganization:
    """Set the days of the three steps, in order; taking a step back needs a reason."""
    stored = locked(organization)
    require_reach(by, stored)
    days = dict(zip(CHARTER_DATES, (drafted_on, voted_on, approved_on), strict=True))
    given = (drafted_on, voted_on, approved_on)
    problems = charter_problems(*given, today=timezone.localdate())
    kept = {name: getattr(stored, name) for name in CHARTER_DATES}
    # what older ledgers brought without its earlier steps may stay so
    untouched = {
        place
        for place, name in enumerate(CHARTER_DATES)
        if place
        and days[name] == kept[name]
        and not kept[CHARTER_DATES[place - 1]]
        and not days[CHARTER_DATES[place - 1]]
    }
    left = {place: words for place, words in problems.items() if place not in untouched}
    if left:
        raise ValidationError({CHARTER_DATES[place]: words for place, words in left.items()})
    for name in CHARTER_DATES:
        day = days[name]
        if day is not None and day < stored.registered_on:
            raise ValidationError({name: "不能早于成立登记日期"})
    if any(kept[name] and not days[name] for name in CHARTER_DATES):
        require_reason(reason, "取消已登记的步骤请写明理由")
    state = charter_state(*given)
    before, after = apply_values(stored, {**days, "charter_state": state.value})
    if after:
        audit.record(
            by=by,
            action="social_organization.charter",
            object=stored,
            before=before,
            after=after,
            reason=reason.strip(),
        )
    return stored


def keep_inspection(
    organization: SocialOrganization,
    year: int | None,
    result: str,
    concluded_on: date | None = None,
    remark: str = "",
) -> tuple[Inspection | None, str]:
    """Store the year's inspection; what its result was before, empty when it is new."""
    if not year:
        return None, ""
    stored = Inspection.objects.filter(organization=organization, year=year).first()
    before = stored.result if stored else ""
    inspection = stored or Inspection(organization=organization, year=year)
    inspection.result = result
    inspection.concluded_on = concluded_on or inspection.concluded_on
    inspection.remark = remark or inspection.remark
    inspection.full_clean()
    inspection.save()
    return inspection, before


@transaction.atomic
def record_inspection(
    *,
    organization: SocialOrganization,
    year: int,
    result: str,
    by: User | None,
    concluded_on: date | None = None,
    remark: str = "",
) -> Inspection:
    """Record or correct one year's inspection; the latest year also stands on the organization."""
    stored = locked(organization)
    require_reach(by, stored)
    if year > timezone.localdate().year:
        raise ValidationError({"year": "年度不能晚于今年"})
    if year < stored.registered_on.year:
        raise ValidationError({"year": "早于成立登记的年度"})
    if stored.deregistered_on and year > stored.deregistered_on.year:
        raise ValidationError({"year": "晚于注销的年度"})
    if concluded_on is not None:
        not_in_future(concluded_on, "concluded_on")
        if concluded_on.year < year:
            raise ValidationError({"concluded_on": "结论日期早于年检年度"})
    inspection, before = keep_inspection(stored, year, result, concluded_on, remark)
    assert inspection is not None
    _show_latest(stored)
    audit.record(
        by=by,
        action="social_organization.inspect",
        object=stored,
        before={"year": year, "result": before} if before else None,
        after={"year": year, "result": result, "concluded_on": concluded_on},
        reason=remark,
    )
    return inspection


@transaction.atomic
def remove_inspection(*, inspection: Inspection, reason: str, by: User | None) -> None:
    """Take back a year that was recorded by mistake."""
    text = require_reason(reason)
    stored = locked(inspection.organization)
    require_reach(by, stored)
    before = {"year": inspection.year, "result": inspection.result}
    inspection.delete()
    _show_latest(stored)
    audit.record(
        by=by,
        action="social_organization.remove_inspection",
        object=stored,
        before=before,
        reason=text,
    )


def _show_latest(stored: SocialOrganization) -> None:
    latest = Inspection.objects.filter(organization=stored).order_by("-year").first()
    values = {
        "inspection_year": latest.year if latest else None,
        "inspection_result": latest.result if latest else "",
    }
    apply_values(stored, values)


@transaction.atomic
def record_grade(
    *,
    organization: SocialOrganization,
    grade: str,
    valid_from: date | None,
    valid_to: date | None,
    by: User | None,
    reason: str = "",
) -> SocialOrganization:
    """Set the evaluation grade with its validity; an empty grade takes it away, with a reason."""
    stored = locked(organization)
    require_reach(by, stored)
    if grade and (valid_from is None or valid_to is None):
        raise ValidationError({"valid_from" if valid_from is None else "valid_to": "请填写有效期"})
    if not grade:
        require_reason(reason, "取消等级请写明理由")
        valid_from = valid_to = None
    if valid_from and valid_from < stored.registered_on:
        raise ValidationError({"valid_from": "不能早于成立登记日期"})
    if valid_from and valid_to and valid_to <= valid_from:
        raise ValidationError({"valid_to": "须晚于有效期起日"})
    values = {"grade": grade, "grade_from": valid_from, "grade_valid_to": valid_to}
    before, after = apply_values(stored, values)
    if after:
        audit.record(
            by=by,
            action="social_organization.grade",
            object=stored,
            before=before,
            after=after,
            reason=reason.strip(),
        )
    return stored
