"""The rows that a new portal starts with; a city changes them afterwards."""

from django.db import transaction

from activities.models import ArchiveFolder, DutyRule, OutcomeKind
from activities.rules.duties import DUTIES, FOLDERS, OUTCOMES


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
