"""Addresses that nobody's page wrote: numbers that are none find nothing, and nothing breaks."""

import pytest
from django.test import Client

from accounts.rules import whole_number
from tests.activities.world import make_branch
from tests.world import make_organization

pytestmark = pytest.mark.django_db
ODD = ["²", "٣", "-1", "1.5", "0", "9" * 19, "9" * 5000]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0", 0),
        ("007", 7),
        ("9" * 18, 10**18 - 1),
        ("", None),
        *((odd, None) for odd in ODD if odd != "0"),
    ],
)
def test_plain_digits_are_a_number(text: str, number: int | None) -> None:
    assert whole_number(text) == number


@pytest.mark.parametrize("odd", ODD, ids=lambda odd: odd[:20])
def test_odd_numbers_break_no_page(as_city: Client, odd: str) -> None:
    party, one = make_branch(), make_organization()
    duties = "/activities/duties/"
    asked = [
        ("/members/memberships/", "party"),
        ("/members/balance/", "party"),
        (duties, "year"),
        (f"{duties}theme_day/", "year"),
        (f"{duties}theme_day/organizations/", "period"),
        ("/activities/new/", "item"),
        (f"/activities/organizations/{party.pk}/archive/", "year"),
        ("/registry/social-organizations/cover/", "organization"),
        (f"/registry/social-organizations/{one.pk}/inspection/", "year"),
        ("/registry/party-organizations/new/", "organization"),
    ]
    for url, name in asked:
        usual = {"period": "1"} if name == "period" else {}
        assert as_city.get(url, usual).status_code in (200, 302), url
        assert as_city.get(url, {name: odd}).status_code in (200, 302, 404), url
    for url, data in [
        ("/activities/plans/make/", {"party": odd, "year": "2019"}),
        ("/activities/plans/make/", {"party": str(party.pk), "year": odd}),
        (
            "/registry/attachments/",
            {"owner_type": "organizations.socialorganization", "owner_id": odd},
        ),
    ]:
        assert as_city.post(url, data).status_code in (302, 404), url


@pytest.mark.parametrize(
    "month", ["0-1", "2024-²", "99999-1", "2024-13", "2024-0", "2024", "-", "10000-1", "9" * 5000]
)
def test_a_month_that_is_none_finds_nothing(as_city: Client, month: str) -> None:
    answer = as_city.get("/members/dues/records/", {"month": month})
    assert answer.status_code == 200
    assert answer.context["page"].count == 0


@pytest.mark.parametrize("year", ["0", "99999", "2019.5", "-1"])
@pytest.mark.parametrize(
    "url", ["/members/dues/records/", "/members/trainings/", "/members/honours/"]
)
def test_a_year_that_is_none_breaks_no_list(as_city: Client, url: str, year: str) -> None:
    assert as_city.get(url, {"year": year}).status_code in (200, 400)
