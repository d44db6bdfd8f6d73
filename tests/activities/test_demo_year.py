"""The demo city's two years: the case's sums, counters that are right, duties as a recount has them."""

from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest
from django.db.models import Count, F, Q
from django.utils import timezone

from activities.dashboard.duties import duty_panel
from activities.models import (
    Activity,
    ActivityType,
    Attendance,
    Outcome,
    PartyHonour,
    PlanItem,
    Venue,
    Vote,
)
from activities.rules.votes import passed
from evaluation.models import StarRating
from organizations.models import CoverageLink, PartyOrganization, SocialOrganization, Township
from organizations.rules.vocabulary import PartyKind
from shishi_portal.management.commands.seed_demo import seed
from tests.activities.recount import recount

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
CASE_DAY = date(2019, 10, 16)


def test_the_demo_city_lives_two_years(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    today = timezone.localdate()
    seed(today)

    sums = {row["code"]: row["total"] for row in Outcome.objects.counted(None, CASE_DAY).sums()}
    assert (sums["rescue"], sums["mediation"]) == (360, 230)
    assert Venue.objects.filter(is_shared=True).count() == 41
    assert PartyHonour.objects.filter(kind="model").count() == 38

    # branches founded anew change no total, on any day
    for day in (CASE_DAY, today - timedelta(days=400), today - timedelta(days=100), today):
        alive = PartyOrganization.objects.alive_on(day)
        kinds = Counter(alive.values_list("kind", flat=True))
        assert kinds == {PartyKind.STANDING: 133, PartyKind.JOINT: 32, PartyKind.AFFILIATED: 186}
    covered = CoverageLink.objects.live_on(today).values("social_organization").distinct()
    assert covered.count() == 885
    assert SocialOrganization.objects.alive_on(today).count() == 1045
    assert PartyOrganization.objects.filter(dissolved_on__gt=today - timedelta(days=500)).exists()

    # the year before is lived through, the running one is fuller as far as it has come
    year = today.year - 1
    held = Counter(Activity.objects.values_list("held_on__year", flat=True))
    assert 5_500 < held[year] < 6_500
    assert 11_000 < sum(held.values()) < 13_500
    passed_days = (today - date(today.year, 1, 1)).days - 30  # a year begins slowly
    assert held[today.year] >= held[year] * 0.95 * passed_days / 365
    own = ActivityType.objects.filter(held_on__year=year)
    months = Counter(
        own.filter(kind="theme_day")
        .values_list("party_organization", "month")
        .distinct()
        .values_list("party_organization", flat=True)
    )
    assert sum(number == 12 for number in months.values()) > 60  # most hold every month's
    assert sum(number < 9 for number in months.values()) > 5  # and some are lazy
    for kind in ("committee_meeting", "group_meeting", "service", "co_building"):
        assert own.filter(kind=kind).count() > 100
    assert Activity.objects.filter(is_late=True).count() > 300
    assert StarRating.objects.of_year(year).filter(state="published").count() == 165

    # every record agrees with what hangs on it
    counted = Activity.objects.annotate(
        expected=Count("attendances", distinct=True),
        present=Count("attendances", filter=Q(attendances__presence="present"), distinct=True),
    )
    wrong = counted.exclude(expected=F("n_expected"), present=F("n_present"))
    assert not wrong.exists()
    assert not ActivityType.objects.exclude(held_on=F("activity__held_on")).exists()
    assert not ActivityType.objects.filter(is_filed=True).exclude(activity__state="filed").exists()
    assert (
        not PlanItem.objects.exclude(activity__isnull=True)
        .filter(~Q(plan__party_organization=F("activity__party_organization")))
        .exists()
    )
    outside = Q(held_on__lt=F("party_organization__founded_on")) | Q(
        held_on__gte=F("party_organization__dissolved_on")
    )
    assert not Activity.objects.filter(outside).exists()
    assert all(vote.has_passed == passed(vote.ballot) for vote in Vote.objects.all())
    assert Attendance.objects.filter(presence="excused", reason="").count() == 0

    panel = duty_panel(
        PartyOrganization.objects.all(), Township.objects.all(), year, date(year, 12, 31)
    )
    some = list(PartyOrganization.objects.filter(township="350581105").prefetch_related())
    slow = recount(year, date(year, 12, 31), some)
    for key, number in slow["owed"].items():
        assert panel.cells[key].due == number
        assert panel.cells[key].did == slow["done"][key]
