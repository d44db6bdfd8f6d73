"""党费标准: the bands of a year, set and taken back as a whole."""

from collections.abc import Iterable, Sequence

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts import audit
from accounts.access import require_city_office
from accounts.models import User
from accounts.rules import Right, digest_of
from members.models import DuesBand
from members.models.dues import bands_of
from members.rules.dues import Band, band_objections

CHANGED_BEFORE_REMOVAL = "您打开这一页以后,已有别人改过这套标准,没有删除。请核对现在的标准后再删。"
CHANGED = "您打开这一页以后,已有别人改过这套标准,没有保存。请返回后重新打开,核对后再改。"


def mark_of(bands: Iterable[Band | DuesBand]) -> str:
    """A mark of a standard as a page shows it; see set_bands."""
    return digest_of(sorted(f"{b.payer} {b.above:.2f} {b.percent:.2f} {b.flat:.2f}" for b in bands))


@transaction.atomic
def set_bands(
    *, year: int, bands: Sequence[Band], reason: str, by: User, seen: str | None = None
) -> list[DuesBand]:
    """Set the whole standard from a year on; raises ValidationError where it leaves a gap.

    With `seen`, the mark of the standard that the page showed as the one in force in the year,
    nothing is set over another's change.
    It holds for what is worked out from now on; months that have been opened stay as they are.
    """
    require_city_office(by, Right.EDIT_STANDARDS)
    if wrong := band_objections(bands):
        raise ValidationError(wrong)
    stored = _locked(year)
    if seen is not None and seen != mark_of(bands_of(year)):
        raise ValidationError(CHANGED)
    entries, kept = [], []
    for band in bands:
        values = {"percent": band.percent, "flat": band.flat}
        row = stored.pop((band.payer, band.above), None)
        is_new = row is None
        row = row or DuesBand(year=year, payer=band.payer, above=band.above)
        before, after = ({}, values) if is_new else audit.changes(row, values)
        for name, value in values.items():
            setattr(row, name, value)
        row.full_clean()
        kept.append(row)
        if is_new or after:
            row.save()
            verb = "create" if is_new else "change"
            entries.append(audit.Entry(f"dues_band.{verb}", row, before, after, reason))
    entries += [_removed(row, reason) for row in stored.values()]
    audit.record_many(entries, by=by)
    DuesBand.objects.filter(pk__in=[row.pk for row in stored.values()]).delete()
    return kept


@transaction.atomic
def remove_bands(*, year: int, reason: str, by: User, seen: str | None = None) -> None:
    """Take a year's standard back; the one before holds again. `seen` is as for set_bands."""
    require_city_office(by, Right.EDIT_STANDARDS)
    if len(reason.strip()) < 4:
        raise ValidationError("请写明删除的理由(至少 4 个字)。")
    stored = _locked(year)
    if not stored:
        raise ValidationError(f"{year} 年没有另设标准。")
    if seen is not None and seen != mark_of(stored.values()):
        raise ValidationError(CHANGED_BEFORE_REMOVAL)
    audit.record_many([_removed(row, reason) for row in stored.values()], by=by)
    DuesBand.objects.filter(year=year).delete()


def _locked(year: int) -> dict[tuple[str, object], DuesBand]:
    rows = DuesBand.objects.select_for_update().filter(year=year).order_by("pk")
    return {(row.payer, row.above): row for row in rows}


def _removed(row: DuesBand, reason: str) -> audit.Entry:
    before = audit.snapshot(row, ("year", "payer", "above", "percent", "flat"))
    return audit.Entry("dues_band.delete", row, before, None, reason)
