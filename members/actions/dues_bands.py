"""党费标准: the bands of a year, set and taken back as a whole."""

from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts import audit
from accounts.access import require_city_office
from accounts.models import User
from accounts.rules import Right
from members.models import DuesBand
from members.rules.dues import Band, band_objections


@transaction.atomic
def set_bands(*, year: int, bands: Sequence[Band], reason: str, by: User) -> list[DuesBand]:
    """Set the whole standard from a year on; raises ValidationError where it leaves a gap.

    It holds for what is worked out from now on; months that have been opened stay as they are.
    """
    require_city_office(by, Right.EDIT_STANDARDS)
    if wrong := band_objections(bands):
        raise ValidationError(wrong)
    stored = _locked(year)
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
def remove_bands(*, year: int, reason: str, by: User) -> None:
    """Take a year's standard back; the one before holds again."""
    require_city_office(by, Right.EDIT_STANDARDS)
    if len(reason.strip()) < 4:
        raise ValidationError("请写明删除的理由(至少 4 个字)。")
    stored = _locked(year)
    if not stored:
        raise ValidationError(f"{year} 年没有另设标准。")
    audit.record_many([_removed(row, reason) for row in stored.values()], by=by)
    DuesBand.objects.filter(year=year).delete()


def _locked(year: int) -> dict[tuple[str, object], DuesBand]:
    rows = DuesBand.objects.select_for_update().filter(year=year).order_by("pk")
    return {(row.payer, row.above): row for row in rows}


def _removed(row: DuesBand, reason: str) -> audit.Entry:
    before = audit.snapshot(row, ("year", "payer", "above", "percent", "flat"))
    return audit.Entry("dues_band.delete", row, before, None, reason)
