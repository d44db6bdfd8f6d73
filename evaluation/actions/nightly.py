"""What is asked for every night: provisional stars of the running year and its last quarter."""

from django.core.exceptions import ValidationError
from django.utils import timezone

from evaluation.actions.rating_runs import ask_for_run
from evaluation.actions.schemes import scheme_in_force
from evaluation.rules.vocabulary import RunReason
from organizations.models import Township


def ask_nightly_runs() -> int:
    """One run a city for the year and one for the running quarter; says how many were asked for."""
    today = timezone.localdate()
    asked = 0
    codes = Township.objects.order_by().values_list("code", flat=True)
    for area_code in sorted({code[:6] for code in codes}):
        scheme = scheme_in_force(area_code, today.year)
        for quarter in (0, (today.month + 2) // 3):
            try:
                ask_for_run(
                    area_code=area_code,
                    scheme=scheme,
                    year=today.year,
                    quarter=quarter,
                    as_of=today,
                    reason=RunReason.NIGHTLY,
                    by=None,
                )
            except ValidationError:  # one of the same kind is going on
                continue
            asked += 1
    return asked
