"""What the makers of the roster share."""

from dataclasses import dataclass, field, fields
from datetime import date, timedelta
from random import Random
from typing import Any

from members.models import (
    AdmissionStep,
    Applicant,
    DuesBase,
    DuesMonth,
    GroupMember,
    Honour,
    LifeEvent,
    Member,
    Membership,
    MobileContact,
    MobilePeriod,
    Participation,
    PartyGroup,
    PartyPost,
    Pledge,
    SocialPost,
    Training,
)
from organizations.models import SocialOrganization


@dataclass
class Roster:
    """Everything unsaved, in the order in which it is to be saved."""

    members: list[Member] = field(default_factory=list)
    memberships: list[Membership] = field(default_factory=list)
    events: list[LifeEvent] = field(default_factory=list)
    participations: list[Participation] = field(default_factory=list)
    party_posts: list[PartyPost] = field(default_factory=list)
    social_posts: list[SocialPost] = field(default_factory=list)
    groups: list[PartyGroup] = field(default_factory=list)
    group_members: list[GroupMember] = field(default_factory=list)
    mobile: list[MobilePeriod] = field(default_factory=list)
    contacts: list[MobileContact] = field(default_factory=list)
    bases: list[DuesBase] = field(default_factory=list)
    dues: list[DuesMonth] = field(default_factory=list)
    pledges: list[Pledge] = field(default_factory=list)
    trainings: list[Training] = field(default_factory=list)
    honours: list[Honour] = field(default_factory=list)
    applicants: list[Applicant] = field(default_factory=list)
    steps: list[AdmissionStep] = field(default_factory=list)

    def batches(self) -> list[list[Any]]:
        return [getattr(self, one.name) for one in fields(self)]


@dataclass
class Maker:
    random: Random
    today: date
    roster: Roster
    people: dict[int, list[Member]] = field(default_factory=dict)
    covered: dict[int, list[SocialOrganization]] = field(default_factory=dict)

    def between(self, first: date, last: date) -> date:
        return first + timedelta(days=self.random.randint(0, max(0, (last - first).days)))
