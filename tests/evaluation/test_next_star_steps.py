"""What is promised holds: the steps to the next star, taken as records, bring that star."""

from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import transaction

from evaluation.actions.rating_runs import ask_for_run, work_on_run
from evaluation.actions.schemes import scheme_in_force
from evaluation.dashboard.explain import next_star_of
from evaluation.gather.ratings import outlook_of, yearly_facts
from evaluation.models import StarRating
from evaluation.rules.facts import year_period
from evaluation.rules.next_star import Way
from evaluation.rules.rating import Rating, rate
from evaluation.rules.steps import Options, Step, applied
from evaluation.rules.vocabulary import RatingState, RunReason
from organizations.models import PartyOrganization
from shishi_portal.demo.areas import CITY_CODE
from shishi_portal.management.commands.seed_demo import seed
from tests.evaluation.taken_steps import Doer, Impossible
from tests.world import make_user

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
TODAY = date(2026, 8, 20)
YEAR_END = date(2026, 12, 31)
SOME, WHOLE = 200, 24
PERIOD = year_period(YEAR_END.year)


def computed(year: int, as_of: date) -> Any:
    run = ask_for_run(
        area_code=CITY_CODE,
        scheme=scheme_in_force(CITY_CODE, year),
        year=year,
        as_of=as_of,
        reason=RunReason.NIGHTLY,
        by=None,
    )
    work_on_run(run.pk)
    return StarRating.objects.current().of_year(year).order_by("pk")


def ways_of(ratings: Any) -> dict[int, Way]:
    found = {}
    for one in ratings:
        way = next_star_of(one, TODAY)
        if way is not None and way.steps:
            found[one.party_organization_id] = way
    return found


def everything_open(rating: StarRating) -> tuple[Step, ...]:
    """All that could still be done, each to the last."""
    party = rating.party_organization
    one = yearly_facts(PartyOrganization.objects.filter(pk=party.pk), PERIOD, YEAR_END)[party.pk]
    outlook, projected = outlook_of(party, one, TODAY)
    options = Options(projected, rating.scheme.scheme, outlook).all()
    return tuple(step for sets in options if sets for step in sets[-1])


def promised_by(rating: StarRating, steps: tuple[Step, ...]) -> Rating:
    party = rating.party_organization
    one = yearly_facts(PartyOrganization.objects.filter(pk=party.pk), PERIOD, YEAR_END)[party.pk]
    _, projected = outlook_of(party, one, TODAY)
    return rate(applied(projected, steps), rating.scheme.scheme)


def test_the_steps_bring_what_they_promise(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    with time_machine.travel("2026-08-20T09:00:00+08:00", tick=False):
        seed(TODAY)
        named = StarRating.objects.current().of_year(TODAY.year - 1).filter(star__isnull=False)
        assert not named.exclude(state=RatingState.PUBLISHED).exists()
        rows = list(computed(TODAY.year, TODAY).select_related("party_organization", "scheme"))
        Random(41).shuffle(rows)
        ways = ways_of(rows[:SOME])
        steps = {pk: way.steps for pk, way in ways.items()}
        # others do all that they can, so that every kind of step is taken, all of them together
        alive = [one for one in rows if one.party_organization.dissolved_on is None]
        rest = [one for one in alive if one.party_organization_id not in ways][:WHOLE]
        steps |= {one.party_organization_id: everything_open(one) for one in rest}
        rows = [one for one in rows if one.party_organization_id in steps]
        keys = {one.pk: one.party_organization_id for one in rows}
        promised = {keys[one.pk]: promised_by(one, steps[keys[one.pk]]) for one in rows}
        by = make_user("steps", "city_staff", CITY_CODE)
        parties = PartyOrganization.objects.filter(pk__in=steps)
        before = yearly_facts(parties, PERIOD, YEAR_END)
    assert len(ways) > 40
    broken: list[Any] = []
    for party in parties:
        try:
            with transaction.atomic():
                Doer(party, before[party.pk], by).take(steps[party.pk])
        except (Impossible, ValidationError) as why:
            broken.append((str(party), repr(why), [step.words for step in steps[party.pk]]))
    with time_machine.travel("2026-12-31T22:00:00+08:00", tick=False):
        after = yearly_facts(parties, PERIOD, YEAR_END)
    for party in parties:
        wanted, reached = promised[party.pk], rate(after[party.pk], rows[0].scheme.scheme)
        if party.pk in ways:
            assert (wanted.star or 0) >= ways[party.pk].star
        if reached.total < wanted.total or (reached.star or 0) < (wanted.star or 0):
            broken.append((str(party), party.kind, *differences(steps[party.pk], wanted, reached)))
    assert not broken, "\n".join(str(one) for one in broken)


def differences(steps: tuple[Step, ...], wanted: Rating, reached: Rating) -> list[Any]:
    promised = {one.code: one for one in wanted.items}
    return [
        f"{wanted.total} -> {reached.total}, {wanted.star} -> {reached.star}",
        " ".join(sorted({step.code for step in steps})),
        *(
            (one.code, promised[one.code].words, one.words)
            for one in reached.items
            if (one.got or 0) < (promised[one.code].got or 0)
            or (one.got is None) != (promised[one.code].got is None)
        ),
    ]
