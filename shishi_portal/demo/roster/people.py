"""Who belongs where: the 1,304, some of whom moved, and a few who are gone."""

from datetime import date, timedelta

from members.models import (
    LifeEvent,
    Member,
    Membership,
)
from members.rules.dates import add_months
from members.rules.vocabulary import (
    Education,
    Entry,
    EventKind,
    Exit,
    FullKind,
    Gender,
    JoinKind,
    MemberStatus,
)
from organizations.models import PartyOrganization
from shishi_portal.demo.names import Names
from shishi_portal.demo.roster.making import Maker

MEMBERS, PROBATIONARY = 1304, 25
MOVED, DIED, LEFT = 24, 6, 4
PLACES = ["福建泉州", "福建石狮", "福建晋江", "福建惠安", "江西上饶", "四川达州", "湖北黄冈"]


def _person(maker: Maker, names: Names, number: int, joined: date, full: date | None) -> Member:
    random = maker.random
    born = joined - timedelta(days=random.randint(20 * 366, 40 * 366))
    complete = random.random() < 0.93
    return Member(
        code=f"350581P{number:05d}",
        name=names.person(),
        gender=random.choice((Gender.MALE, Gender.FEMALE)),
        ethnicity=random.choices(("汉族", "回族", "畲族", "土家族"), (94, 3, 2, 1))[0],
        born_on=born,
        native_place=random.choice(PLACES),
        education=random.choices(Education.codes(), (1, 6, 18, 27, 40, 8))[0] if complete else "",
        working_since=born + timedelta(days=random.randint(19, 25) * 365),
        joined_on=joined,
        join_kind=JoinKind.NEW,
        full_on=full,
        full_kind=FullKind.ON_TIME if full else FullKind.NOT_YET,
        status=MemberStatus.FULL if full else MemberStatus.PROBATIONARY,
        is_frontline=random.random() < 0.3,
    )


def settle_people(maker: Maker, standing: list[PartyOrganization]) -> None:
    random, today = maker.random, maker.today
    names = Names(random, "")
    homes = [party for party in standing for _ in range(3)]
    weights = [random.gammavariate(4, 1) for _ in standing]
    homes += random.choices(standing, weights, k=MEMBERS - len(homes))
    for number, home in enumerate(homes, start=1):
        probationary = number > MEMBERS - PROBATIONARY
        joined = maker.between(date(1975, 1, 1), today - timedelta(days=400))
        if probationary:
            joined = maker.between(today - timedelta(days=300), today - timedelta(days=20))
        full = None if probationary else add_months(joined, 12)
        member = _person(maker, names, number, joined, full)
        bodies = maker.covered.get(id(home), [])
        member.workplace = random.choice(bodies).name if bodies else ""
        member.joined_at = home.name[:120] if probationary else ""
        _belong(maker, member, home, max(joined, home.founded_on), probationary)
        if probationary:
            event = LifeEvent(member=member, kind=EventKind.ADMITTED, on=joined)
            maker.roster.events.append(event)


def _belong(
    maker: Maker, member: Member, home: PartyOrganization, start: date, admitted: bool = False
) -> None:
    entry = Entry.ADMITTED if admitted else Entry.REGISTERED
    maker.roster.members.append(member)
    maker.roster.memberships.append(
        Membership(member=member, party_organization=home, valid_from=start, entry=entry)
    )
    maker.people.setdefault(id(home), []).append(member)


def move_some(maker: Maker, standing: list[PartyOrganization]) -> None:
    """Some came from another organization during the last year, on the day they left it."""
    settled = [m for m in maker.roster.memberships if m.valid_from < maker.today - timedelta(800)]
    for now in maker.random.sample(settled, MOVED):
        other = maker.random.choice([p for p in standing if p is not now.party_organization])
        day = maker.between(maker.today - timedelta(days=330), maker.today - timedelta(days=10))
        start = max(now.member.joined_on, other.founded_on)
        if start >= day or day <= now.party_organization.founded_on:
            continue
        before = Membership(
            member=now.member,
            party_organization=other,
            valid_from=start,
            valid_to=day,
            exit=Exit.MOVED,
        )
        now.valid_from, now.entry = day, Entry.MOVED
        place = maker.roster.memberships.index(now)
        maker.roster.memberships.insert(place, before)


def let_some_go(maker: Maker, standing: list[PartyOrganization]) -> None:
    """Who died or left during the year: no longer among the 1,304."""
    names = Names(maker.random, "")
    ways = [(Exit.DIED, MemberStatus.DIED)] * DIED
    ways += [(Exit.SUSPENDED, MemberStatus.SUSPENDED), (Exit.STRUCK_OFF, MemberStatus.LEFT)]
    ways += [(Exit.TRANSFERRED, MemberStatus.TRANSFERRED)] * (LEFT - 2)
    for number, (way, status) in enumerate(ways, start=MEMBERS + 1):
        home = maker.random.choice(standing)
        joined = maker.between(date(1970, 1, 1), date(2005, 1, 1))
        member = _person(maker, names, number, joined, add_months(joined, 12))
        member.status = status
        member.workplace = home.name
        day = maker.between(maker.today - timedelta(days=300), maker.today - timedelta(days=5))
        start = max(joined, home.founded_on)
        maker.roster.members.append(member)
        maker.roster.memberships.append(
            Membership(
                member=member,
                party_organization=home,
                valid_from=start,
                valid_to=day,
                exit=way,
            )
        )
        maker.roster.events.append(LifeEvent(member=member, kind=EventKind.EXIT, exit=way, on=day))
