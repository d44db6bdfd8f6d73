"""Every number of the page is a link to exactly the rows that it counts."""

import re
from datetime import timedelta
from html import unescape
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.http import QueryDict
from django.test import Client
from django.utils import timezone

from accounts.models import User
from evaluation.actions.coverage import drain_coverage
from organizations.filters import PartyOrganizationFilter, SocialOrganizationFilter
from organizations.models import PartyOrganization, SocialOrganization
from tests.walking import rows_of
from tests.world import (
    FIRST,
    SECOND,
    THIRD,
    make_assignment,
    make_link,
    make_organization,
    make_party,
    make_township,
    make_unit,
    make_user,
    sign_in,
)

pytestmark = pytest.mark.django_db
URL = "/coverage/"
PERCENT = re.compile(r"[\d.]+%?")


class Numbers(HTMLParser):
    """Collects links whose text is a number, and all other links."""

    def __init__(self) -> None:
        super().__init__()
        self.href, self.text = "", ""
        self.found: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attributes: list) -> None:
        if tag == "a":
            self.href, self.text = dict(attributes).get("href", ""), ""

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self.href:
            self.found.append((self.text.strip(), self.href))
            self.href = ""


@pytest.fixture
def figures() -> None:
    """Something of everything that the page counts."""
    units = [make_unit("市民政局"), make_unit("市司法局"), None]
    statuses = ["normal", "normal", "shell", "winding_up", "revoked"]
    for code, name in ((FIRST, "东风街道"), (SECOND, "西岭镇"), (THIRD, "南港镇")):
        make_township(code, name)
    number = 0
    for code, many in ((FIRST, 14), (SECOND, 9)):
        for _ in range(many):
            number += 1
            organization = make_organization(
                code,
                supervising_unit=units[number % 3],
                category=("social_group", "foundation", "intermediary")[number % 3],
                status=statuses[number % 5],
                full_member_count=number % 5,
            )
            if number % 4:
                party = make_party(code, kind=("standing", "joint", "affiliated")[number % 3])
                mode = ("solo", "attached", "dual")[number % 3]
                make_link(organization, party, mode=mode)
                if number % 6 == 0:
                    make_link(organization, party=make_party(SECOND), mode="dispatched")
            elif number % 8 == 0:
                make_assignment(organization)
    gone = make_organization(FIRST)
    make_link(gone)
    yesterday = timezone.localdate() - timedelta(days=1)
    SocialOrganization.objects.filter(pk=gone.pk).update(
        deregistered_on=yesterday, status="deregistered"
    )
    drain_coverage()


def numbers(client: Client, url: str) -> list[tuple[str, str]]:
    answer = client.get(url)
    assert answer.status_code == 200
    parser = Numbers()
    parser.feed(answer.content.decode())
    return parser.found


def rows_behind(user: User, href: str) -> int:
    """How many rows the list at this address shows, without drawing it."""
    parts = urlsplit(href)
    model, filters = {
        "/registry/social-organizations/": (SocialOrganization, SocialOrganizationFilter),
        "/registry/party-organizations/": (PartyOrganization, PartyOrganizationFilter),
    }[parts.path]
    filterset = filters(QueryDict(parts.query), model.objects.visible_to(user), user=user)
    assert filterset.is_valid(), filterset.errors
    return len(set(filterset.qs.values_list("pk", flat=True)))


def length_of(client: Client, url: str) -> int:
    rows = rows_of(client, url)
    assert len({row.pk for row in rows}) == len(rows)
    return len(rows)


ASKED = [
    *("", "?as_of=2018-06-01", f"?township={FIRST}", "?category=foundation"),
    "?supervising_unit=none",
]


WHO = [
    *(("city_staff", "990101"), ("township_officer", SECOND), ("leader", "99")),
    *(("unit_staff", "unit"), ("committee_staff", "990101"), ("secretary", "party")),
]
# at once each role with one question, and each question once; every pair where there is time
FAST = {(n, n % len(ASKED)) for n in range(len(WHO))}


@pytest.mark.parametrize(
    ("role", "scope", "question"),
    [
        pytest.param(*who, asked, marks=() if (n, m) in FAST else pytest.mark.slow)
        for n, who in enumerate(WHO)
        for m, asked in enumerate(ASKED)
    ],
)
def test_every_number_counts_the_rows_behind_it(
    client: Client, figures: None, role: str, scope: str, question: str
) -> None:
    if question.endswith(FIRST) and role == "township_officer":
        question = ""
    organization = SocialOrganization.objects.filter(supervising_unit__isnull=False).first()
    link = SocialOrganization.objects.exclude(coverage_links=None).first().coverage_links.first()
    scope = {
        "unit": organization.supervising_unit.code,
        "party": link.party_organization.code,
    }.get(scope, scope)
    sign_in(client, make_user("reader", role, scope))
    said = {
        (href, int(text.replace(",", "")))
        for text, href in numbers(client, URL + question)
        if text.replace(",", "").isdigit() and href.startswith("/registry/")
    }
    user = User.objects.get(username="reader")
    for href, number in said:
        assert rows_behind(user, href) == number, href
    assert len(said) >= 30


@pytest.mark.slow
def test_every_address_on_the_page_answers(as_city: Client, figures: None) -> None:
    page = as_city.get(URL).content.decode()
    addresses = {unescape(href) for href in re.findall(r'href="(\?[^"]+)"', page)}
    assert any("supervising_unit=none" in address for address in addresses)
    for address in addresses:
        assert as_city.get(URL + address).status_code == 200, address


def test_what_narrows_the_page_is_said_and_can_be_taken_away(
    as_city: Client, figures: None
) -> None:
    page = as_city.get(URL, {"township": FIRST, "supervising_unit": "none", "category": "社会团体"})
    active = page.context["active"]
    assert [(one["label"], one["words"]) for one in active] == [
        ("镇(街道)", "东风街道"),
        ("类别", "社会团体"),
        ("业务主管单位", "无业务主管单位"),
    ]
    page = as_city.get(URL + active[1]["url"])
    assert [one["label"] for one in page.context["active"]] == ["镇(街道)", "业务主管单位"]
    assert as_city.get(URL).context["active"] == []


def test_rates_lead_to_their_numerator(as_city: Client, figures: None) -> None:
    rates = [h for t, h in numbers(as_city, URL) if t.endswith("%") and h.startswith("/registry/")]
    assert rates
    for href in rates:
        whole = re.sub(r"&work=yes", "", href)
        assert length_of(as_city, href) <= length_of(as_city, whole)


def test_the_headline_stands_with_its_two_integers_and_its_day(
    as_city: Client, figures: None
) -> None:
    text = as_city.get(URL).content.decode()
    day = timezone.localdate()
    assert f"数据截至{day.year}年{day.month}月{day.day}日" in text
    assert "组织覆盖率" in text
    assert 'href="/coverage/definitions/#organization_coverage"' in text
    definitions = as_city.get("/coverage/definitions/").content.decode()
    for anchor in re.findall(r'/coverage/definitions/#(\w+)"', text):
        assert f'id="{anchor}"' in definitions


def test_every_township_has_its_line_and_its_tile(as_city: Client, figures: None) -> None:
    text = as_city.get(URL).content.decode()
    for name in ("东风街道", "西岭镇", "南港镇"):
        assert text.count(f">{name}<") == 2
    assert "示意图,不代表行政边界" in text


def test_an_officer_sees_the_own_township_only(as_officer: Client, figures: None) -> None:
    text = as_officer.get(URL).content.decode()
    assert "东风街道" in text
    assert "西岭镇" not in text
    assert as_officer.get(URL, {"township": SECOND}).status_code == 400


def test_a_day_to_come_is_refused_in_words(as_city: Client, figures: None) -> None:
    answer = as_city.get(URL, {"as_of": "2999-01-01"})
    assert answer.status_code == 400
    assert "不能晚于今天" in answer.content.decode()


def test_before_anything_is_registered_the_page_says_so(as_city: Client) -> None:
    answer = as_city.get(URL)
    assert answer.status_code == 200
    assert "没有登记在册的社会组织" in answer.content.decode()
    make_township(FIRST)
    assert as_city.get(URL + "?as_of=1950-01-01").status_code == 200


def test_the_reason_is_that_of_the_day_also_where_the_registration_ended_since(
    as_city: Client, figures: None
) -> None:
    today, ended = timezone.localdate(), timezone.localdate() - timedelta(days=9)
    make_organization(
        FIRST,
        name="后来注销的协会",
        status="deregistered",
        deregistered_on=ended,
        full_member_count=3,
    )
    question = {"q": "后来注销的协会", "alive": "all"}

    def said(day: Any) -> str:
        question["as_of"] = day.isoformat()
        return as_city.get("/registry/social-organizations/", question).content.decode()

    assert "应建未建</span>" in said(ended - timedelta(days=1))
    assert "已注销,不再计入" in said(today)


def test_a_saved_change_shows_on_the_page(as_city: Client, figures: None) -> None:
    before = as_city.get(URL).content.decode()
    make_link(make_organization(FIRST))
    drain_coverage()
    after = as_city.get(URL).content.decode()
    assert before != after


@pytest.mark.parametrize(
    "question",
    ["", "?as_of=2018-06-01", f"?township={FIRST}&category=foundation&supervising_unit=none"],
)
def test_the_page_takes_at_most_twelve_queries_at_any_size(
    as_city: Client, figures: None, question: str, django_assert_max_num_queries: Any
) -> None:
    def queries() -> int:
        with django_assert_max_num_queries(16) as counted:
            assert as_city.get(URL + question).status_code == 200
        ours = [q for q in counted.captured_queries if "django_session" not in q["sql"]]
        return len([q for q in ours if "SAVEPOINT" not in q["sql"]])

    first = queries()
    assert first <= 12
    for code in (FIRST, SECOND, THIRD):
        make_link(make_organization(code))
    drain_coverage()
    assert queries() == first
    assert queries() <= 6 or question == ""


def test_runs_say_when_each_township_was_counted(as_city: Client, figures: None) -> None:
    text = as_city.get("/coverage/runs/").content.decode()
    assert "西岭镇" in text
    assert "✓ 正常" in text
