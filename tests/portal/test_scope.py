"""What an account sees depends on its own rows alone; forms take no record from outside."""

import hashlib
import os
import re
from collections.abc import Iterator
from datetime import date
from itertools import cycle
from typing import Any
from urllib.parse import quote

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from evaluation.actions.coverage import drain_coverage
from organizations.models import CoverageLink, PartyOrganization, SocialOrganization
from tests.portal.access_matrix import HOLDERS, MATRIX, PUBLIC, REACH, ROLES, Row
from tests.portal.access_world import KINDS, MARKS, World, make_place
from tests.portal.asker import MISSING, Asker, text_of, timeless, url_of
from tests.portal.routes import routes
from tests.walking import Fields
from tests.world import SECOND, THIRD

pytestmark = pytest.mark.django_db
ROUTES = {route.name: route for route in routes()}


NARROW = ["township_officer", "committee_staff", "unit_staff", "secretary"]
# instructors are sent across the city, and the committee sees them all; townships count them
WIDER = {"committee_staff": ("instructor", "organization-assign", "organizations:township-")}


def may(role: str, row: Row) -> bool:
    return role in HOLDERS.get(row.right, " ".join(ROLES)).split()


def own_pages(asker: Asker, role: str) -> Iterator[tuple[Row, str]]:
    """The GET routes of the rooms that answer this role, with the address of its own record."""
    seen = set()
    for row in MATRIX:
        if row.route.startswith("accounts:") or any(w in row.route for w in WIDER.get(role, ())):
            continue
        if row.method != "GET" or row.right == PUBLIC or not may(role, row):
            continue
        if row.of and "own" not in REACH[KINDS[row.of].reach].get(role, "").split():
            continue
        record = asker.world.record(row.of, "own", role) if row.of else None
        url = url_of(ROUTES[row.route], record, row)
        if url not in seen:
            seen.add(url)
            yield row, url


# --- other townships never show -----------------------------------------------------------------

# lists and figures are asked in more than one way; a record's page is what it is
QUERIES = ("", "?q=商会&ordering=-name", "?as_of=2016-01-01")
TOLD = ("ETag", "Content-Type", "Cache-Control", "Location", "Last-Modified", "Link", "Vary")


def answers(asker: Asker, role: str) -> dict[str, tuple]:
    found = {}
    for row, url in own_pages(asker, role):
        for query in QUERIES if not row.of else ("",):
            answer = asker.ask("GET", url + query, role=role)
            headers = {name: answer.headers.get(name) for name in TOLD}
            if role != "township_officer":
                # a unit's figures are counted from the whole city's, so its ETag names that state
                headers.pop("ETag")
            found[url + query] = (answer.status_code, headers, timeless(text_of(answer)))
    return found


def first_difference(one: tuple, other: tuple) -> Any:
    """The first line, or header, that differs; for people who read failures."""
    if one[:2] != other[:2]:
        return one[:2], other[:2]
    lines = zip(one[2].splitlines(), other[2].splitlines(), strict=False)
    return next((pair for pair in lines if pair[0] != pair[1]), "length")


def add_elsewhere(world: World) -> None:
    """One more of every kind in the next township, under its own names."""
    there = world.places["sibling"]
    more = make_place(SECOND, THIRD, "新来", there.unit, there.body)
    for one in KINDS.values():
        if one.reach not in ("personal", "office", "audit", "city"):
            one.make(more)


def change_elsewhere(world: World) -> None:
    """Names, states, kinds; the covering ends, the organization too."""
    there = world.places["sibling"]
    SocialOrganization.objects.filter(township=SECOND).update(name="改名", status="shell")
    PartyOrganization.objects.filter(township=SECOND).update(name="改了名的支部", kind="joint")
    CoverageLink.objects.filter(social_organization=there.organization).update(
        valid_to=timezone.localdate()
    )
    CoverageLink.objects.filter(party_organization__township=SECOND).delete()
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE organizations_socialorganization"
            " SET status = 'deregistered', deregistered_on = %s WHERE id = %s",
            [date(2019, 1, 1), there.organization.pk],
        )


@pytest.mark.slow
@pytest.mark.parametrize("role", NARROW)
def test_rows_elsewhere_never_change_an_answer(asker: Asker, role: str) -> None:
    """Metamorphic: the same question before and after has the same answer, headers and all."""
    drain_coverage()
    before = answers(asker, role)
    assert len(before) > 30
    for change in (add_elsewhere, change_elsewhere):
        with transaction.atomic():
            change(asker.world)
            drain_coverage()
            after = answers(asker, role)
            transaction.set_rollback(True)
        different = {
            url: first_difference(before[url], after[url])
            for url in before
            if before[url] != after[url]
        }
        assert not different, (change.__name__, different)


@pytest.mark.slow
def test_the_comparison_would_notice(asker: Asker) -> None:
    """The city's own answers do change."""
    before = answers(asker, "city_staff")
    with transaction.atomic():
        add_elsewhere(asker.world)
        after = answers(asker, "city_staff")
        transaction.set_rollback(True)
    assert sum(before[url] != after[url] for url in before) >= 5


@pytest.mark.slow
@pytest.mark.parametrize("role", NARROW)
def test_parameters_are_no_oracle(asker: Asker, role: str) -> None:
    """A word of a hidden row finds as much as a word that is nowhere."""
    names = [*("q", "township", "party_organization", "ordering", "township__name__startswith")]
    hidden = [relation for relation in MARKS if relation not in REACH["registry"][role].split()]
    relations = cycle(hidden)  # each page is tried with every one, by one name or another
    assert 0 < len(hidden) <= len(names)
    for row, url in own_pages(asker, role):
        for name in names if not row.of else ():
            relation = next(relations)
            nothing = shown(asker, role, url, name, "魑魅")
            found = shown(asker, role, url, name, MARKS[relation])
            different = first_difference((0, 0, found[1]), (0, 0, nothing[1]))
            assert found == nothing, (url, name, relation, different)


def shown(asker: Asker, role: str, url: str, name: str, word: str) -> tuple[int, str]:
    answer = asker.ask("GET", f"{url}?{name}={quote(word)}", role=role)
    text = timeless(text_of(answer))
    text = text.replace(word, "*").replace(word.encode("unicode_escape").decode(), "*")
    return answer.status_code, text.replace(quote(word), "*").replace(quote(quote(word)), "*")


# --- reading changes nothing --------------------------------------------------------------------

# what notes that somebody was here
NOTES = {"AuditEvent", "AuditHead", "Session", "SignIn", "ThrottleWindow", "ApiToken", "TotpDevice"}


def fingerprints() -> dict[str, str]:
    found = {}
    for model in apps.get_models():
        if model.__name__ not in NOTES:
            rows = model._base_manager.order_by("pk").values_list()
            found[model.__name__] = hashlib.sha256(repr(list(rows)).encode()).hexdigest()
    return found


@pytest.mark.slow
def test_reading_changes_nothing(asker: Asker) -> None:
    before = fingerprints()
    for role in ROLES:
        read(asker, role, [url for _, url in own_pages(asker, role)])
        if fingerprints() != before:
            pytest.fail(f"{role}: {first_to_write(asker, role)}")


def read(asker: Asker, role: str, urls: list[str]) -> None:
    asker.client.cookies.load({"sessionid": asker.cookies[role]})
    for url in urls:
        for ask in (asker.client.get, asker.client.head, asker.client.options):
            ask(url)


def first_to_write(asker: Asker, role: str) -> str:
    """Asked again one by one, the address that changes something."""
    before = fingerprints()
    for _, url in own_pages(asker, role):
        read(asker, role, [url])
        if fingerprints() != before:
            return url
    return "once only, not again"


# --- nothing is saved without the form's own secret ---------------------------------------------


def test_every_unsafe_route_needs_the_secret_of_the_form(asker: Asker) -> None:
    client = Client(enforce_csrf_checks=True)
    tried = 0
    for row in MATRIX:
        if row.method == "GET":
            continue
        role = next(role for role in ROLES if may(role, row))
        record = asker.world.record(row.of, "own", role) if row.of else None
        client.cookies.clear()
        if row.right != PUBLIC:
            client.cookies.load({"sessionid": asker.cookies[role]})
        ask = getattr(client, row.method.lower())
        answer = ask(url_of(ROUTES[row.route], record, row), {}, content_type="application/json")
        assert answer.status_code == 403, (row.route, row.method)
        tried += 1
    assert tried > 15


# --- forms take no record from outside ----------------------------------------------------------


def words(answer: HttpResponse, typed: str) -> tuple[int, str]:
    """The answer without numbers and without what was typed."""
    text = timeless(text_of(answer)).replace(typed, "")
    return answer.status_code, re.sub(r"\d+|value=\"[^\"]*\"|selected", "", text)


# A hand-over names the township that takes: its neighbours are choices, and no secret.
NAMES_NEIGHBOURS = {("organizations:hand-over-create", "to")}


CHOOSERS = ["township_officer", "committee_staff", "city_staff"]


@pytest.mark.slow
@pytest.mark.parametrize("role", CHOOSERS)
def test_a_record_from_outside_is_a_record_that_does_not_exist(asker: Asker, role: str) -> None:
    """In every choice of every form: a foreign key, and one that nobody has, are refused alike.

    A choice takes one key in three from each role, another third from each: all where there is time
    (`SCOPE_KEYS=all`).
    """
    share = 1 if os.environ.get("SCOPE_KEYS") == "all" else len(CHOOSERS)
    turn = CHOOSERS.index(role)
    outside = "foreign" if role == "city_staff" else "sibling"
    place = asker.world.places[outside]
    keys = {
        str(record.pk) for (_, where, _), record in asker.world.records.items() if where == outside
    }
    keys |= {str(place.body.pk), place.organization.credit_code, place.party.code}
    if role == "city_staff":
        keys |= {place.township.pk, str(place.unit.pk), place.unit.code}
    # the committee's line runs through all townships of its city
    guarded = "" if role == "committee_staff" else place.township.pk
    tried = 0
    for row, url in own_pages(asker, role):
        text = text_of(asker.ask("GET", url, role=role))
        posts = any(r.route == row.route and r.method == "POST" for r in MATRIX)
        fields = Fields(text[text.find("<main") :])
        if not posts:
            continue
        for name in fields.selects:
            own = {fields.values[name]}
            absent: dict[str, tuple[int, str]] = {}  # by the missing key of a shape
            turn += 1
            for key in sorted(keys - own)[turn % share :: share]:
                neighbour = (row.route, name) in NAMES_NEIGHBOURS and key == place.township.pk
                # a star or a step may have the number of a record; a township's code is no accident
                offered = (name, key) in fields.offered and key != guarded
                if neighbour or offered or _is_own(asker, role, key):
                    continue
                wrong = {**fields.values, name: key}
                missing = str(MISSING) if key.isdigit() else f"X{MISSING}"  # of the same shape
                if missing not in absent:
                    none = {**fields.values, name: missing}
                    absent[missing] = words(asker.ask("POST", url, role=role, data=none), missing)
                refused = words(asker.ask("POST", url, role=role, data=wrong), key)
                assert refused == absent[missing], (row.route, name, key)
                tried += 1
    assert tried > 5


def _is_own(asker: Asker, role: str, key: str) -> bool:
    """A key of another table may be the key of an own record here."""
    reach = REACH["registry"][role].split()
    records = asker.world.records.items()
    mine = {str(record.pk) for (_, where, _), record in records if where in reach}
    mine |= {str(asker.world.places[where].unit.pk) for where in MARKS}
    mine |= {str(asker.world.places[where].body.pk) for where in reach}
    return key in mine


def test_what_is_not_in_the_form_is_not_written(asker: Asker) -> None:
    """Mass assignment: every field of the record, sent along, stays as it was."""
    one = asker.world.places["own"].organization
    url = f"/registry/social-organizations/{one.pk}/edit/"
    fields = Fields(text_of(asker.ask("GET", url, role="city_staff")).partition("<main")[2])
    stored = SocialOrganization.objects.filter(pk=one.pk).values().get()
    sent = {
        **{name: "7" for name in stored if name not in fields.values},
        **{f"{name}_id": "7" for name in stored},
        **fields.values,
        "principal": "换了人",
    }
    asker.client.cookies.load({"sessionid": asker.cookies["city_staff"]})
    with transaction.atomic():
        assert asker.client.post(url, sent).status_code == 302
        saved = SocialOrganization.objects.filter(pk=one.pk).values().get()
        transaction.set_rollback(True)
    changed = {name for name in stored if stored[name] != saved[name]}
    assert changed == {"principal", "version", "updated_at"}
