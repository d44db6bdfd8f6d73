"""Merging a duplicate into the record that stays: everything moves, or nothing is done."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.apps import apps
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from accounts import audit
from accounts.models import User
from accounts.rules import day_words
from organizations.actions.taking_back import TakingBack, UndoRefused, contents
from organizations.actions.versions import (
    apply_values,
    locked,
    require_reach,
    require_reason,
    stay_in_reach,
)
from organizations.imports.writer import values_before, what_happened
from organizations.models import (
    CoverageLink,
    HandOver,
    ImportEffect,
    Inspection,
    InstructorAssignment,
    MergedOrganization,
    SocialOrganization,
)
from organizations.models.attachment import Attachment
from organizations.rules.vocabulary import CharterState, EffectVerb
from organizations.uploads.store import path_of, write

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
                f"{row._meta.verbose_name}自{day_words(row.valid_from)}起,早于要保留的一家的成立登记日期"
                f"{day_words(plan.winner.registered_on)},请先更正日期。"
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
    before_all = values_before(_touched(lost, kept))
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
    trace.effects = [_effect(*one) for one in what_happened(before_all)]
    trace.save(update_fields=["effects"])
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


# --- taking back --------------------------------------------------------------------------------


def _touched(lost: SocialOrganization, kept: SocialOrganization) -> Iterable[models.QuerySet]:
    """Every stored row that a merger may change or delete."""
    both = (lost, kept)
    yield SocialOrganization.objects.filter(pk__in=[one.pk for one in both])
    yield CoverageLink.objects.filter(social_organization__in=both)
    yield InstructorAssignment.objects.filter(social_organization__in=both)
    yield Inspection.objects.filter(organization__in=both)
    for relation in SocialOrganization._meta.related_objects:
        model: Any = relation.related_model
        if model not in (CoverageLink, InstructorAssignment, Inspection):
            yield model._default_manager.filter(**{relation.field.name: lost})
    yield Attachment.objects.of(lost)
    for model, generic in _generic():
        kind = ContentType.objects.get_for_model(SocialOrganization)
        keys = {generic.ct_field: kind, generic.fk_field: lost.pk}
        yield model._default_manager.filter(**keys)


def _effect(model: type[models.Model], verb: EffectVerb, items: list) -> dict[str, Any]:
    """What happened to records of one model; of changed ones also what they say altogether."""
    if verb == EffectVerb.CHANGE:
        now = model._default_manager.in_bulk([item[0] for item in items])
        items = [
            [key, _without_version(old), _without_version(new), version, contents(now[key])]
            for key, old, new, version in items
        ]
    return {"model": model._meta.label_lower, "verb": verb.value, "items": items}


def _without_version(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name != "version"}


@transaction.atomic
def undo_merger(*, trace: MergedOrganization, reason: str, by: User | None) -> SocialOrganization:
    """Make two records of a merged one again, exactly as they were; returns the one that was lost.

    Refused with everything that was changed since, by whom and when.
    """
    text = require_reason(reason, "请写明撤销合并的理由")
    stored = MergedOrganization.objects.select_for_update().filter(pk=trace.pk).first()
    if stored is None:
        raise ValidationError("这次合并已经撤销。")
    kept = locked(stored.winner)
    require_reach(by, kept)
    if not stored.effects:
        raise ValidationError("这次合并没有留下撤销所需的记录,请逐条更正。")
    effects = [ImportEffect(**one) for one in reversed(stored.effects)]
    back = TakingBack(effects, since=stored.merged_at, reason=f"撤销合并:{text}")
    back.walk_back()
    try:
        back.refuse_if_changed()
    except UndoRefused as refused:
        rows = [_in_words(row) for row in refused.rows]
        raise ValidationError(["合并以后有变动,不能撤销:", *rows]) from refused
    former, name = stored.former_id, stored.name
    stored.delete()
    try:
        with transaction.atomic():
            back.restore()
    except IntegrityError as error:
        words = "合并前的登记与现在的记录冲突(例如信用代码已用于别处),不能撤销。"
        raise ValidationError(words) from error
    lost = SocialOrganization.objects.get(pk=former)
    _bring_files_back(lost, kept)
    for one in (lost, kept):
        stay_in_reach(by, one)
    told = {"merged": {"key": str(former), "name": name}}
    undone = [
        audit.Entry("social_organization.undo_merge", one, told, None, text) for one in (kept, lost)
    ]
    audit.record_many([*back.entries, *undone], by=by)
    return lost


def _in_words(row: dict[str, Any]) -> str:
    at = parse_datetime(row["at"]) if row["at"] else None
    when = f",{timezone.localtime(at):%Y-%m-%d %H:%M}" if at else ""
    who = f"({row['by']}{when})" if row["by"] else ""
    return f"{row['kind']}“{row['label'] or row['key']}”{row['why']}{who}"


def _bring_files_back(lost: SocialOrganization, kept: SocialOrganization) -> None:
    """An attachment that both had was kept once; its file may be swept, its twin's is the same."""
    twins = {one.sha256: one for one in Attachment.objects.of(kept)}
    for one in Attachment.objects.of(lost):
        twin = twins.get(one.sha256)
        if twin is not None and not path_of(one.path).exists():
            path = path_of(twin.path)
            one.path = write(path.read_bytes(), path.suffix)
            one.save(update_fields=["path"])
