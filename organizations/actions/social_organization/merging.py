"""Merging a duplicate into the record that stays: everything moves, or nothing is done."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.apps import apps
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import models, transaction

from accounts import audit
from accounts.models import User
from organizations.actions.versions import (
    apply_values,
    locked,
    require_reach,
    require_reason,
    stay_in_reach,
)
from organizations.models import (
    CoverageLink,
    HandOver,
    Inspection,
    InstructorAssignment,
    MergedOrganization,
    SocialOrganization,
)
from organizations.models.attachment import Attachment
from organizations.rules.vocabulary import CharterState

# taken over where the record that stays says nothing
FILLED = (
    *("credit_code", "registrar", "supervising_unit", "principal", "staff_count"),
    *("full_member_count", "grade", "remark"),
)
CHARTER = ("charter_state", "charter_drafted_on", "charter_voted_on", "charter_on")
GRADE = ("grade", "grade_from", "grade_valid_to")
INSPECTED = ("inspection_result", "inspection_year")
LATEST = date.max


@dataclass
class MergePlan:
    """What a merger would do: numbers of moved records by kind, facts taken over, refusals."""

    loser: SocialOrganization
    winner: SocialOrganization
    moved: dict[str, int] = field(default_factory=dict)
    joined: dict[str, int] = field(default_factory=dict)
    filled: dict[str, Any] = field(default_factory=dict)
    refusals: list[str] = field(default_factory=list)

    def count(self, rows: Iterable[models.Model], where: dict[str, int] | None = None) -> None:
        for row in rows:
            name = str(row._meta.verbose_name)
            counts = self.moved if where is None else where
            counts[name] = counts.get(name, 0) + 1

    @property
    def filled_facts(self) -> list[tuple[str, Any]]:
        """Facts taken over, with their labels, as pages show them."""
        facts = []
        for name, value in self.filled.items():
            column = SocialOrganization._meta.get_field(name)
            words = dict(getattr(column, "flatchoices", None) or ()).get(value, value)
            facts.append((str(getattr(column, "verbose_name", name)), words))
        return facts


def plan_merger(*, loser: SocialOrganization, winner: SocialOrganization) -> MergePlan:
    """What would move, and what forbids it; nothing is written."""
    plan = MergePlan(loser, winner)
    if loser.pk == winner.pk:
        plan.refusals.append("请选择另一家社会组织。")
        return plan
    if loser.credit_code and winner.credit_code:
        plan.refusals.append(
            f"两家各有信用代码({loser.credit_code}、{winner.credit_code}),不是重复登记;"
            "其中一个填错的,请先更正。"
        )
    if winner.deregistered_on and not loser.deregistered_on:
        plan.refusals.append("要保留的一家已注销,另一家仍在册。请反过来合并,或先恢复登记。")
    pending = HandOver.objects.pending().filter(organization__in=(loser, winner))
    if pending.exists():
        plan.refusals.append("有一项移交等待对方接收,请先在“移交”中办理或撤回。")
    _plan_intervals(plan, CoverageLink, "party_organization")
    _plan_intervals(plan, InstructorAssignment, "instructor")
    _plan_inspections(plan)
    for rows in _others(loser):
        plan.count(rows)
    plan.filled = _filled(loser, winner)
    return plan


def _overlaps(one: Any, other: Any) -> bool:
    return one.valid_from < (other.valid_to or LATEST) and other.valid_from < (
        one.valid_to or LATEST
    )


def _plan_intervals(plan: MergePlan, model: type[models.Model], partner: str) -> None:
    """Dated rows with a partner: those of one partner that overlap become one, the rest move."""
    manager: Any = model._default_manager
    own = manager.filter(social_organization=plan.loser).select_related(partner)
    kept = list(manager.filter(social_organization=plan.winner))
    for row in own:
        twins = [
            one
            for one in kept
            if getattr(one, f"{partner}_id") == getattr(row, f"{partner}_id")
            and _overlaps(one, row)
        ]
        mode = getattr(row, "mode", None)
        if any(getattr(twin, "mode", None) != mode for twin in twins):
            plan.refusals.append(
                f"两家都由“{getattr(row, partner)}”覆盖而组建方式不同,请先更正其中一条。"
            )
        if row.valid_from < plan.winner.registered_on:
            plan.refusals.append(
                f"{row._meta.verbose_name}自 {row.valid_from} 起,早于要保留的一家的成立登记日期 "
                f"{plan.winner.registered_on},请先更正日期。"
            )
        plan.count([row], plan.joined if twins else None)


def _plan_inspections(plan: MergePlan) -> None:
    kept = {one.year: one for one in Inspection.objects.filter(organization=plan.winner)}
    for row in Inspection.objects.filter(organization=plan.loser):
        twin = kept.get(row.year)
        if twin is not None and twin.result != row.result:
            plan.refusals.append(f"{row.year} 年度的年检结论两边不同,请先核对更正。")
        plan.count([row], plan.joined if twin else None)


def _others(loser: SocialOrganization) -> Iterable[list[models.Model]]:
    """Rows of every other table, of this room and of those above, that point to the loser."""
    handled = {CoverageLink, InstructorAssignment, Inspection}
    for relation in SocialOrganization._meta.related_objects:
        model = relation.related_model
        if model not in handled and not relation.many_to_many:
            manager: Any = model._default_manager
            yield list(manager.filter(**{relation.field.name: loser}))
    yield list(Attachment.objects.of(loser))
    for model, generic in _generic():
        manager = model._default_manager
        kind = ContentType.objects.get_for_model(SocialOrganization)
        keys = {generic.ct_field: kind, generic.fk_field: loser.pk}
        yield list(manager.filter(**keys))


def _generic() -> Iterable[tuple[Any, GenericForeignKey]]:
    for model in apps.get_models():
        for one in model._meta.private_fields:
            if isinstance(one, GenericForeignKey):
                yield model, one


def _filled(loser: SocialOrganization, winner: SocialOrganization) -> dict[str, Any]:
    """Facts that only the loser knows."""
    names = [name for name in FILLED if getattr(loser, name) and not getattr(winner, name)]
    if "grade" in names:
        names += GRADE[1:]
    if (
        winner.charter_state == CharterState.NOT_STARTED
        and loser.charter_state != CharterState.NOT_STARTED
    ):
        names += CHARTER
    if (loser.inspection_year or 0) > (winner.inspection_year or 0):
        names += INSPECTED
    return {name: getattr(loser, name) for name in names}


@transaction.atomic
def merge_social_organizations(
    *, loser: SocialOrganization, winner: SocialOrganization, reason: str, by: User | None
) -> SocialOrganization:
    """Move everything of the loser to the winner and keep what the loser said.

    Refused with all reasons when something would be lost or contradicts. The loser's record goes, so
    that no day counts the same organization twice; its address leads to the winner.
    """
    text = require_reason(reason, "请写明合并理由")
    first, second = sorted((loser.pk, winner.pk))
    rows = SocialOrganization.objects.select_for_update(of=("self",)).in_bulk([first, second])
    lost, kept = rows[loser.pk], rows[winner.pk]
    require_reach(by, lost, kept)
    plan = plan_merger(loser=lost, winner=kept)
    if plan.refusals:
        raise ValidationError(plan.refusals)
    _move_intervals(lost, kept, CoverageLink, "party_organization")
    _move_intervals(lost, kept, InstructorAssignment, "instructor")
    years = Inspection.objects.filter(organization=kept).values_list("year", flat=True)
    Inspection.objects.filter(organization=lost, year__in=list(years)).delete()
    Inspection.objects.filter(organization=lost).update(organization=kept)
    _move_others(lost, kept)
    names = [f.name for f in SocialOrganization._meta.concrete_fields if f.name != "id"]
    facts = audit.plain(audit.snapshot(lost, names)) or {}
    moved = {**plan.moved, **{f"{name}(并为一条)": n for name, n in plan.joined.items()}}
    lost_key, lost_label = lost.pk, str(lost)
    trace = MergedOrganization.objects.create(
        winner=kept,
        former_id=lost_key,
        name=lost.name,
        credit_code=lost.credit_code or "",
        facts=facts,
        moved=moved,
        reason=text,
        merged_by=by,
    )
    told = audit.Entry(
        "social_organization.merge", lost, facts, {"winner": kept, "moved": moved}, text
    )
    audit.record_many([told], by=by)
    lost.delete()
    before, after = apply_values(locked(kept), plan.filled)
    stay_in_reach(by, kept)
    audit.record(
        by=by,
        action="social_organization.merge",
        object=kept,
        before=before,
        after={**after, "merged": {"key": str(lost_key), "name": lost_label}, "moved": moved},
        reason=f"{trace.name}:{text}",
    )
    return locked(kept)


def _move_intervals(
    lost: SocialOrganization, kept: SocialOrganization, model: type[models.Model], partner: str
) -> None:
    manager: Any = model._default_manager
    for row in manager.filter(social_organization=lost).order_by("valid_from"):
        twins = [
            one
            for one in manager.filter(
                social_organization=kept, **{partner: getattr(row, f"{partner}_id")}
            )
            if _overlaps(one, row)
        ]
        if not twins:
            row.social_organization = kept
            row.full_clean()
            row.save()
            continue
        first, *rest = twins
        whole = [row, *twins]
        ends = [one.valid_to for one in whole]
        row.delete()
        for one in rest:
            one.delete()
        first.valid_from = min(one.valid_from for one in whole)
        first.valid_to = None if None in ends else max(ends)
        if hasattr(first, "end_reason") and first.valid_to is None:
            first.end_reason = ""
        first.full_clean()
        first.save()


def _move_others(lost: SocialOrganization, kept: SocialOrganization) -> None:
    """Point the rows of all other tables to the one that stays; a clash refuses the merger."""
    handled = {CoverageLink, InstructorAssignment, Inspection}
    for relation in SocialOrganization._meta.related_objects:
        model, name = relation.related_model, relation.field.name
        if model in handled:
            continue
        manager: Any = model._default_manager
        for row in manager.filter(**{name: lost}):
            if relation.many_to_many:
                getattr(row, name).add(kept)
                getattr(row, name).remove(lost)
                continue
            setattr(row, name, kept)
            try:
                row.validate_constraints()
                row.validate_unique()
            except ValidationError as error:
                words = f"“{row._meta.verbose_name}”两边都有,合并会丢失其中一条,请先处理。"
                raise ValidationError(words) from error
            row.save()
    both = list(Attachment.objects.of(kept).values_list("sha256", flat=True))
    Attachment.objects.of(lost).filter(sha256__in=both).delete()
    Attachment.objects.of(lost).update(owner_id=kept.pk)
    for model, generic in _generic():
        kind = ContentType.objects.get_for_model(SocialOrganization)
        keys = {generic.ct_field: kind, generic.fk_field: lost.pk}
        model._default_manager.filter(**keys).update(**{generic.fk_field: kept.pk})
