"""The sheets of the roster."""

from members.imports.admission import AdmissionStepSheet
from members.imports.dues import DuesSheet
from members.imports.group import GroupMemberSheet, PartyGroupSheet
from members.imports.member import MemberRow, MemberSheet
from members.imports.yearly import HonourSheet, PledgeSheet, TrainingSheet

__all__ = [
    "AdmissionStepSheet",
    "DuesSheet",
    "GroupMemberSheet",
    "HonourSheet",
    "MemberRow",
    "MemberSheet",
    "PartyGroupSheet",
    "PledgeSheet",
    "TrainingSheet",
]
