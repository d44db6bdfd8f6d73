"""Stars of the demo city: two named years, and the running one as far as it has come."""

from dataclasses import replace
from datetime import date, datetime, time
from random import Random
from typing import Any

from django.utils import timezone

from evaluation.actions.rating_rows import row_of
from evaluation.actions.rating_runs import ask_for_run, city_ratings, ranked_of, work_on_run
from evaluation.actions.schemes import scheme_in_force
from evaluation.forms.ratings import CycleForm
from evaluation.models import RatingCycle, RatingRun, RatingScheme, StarRating
from evaluation.rules.facts import Facts
from evaluation.rules.rating import rate, stars_within_quotas
from evaluation.rules.vocabulary import CycleStage, RatingState, RunReason
from evaluation.working_days import last_working_day

# counts that were lower in the year before, when less was done and less was recorded
WEAKER = (
    *("general_meeting_quarters", "committee_meeting_months", "lecture_quarters"),
    *("theme_day_months", "trained_count", "pledged_count", "folder_count", "service_count"),
)


def seed_ratings(random: Random, today: date, area_code: str) -> None:
    """Name the stars of the two years before, and compute the running year's and quarter's as of today."""
    last = today.year - 1
    scheme = scheme_in_force(area_code, last - 1)
    run = _computed(area_code, scheme, last, date(last, 12, 31))
    _earlier_year(random, scheme, area_code, last)
    _name(area_code, scheme, last - 1)
    # computed again, now that there is a year before it
    _computed(area_code, scheme, last, run.as_of)
    _name(area_code, scheme, last)
    _computed(area_code, scheme, today.year, today)
    _computed(area_code, scheme, today.year, today, quarter=(today.month + 2) // 3)
    if today.month >= 11:
        RatingCycle.objects.create(
            area_code=area_code,
            year=today.year,
            scheme=scheme,
            **CycleForm.usual_days(today.year),
        )


def _computed(
    area_code: str, scheme: RatingScheme, year: int, as_of: date, quarter: int = 0
) -> RatingRun:
    run = ask_for_run(
        area_code=area_code,
        scheme=scheme,
        year=year,
        quarter=quarter,
        as_of=as_of,
        reason=RunReason.NIGHTLY,
        by=None,
    )
    return work_on_run(run.pk)


def _earlier_year(random: Random, scheme: RatingScheme, area_code: str, last: int) -> None:
    """Invented facts of the year before the first recorded one: last year's, somewhat weaker."""
    year = last - 1
    run = RatingRun(year=year, as_of=date(year, 12, 31), scheme=scheme)
    rows = []
    for one in city_ratings(area_code, last).order_by("party_organization__code"):
        if one.stored_facts.founded_on < date(year, 1, 1):
            facts = _weaker(random, one.stored_facts, year)
            made = row_of(
                run, one.party_organization_id, facts, rate(facts, scheme.scheme), _noon(year)
            )
            made.run = None
            rows.append(made)
    StarRating.objects.bulk_create(rows, batch_size=500)


def _weaker(random: Random, facts: Facts, year: int) -> Facts:
    values: dict[str, Any] = {}
    for name in WEAKER:
        number = getattr(facts, name)
        values[name] = max(0, number - random.randint(0, max(1, number // 4)))
    plan = facts.plan_filed_on
    return replace(
        facts,
        **values,
        period_start=date(year, 1, 1),
        period_end=date(year + 1, 1, 1),
        as_of=date(year, 12, 31),
        plan_filed_on=date(year, plan.month, min(plan.day, 28)) if plan else None,
        last_star=None,
        was_rated=False,
    )


def _noon(year: int) -> datetime:
    return timezone.make_aware(datetime.combine(date(year + 1, 1, 20), time(12)))


def _name(area_code: str, scheme: RatingScheme, year: int) -> None:
    """The stars after quotas become final, as the city's naming would make them."""
    rows = city_ratings(area_code, year)
    ranked = dict(ranked_of(rows))
    stars = stars_within_quotas(ranked.values(), scheme.scheme)
    by_star: dict[int, list[int]] = {}
    for pk, one in ranked.items():
        by_star.setdefault(stars[one.key], []).append(pk)
    frozen = _noon(year)
    for star, keys in by_star.items():
        for one in StarRating.objects.filter(pk__in=keys):
            one.star = one.final_star = star
            one.final_score = one.score + one.bonus
            one.frozen_at = frozen
            one.state = RatingState.PUBLISHED.value
            one.save()
    first_day = date(year + 1, 1, 20)
    RatingCycle.objects.create(
        area_code=area_code,
        year=year,
        scheme=scheme,
        stage=CycleStage.NAMED.value,
        frozen_at=frozen,
        notice_from=first_day,
        notice_until=last_working_day(first_day, 5),
        named_on=date(year + 1, 2, 15),
        document=f"石委组〔{year + 1}〕1号(演示)",
        **CycleForm.usual_days(year),
    )
