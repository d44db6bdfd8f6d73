"""The product's star rating against the slow one: the same marks, score, bonus, star and quotas."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from random import Random
from typing import Any

import pytest
import time_machine
from django.db.models import Q

from evaluation.actions.rating_runs import ask_for_run, work_on_run
from evaluation.actions.schemes import scheme_in_force
from evaluation.gather.ratings import yearly_facts
from evaluation.models import StarRating
from evaluation.rules.facts import Facts, year_period
from evaluation.rules.rating import Ranked, Rater, Rating, rate, stars_within_quotas
from evaluation.rules.scheme import DEFAULT_SCHEME
from evaluation.rules.vocabulary import RunReason
from organizations.models import PartyOrganization
from organizations.rules.vocabulary import Level, PartyKind
from shishi_portal.demo.areas import CITY_CODE
from shishi_portal.management.commands.seed_demo import seed
from tests.evaluation.slow_facts import slow_facts
from tests.evaluation.slow_rating import SlowRating, hundredths, slow_quotas, slow_rating

KINDS = (PartyKind.STANDING, PartyKind.STANDING, PartyKind.JOINT, PartyKind.AFFILIATED)
FEATURES = ("place", "kit", "sign", "books", "rules", "log", "board")
YEAR = 2024
TERM_ENDS = (date(2024, 2, 29), date(2024, 12, 31), date(2023, 8, 31), date(2025, 1, 1), None)
FOUNDED = (date(2023, 12, 31), date(2024, 1, 1), date(2024, 2, 29), date(2023, 2, 28))


def shared(random: Random, most: int) -> tuple[int, int]:
    """A part and its whole, the whole being nothing now and then, the part mostly all of it."""
    whole = random.choice((0, random.randint(1, most), random.randint(1, most)))
    part = random.choice((0, whole, whole, whole, random.randint(0, whole)))
    return part, whole


def some_facts(random: Random) -> Facts:
    """Facts of anything, good more often than bad so that every star comes up."""

    def good(chance: float = 0.85) -> bool:
        return random.random() < chance

    def upto(most: int) -> int:
        return most if good(0.7) else random.randint(0, most)

    months = random.choice((12, 12, random.randint(0, 12)))
    ends = random.choice((*TERM_ENDS, date(2023, 1, 1) + timedelta(random.randint(0, 900))))
    extended = None
    if ends and not good(0.5):
        later = random.choice((0, 1, 364, 365, 366, 367, 400))
        extended = ends + timedelta(later)
    as_of = date(YEAR, 1, 1) + timedelta(random.randint(0, 365))
    borders = [day for day in (ends, extended) if day and day.year == YEAR]
    if borders and not good(0.6):
        as_of = random.choice(borders) - timedelta(random.choice((0, 1)))
    charters, covered = shared(random, 6)
    groups_held, groups_due = shared(random, 36)
    present, expected = shared(random, 200)
    paid, due = shared(random, 200)
    complete, members = shared(random, 40)
    contacted, mobile = shared(random, 3)
    timely, records = shared(random, 60)
    honours = [
        (random.choice("甲乙丙"), random.choice(("county", "city", "province", "nation")))
        for _ in range(random.choice((0, 0, 1, 3)))
    ]
    was_rated = good(0.8)
    return Facts(
        kind=random.choice(KINDS),
        level=random.choice(list(Level)),
        founded_on=random.choice((*FOUNDED, *[date(2012, 5, 1)] * 12)),
        period_start=date(YEAR, 1, 1),
        period_end=date(YEAR + 1, 1, 1),
        as_of=as_of,
        months_due=months,
        failed_setup_rules=() if good() else ("R1",),
        term_ends_on=ends,
        extended_until=extended,
        full_member_count=random.choice((0, 6, 7, 8, 30)),
        has_secretary=good(),
        committee_size=random.choice((0, 2, 3, 5, 7, 8)),
        committee_duties=3 if good() else random.randint(0, 3),
        cross_post_count=random.choice((0, 1, 2)),
        covered_count=covered,
        charter_approved_count=charters,
        general_meeting_quarters=upto(4),
        committee_meeting_months=upto(12),
        group_months_held=groups_held,
        group_months_due=groups_due,
        lecture_quarters=upto(4),
        theme_day_months=upto(12),
        has_life_meeting=good(),
        has_appraisal=good(),
        present_count=present,
        expected_count=expected,
        dues_on_time=paid,
        dues_due=due,
        member_count=members,
        complete_member_count=complete,
        mobile_count=min(mobile, members),
        mobile_contacted_count=min(contacted, members),
        admission_faults=0 if good() else random.randint(1, 5),
        trained_count=upto(members),
        venue_features=FEATURES[: upto(7)],
        has_fund=good(),
        has_expense=good(),
        pledged_count=upto(members),
        service_count=random.choice((0, 1, 2, 5)),
        has_agreement=good(),
        has_brand_plan=good(),
        plan_filed_on=random.choice((None, date(YEAR, 1, 31), date(YEAR, 2, 1), date(2023, 12, 1))),
        record_count=records,
        timely_record_count=timely,
        folder_count=upto(12),
        honours=tuple(honours),
        is_model=not good(0.7),
        promoted_count=random.choice((0, 0, 1, 3)),
        teaching_count=random.choice((0, 0, 1, 3)),
        has_lifted_partner=not good(),
        confirmed_vetoes=() if good(0.95) else ("V1",),
        last_star=random.choice((0, 1, 2, 3, 4, 4, 5)) if was_rated else None,
        was_rated=was_rated,
        joint_elects=random.random() < 0.5,
    )


def fraction(number: Decimal | None) -> Fraction | None:
    return None if number is None else hundredths(Fraction(number))


def as_told(rating: Rating) -> dict[str, Any]:
    stored = rating.as_json()
    marks = {one["code"]: one["got"] and Fraction(one["got"]) for one in stored["items"]}
    return marks | {
        "score": Fraction(stored["score"]),
        "bonus": Fraction(stored["bonus"]),
        "star": stored["star"],
    }


def as_recounted(slow: SlowRating) -> dict[str, Any]:
    marks = {code: pair and hundredths(pair[0]) for code, pair in slow.marks.items()}
    return marks | {"score": slow.score, "bonus": slow.bonus, "star": slow.star}


def random_city(random: Random, size: int) -> Iterator[tuple[str, Facts]]:
    for number in range(size):
        facts = some_facts(random)
        if random.random() < 0.5:  # so that many stand at the top, and some of them level
            facts = replace(facts, last_star=random.choice((4, 5)), was_rated=True)
        yield f"P{number:03}", facts


def test_the_rating_agrees_with_the_slow_one() -> None:
    """One rater for all: what it remembers of others never tells on the next."""
    random = Random(14)
    stars = set()
    rater = Rater(DEFAULT_SCHEME)
    for number in range(2000):
        facts = some_facts(random)
        slow, found = slow_rating(facts), rater.rate(facts)
        assert as_told(found) == as_recounted(slow), facts
        if number % 10 == 0:
            assert found.as_json() == rate(facts, DEFAULT_SCHEME).as_json()
        stars.add(slow.star)
    assert stars == {None, 0, 1, 2, 3, 4, 5}


def test_the_quotas_agree_with_the_slow_ones() -> None:
    random = Random(17)
    lowered = 0
    for size in (0, 1, 2, 9, 10, 11, 30, 60, 99):
        city = dict(random_city(random, size))
        slow = {code: (facts, slow_rating(facts)) for code, facts in city.items()}
        ratings = {code: rate(facts, DEFAULT_SCHEME) for code, facts in city.items()}
        ranked = [Ranked.of(c, city[c], one) for c, one in ratings.items() if one.is_rated]
        wanted = slow_quotas(slow)
        assert stars_within_quotas(ranked, DEFAULT_SCHEME) == wanted
        lowered += sum(wanted[code] != slow[code][1].star for code in wanted)
    assert lowered > 10


@pytest.mark.slow
@pytest.mark.django_db
def test_the_demo_city_has_the_facts_the_stars_and_the_quotas_of_a_recount(
    settings: Any, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    today = date(2026, 8, 20)
    with time_machine.travel(datetime(2026, 8, 20, 9, tzinfo=UTC), tick=False):
        seed(today)
        run = ask_for_run(
            area_code=CITY_CODE,
            scheme=scheme_in_force(CITY_CODE, today.year),
            year=today.year,
            as_of=today,
            reason=RunReason.NIGHTLY,
            by=None,
        )
        work_on_run(run.pk)
        # the year before is named, and stays as it was computed
        for year, as_of in ((2025, date(2025, 12, 31)), (2026, today)):
            city = _compare_ratings(year)
            _compare_facts(sorted(city), as_of)


def _compare_ratings(year: int) -> dict[int, StarRating]:
    """Every stored rating of the year against its facts, and the city against the quotas."""
    rows = StarRating.objects.current().of_year(year).select_related("party_organization")
    city = {one.party_organization_id: one for one in rows}
    alive = PartyOrganization.objects.filter(
        Q(dissolved_on__isnull=True) | Q(dissolved_on__gt=date(year, 1, 1)),
        founded_on__lt=date(year + 1, 1, 1),
        kind__in=(PartyKind.STANDING, PartyKind.JOINT),
    )
    assert set(city) == set(alive.values_list("pk", flat=True))
    slow = {}
    for one in city.values():
        told = slow_rating(one.stored_facts)
        slow[one.party_organization.code] = (one.stored_facts, told)
        assert as_recounted(told) == as_told(rate(one.stored_facts, DEFAULT_SCHEME))
        assert (one.score, one.bonus, one.rule_star) == (told.score, told.bonus, told.star)
    stars = slow_quotas(slow)
    for one in city.values():
        wanted = stars.get(one.party_organization.code)
        assert (one.final_star if one.final_star is not None else one.star) == wanted
    return city


def _compare_facts(keys: list[int], as_of: date) -> None:
    """Forty organizations, and all whose term or life ended in the year, by their records."""
    some = set(Random(as_of.year).sample(keys, 40))
    some |= set(
        PartyOrganization.objects.filter(pk__in=keys, dissolved_on__isnull=False).values_list(
            "pk", flat=True
        )
    )
    parties = PartyOrganization.objects.filter(pk__in=some)
    told = yearly_facts(parties, year_period(as_of.year), as_of)
    for party in parties:
        wanted = slow_facts(party, as_of)
        assert {name: getattr(told[party.pk], name) for name in wanted} == wanted, party
