"""GET /api/v1/star-ratings/: the breakdown, within scope, filtered as the page is."""

from datetime import date
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from evaluation.actions.rating_runs import ask_for_run, work_on_run
from evaluation.actions.schemes import scheme_in_force
from evaluation.models import StarRating
from evaluation.rules.vocabulary import RunReason
from tests.activities.world import make_branch
from tests.conftest import signed_in
from tests.world import CITY, SECOND

pytestmark = pytest.mark.django_db
URL = "/api/v1/star-ratings/"


@pytest.fixture
def rated(db: None) -> None:
    make_branch()
    make_branch(township=SECOND)
    run = ask_for_run(
        area_code=CITY,
        scheme=scheme_in_force(CITY, 2019),
        year=2019,
        as_of=date(2019, 12, 31),
        reason=RunReason.ASKED,
        by=None,
    )
    work_on_run(run.pk)


def results(client: Client, **query: Any) -> list[dict[str, Any]]:
    answer = client.get(URL, query)
    assert answer.status_code == 200, answer.content.decode()
    return answer.json()["results"]


def test_a_rating_with_its_breakdown_within_scope(
    rated: None, as_city: Client, officer: User
) -> None:
    everything = results(as_city)
    assert len(everything) == 2
    own = results(signed_in(officer))
    assert [one["township"] for one in own] == ["990101001"]
    one = own[0]
    assert {item["code"] for item in one["items"]} >= {"A1", "B1", "F3"}
    assert (one["year"], one["star"], one["computed_star"]) == (2019, 0, 0)
    stored = StarRating.objects.get(pk=one["id"])
    assert one["score"] == str(stored.score)
    page = as_city.get(f"{URL}{one['id']}/")
    assert page.json()["items"] == one["items"]
    assert (
        as_city.get(f"{URL}{one['id']}/", headers={"If-None-Match": page["ETag"]}).status_code
        == 304
    )


def test_filters_are_those_of_the_page(rated: None, as_city: Client) -> None:
    assert len(results(as_city, star="0")) == 2
    assert results(as_city, star="5") == []
    assert len(results(as_city, township=SECOND)) == 1
    assert len(results(as_city, missed="D1")) == 2
    assert len(results(as_city, year=2019)) == 2
    assert results(as_city, year=2018) == []
    assert as_city.get(URL, {"star": "9"}).status_code == 400
    assert as_city.get(URL, {"result__got__B1": "1"}).status_code == 400
