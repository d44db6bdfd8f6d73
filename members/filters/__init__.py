"""What one may ask of the roster's lists."""

from members.filters.people import (
    ApplicantFilter,
    DuesFilter,
    MemberFilter,
    MembershipFilter,
    MoveFilter,
)
from members.filters.records import (
    GroupMemberFilter,
    HonourFilter,
    MobileFilter,
    PartyGroupFilter,
    PledgeFilter,
    StepFilter,
    TrainingFilter,
)

__all__ = [
    "ApplicantFilter",
    "DuesFilter",
    "GroupMemberFilter",
    "HonourFilter",
    "MemberFilter",
    "MembershipFilter",
    "MobileFilter",
    "MoveFilter",
    "PartyGroupFilter",
    "PledgeFilter",
    "StepFilter",
    "TrainingFilter",
]
