"""Organizational life through the REST API: the pages' rows, filters and figures."""

from datetime import date
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from activities.models import Activity, OutcomeKind
from tests.activities.world import make_branch, make_draft, make_filed
from tests.conftest import signed_in
from tests.world import FIRST, SECOND, make_user

pytestmark = pytest.mark.django_db
BASE = "/api/v1/"
DAY = date(2026, 3, 10)


@pytest.fixture(autouse=True)
def _today() -> Any:
    with time_machine.travel("2026-05-20 10:00+08:00", tick=True):
        yield


def ask(client: Client, path: str, **query: Any) -> Any:
    answer = client.get(BASE + path, query)
    assert answer.status_code == 200, answer.content.decode()
    return answer.json()


def meeting(city: User, township: str = FIRST, amount: int = 3, on: date = DAY) -> Activity:
    """A filed record with a vote, a resolution and an outcome."""
    filed = make_filed(make_branch(township=township), on, by=city)
    filed.votes.create(matter="换届", n_entitled=3, n_present=3, n_for=3, has_passed=True)
    filed.resolutions.create(text="维修场所", owner="陈志强")
    filed.outcomes.create(kind=OutcomeKind.objects.order_by("order").first(), amount=amount)
    return filed


def test_a_record_with_its_parts(city: User, as_officer: Client) -> None:
    filed = meeting(city)
    told = ask(as_officer, f"activities/{filed.pk}/")
    assert told["party_organization"] == filed.party_organization.code
    assert told["kinds"] == ["theme_day"]
    assert [one["presence"] for one in told["attendances"]] == ["present"] * 3
    assert told["votes"][0]["has_passed"] is True
    assert told["resolutions"][0]["owner"] == "陈志强"
    assert told["outcomes"][0]["amount"] == 3
    listed = ask(as_officer, "activities/")["results"][0]
    assert (listed["n_present"], listed["n_expected"]) == (3, 3)
    assert not {"attendances", "minutes", "votes"} & set(listed)


def test_names_are_for_whoever_may_see_members(city: User) -> None:
    filed = meeting(city)
    leader = signed_in(make_user("leader", "leader", FIRST[:6]))
    told = ask(leader, f"activities/{filed.pk}/")
    assert told["attendances"] is None
    assert told["n_present"] == 3


def test_the_scope_is_that_of_the_pages(city: User, as_officer: Client, as_city: Client) -> None:
    own, other = meeting(city), meeting(city, SECOND)
    assert [one["id"] for one in ask(as_officer, "activities/")["results"]] == [own.pk]
    assert [one["activity"] for one in ask(as_officer, "outcomes/")["results"]] == [own.pk]
    assert len(ask(as_city, "activities/")["results"]) == 2
    assert as_officer.get(f"{BASE}activities/{other.pk}/").status_code == 404
    beyond = f"{BASE}outcomes/{other.outcomes.get().pk}/"
    assert as_officer.get(beyond).status_code == 404
    assert as_city.get(beyond).status_code == 200


@pytest.mark.parametrize(
    "query",
    [{}, {"state": "draft"}, {"kind": "theme_day"}, {"held_from": "2026-04-01"}, {"late": "yes"}],
)
def test_a_filter_means_what_it_means_on_the_page(
    query: dict[str, str], city: User, as_city: Client
) -> None:
    meeting(city)
    make_draft(meeting(city, SECOND, on=date(2026, 5, 12)).party_organization, DAY, "lecture")
    page = as_city.get("/activities/", query).context["page"]
    assert ask(as_city, "activities/", with_count=1, **query)["count"] == page.count


def test_sums_are_those_of_the_page_and_of_the_rows(
    city: User, as_city: Client, as_officer: Client
) -> None:
    meeting(city, amount=3)
    meeting(city, SECOND, amount=4, on=date(2026, 4, 10))
    draft = make_draft(make_branch(), DAY)
    draft.outcomes.create(kind=OutcomeKind.objects.order_by("order").first(), amount=50)

    def both(client: Client, **query: str) -> tuple[int, int]:
        rows = ask(client, "outcomes/", **query)["results"]
        sums = ask(client, "outcomes/sums/", **query)["results"]
        return sum(one["amount"] for one in rows), sum(one["total"] for one in sums)

    assert both(as_city) == (7, 7)
    assert both(as_city, held_to="2026-03-31") == (3, 3)
    assert both(as_city, township=SECOND) == (4, 4)
    assert both(as_officer) == (3, 3)
    page = as_city.get("/activities/outcomes/").context["sums"]
    sums = ask(as_city, "outcomes/sums/")["results"]
    assert [(one["code"], one["total"]) for one in sums] == [
        (one["code"], one["total"]) for one in page
    ]


def test_duties_are_the_panels_figures(city: User, as_city: Client, as_officer: Client) -> None:
    party = meeting(city).party_organization
    meeting(city, SECOND)
    panel = as_city.get("/activities/duties/").context["panel"]
    told = ask(as_city, "duties/")
    assert [one["duty"] for one in told["duties"]] == [spec.duty.value for spec in panel.specs]
    for one, spec in zip(told["duties"], panel.specs, strict=True):
        tally = panel.tally(spec)
        shown = (one["expected"], one["done"], one["late"])
        assert shown == (tally.expected, tally.done, tally.late)
        for name in ("expected", "done", "late", "running", "early"):
            assert one[name] == sum(period[name] for period in one["periods"])
            assert one[name] == sum(place[name] for place in one["townships"])

    def theme_day(client: Client, **query: Any) -> tuple[int, int, int]:
        duties = ask(client, "duties/", **query)["duties"]
        one = next(duty for duty in duties if duty["duty"] == "theme_day")
        return one["expected"], one["done"], one["late"]

    assert theme_day(as_city) == (8, 2, 6)
    assert theme_day(as_officer) == (4, 1, 3)
    assert theme_day(as_city, party_organization=party.code) == (4, 1, 3)
    assert theme_day(as_city, as_of="2026-02-28") == (2, 0, 2)
    assert theme_day(as_city, party_organization="999") == (0, 0, 0)


@pytest.mark.parametrize(
    ("path", "query", "field"),
    [
        ("activities/", {"votes__matter": "1"}, "votes__matter"),
        ("outcomes/", {"kind": "nothing"}, "kind"),
        ("outcomes/sums/", {"page_size": "1"}, "page_size"),
        ("duties/", {"duty": "theme_day"}, "duty"),
        ("duties/", {"as_of": "2026-13-01"}, "as_of"),
        ("duties/", {"as_of": "2026-12-01"}, "as_of"),
        ("duties/", {"year": "2030"}, "year"),
        ("duties/", {"year": "2025", "as_of": "2026-01-01"}, "as_of"),
    ],
)
def test_a_wrong_parameter_is_named(
    path: str, query: dict[str, str], field: str, as_city: Client
) -> None:
    answer = as_city.get(BASE + path, query)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == field


@pytest.mark.parametrize("path", ["activities/", "outcomes/", "outcomes/sums/", "duties/"])
def test_as_many_queries_for_three_as_for_one(path: str, city: User, as_city: Client) -> None:
    meeting(city)
    ask(as_city, path)  # what is remembered from the first request on
    with CaptureQueriesContext(connection) as one:
        ask(as_city, path)
    meeting(city, SECOND)
    meeting(city)
    with CaptureQueriesContext(connection) as three:
        ask(as_city, path)
    assert len(three) == len(one)
