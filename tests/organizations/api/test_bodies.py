"""Random requests: never an error of ours, never anything accepted that the records forbid.

In the suite a few hundred; `API_EXAMPLES=5000 pytest tests/organizations/api/test_bodies.py` is the
long form, which belongs before a release.
"""

import json
import os
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.rules import Right
from organizations.api_urls import RESOURCES
from tests.conftest import signed_in
from tests.world import (
    CITY,
    FIRST,
    SECOND,
    make_assignment,
    make_instructor,
    make_link,
    make_organization,
    make_party,
    make_township,
    make_unit,
    make_user,
)

pytestmark = pytest.mark.django_db
EXAMPLES = int(os.environ.get("API_EXAMPLES", "60"))
NEVER = {400, 403, 404, 409, 412, 413, 422, 428}
WRITABLE = [one for one in RESOURCES if one.create_body]
BASE = "/api/v1/"

few = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=EXAMPLES < 100,
    database=None,
    suppress_health_check=list(HealthCheck),
)

text = st.text(max_size=20)
junk = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(min_value=-(10**20), max_value=10**20)
    | st.floats(allow_nan=False, allow_infinity=False)
    | text
    | st.sampled_from(
        ["", " ", "\x00", "\ud800", "2019-02-30", "9999-12-31", "0001-01-01", "x" * 400]
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(text, inner, max_size=3),
    max_leaves=6,
)
days = st.dates().map(lambda day: day.isoformat())


class World:
    """One township of the officer's with a record of each kind, and one of somebody else's.

    What is one for the whole city is asked of by its staff.
    """

    def __init__(self) -> None:
        accounts = (("township_officer", FIRST), ("city_staff", CITY))
        self.users = {role: make_user(role, role, scope) for role, scope in accounts}
        self.clients = {role: signed_in(user) for role, user in self.users.items()}
        for client in self.clients.values():
            client.raise_request_exception = False
        unit = make_unit("市民政局").code
        self.codes: list[Any] = [FIRST, SECOND, unit, make_unit("市教育局").code]
        self.records: dict[str, Any] = {}
        for code in (FIRST, SECOND):
            make_township(code)
            organization, party = make_organization(code), make_party(code)
            instructor = make_instructor(code)
            assignment = make_assignment(organization, instructor=instructor)
            link = make_link(organization, party)
            spare = make_organization(code)
            self.codes += [organization.pk, organization.credit_code, party.code, instructor.code]
            self.codes += [spare.pk]
            if code == FIRST:
                self.records = {
                    "townships": FIRST,
                    "supervising-units": unit,
                    "social-organizations": organization.pk,
                    "party-organizations": party.pk,
                    "coverage-links": link.pk,
                    "instructors": instructor.pk,
                    "instructor-assignments": assignment.pk,
                }

    @staticmethod
    def asker(resource: Any) -> str:
        whole = resource.edit_right == Right.EDIT_STANDARDS
        return "city_staff" if whole else "township_officer"


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    with django_db_blocker.unblock(), transaction.atomic():
        yield World()
        transaction.set_rollback(True)


def bodies(world: World, kind: Any, example: Any) -> st.SearchStrategy:
    """Bodies that are nearly right: each field with its example, a code, a day, or anything."""
    fields = {}
    for name, field in kind().fields.items():
        choices = list(getattr(field, "choices", {}) or {})
        fields[name] = st.one_of(
            st.sampled_from([example.get(name)]),
            st.sampled_from(choices or [None]),
            st.sampled_from(world.codes),
            st.lists(st.sampled_from(world.codes), max_size=3),
            days,
            st.integers(-1, 2100),
            text,
            junk,
        )
    return (
        st.fixed_dictionaries({}, optional=fields) | st.dictionaries(text, junk, max_size=3) | junk
    )


def ask(world: World, resource: Any, method: str, path: str, body: Any, **headers: Any) -> Any:
    said = body if isinstance(body, bytes) else json.dumps(body)
    return world.clients[world.asker(resource)].generic(
        method, BASE + path, said, content_type="application/json", **headers
    )


def check(world: World, resource: Any, answer: Any) -> None:
    """A refusal is a problem; what was accepted is in scope and breaks no rule of its table."""
    assert answer.status_code < 500, answer.content
    if answer.status_code in NEVER:
        assert answer["Content-Type"] == "application/problem+json"
        return
    assert answer.status_code in (200, 201, 204)
    for row in type_of(resource).objects.all():
        row.full_clean(validate_unique=False)
    seen = resource.visible(world.users[world.asker(resource)])
    for row in type_of(resource).objects.filter(version__gt=1):
        assert seen.filter(pk=row.pk).exists()
    if answer.status_code != 204:
        key = resource.key_name
        told = answer.json()["id" if key == "pk" else key]
        assert seen.filter(**{key: told}).exists()


def type_of(resource: Any) -> Any:
    return resource.shown.Meta.model


@pytest.mark.parametrize("resource", WRITABLE, ids=lambda one: one.name)
@few
@given(data=st.data())
def test_random_bodies_are_refused_or_right(world: World, resource: Any, data: Any) -> None:
    pk = world.records[resource.name]
    acts = [("POST", f"{resource.name}/", resource.create_body, resource.create_example)]
    if resource.change_body:
        path = f"{resource.name}/{pk}/"
        acts.append(("PATCH", path, resource.change_body, resource.change_example))
    for verb in resource.verbs:
        acts.append(("POST", f"{resource.name}/{pk}/{verb.name}/", verb.body, verb.example))
    method, path, kind, example = data.draw(st.sampled_from(acts))
    body = data.draw(bodies(world, kind, example))
    with transaction.atomic():
        check(world, resource, ask(world, resource, method, path, body, HTTP_IF_MATCH='"1"'))
        transaction.set_rollback(True)


@few
@given(
    resource=st.sampled_from(WRITABLE),
    raw=st.binary(max_size=40)
    | st.text(max_size=40).map(lambda one: one.encode("utf-8", "replace")),
    etag=st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=20),
    key=st.text(st.characters(min_codepoint=32, max_codepoint=255), max_size=20),
)
def test_random_bytes_and_headers(
    world: World, resource: Any, raw: bytes, etag: str, key: str
) -> None:
    with transaction.atomic():
        answer = ask(
            world,
            resource,
            "PATCH" if resource.change_body else "POST",
            f"{resource.name}/{world.records[resource.name]}/"
            if resource.change_body
            else f"{resource.name}/",
            raw,
            HTTP_IF_MATCH=etag,
            HTTP_IDEMPOTENCY_KEY=key,
        )
        check(world, resource, answer)
        transaction.set_rollback(True)


@few
@given(
    resource=st.sampled_from(RESOURCES),
    query=st.dictionaries(
        st.sampled_from(
            ["q", "as_of", "township", "load_from", "page_size", "cursor", "ordering", "state"]
        )
        | text,
        text | st.sampled_from(["9" * 30, "1e400", "-1", "0001-01-01", "9999-12-31", "\x00", "%"]),
        max_size=3,
    ),
)
def test_random_questions(world: World, resource: Any, query: dict[str, str]) -> None:
    asked = "&".join(
        f"{quote(name, errors='replace')}={quote(value, errors='replace')}"
        for name, value in query.items()
    )
    answer = world.clients["township_officer"].get(f"{BASE}{resource.name}/?{asked}")
    assert answer.status_code in (200, 400), answer.content
