"""The roster: people, where they belong, what they hold, pay, promise and learn."""

from members.models.admission import AdmissionStep, Applicant
from members.models.dues import DuesBand, DuesBase, DuesMonth
from members.models.event import LifeEvent
from members.models.group import GroupMember, PartyGroup
from members.models.member import Member, MemberPrivate
from members.models.membership import Membership
from members.models.mobile import MobileContact, MobilePeriod
from members.models.move import Move
from members.models.parameter import RosterParameter
from members.models.participation import Participation
from members.models.post import PartyPost, SocialPost
from members.models.yearly import Honour, Pledge, Training

__all__ = [
    "AdmissionStep",
    "Applicant",
    "DuesBand",
    "DuesBase",
    "DuesMonth",
    "GroupMember",
    "Honour",
    "LifeEvent",
    "Member",
    "MemberPrivate",
    "Membership",
    "MobileContact",
    "MobilePeriod",
    "Move",
    "Participation",
    "PartyGroup",
    "PartyPost",
    "Pledge",
    "RosterParameter",
    "SocialPost",
    "Training",
]
