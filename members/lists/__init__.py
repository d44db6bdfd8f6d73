"""The lists of the roster: their columns, in the words of the fields."""

from members.lists.records import (
    ADMISSION_STEPS,
    GROUP_MEMBERS,
    GROUPS,
    HONOURS,
    MOBILE,
    PLEDGES,
    TRAININGS,
)
from members.lists.roster import APPLICANTS, DUES, MEMBERS, MEMBERSHIPS, MOVES

__all__ = [
    "ADMISSION_STEPS",
    "APPLICANTS",
    "DUES",
    "GROUPS",
    "GROUP_MEMBERS",
    "HONOURS",
    "MEMBERS",
    "MEMBERSHIPS",
    "MOBILE",
    "MOVES",
    "PLEDGES",
    "TRAININGS",
]
