"""Lists under any question: the count, all pages, the file and a recount by hand agree; nothing is
lost or doubled on the way through the pages, whichever way they are read and sorted."""

import csv
import io
from collections.abc import Callable
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from django.test import Client
from django.utils.http import urlencode
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.listing import paging
from organizations.lists import COVERAGE_LINKS, PARTY_ORGANIZATIONS, SOCIAL_ORGANIZATIONS
from organizations.models import CoverageLink, SocialOrganization
from organizations.rules.vocabulary import CharterState, Grade, InspectionResult
from tests.world import (
    DAY,
    FIRST,
    SECOND,
    THIRD,
    make_link,
    make_organization,
    make_party,
    make_unit,
)

pytestmark = pytest.mark.django_db
LISTS = {
    "/registry/social-organizations/": SOCIAL_ORGANIZATIONS,
    "/registry/party-organizations/": PARTY_ORGANIZATIONS,
    "/registry/coverage-links/": COVERAGE_LINKS,
}
CATEGORIES = ("social_group", "foundation", "community")
SYLLABLES = ("青", "商", "渔", "业", "安", "A", "3")


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paging, "PAGE_SIZE", 7)  # several pages of few rows
    random = Random(7)
    units = [make_unit("民政局"), make_unit("教育局"), None]
    parties = [make_party(random.choice((FIRST, SECOND))) for _ in range(6)]
    for _ in range(26):
        registered = DAY - timedelta(days=random.choice((10, 400, 400, 3000)))
        ended = random.random() < 0.15
        one = make_organization(
            random.choice((FIRST, SECOND, THIRD)),
            name="".join(random.choices(SYLLABLES, k=3)) + "会",
            category=random.choice(CATEGORIES),
            supervising_unit=random.choice(units),
            registered_on=registered,
            deregistered_on=registered + timedelta(days=300) if ended else None,
            status="deregistered" if ended else random.choice(("normal", "normal", "shell")),
            full_member_count=random.choice((0, 1, 3)),
            charter_state=random.choice(CharterState.codes()),
            inspection_result=random.choice(("", *InspectionResult.codes()[:2])),
            inspection_year=random.choice((None, 2018, 2019)),
            grade=random.choice(("", "5A", "3A")),
            grade_valid_to=random.choice((None, DAY, DAY + timedelta(days=90))),
        )
        for party in random.sample(parties, random.randrange(3)):
            start = DAY - timedelta(days=random.choice((30, 500)))
            end = random.choice((None, None, DAY - timedelta(days=3)))
            make_link(
                one, party, valid_from=start, valid_to=end, mode=random.choice(("solo", "dual"))
            )


class Recount:
    """The same question, asked of plain values."""

    def __init__(self, day: date) -> None:
        self.day = day
        links = CoverageLink.objects.select_related("party_organization")
        self.covered = {
            link.social_organization_id
            for link in links
            if self.holds(link.valid_from, link.valid_to)
            and self.holds(link.party_organization.founded_on, link.party_organization.dissolved_on)
        }

    def holds(self, start: date, end: date | None) -> bool:
        return start <= self.day and (end is None or end > self.day)

    def reason(self, one: Any) -> str:
        if one.pk in self.covered:
            return ""
        members = one.full_member_count
        return (
            "should_establish" if members >= 3 else "too_few_members" if members else "no_members"
        )

    def tests(self) -> dict[str, Callable[[Any, str], bool]]:
        return {
            "q": lambda o, v: any(
                v.lower() in text
                for text in (o.name.lower(), o.credit_code.lower(), o.initials, o.pinyin.lower())
                if v.isascii() or text == o.name.lower()
            ),
            "township": lambda o, v: o.township_id.startswith(v),
            "category": lambda o, v: o.category == v,
            "supervising_unit": lambda o, v: v == "none" and o.supervising_unit_id is None,
            "covered": lambda o, v: (o.pk in self.covered) == (v == "yes"),
            "reason": lambda o, v: self.reason(o) == v,
            "status": lambda o, v: o.status == v,
            "charter_state": lambda o, v: o.charter_state == v,
            "inspection_result": lambda o, v: (o.inspection_result or "none") == v,
            "inspection_year": lambda o, v: str(o.inspection_year) == v,
            "grade": lambda o, v: (o.grade or "none") == v,
            "registered_from": lambda o, v: o.registered_on >= date.fromisoformat(v),
            "registered_to": lambda o, v: o.registered_on <= date.fromisoformat(v),
            "base": lambda o, v: o.status not in ("shell", "revoked", "winding_up"),
            "responsible_body": lambda o, v: o.responsible_body_id is None,
            "as_of": lambda o, v: True,
            "alive": lambda o, v: True,
        }

    def of(self, query: dict[str, str]) -> set[int]:
        tests = self.tests()
        return {
            one.pk
            for one in SocialOrganization.objects.all()
            if (query.get("alive") == "all" or self.holds(one.registered_on, one.deregistered_on))
            and all(tests[name](one, value) for name, value in query.items() if name != "sort")
        }


DAYS = st.sampled_from([DAY, DAY - timedelta(days=200), DAY - timedelta(days=1200)])
FILTERS = {
    "q": st.sampled_from(["青", "qs", "会", "A", "3", "zz"]),
    "township": st.sampled_from([FIRST, SECOND, FIRST[:6], "8"]),
    "category": st.sampled_from(CATEGORIES),
    "supervising_unit": st.just("none"),
    "covered": st.sampled_from(["yes", "no"]),
    "reason": st.sampled_from(["should_establish", "too_few_members", "no_members"]),
    "status": st.sampled_from(["normal", "shell", "deregistered"]),
    "charter_state": st.sampled_from(CharterState.codes()),
    "inspection_result": st.sampled_from(["none", *InspectionResult.codes()[:2]]),
    "inspection_year": st.sampled_from(["2018", "2019"]),
    "grade": st.sampled_from(["none", *Grade.codes()[:3]]),
    "registered_from": DAYS.map(date.isoformat),
    "registered_to": DAYS.map(date.isoformat),
    "base": st.just("reduced"),
    "responsible_body": st.just("none"),
    "alive": st.just("all"),
}
QUESTIONS = st.lists(st.sampled_from(sorted(FILTERS)), max_size=3, unique=True).flatmap(
    lambda names: st.fixed_dictionaries({name: FILTERS[name] for name in names})
)
SORTS = [c.name for c in SOCIAL_ORGANIZATIONS.columns if c.sort is not None]
FEW = settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def walked(client: Client, path: str, query: str, way: str) -> tuple[list[int], int]:
    """Keys of all rows, page after page, from the first to the last or the other way round."""
    start = "" if way == "next" else "&at=last"
    page = client.get(f"{path}?{query}{start}").context["page"]
    found = [row.pk for row in page]
    for _ in range(100):
        if not (page.has_next if way == "next" else page.has_previous):
            return found, page.count
        url = page.next_url if way == "next" else page.previous_url
        page = client.get(path + url).context["page"]
        keys = [row.pk for row in page]
        if way == "next":
            found = found + keys
        else:  # the first page is shown full, so that it may overlap the one after it
            found = [key for key in keys if page.has_previous or key not in found] + found
    raise AssertionError("the pages have no end")


@FEW
@given(query=QUESTIONS, day=DAYS, sort=st.sampled_from(SORTS), down=st.booleans())
def test_count_pages_file_and_recount_agree(
    world: None, as_city: Client, query: dict[str, str], day: date, sort: str, down: bool
) -> None:
    expected = Recount(day).of(query)
    asked = urlencode({**query, "as_of": day.isoformat(), "sort": "-" * down + sort})
    path = "/registry/social-organizations/"
    forwards, count = walked(as_city, path, asked, "next")
    assert sorted(forwards) == sorted(expected)
    assert count == len(expected)
    backwards, _ = walked(as_city, path, asked, "previous")
    assert backwards == forwards
    file = as_city.post(f"{path}?{asked}", {"do": "csv"})
    text = b"".join(file.streaming_content).decode("utf-8-sig")
    names = [row[0] for row in csv.reader(io.StringIO(text))][1:]
    by_pk = dict(SocialOrganization.objects.values_list("pk", "name"))
    assert names == [by_pk[pk] for pk in forwards]


@pytest.mark.slow
@pytest.mark.parametrize("path", LISTS)
def test_every_order_of_every_list_is_a_permutation(
    world: None, as_city: Client, path: str
) -> None:
    usual, count = walked(as_city, path, "", "next")
    assert len(set(usual)) == count == len(usual) > 4
    for column in LISTS[path].columns:
        if column.sort is not None:
            for sort in (column.name, f"-{column.name}"):
                rows, _ = walked(as_city, path, f"sort={sort}", "next")
                assert sorted(rows) == sorted(usual), sort
