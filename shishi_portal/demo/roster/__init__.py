"""The 1,304 members of the demo city's 133 standing party organizations, and what they lived.

Posts, groups, moves, dues of the year so far, pledges, training, some mobile, a few on probation,
some taking part in joint organizations. Nobody is a real person; there are no identity numbers.
"""

from datetime import date
from random import Random

from organizations.models import CoverageLink, PartyOrganization
from organizations.rules.vocabulary import PartyKind
from shishi_portal.demo.roster.making import Maker, Roster
from shishi_portal.demo.roster.offices import give_offices, send_some_away, take_part_twice
from shishi_portal.demo.roster.people import let_some_go, move_some, settle_people
from shishi_portal.demo.roster.year import bring_applicants, live_a_year, pay_dues


def build_roster(
    random: Random, today: date, parties: list[PartyOrganization], links: list[CoverageLink]
) -> Roster:
    """The roster, unsaved; `parties` are all of the city's. 1,304 belong somewhere today."""
    maker = Maker(random, today, Roster())
    for link in links:
        if link.valid_to is None:
            own = maker.covered.setdefault(id(link.party_organization), [])
            own.append(link.social_organization)
    standing = [party for party in parties if party.kind == PartyKind.STANDING]
    joint = [party for party in parties if party.kind == PartyKind.JOINT]
    settle_people(maker, standing)
    move_some(maker, standing)
    let_some_go(maker, standing)
    for party in standing:
        give_offices(maker, party)
    take_part_twice(maker, joint)
    send_some_away(maker)
    live_a_year(maker)
    pay_dues(maker)
    bring_applicants(maker, standing)
    return maker.roster
