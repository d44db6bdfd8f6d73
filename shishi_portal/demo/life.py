"""What happened to the demo city's organizations: inspections, charters, elections, former names."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Any

from organizations.models import (
    Election,
    FormerName,
    Inspection,
    ResponsibleBody,
    SocialOrganization,
    TermExtension,
)
from organizations.rules.responsibility import proposed_line
from organizations.rules.terms import latest_extension, term_end
from organizations.rules.vocabulary import BodyKind, CharterState, InspectionResult, PartyKind
from shishi_portal.demo.city import City

OVERRIDDEN, WITHOUT_BODY, DIFFERING, RENAMED = 46, 11, 14, 12
REASON = "活动场所在村(社区),商定由镇(街道)两新组织党委就近管理"


@dataclass
class Life:
    """Unsaved records that belong to the city's organizations, in the order of saving."""

    inspections: list[Inspection] = field(default_factory=list)
    former_names: list[FormerName] = field(default_factory=list)
    elections: list[Election] = field(default_factory=list)
    extensions: list[TermExtension] = field(default_factory=list)

    def batches(self) -> Iterable[list[Any]]:
        return (self.inspections, self.former_names, self.elections, self.extensions)


def set_bodies(city: City) -> None:
    """Let the proposed bodies answer, with the exceptions and gaps that a real city has."""
    random = Random("responsible bodies")  # noqa: S311 - invented data, the same on every machine
    committee = next(b for b in city.bodies if b.kind == BodyKind.COMMITTEE)
    lines = {id(b.supervising_unit): b for b in city.bodies if b.supervising_unit}
    own = {b.township.code: b for b in city.bodies if b.township}
    for one in city.organizations:
        line = lines.get(id(one.supervising_unit)) if one.supervising_unit else None
        chosen = proposed_line(
            category=one.category, has_line=line is not None, has_committee=True, has_township=True
        )
        found: dict[Any, ResponsibleBody | None] = {
            BodyKind.LINE: line,
            BodyKind.COMMITTEE: committee,
            BodyKind.TOWNSHIP: own[one.township.code],
        }
        one.responsible_body = found[chosen]
    alive = [one for one in city.organizations if one.deregistered_on is None]
    odd = random.sample(alive, OVERRIDDEN + WITHOUT_BODY + DIFFERING)
    for place, one in enumerate(odd):
        if place < OVERRIDDEN:
            one.responsible_body = own[one.township.code]
            one.responsible_body_reason = REASON
        elif place < OVERRIDDEN + WITHOUT_BODY:
            one.responsible_body = None
        else:
            one.responsible_body = own[one.township.code]


def set_steps(city: City) -> None:
    """Days of the charter's steps, and from when a grade holds."""
    random = Random("charters and grades")  # noqa: S311 - invented data, the same on every machine
    for one in city.organizations:
        ended = one.deregistered_on
        if ended and (one.inspection_year or 0) >= ended.year:
            one.inspection_year = max(ended.year - 1, one.registered_on.year)
        if one.charter_state == CharterState.NOT_STARTED:
            pass
        elif one.charter_on:
            first = max(one.registered_on, one.charter_on - timedelta(days=random.randint(70, 160)))
            one.charter_drafted_on = min(first, one.charter_on)
            gap = (one.charter_on - one.charter_drafted_on).days
            one.charter_voted_on = one.charter_drafted_on + timedelta(days=gap // 2)
        else:
            one.charter_drafted_on = city.today - timedelta(days=random.randint(60, 200))
            one.charter_drafted_on = max(one.charter_drafted_on, one.registered_on)
            if one.charter_state == CharterState.VOTED:
                one.charter_voted_on = max(
                    one.charter_drafted_on, city.today - timedelta(days=random.randint(5, 50))
                )
        if one.grade_valid_to:
            start = one.grade_valid_to - timedelta(days=5 * 365)
            one.grade_from = max(start, one.registered_on)


def build_life(city: City) -> Life:
    """Records about the city's organizations and party organizations, which are not saved yet."""
    random = Random("life")  # noqa: S311 - invented data, the same on every machine
    life = Life()
    for one in city.organizations:
        life.inspections += list(_inspections(city, one, random))
    plain = [
        one
        for one in city.organizations
        if one.deregistered_on is None and one.registered_on.year < 2014
    ]
    for one in random.sample(plain, RENAMED):
        until = city.between(one.registered_on + timedelta(days=700), city.today)
        old = one.name.replace("协会", "联谊会").replace("商会", "同业公会")
        if old == one.name:
            old = one.name.replace("石狮市", "石狮")
        document = f"石民〔{until.year}〕{random.randint(1, 90)}号"
        life.former_names.append(
            FormerName(organization=one, name=old, until=until, document=document)
        )
    for party in city.parties:
        if party.kind != PartyKind.STANDING or not party.term_started_on:
            continue
        entitled = random.randint(3, 24)
        life.elections.append(
            Election(
                party_organization=party,
                held_on=party.term_started_on,
                entitled=entitled,
                present=random.randint(-(-entitled * 4 // 5), entitled),
                secretary=party.secretary,
                outcome=f"选举{party.secretary}为书记,差额选举,一次选出。",
                term_years=party.term_years or 3,
            )
        )
        end = term_end(party.term_started_on, party.term_years)
        if end and end < city.today and random.random() < 0.4:
            party.term_extended_to = min(latest_extension(end), end + timedelta(days=180))
            life.extensions.append(
                TermExtension(
                    party_organization=party,
                    until=party.term_extended_to,
                    approved_on=end - timedelta(days=20),
                    document=f"石社党〔{end.year}〕{random.randint(1, 60)}号",
                    reason="换届考察对象尚未确定",
                )
            )
    return life


def _inspections(city: City, one: SocialOrganization, random: Random) -> Iterable[Inspection]:
    """The latest year as the organization says, and the two years before."""
    latest = one.inspection_year or city.today.year - 1
    for year in range(latest, latest - 3, -1):
        if year < one.registered_on.year:
            break
        result = one.inspection_result
        if year != latest:
            result = random.choices(
                (InspectionResult.PASSED, InspectionResult.BASICALLY_PASSED), (93, 7)
            )[0].value
        yield Inspection(organization=one, year=year, result=result)
