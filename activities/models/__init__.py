"""Organizational life: records, attendance, plans, archive, and what party organizations have."""

from activities.models.activity import Activity, ActivityType, ActivityVersion
from activities.models.archive import ArchiveDocument
from activities.models.attendance import Attendance
from activities.models.minutes import Outcome, Resolution, Vote
from activities.models.plan import PlanItem, YearPlan
from activities.models.setting import LifeSetting
from activities.models.standing import Agreement, Incident, PartyHonour
from activities.models.support import Fund, Venue
from activities.models.vocabulary import ArchiveFolder, DutyRule, OutcomeKind

__all__ = [
    "Activity",
    "ActivityType",
    "ActivityVersion",
    "Agreement",
    "ArchiveDocument",
    "ArchiveFolder",
    "Attendance",
    "DutyRule",
    "Fund",
    "Incident",
    "LifeSetting",
    "Outcome",
    "OutcomeKind",
    "PartyHonour",
    "PlanItem",
    "Resolution",
    "Venue",
    "Vote",
    "YearPlan",
]
