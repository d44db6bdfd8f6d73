"""The list of ratings as any list, years and quarters, and what is computed every night."""

from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO

import pytest
import time_machine
from django.test import Client
from openpyxl import load_workbook

from accounts.models import User
from evaluation.actions import rating_runs
from evaluation.actions.nightly import ask_nightly_runs, periods_to_rate
from evaluation.actions.rating_runs import work_on_run
from evaluation.models import RatingRun, StarRating
from evaluation.rules.scheme import DEFAULT_ITEMS
from tests.activities.world import make_branch, make_filed
from tests.conftest import signed_in
from tests.world import SECOND

pytestmark = pytest.mark.django_db
TODAY = date(2019, 8, 20)


@pytest.fixture(autouse=True)
def _in_august(monkeypatch: pytest.MonkeyPatch) -> object:
    monkeypatch.setattr(rating_runs, "ring_after_commit", lambda *names: None)
    with time_machine.travel(datetime(2019, 8, 20, 4, tzinfo=UTC), tick=False):
        yield


def rate_all() -> None:
    ask_nightly_runs()
    for run in RatingRun.objects.all():
        work_on_run(run.pk)


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        ("2019-08-20", [(2019, 0, "2019-08-20"), (2019, 3, "2019-08-20")]),
        # late records of the quarter that ended are still filed
        (
            "2019-07-31",
            [(2019, 0, "2019-07-31"), (2019, 2, "2019-06-30"), (2019, 3, "2019-07-31")],
        ),
        ("2019-08-01", [(2019, 0, "2019-08-01"), (2019, 3, "2019-08-01")]),
        # and so are those of the year
        (
            "2020-01-01",
            [
                *((2019, 0, "2019-12-31"), (2019, 4, "2019-12-31")),
                *((2020, 0, "2020-01-01"), (2020, 1, "2020-01-01")),
            ],
        ),
        ("2020-02-01", [(2020, 0, "2020-02-01"), (2020, 1, "2020-02-01")]),
    ],
)
def test_what_is_rated_at_night(today: str, expected: list[tuple[int, int, str]]) -> None:
    found = periods_to_rate(date.fromisoformat(today))
    assert [(year, quarter, day.isoformat()) for year, quarter, day in found] == expected


def test_a_quarter_has_scores_of_its_own(as_city: Client, city: User) -> None:
    party = make_branch(3)
    make_filed(party, date(2019, 2, 12), by=city)
    make_filed(party, date(2019, 7, 9), by=city)
    rate_all()
    year, quarter = (StarRating.objects.get(quarter=number) for number in (0, 3))
    # two theme days in the seven months that are over; one in July, the quarter's only whole month
    assert (year.facts["theme_day_months"], year.facts["months_due"]) == (2, 7)
    assert (quarter.facts["theme_day_months"], quarter.facts["months_due"]) == (1, 1)
    page = as_city.get("/ratings/?year=2019&quarter=3")
    text = page.content.decode()
    assert "2019 年第 3 季度" in text
    assert "星级按全年评定" in text
    total = page.context["overview"].total
    assert "quarter=3" in total.url
    listed = as_city.get(total.url)
    assert [one.pk for one in listed.context["page"]] == [quarter.pk]
    assert [one.pk for one in as_city.get("/ratings/list/").context["page"]] == [year.pk]
    assert as_city.get(f"/ratings/{quarter.pk}/").status_code == 200
    item = as_city.get(f"/ratings/{quarter.pk}/items/B5/").context["explanation"]
    assert [record.counted for record in item.records] == [True]
    (own,) = as_city.get("/api/v1/star-ratings/?year=2019&quarter=3").json()["results"]
    assert (own["id"], own["quarter"]) == (quarter.pk, 3)
    assert as_city.get("/ratings/?year=2019&quarter=9").context["when"].quarter == 0
    (whole,) = as_city.get("/api/v1/star-ratings/?year=2019").json()["results"]
    assert (whole["id"], whole["quarter"]) == (year.pk, 0)


def test_a_quarter_is_computed_on_demand(as_city: Client) -> None:
    make_branch(3)
    start = "/ratings/runs/start/"
    assert as_city.post(start, {"year": "2019", "quarter": "2"}).status_code == 302
    run = RatingRun.objects.get()
    assert (run.year, run.quarter, run.as_of) == (2019, 2, date(2019, 6, 30))
    answer = as_city.post(start, {"year": "2019", "quarter": "4"}, follow=True)
    assert "还没有开始" in answer.content.decode()
    assert RatingRun.objects.count() == 1


def test_the_list_leaves_as_a_workbook_with_every_item(as_city: Client, officer: User) -> None:
    own, other = make_branch(3), make_branch(3, township=SECOND)
    rate_all()
    answer = as_city.post("/ratings/list/", {"do": "xlsx", "all": "1"})
    sheet = load_workbook(BytesIO(answer.getvalue())).worksheets[0]
    head, *rows = sheet.iter_rows(values_only=True)
    assert {f"{item.code} {item.title}" for item in DEFAULT_ITEMS} <= set(head)
    place = head.index("党组织编码")
    assert {row[place] for row in rows} == {own.code, other.code}
    mine = StarRating.objects.get(party_organization=own, quarter=0)
    column = next(n for n, title in enumerate(head) if title.startswith("A3 "))
    points = next(row[column] for row in rows if row[place] == own.code)
    assert points == mine.result["got"]["A3"]
    assert [one.pk for one in signed_in(officer).get("/ratings/list/").context["page"]] == [mine.pk]
    assert as_city.get("/ratings/list/?star=9").status_code == 400


def test_the_list_asks_as_often_for_three_as_for_one(
    as_city: Client, django_assert_max_num_queries: object
) -> None:
    make_branch(3)
    rate_all()
    with django_assert_max_num_queries(14) as one:
        as_city.get("/ratings/list/")
    for _ in range(2):
        make_branch(3)
    rate_all()
    with django_assert_max_num_queries(14) as three:
        assert len(as_city.get("/ratings/list/").context["page"].rows) == 3
    assert len(one) == len(three)


def test_a_list_sorted_by_a_decimal_has_a_second_page(as_city: Client) -> None:
    make_branch(1)
    rate_all()
    first = StarRating.objects.get(quarter=0)
    for number in range(51):
        first.pk = None
        first.party_organization = make_branch(0)
        first.score = Decimal(number)
        first.save(force_insert=True)
    page = as_city.get("/ratings/list/?sort=-score").context["page"]
    second = as_city.get(f"/ratings/list/{page.next_url}").context["page"]
    scores = [one.score for one in [*page, *second]]
    assert len(scores) == 52
    assert scores == sorted(scores, reverse=True)
