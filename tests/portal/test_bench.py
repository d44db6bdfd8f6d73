"""The bench measures the tables as they are today."""

import pytest

from accounts.models import User
from evaluation.actions.coverage import drain_coverage
from evaluation.dashboard.coverage import Selection, coverage_report
from tests.bench.parts import PARTS
from tests.bench.population import populate
from tests.world import DAY, make_user


@pytest.mark.postgres
@pytest.mark.django_db
def test_the_bench_can_make_its_city() -> None:
    populate(1)
    assert len(drain_coverage(today=DAY).townships) == 9
    user: User = make_user("bench", "city_staff", "100001")
    total = coverage_report(user, Selection(DAY)).total
    assert (total.covered_count, total.social_organization_count) == (885, 1045)


def test_the_bench_finds_what_it_measures() -> None:
    assert {"recompute", "change", "writers", "web", "import"} <= set(PARTS)
