"""The rows that a new portal starts with, and how a city changes them afterwards."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone

from accounts import audit
from accounts.access import require_city_office
from accounts.models import User
from accounts.rules import Right, digest_of
from activities.models import ArchiveDocument, ArchiveFolder, DutyRule, Outcome, OutcomeKind
from activities.rules.duties import DUTIES, FILLED_BY, FOLDERS, OUTCOMES
from activities.rules.periods import Unit
from activities.rules.vocabulary import Duty
from organizations.romanization import initials

Term = OutcomeKind | ArchiveFolder | DutyRule
NOUN: dict[type[models.Model], str] = {
    OutcomeKind: "outcome_kind",
    ArchiveFolder: "archive_folder",
    DutyRule: "duty_rule",
}
CHANGED = "您打开这一页以后,已有别人改过这一项,没有保存。请返回后重新打开,核对后再改。"


@transaction.atomic
def install_vocabulary() -> None:
    """Fill each empty vocabulary with its first rows; one that has rows is left alone."""
    if not DutyRule.objects.exists():
        DutyRule.objects.bulk_create(
            DutyRule(
                duty=spec.duty.value,
                since_year=spec.since_year,
                unit=spec.unit.value,
                times=spec.times,
                basis=spec.basis,
            )
            for spec in DUTIES
        )
    if not OutcomeKind.objects.exists():
        OutcomeKind.objects.bulk_create(
            OutcomeKind(code=code, name=name, unit=unit, order=order)
            for order, (code, name, unit) in enumerate(OUTCOMES, start=1)
        )
    if not ArchiveFolder.objects.exists():
        ArchiveFolder.objects.bulk_create(
            ArchiveFolder(number=number, name=name) for number, name in enumerate(FOLDERS, start=1)
        )


def seen_of(term: Term, names: Sequence[str]) -> str:
    """A mark of what a page shows of the term; see save_term."""
    return digest_of(getattr(term, name) for name in names)


@transaction.atomic
def save_term(*, term: Term, values: dict[str, Any], by: User, seen: str | None = None) -> Term:
    """Add a term of a vocabulary, or change a stored one; raises ValidationError.

    With `seen`, the mark of the values that the page showed, nothing is saved over another's change.
    What records already say is not given another meaning: units that were counted in, folders that
    hold something, duties of years that have begun to be lived stay.
    """
    require_city_office(by, Right.EDIT_STANDARDS)
    kind = type(term)
    is_new = term.pk is None
    stored: Any = term if is_new else kind._base_manager.select_for_update().get(pk=term.pk)
    if not is_new and seen is not None and seen != seen_of(stored, list(values)):
        raise ValidationError(CHANGED)
    before, after = ({}, values) if is_new else audit.changes(stored, values)
    _CHECKS[kind](stored, is_new, after)
    for name, value in values.items():
        setattr(stored, name, value)
    if isinstance(stored, OutcomeKind) and is_new:
        stored.code = _code(stored.name)
    stored.full_clean()
    if is_new or after:
        stored.save()
        verb = "create" if is_new else "change"
        audit.record(
            by=by, action=f"{NOUN[kind]}.{verb}", object=stored, before=before, after=after
        )
    return stored


def _code(name: str) -> str:
    """A code that addresses and the API call the outcome by; never changed afterwards."""
    stem = "".join(c for c in initials(name) if c.isascii() and c.isalnum())[:20] or "outcome"
    taken = set(OutcomeKind.objects.filter(code__startswith=stem).values_list("code", flat=True))
    number, code = 1, stem
    while code in taken:
        number += 1
        code = f"{stem}-{number}"
    return code


def _check_outcome(kind: OutcomeKind, is_new: bool, changed: dict[str, Any]) -> None:
    if not is_new and "unit" in changed and Outcome.objects.filter(kind=kind).exists():
        words = f"已有记录按“{kind.unit}”计数,不能改单位;请停用这一项,另行新增。"
        raise ValidationError({"unit": words})


def _check_folder(folder: ArchiveFolder, is_new: bool, changed: dict[str, Any]) -> None:
    if is_new or changed.get("is_active", True):
        return
    if folder.number in FILLED_BY:
        raise ValidationError({"is_active": f"不能停用:{FILLED_BY[folder.number]}"})
    if ArchiveDocument.objects.filter(folder=folder).exists():
        raise ValidationError({"is_active": "这个档案夹里已有文件,不能停用。"})


def _check_duty(rule: DutyRule, is_new: bool, changed: dict[str, Any]) -> None:
    this_year = timezone.localdate().year
    since = changed["since_year"] if is_new else rule.since_year
    if since < this_year:
        words = "以前的年度已按原来的要求执行,不再修改;请从今年或以后的年度起另行新增。"
        raise ValidationError({"since_year": words} if is_new else words)
    duty = changed["duty"] if is_new else rule.duty
    asked = (changed.get("unit", rule.unit), changed.get("times", rule.times))
    if duty == Duty.PLAN and asked != (Unit.YEAR, 1):
        raise ValidationError({"unit": "年度计划每年一份。"})


_CHECKS: dict[type[models.Model], Any] = {
    OutcomeKind: _check_outcome,
    ArchiveFolder: _check_folder,
    DutyRule: _check_duty,
}
