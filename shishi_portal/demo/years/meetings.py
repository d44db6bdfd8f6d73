"""Who holds which meetings, and the deeds that the case counts."""

from datetime import date, timedelta
from random import Random

from activities.models import (
    DutyRule,
    LifeSetting,
    OutcomeKind,
    YearPlan,
)
from activities.rules.duties import LIVING_KINDS, has_committee
from activities.rules.periods import Unit, periods
from activities.rules.plans import Lives, Planned, planned_items
from activities.rules.vocabulary import ActivityKind
from organizations.models import PartyOrganization
from shishi_portal.demo.years import words
from shishi_portal.demo.years.book import Book, save_book, two_years_before
from shishi_portal.demo.years.case import RESCUED, SETTLED
from shishi_portal.demo.years.people import People

# how often a year what no rule asks for is done: seldom and at most, in the first year; the second
# is fuller
EXTRAS = {
    ActivityKind.SERVICE: (1, 5),
    ActivityKind.PARTY_SOCIAL: (0, 4),
    ActivityKind.CO_BUILDING: (0, 2),
    ActivityKind.TRAINING: (0, 2),
    ActivityKind.DEMOCRATIC_TALK: (0, 1),
    ActivityKind.CONSULTATION: (0, 1),
}
MORE_LATER = {ActivityKind.SERVICE: 3, ActivityKind.PARTY_SOCIAL: 1, ActivityKind.CO_BUILDING: 1}


def hold_meetings(
    random: Random,
    today: date,
    people: People,
    swimmers: PartyOrganization,
    fishermen: PartyOrganization,
) -> int:
    """Two years of all living organizations, and the case's deeds; returns how many records.

    There are about as many records whenever the demo is made.
    """
    kinds = {one.code: one for one in OutcomeKind.objects.all()}
    since = two_years_before(today)
    book = Book(random, today, since, people, kinds=kinds)
    living = PartyOrganization.objects.filter(kind__in=[kind.value for kind in LIVING_KINDS])
    parties = [
        one for one in living.order_by("pk") if one.dissolved_on is None or one.dissolved_on > since
    ]
    settings = {}
    specs = {year: DutyRule.specs(year) for year in range(since.year, today.year + 1)}
    for number, party in enumerate(parties):
        own = random.choices((0.985, 0.86, 0.5), (72, 20, 8))[0]
        if party.pk in (swimmers.pk, fishermen.pk) or number == 0:
            own = 0.985
        stops = today - timedelta(days=random.randint(190, 260)) if number in (40, 90) else None
        settings[party.pk] = random.choice((5, 10, 15, 15, 20, 25, 28))
        for year in specs:
            lives = _lives(party, people, settings[party.pk], year)
            items = planned_items(year, lives, specs[year])
            _live(book, party, year, items, own, stops)
    _deeds(book, swimmers, "rescue", RESCUED, "黄金海岸义务救生", (6, 7, 8, 9))
    _deeds(book, fishermen, "mediation", SETTLED, "党员渔业纠纷调解队调解", tuple(range(1, 13)))
    LifeSetting.objects.bulk_create(
        LifeSetting(party_organization_id=key, theme_day=day) for key, day in settings.items()
    )
    save_book(book)
    return len(book.activities)


def _lives(party: PartyOrganization, people: People, theme_day: int, year: int) -> Lives:
    posts = people.posts.get(party.pk, [])
    firsts = {period.first for unit in Unit for period in periods(unit, year)}
    return Lives(
        party.founded_on,
        party.dissolved_on,
        theme_day,
        frozenset(day for day in firsts if has_committee(posts, day)),
        tuple(people.groups.get(party.pk, [])),
    )


def _live(
    book: Book,
    party: PartyOrganization,
    year: int,
    items: list[Planned],
    diligence: float,
    stops: date | None,
) -> None:
    """Plan a year and hold what was planned, more or less."""
    random = book.random
    plan: int | None = None
    # a year whose first months lie before all records was not planned here
    if items and date(year, 1, 1) >= book.since and random.random() < diligence + 0.1:
        filed_on = date(year, 1, random.randint(4, 31))
        if random.random() < 0.07:
            filed_on = date(year, random.randint(2, 4), random.randint(1, 28))
        is_filed = filed_on <= book.today and random.random() < diligence + 0.12
        book.plans.append(
            YearPlan(
                party_organization=party,
                year=year,
                feature=random.choice(["", "党员先锋岗", "一支部一特色", "轮值书记", "红色驿站"]),
                state="filed" if is_filed else "draft",
                filed_on=filed_on if is_filed else None,
            )
        )
        plan = len(book.plans) - 1
    held: dict[tuple[int, ActivityKind], int] = {}
    for item in items:
        place = _held(book, party, item, diligence, stops, held)
        if plan is not None:
            book.items.append((plan, place, item, party.secretary))
    _extras(book, party, year, diligence, stops)


def _held(
    book: Book,
    party: PartyOrganization,
    item: Planned,
    diligence: float,
    stops: date | None,
    held: dict[tuple[int, ActivityKind], int],
) -> int | None:
    """Hold what is planned, perhaps together with another meeting of the month."""
    random = book.random
    if item.kind == ActivityKind.APPRAISAL:
        place = held.get((item.on.month, ActivityKind.LIFE_MEETING))
        if place is not None:
            book.types.append((place, ActivityKind.APPRAISAL.value))
            for one in book.attendances[-40:]:
                if one.place == place:
                    one.grade = random.choice(("excellent", "qualified", "qualified"))
            return place
    if item.kind == ActivityKind.LECTURE and random.random() < 0.5:
        place = held.get((item.on.month, ActivityKind.MEMBERS_MEETING))
        if place is not None:
            book.types.append((place, ActivityKind.LECTURE.value))
            return place
    if random.random() > diligence:
        return None
    day = item.on
    if item.kind != ActivityKind.THEME_DAY:
        spread = random.randint(-4, 4)
        moved = day + timedelta(days=spread)
        day = moved if moved.month == day.month else day
    ended = party.dissolved_on is not None and day >= party.dissolved_on
    if not book.since <= day <= book.today or day < party.founded_on or ended:
        return None
    if stops and day > stops:
        return None
    group = {"group_id": item.group} if item.group else {}
    place = book.record(party, [item.kind], day, **group)
    held[item.on.month, item.kind] = place
    if item.kind in (ActivityKind.MEMBERS_MEETING, ActivityKind.COMMITTEE_MEETING):
        book.decide(place)
    return place


def _extras(
    book: Book, party: PartyOrganization, year: int, diligence: float, stops: date | None
) -> None:
    """What no rule asks for: services and meetings with the social organization."""
    random = book.random
    later = MORE_LATER if year == book.today.year else {}
    kinds = [
        kind
        for kind, (least, most) in EXTRAS.items()
        for _ in range(random.randint(least, most + later.get(kind, 0)))
    ]
    for kind in kinds:
        if random.random() > diligence:
            continue
        day = date(year, 1, 1) + timedelta(days=random.randint(8, 355))
        ended = party.dissolved_on is not None and day >= party.dissolved_on
        if not book.since <= day <= book.today or day < party.founded_on or ended:
            continue
        if stops and day > stops:
            continue
        theme = random.choice(words.THEMES[kind])
        place = book.record(party, [kind], day, theme=theme)
        if theme in words.OUTCOMES:
            code, least, most = words.OUTCOMES[theme]
            book.achieve(place, code, random.randint(least, most))


def _deeds(
    book: Book,
    party: PartyOrganization,
    code: str,
    total: int,
    theme: str,
    months: tuple[int, ...],
) -> None:
    """The deeds that the case counts: from 2016 to the case's day, exactly so many."""
    random = book.random
    days = [
        date(year, month, random.randint(1, 28 if (year, month) != (2019, 10) else 12))
        for year in range(2016, 2020)
        for month in months
        if (year, month) <= (2019, 10)
    ]
    share, rest = divmod(total, len(days))
    for number, day in enumerate(days):
        place = book.record(party, [ActivityKind.SERVICE], day, theme=theme)
        book.achieve(place, code, share + (number < rest))
