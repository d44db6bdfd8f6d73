"""One rating through its hands: 自评, 初评, 复核, 审定; sent back; vetoes."""

from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.access import require
from accounts.models import User
from accounts.rules import Right
from evaluation.actions.rating_runs import fresh, take_over
from evaluation.actions.schemes import require_city
from evaluation.models import RatingCycle, StarRating, VetoDecision
from evaluation.rules.rating import two_places
from evaluation.rules.vocabulary import (
    CycleStage,
    RatingState,
    Verdict,
)
from organizations.models import PartyOrganization

# stage of the cycle -> what a rating must be to be worked on, what it becomes, where it is written
STEPS: dict[str, tuple[tuple[str, ...], str, str, Right]] = {
    CycleStage.SELF.value: (
        (RatingState.DRAFT.value, RatingState.SELF.value),
        RatingState.SELF.value,
        "self_scores",
        Right.ASSESS_SELF,
    ),
    CycleStage.FIRST.value: (
        (RatingState.DRAFT.value, RatingState.SELF.value, RatingState.FIRST.value),
        RatingState.FIRST.value,
        "first_scores",
        Right.REVIEW_RATINGS,
    ),
    CycleStage.COMMITTEE.value: (
        (RatingState.FIRST.value, RatingState.COMMITTEE.value),
        RatingState.COMMITTEE.value,
        "committee_scores",
        Right.CHECK_RATINGS,
    ),
}
# what each state falls back to when it is sent back
BACK = {
    RatingState.SELF.value: RatingState.DRAFT.value,
    RatingState.FIRST.value: RatingState.SELF.value,
    RatingState.COMMITTEE.value: RatingState.FIRST.value,
    RatingState.DECIDED.value: RatingState.COMMITTEE.value,
}


class RatingChangedMeanwhile(Exception):
    """Somebody else worked on the rating after it was read; nothing was written."""


def cycle_of(rating: StarRating) -> RatingCycle | None:
    code = rating.party_organization.township_id
    return RatingCycle.objects.filter(area_code=code[:6], year=rating.year).first()


def checked_scores(rating: StarRating, scores: dict[str, Any]) -> dict[str, dict[str, str]]:
    """Points people gave, by item: within the item's points, a note where they differ.

    Raises ValidationError with the item named.
    """
    computed = {one["code"]: one for one in rating.result["items"]}
    faults, kept = [], {}
    for code, given in scores.items():
        item = computed.get(code)
        if item is None:
            faults.append(f"没有项目 {code}。")
            continue
        try:
            points = two_places(Decimal(str(given.get("points", ""))))
        except InvalidOperation:
            faults.append(f"{code} 的分数不是数字。")
            continue
        note = str(given.get("note", "")).strip()[:300]
        if item["got"] is None:
            faults.append(f"{code} 不适用,不能打分。")
        elif not 0 <= points <= Decimal(item["points"]):
            faults.append(f"{code} 的分数须在 0 至 {item['points']} 之间。")
        elif points != Decimal(item["got"]) and not note:
            faults.append(f"{code} 与系统测算({item['got']})不同,请写明理由。")
        elif points != Decimal(item["got"]):
            kept[code] = {"points": str(points), "note": note}
    if faults:
        raise ValidationError(faults)
    return kept


def score_with(rating: StarRating, scores: dict[str, Any]) -> Decimal:
    """The base score, of 100, when some items have the points that people gave."""
    got = applicable = Decimal(0)
    for item in rating.result["items"]:
        if item["got"] is not None:
            given = scores.get(item["code"])
            got += Decimal(given["points"] if given else item["got"])
            applicable += Decimal(item["points"])
    return two_places(got / applicable * 100) if applicable else Decimal("0.00")


@transaction.atomic
def assess(
    *, rating: StarRating, stage: str, scores: dict[str, Any], remark: str, version: int, by: User
) -> StarRating:
    """Hand in 自评, 初评 or 复核 of one rating: only what differs from the computed points is kept.

    Raises ValidationError with the cure, RatingChangedMeanwhile when `version` is not the stored.
    """
    states, state, name, right = STEPS[stage]
    require(by, right)
    stored = StarRating.objects.select_for_update().get(pk=rating.pk)
    if stored.version != version:
        raise RatingChangedMeanwhile
    cycle = cycle_of(stored)
    if cycle is None or cycle.stage != stage:
        now = cycle.get_stage_display() if cycle else "尚未发起"
        raise ValidationError(f"现在的阶段是“{now}”,不能办理这一步。")
    if stored.state not in states:
        raise ValidationError(f"这条星级{stored.get_state_display()},不能办理这一步。")
    if stored.star is None:
        raise ValidationError("暂不定星的党组织不参加评定。")
    if stage == CycleStage.SELF:
        # what was recorded since the last run counts for those who assess themselves now
        computed = fresh(stored, timezone.localdate())
        if computed.digest != stored.digest:
            take_over(stored, computed)
    kept: dict[str, Any] = {
        "scores": checked_scores(stored, scores),
        "remark": remark.strip()[:500],
    }
    kept |= {"by": by.username, "at": timezone.now().isoformat()}
    before = {"state": stored.state}
    setattr(stored, name, kept)
    stored.state = state
    stored.version += 1
    stored.save(update_fields=[name, "state", "version"])
    audit.record(
        by=by,
        action=f"star_rating.{stage}",
        object=stored,
        before=before,
        after={"state": state, name: kept["scores"]},
        reason=kept["remark"],
    )
    return stored


def standing_scores(rating: StarRating) -> dict[str, Any]:
    """The points that hold so far: the committee's, else the first reviewer's; 自评 only claims."""
    for kept in (rating.committee_scores, rating.first_scores):
        if kept:
            return kept.get("scores", {})
    return {}


@transaction.atomic
def send_back(*, rating: StarRating, reason: str, by: User) -> StarRating:
    """One step back, with a reason that the one before reads."""
    stored = StarRating.objects.select_for_update().get(pk=rating.pk)
    right = {
        RatingState.SELF.value: Right.REVIEW_RATINGS,
        RatingState.FIRST.value: Right.CHECK_RATINGS,
    }.get(stored.state, Right.DECIDE_RATINGS)
    require(by, right)
    if not reason.strip():
        raise ValidationError("退回时请写明理由。")
    cycle = cycle_of(stored)
    if stored.state not in BACK or cycle is None or cycle.stage == CycleStage.NAMED:
        raise ValidationError("这条星级不能退回。")
    before = {"state": stored.state}
    stored.state = BACK[stored.state]
    stored.version += 1
    stored.save(update_fields=["state", "version"])
    audit.record(
        by=by,
        action="star_rating.send_back",
        object=stored,
        before=before,
        after={"state": stored.state},
        reason=reason.strip(),
    )
    return stored


@transaction.atomic
def decide_star(
    *, rating: StarRating, star: int, reason: str, version: int, by: User
) -> StarRating:
    """审定: the final star; another one than the computed needs a reason."""
    require_city(by, Right.DECIDE_RATINGS, rating.party_organization.township_id[:6])
    stored = StarRating.objects.select_for_update().get(pk=rating.pk)
    if stored.version != version:
        raise RatingChangedMeanwhile
    cycle = cycle_of(stored)
    stages = (CycleStage.DECISION.value, CycleStage.NOTICE.value)
    if cycle is None or cycle.stage not in stages:
        raise ValidationError("现在不在审定阶段。")
    reviewing = stored.objections.open_ones().exists()
    if cycle.stage == CycleStage.NOTICE and not reviewing:
        raise ValidationError("公示期间只能因异议重新审定。")
    if stored.state not in (RatingState.COMMITTEE.value, RatingState.DECIDED.value):
        raise ValidationError("这条星级还没有经过复核。")
    if stored.star is None or not 0 <= star <= cycle.scheme.scheme.top_star:
        raise ValidationError("没有这一星级。")
    if star != stored.star and not reason.strip():
        raise ValidationError("审定星级与系统测算不同,请写明理由。")
    before = {"state": stored.state, "final_star": stored.final_star}
    stored.final_star = star
    stored.final_score = score_with(stored, standing_scores(stored)) + stored.bonus
    stored.final_reason = reason.strip()[:300]
    stored.state = RatingState.DECIDED.value
    stored.version += 1
    stored.save(update_fields=["final_star", "final_score", "final_reason", "state", "version"])
    audit.record(
        by=by,
        action="star_rating.decide",
        object=stored,
        before=before,
        after={"state": stored.state, "final_star": star},
        reason=stored.final_reason,
    )
    return stored


@transaction.atomic
def decide_veto(
    *, party: PartyOrganization, year: int, code: str, suggestion: str, confirm: bool,
    reason: str, by: User,
) -> VetoDecision:  # fmt: skip
    """Confirm or dismiss a veto that the records suggested; the next run follows it."""
    require(by, Right.CHECK_RATINGS)
    if not PartyOrganization.objects.visible_to(by).filter(pk=party.pk).exists():
        raise PermissionDenied("只能办理管辖范围内的党组织。")
    if not reason.strip():
        raise ValidationError("请写明认定理由。")
    verdict = (Verdict.CONFIRMED if confirm else Verdict.DISMISSED).value
    decision, _ = VetoDecision.objects.update_or_create(
        party_organization=party,
        year=year,
        code=code,
        defaults={
            "suggestion": suggestion[:200],
            "verdict": verdict,
            "reason": reason.strip()[:300],
            "decided_by": by,
        },
    )
    audit.record(
        by=by,
        action="veto.decide",
        object=party,
        after={"code": code, "verdict": verdict},
        reason=reason.strip()[:300],
    )
    return decision
