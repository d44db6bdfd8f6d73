"""What is asked for every night: stars of the running year and its quarter, and of what just ended."""

from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.utils import timezone

from evaluation.actions.rating_runs import ask_for_run, period_of
from evaluation.actions.schemes import scheme_to_rate_by
from evaluation.rules.vocabulary import RunReason
from organizations.models import Township

# records are filed, and corrected, for some days after the period that they belong to
AFTER = timedelta(days=31)


def periods_to_rate(today: date) -> list[tuple[int, int, date]]:
    """Year, quarter (0 = the year) and last day that counts: what runs, and what ended lately."""
    found = []
    for year in (today.year - 1, today.year):
        for quarter in range(5):
            period = period_of(year, quarter)
            if period.start <= today < period.end + AFTER:
                found.append((year, quarter, min(today, period.end - timedelta(days=1))))
    return found


def ask_nightly_runs() -> int:
    """A run for each city and period; says how many were asked for."""
    today = timezone.localdate()
    asked = 0
    codes = Township.objects.order_by().values_list("code", flat=True)
    for area_code in sorted({code[:6] for code in codes}):
        for year, quarter, as_of in periods_to_rate(today):
            try:
                ask_for_run(
                    area_code=area_code,
                    scheme=scheme_to_rate_by(area_code, year),
                    year=year,
                    quarter=quarter,
                    as_of=as_of,
                    reason=RunReason.NIGHTLY,
                    by=None,
                )
            except ValidationError:  # one of the same kind is going on
                continue
            asked += 1
    return asked
