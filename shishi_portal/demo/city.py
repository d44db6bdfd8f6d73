"""Areas, bodies, social organizations, party organizations and links of the demo city.

The totals of the case hold on 2019-10-16 and on the day the demo is made: 1,045 organizations (442,
319, 269, 6, 9), 133 standing, 32 joint and 186 affiliated party organizations, 885 covered, 736
charters. In between some organizations close and others take their place, some links end and are
made anew, so that the trend has something to tell. The split of the 885 among the three kinds is
invented (100 alone + 33 joint branches of 4 + 32 joint + 621 on 186 hosts).
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from stdnum.cn import uscc

from organizations.models import (
    CoverageLink,
    Instructor,
    InstructorAssignment,
    PartyOrganization,
    ResponsibleBody,
    SocialOrganization,
    SupervisingUnit,
    Township,
)
from organizations.rules.vocabulary import (
    Category,
    CharterState,
    InspectionResult,
    Level,
    Mode,
    PartyKind,
    Status,
)
from shishi_portal.demo.areas import CITY, CITY_CODE, LINES, TOWNSHIPS, build_areas
from shishi_portal.demo.names import Names

CASE_DAY = date(2019, 10, 16)
CATEGORIES = {
    Category.SOCIAL_GROUP: 442,
    Category.INTERMEDIARY: 319,
    Category.PRIVATE_NON_ENTERPRISE: 269,
    Category.FOUNDATION: 6,
    Category.COMMUNITY: 9,
}
CODE_PREFIX = {
    Category.SOCIAL_GROUP: "51",
    Category.INTERMEDIARY: "31",
    Category.PRIVATE_NON_ENTERPRISE: "52",
    Category.FOUNDATION: "53",
}
REGISTRARS = {Category.INTERMEDIARY: "司法局", Category.COMMUNITY: "镇(街道)备案"}
SOLO, JOINT_BRANCHES, JOINT_UNITS, DUAL, HOSTS, HOSTED = 100, 33, 4, 32, 186, 621
COVERED = SOLO + JOINT_BRANCHES * JOINT_UNITS + DUAL + HOSTED
CHARTERS, INSTRUCTORS, INSTRUCTED = 736, 256, 151
REPLACED, RELINKED = 60, 44


@dataclass
class City:
    """Everything unsaved yet, in the order in which it is to be saved."""

    random: Random
    today: date
    townships: list[Township] = field(default_factory=list)
    units: list[SupervisingUnit] = field(default_factory=list)
    bodies: list[ResponsibleBody] = field(default_factory=list)
    organizations: list[SocialOrganization] = field(default_factory=list)
    parties: list[PartyOrganization] = field(default_factory=list)
    links: list[CoverageLink] = field(default_factory=list)
    instructors: list[Instructor] = field(default_factory=list)
    assignments: list[InstructorAssignment] = field(default_factory=list)

    def between(self, first: date, last: date) -> date:
        return first + timedelta(days=self.random.randint(0, max(0, (last - first).days)))


def build_city(random: Random, today: date) -> City:
    """The demo city as unsaved records; the same for the same random state and day."""
    city = City(random, max(today, CASE_DAY + timedelta(days=900)))
    names = Names(random, CITY)
    city.townships, city.units, city.bodies = build_areas()
    _organizations(city, names)
    _parties(city, names)
    _replacements(city, names)
    _relinks(city)
    _instructors(city, names)
    return city


def _credit_code(category: str, number: int) -> str | None:
    prefix = CODE_PREFIX.get(Category(category))
    if prefix is None:
        return None
    body = f"DEM{number:05d}"
    alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    weights = (3, 7, 9, 10, 5, 8, 4, 2)
    rest = sum(w * alphabet.index(c) for w, c in zip(weights, body, strict=True))
    check = "0123456789X0"[(11 - rest % 11)]
    stem = f"{prefix}{CITY_CODE}{body}{check}"
    return stem + uscc.calc_check_digit(stem)


def _organization(
    city: City, names: Names, category: str, township: Township, registered_on: date, number: int
) -> SocialOrganization:
    random = city.random
    unit = random.choice(city.units)
    grade = random.choices(("", "3A", "4A", "5A"), (82, 11, 5, 2))[0]
    inspection = random.choices(
        ("passed", "basically_passed", "missed", "failed"), (88, 8, 2.5, 1.5)
    )[0]
    is_direct = random.random() < 0.06 or category == Category.COMMUNITY
    return SocialOrganization(
        name=names.organization(category, township.name[:2]),
        credit_code=_credit_code(category, number),
        category=category,
        registrar=REGISTRARS.get(Category(category), "民政局"),
        # registered without a supervising unit (直接登记), or put on file by its township
        supervising_unit=None if is_direct else unit,
        township=township,
        registered_on=registered_on,
        principal=names.person(),
        staff_count=random.randint(2, 60),
        charter_state=CharterState.NOT_STARTED,
        inspection_result=InspectionResult(inspection),
        inspection_year=city.today.year - 1,
        grade=grade,
        grade_valid_to=city.between(city.today, city.today + timedelta(days=1600))
        if grade
        else None,
    )


def _organizations(city: City, names: Names) -> None:
    random = city.random
    categories = [c for c, number in CATEGORIES.items() for _ in range(number)]
    places = [
        t for t, (_, _, n, _) in zip(city.townships, TOWNSHIPS, strict=True) for _ in range(n)
    ]
    random.shuffle(categories)
    random.shuffle(places)
    for number, (category, township) in enumerate(zip(categories, places, strict=True), start=1):
        registered = city.between(date(1994, 1, 8), date(2017, 12, 20))
        city.organizations.append(
            _organization(city, names, category, township, registered, number)
        )
    for place, state in ((CHARTERS, CharterState.APPROVED),):
        for organization in random.sample(city.organizations, place):
            organization.charter_state = state
            organization.charter_on = city.between(date(2018, 8, 1), date(2019, 9, 30))
    others = [o for o in city.organizations if o.charter_state == CharterState.NOT_STARTED]
    for organization in random.sample(others, 90):
        organization.charter_state = random.choice((CharterState.DRAFTED, CharterState.VOTED))


def _parties(city: City, names: Names) -> None:
    """Party organizations and the 885 covered; who is not covered is left at the end."""
    random = city.random
    waiting = list(city.organizations)
    random.shuffle(waiting)
    # neighbours share a party organization: joint branches and hosts take from one township
    by_township: dict[str, list[SocialOrganization]] = {}
    for organization in waiting[:COVERED]:
        by_township.setdefault(organization.township_id, []).append(organization)

    def take(number: int) -> list[SocialOrganization]:
        fullest = max(by_township.values(), key=len)
        taken, fullest[:] = fullest[:number], fullest[number:]
        while len(taken) < number:
            other = max(by_township.values(), key=len)
            taken.append(other.pop())
        return taken

    for _ in range(JOINT_BRANCHES):
        units = take(JOINT_UNITS)
        mode = random.choice((Mode.AREA_JOINT, Mode.TRADE_JOINT))
        party = _party(city, names, PartyKind.STANDING, units[0], Level.JOINT_BRANCH)
        _cover(city, party, units, mode, full_members=(0, 2))
    hosted = [4] * (HOSTED - 3 * HOSTS) + [3] * (HOSTS - (HOSTED - 3 * HOSTS))
    for number in hosted:
        units = take(number)
        mode = random.choices((Mode.ATTACHED, Mode.DISPATCHED), (88, 12))[0]
        party = _party(city, names, PartyKind.AFFILIATED, units[0], Level.BRANCH)
        _cover(city, party, units, mode, full_members=(0, 2))
    for _ in range(DUAL):
        units = take(1)
        party = _party(city, names, PartyKind.JOINT, units[0], Level.BRANCH)
        _cover(city, party, units, Mode.DUAL, full_members=(0, 2))
    for number in range(SOLO):
        units = take(1)
        level = Level.COMMITTEE if number < 4 else Level.BRANCH
        level = Level.GENERAL_BRANCH if 4 <= number < 10 else level
        party = _party(city, names, PartyKind.STANDING, units[0], level)
        _cover(city, party, units, Mode.SOLO, full_members=(3, 6))
    for place, organization in enumerate(waiting[COVERED:]):
        band = (3, 6) if place < 23 else (1, 2) if place < 94 else (0, 0)
        organization.full_member_count = random.randint(*band)
    for place, organization in enumerate(waiting[COVERED + 100 :][:14]):
        organization.status = (Status.WINDING_UP, Status.SHELL)[place >= 5]


def _party(
    city: City, names: Names, kind: PartyKind, first: SocialOrganization, level: Level
) -> PartyOrganization:
    random = city.random
    number = len(city.parties) + 1
    earliest = max(first.registered_on, date(2004, 1, 1))
    founded = city.between(earliest, date(2018, 11, 30))
    committee, township_body = city.bodies[0], city.bodies[1 + len(LINES)]
    if kind == PartyKind.AFFILIATED:
        place = city.townships.index(first.township)
        township_body = city.bodies[1 + len(LINES) + place]
        name = f"{first.township.name}{names.random.choice(_NEIGHBOURHOODS)}第{number}社区党支部"
        body = township_body
    else:
        word = {Level.COMMITTEE: "党委", Level.GENERAL_BRANCH: "党总支"}.get(level, "党支部")
        word = {Level.JOINT_BRANCH: "联合党支部"}.get(level, word)
        name = f"{first.name}{'兼合式' if kind == PartyKind.JOINT else ''}{word}"
        unit = first.supervising_unit
        line = next((b for b in city.bodies if unit and b.supervising_unit is unit), committee)
        body = line if kind == PartyKind.STANDING and random.random() < 0.6 else committee
    party = PartyOrganization(
        code=f"{CITY_CODE}{number:05d}",
        name=name,
        kind=kind,
        level=level,
        township=first.township,
        responsible_body=body,
        founded_on=founded,
        secretary=names.person(),
    )
    if kind == PartyKind.STANDING:
        party.term_years = 5 if level == Level.COMMITTEE else 3
        span = timedelta(days=365 * party.term_years)
        party.term_started_on = max(
            founded, city.between(city.today - span - timedelta(days=60), city.today)
        )
    city.parties.append(party)
    return party


_NEIGHBOURHOODS = [
    "东园",
    "西港",
    "南岸",
    "北渚",
    "新华",
    "仁里",
    "曾坑",
    "玉湖",
    "长福",
    "大仑",
    "宽仁",
    "塘头",
    "锦里",
    "厝上",
    "前园",
]


def _cover(
    city: City,
    party: PartyOrganization,
    units: list[SocialOrganization],
    mode: Mode,
    full_members: tuple[int, int],
) -> None:
    for organization in units:
        organization.full_member_count = city.random.randint(*full_members)
        start = max(party.founded_on, organization.registered_on)
        if city.random.random() < 0.35:
            start = city.between(start, date(2019, 9, 20))
        city.links.append(
            CoverageLink(
                social_organization=organization,
                party_organization=party,
                mode=mode,
                valid_from=start,
            )
        )


def _replacements(city: City, names: Names) -> None:
    """Some organizations close after the case's day; others of their kind are registered."""
    random = city.random
    open_links = {id(link.social_organization): link for link in city.links}
    plain = [
        o
        for o in city.organizations
        if o.status == Status.NORMAL
        and (id(o) not in open_links or open_links[id(o)].mode == Mode.ATTACHED)
    ]
    year_ago = city.today - timedelta(days=350)
    for old in random.sample(plain, REPLACED):
        closed = city.between(date(2020, 2, 1), city.today - timedelta(days=400))
        registered = city.between(date(2020, 1, 10), closed)
        number = len(city.organizations) + 1
        new = _organization(city, names, old.category, old.township, registered, number)
        new.supervising_unit = old.supervising_unit
        new.full_member_count = old.full_member_count
        new.charter_state, new.charter_on = old.charter_state, old.charter_on
        if new.charter_on:
            new.charter_on = max(registered, new.charter_on)
        old.status, old.deregistered_on = Status.DEREGISTERED, closed
        # both are registered for a while in reality; here one follows the other to keep the total
        new.registered_on = closed
        if new.charter_on:
            new.charter_on = closed
        city.organizations.append(new)
        link = open_links.get(id(old))
        if link is not None:
            link.valid_to = closed
            start = city.between(year_ago, city.today - timedelta(days=20))
            if random.random() < 0.5:
                start = city.between(closed, closed + timedelta(days=120))
            city.links.append(
                CoverageLink(
                    social_organization=new,
                    party_organization=link.party_organization,
                    mode=link.mode,
                    valid_from=start,
                )
            )


def _relinks(city: City) -> None:
    """Some links lapsed after the case's day and were made anew during the last year."""
    year_ago = city.today - timedelta(days=330)
    lasting = [
        link
        for link in city.links
        if link.valid_to is None and link.mode == Mode.ATTACHED and link.valid_from <= CASE_DAY
    ]
    for link in city.random.sample(lasting, RELINKED):
        link.valid_to = city.between(date(2021, 3, 1), city.today - timedelta(days=500))
        city.links.append(
            CoverageLink(
                social_organization=link.social_organization,
                party_organization=link.party_organization,
                mode=link.mode,
                valid_from=city.between(year_ago, city.today - timedelta(days=12)),
            )
        )


def _instructors(city: City, names: Names) -> None:
    random = city.random
    weights = [number for _, _, number, _ in TOWNSHIPS]
    for number in range(INSTRUCTORS):
        place = number if number < len(TOWNSHIPS) else random.choices(range(9), weights)[0]
        township = city.townships[place]
        code = f"{CITY_CODE}Z{number + 1:04d}"
        city.instructors.append(
            Instructor(
                code=code, name=names.person(), township=township, started_on=date(2018, 3, 1)
            )
        )
    own: dict[str, list[Instructor]] = {}
    for instructor in city.instructors:
        own.setdefault(instructor.township_id, []).append(instructor)
    linked = {id(link.social_organization) for link in city.links if link.valid_to is None}
    alive = [o for o in city.organizations if o.deregistered_on is None]
    uncovered = [o for o in alive if id(o) not in linked]
    covered = [o for o in alive if id(o) in linked]
    chosen = random.sample(uncovered, INSTRUCTED) + random.sample(covered, 420)
    for place, organization in enumerate(chosen):
        candidates = own[organization.township_id]
        instructor = candidates[place % len(candidates)]
        start = max(organization.registered_on, city.between(date(2018, 3, 1), CASE_DAY))
        city.assignments.append(
            InstructorAssignment(
                instructor=instructor, social_organization=organization, valid_from=start
            )
        )
