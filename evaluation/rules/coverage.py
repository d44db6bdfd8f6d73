"""Coverage rates: two integers and a definition, never a stored percentage."""

from dataclasses import dataclass, fields
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

FOUR_PLACES, ONE_PLACE = Decimal("0.0001"), Decimal("0.1")


def rate(part: int, whole: int) -> Decimal | None:
    """`part / whole` as a fraction with 4 decimals, half up; None when nothing is counted."""
    if whole == 0:
        return None
    return (Decimal(part) / Decimal(whole)).quantize(FOUR_PLACES, ROUND_HALF_UP)


def percent(part: int, whole: int) -> str:
    """`part / whole` as readers see it: per cent with 1 decimal, half up; — for nothing."""
    if whole == 0:
        return "—"
    return f"{(Decimal(part) * 100 / Decimal(whole)).quantize(ONE_PLACE, ROUND_HALF_UP)}"


@dataclass(frozen=True)
class Coverage:
    """Counts of social organizations alive on a day. The three reasons add up to the uncovered."""

    social_organization_count: int = 0
    covered_count: int = 0
    work_covered_count: int = 0
    should_establish: int = 0
    too_few_members: int = 0
    no_members: int = 0
    removed_winding_up: int = 0
    removed_revoked: int = 0
    removed_shell: int = 0
    removed_covered: int = 0
    removed_work_covered: int = 0

    @property
    def uncovered_count(self) -> int:
        return self.social_organization_count - self.covered_count

    @property
    def instructor_only_count(self) -> int:
        """Without a party organization, but reached by an instructor."""
        return self.work_covered_count - self.covered_count

    @property
    def organization_coverage_rate(self) -> Decimal | None:
        return rate(self.covered_count, self.social_organization_count)

    @property
    def work_coverage_rate(self) -> Decimal | None:
        return rate(self.work_covered_count, self.social_organization_count)

    @property
    def percent(self) -> str:
        return percent(self.covered_count, self.social_organization_count)

    @property
    def work_percent(self) -> str:
        return percent(self.work_covered_count, self.social_organization_count)

    @property
    def removed_count(self) -> int:
        return self.removed_winding_up + self.removed_revoked + self.removed_shell

    @property
    def reduced(self) -> "Coverage":
        """The reduced base (剔除口径): without organizations winding up, revoked or empty shells."""
        return Coverage(
            social_organization_count=self.social_organization_count - self.removed_count,
            covered_count=self.covered_count - self.removed_covered,
            work_covered_count=self.work_covered_count - self.removed_work_covered,
        )

    def __add__(self, other: "Coverage") -> "Coverage":
        names = [field.name for field in fields(self)]
        return Coverage(**{name: getattr(self, name) + getattr(other, name) for name in names})


def month_days(as_of: date, months: int) -> list[date]:
    """The last days of the months before, and `as_of` itself: what a trend by month shows."""
    days = [as_of]
    for _ in range(months - 1):
        days.append(days[-1].replace(day=1) - timedelta(days=1))
    return days[::-1]
