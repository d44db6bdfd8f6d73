"""The 1,304 members of the demo city's 133 standing party organizations."""

from datetime import date, timedelta
from random import Random

from members.models import Member, Membership
from members.rules.vocabulary import Gender, MemberStatus
from organizations.models import PartyOrganization
from shishi_portal.demo.names import Names

MEMBERS, PROBATIONARY = 1304, 25


def build_roster(
    random: Random, today: date, parties: list[PartyOrganization]
) -> tuple[list[Member], list[Membership]]:
    """Members and their memberships, unsaved; every organization has at least three members."""
    names = Names(random, "")
    homes = [party for party in parties for _ in range(3)]
    weights = [random.gammavariate(4, 1) for _ in parties]
    homes += random.choices(parties, weights, k=MEMBERS - len(homes))
    members, memberships = [], []
    for number, home in enumerate(homes, start=1):
        probationary = number > MEMBERS - PROBATIONARY
        newest = today - timedelta(days=400)
        joined = _day(random, date(1975, 1, 1), newest)
        if probationary:
            joined = _day(random, today - timedelta(days=300), today - timedelta(days=20))
        born = joined - timedelta(days=random.randint(20 * 366, 40 * 366))
        full = None if probationary else joined + timedelta(days=random.randint(365, 380))
        member = Member(
            code=f"350581P{number:05d}",
            name=names.person(),
            gender=random.choice((Gender.MALE, Gender.FEMALE)),
            born_on=born,
            joined_on=joined,
            full_on=full,
            status=MemberStatus.PROBATIONARY if probationary else MemberStatus.FULL,
        )
        members.append(member)
        memberships.append(
            Membership(
                member=member,
                party_organization=home,
                valid_from=max(joined, home.founded_on),
            )
        )
    return members, memberships


def _day(random: Random, first: date, last: date) -> date:
    return first + timedelta(days=random.randint(0, (last - first).days))
