"""A year's cycle: opened, assessed by themselves, reviewed three times, noticed, named."""

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.access import require
from accounts.models import User
from accounts.rules import Right
from evaluation.actions.rating_review import cycle_of
from evaluation.actions.rating_runs import ask_for_run, city_ratings
from evaluation.actions.schemes import require_city, scheme_in_force
from evaluation.models import Objection, RatingCycle, RatingRun, StarRating
from evaluation.rules.vocabulary import (
    CycleStage,
    ObjectionState,
    RatingState,
    RunReason,
)
from evaluation.working_days import last_working_day

NOTICE_DAYS = 5
# a stage ends when all rated ratings have come this far
REACHED = {
    CycleStage.FIRST.value: (RatingState.FIRST.value, CycleStage.COMMITTEE.value),
    CycleStage.COMMITTEE.value: (RatingState.COMMITTEE.value, CycleStage.DECISION.value),
}


@transaction.atomic
def open_cycle(*, area_code: str, year: int, days: dict[str, date], by: User) -> RatingCycle:
    """Begin a year's cycle under the scheme in force; `days` are its five first and last days."""
    require_city(by, Right.DECIDE_RATINGS, area_code)
    cycle = RatingCycle(
        area_code=area_code,
        year=year,
        scheme=scheme_in_force(area_code, year),
        opened_by=by,
        **days,
    )
    cycle.full_clean()
    cycle.save()
    audit.record(by=by, action="rating_cycle.open", object=cycle, after={"year": year, **days})
    return cycle


# --- the cycle's stages -------------------------------------------------------------------------


def _locked(cycle: RatingCycle, by: User, *stages: CycleStage) -> RatingCycle:
    require_city(by, Right.DECIDE_RATINGS, cycle.area_code)
    stored = RatingCycle.objects.select_for_update().get(pk=cycle.pk)
    if stored.stage not in {stage.value for stage in stages}:
        raise ValidationError(f"现在的阶段是“{stored.get_stage_display()}”,不能这样办理。")
    return stored


@transaction.atomic
def begin_first_review(*, cycle: RatingCycle, as_of: date, by: User) -> RatingRun:
    """Compute once more as of today; when that run is done the facts are frozen, 初评 begins."""
    stored = _locked(cycle, by, CycleStage.SELF)
    return ask_for_run(
        area_code=stored.area_code,
        scheme=stored.scheme,
        year=stored.year,
        as_of=as_of,
        reason=RunReason.FREEZE,
        by=by,
    )


def left_behind(cycle: RatingCycle) -> Any:
    """Rated ratings that have not come as far as the cycle's stage asks before it may go on."""
    rated = city_ratings(cycle.area_code, cycle.year).filter(star__isnull=False)
    if cycle.stage in REACHED:
        return rated.exclude(state=REACHED[cycle.stage][0])
    if cycle.stage == CycleStage.DECISION:
        return rated.exclude(state=RatingState.DECIDED.value)
    return rated.none()


@transaction.atomic
def advance_cycle(*, cycle: RatingCycle, by: User) -> RatingCycle:
    """From 初评 to 复核, from 复核 to 审定; refused with the number of those left behind."""
    stored = _locked(cycle, by, CycleStage.FIRST, CycleStage.COMMITTEE)
    if number := left_behind(stored).count():
        raise ValidationError(f"还有 {number} 个党组织没有完成“{stored.get_stage_display()}”。")
    return _move(stored, REACHED[stored.stage][1], by)


def _move(cycle: RatingCycle, stage: str, by: User, **values: Any) -> RatingCycle:
    before = {"stage": cycle.stage}
    cycle.stage = stage
    for name, value in values.items():
        setattr(cycle, name, value)
    cycle.full_clean()
    cycle.save()
    after = {"stage": stage, **values}
    audit.record(by=by, action="rating_cycle.move", object=cycle, before=before, after=after)
    return cycle


@transaction.atomic
def begin_notice(*, cycle: RatingCycle, first_day: date, by: User) -> RatingCycle:
    """公示 of five working days; refused while a rated organization has no decided star."""
    stored = _locked(cycle, by, CycleStage.DECISION)
    if number := left_behind(stored).count():
        raise ValidationError(f"还有 {number} 个党组织没有审定。")
    return _move(
        stored,
        CycleStage.NOTICE.value,
        by,
        notice_from=first_day,
        notice_until=last_working_day(first_day, NOTICE_DAYS),
    )


@transaction.atomic
def object_to(*, rating: StarRating, text: str, received_on: date, by: User) -> Objection:
    """Enter an objection received during the notice; its rating is reviewed before naming."""
    require(by, Right.CHECK_RATINGS)
    cycle = cycle_of(rating)
    if cycle is None or cycle.stage != CycleStage.NOTICE or cycle.notice_from is None:
        raise ValidationError("现在不在公示期间。")
    if not cycle.notice_from <= received_on <= (cycle.notice_until or received_on):
        raise ValidationError("收到日期不在公示期内。")
    objection = Objection(rating=rating, text=text, received_on=received_on, entered_by=by)
    objection.full_clean()
    objection.save()
    audit.record(by=by, action="objection.create", object=objection, after={"text": text})
    return objection


@transaction.atomic
def answer_objection(*, objection: Objection, upheld: bool, answer: str, by: User) -> Objection:
    """Close an objection; where it is upheld the star has been decided anew before."""
    require_city(by, Right.DECIDE_RATINGS, objection.rating.party_organization.township_id[:6])
    stored = Objection.objects.select_for_update().get(pk=objection.pk)
    if stored.state != ObjectionState.OPEN:
        raise ValidationError("这项异议已经办理。")
    if not answer.strip():
        raise ValidationError("请写明复核结论。")
    stored.state = (ObjectionState.UPHELD if upheld else ObjectionState.DISMISSED).value
    stored.answer, stored.answered_by, stored.answered_at = answer.strip(), by, timezone.now()
    stored.full_clean()
    stored.save()
    audit.record(
        by=by,
        action="objection.answer",
        object=stored,
        after={"state": stored.state},
        reason=stored.answer[:500],
    )
    return stored


@transaction.atomic
def name_stars(*, cycle: RatingCycle, document: str, day: date, by: User) -> RatingCycle:
    """命名: after the notice, with no objection open, all ratings become final for good."""
    stored = _locked(cycle, by, CycleStage.NOTICE)
    if stored.notice_until is None or day <= stored.notice_until:
        raise ValidationError("公示期未满,不能命名。")
    rows = city_ratings(stored.area_code, stored.year)
    waiting = Objection.objects.open_ones().filter(rating__in=rows).count()
    if waiting:
        raise ValidationError(f"还有 {waiting} 项异议没有办理。")
    named = rows.filter(state=RatingState.DECIDED.value)
    count = named.update(state=RatingState.PUBLISHED.value)
    moved = _move(stored, CycleStage.NAMED.value, by, named_on=day, document=document)
    audit.record(by=by, action="rating_cycle.name", object=moved, after={"count": count})
    return moved
