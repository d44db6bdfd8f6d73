"""What follows from dates and member numbers for coverage."""

from datetime import date

from organizations.rules.vocabulary import BodyKind, UncoveredReason

# 支部工作条例: three or more full members call for a party organization of their own
ESTABLISH_MINIMUM = 3


def is_live(day: date, start: date, end: date | None) -> bool:
    """Is `day` inside the half-open interval from `start` to `end` (none = still open)?"""
    return start <= day and (end is None or day < end)


def uncovered_reason(full_members: int) -> UncoveredReason:
    """Why an uncovered organization with this many full members has no party organization."""
    if full_members >= ESTABLISH_MINIMUM:
        return UncoveredReason.SHOULD_ESTABLISH
    return UncoveredReason.TOO_FEW_MEMBERS if full_members else UncoveredReason.NO_MEMBERS


def body_kind(name: str) -> BodyKind:
    """Which of the three lines of responsibility a body with this name stands for."""
    if "综合党委" in name:
        return BodyKind.COMMITTEE
    if "两新" in name or name.startswith("镇(街道)"):
        return BodyKind.TOWNSHIP
    return BodyKind.LINE
