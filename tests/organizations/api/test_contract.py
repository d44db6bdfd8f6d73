"""One contract for every resource of the registry."""

from typing import Any

import pytest
from django.test import Client

from accounts.actions.tokens import issue_token
from accounts.models import AuditEvent, User
from organizations.api_urls import RESOURCES
from tests.conftest import signed_in
from tests.organizations.api.cases import BASE, CASES, etag_of, fields, names, send
from tests.world import (
    CITY,
    FIRST,
    SECOND,
    make_user,
)

pytestmark = pytest.mark.django_db


@names
def test_list_detail_create_and_change_within_scope(
    world: None, as_officer: Client, name: str
) -> None:
    make, body, change = CASES[name]
    own, foreign = make(FIRST), make(SECOND)
    listed = as_officer.get(BASE + f"{name}/?with_count=1").json()
    assert [one["id"] for one in listed["results"]] == [own.pk]
    assert (listed["count"], listed["next"]) == (1, None)
    path = f"{name}/{own.pk}/"
    detail = as_officer.get(BASE + path)
    assert detail.json()["version"] == 1
    assert as_officer.get(BASE + path, HTTP_IF_NONE_MATCH=detail["ETag"]).status_code == 304
    made = send(as_officer, "POST", f"{name}/", body(FIRST))
    assert made.status_code == 201, made.content
    assert as_officer.get(made["Location"]).json() == made.json()
    assert made["ETag"] == as_officer.get(made["Location"])["ETag"]
    if change is not None:
        changed = send(as_officer, "PATCH", path, change, detail["ETag"])
        assert changed.status_code == 200, changed.content
        assert changed.json() == detail.json() | change | {
            "version": 2,
            "updated_at": changed.json()["updated_at"],
        }
        assert changed["ETag"] != detail["ETag"]
    # elsewhere there is nothing, to read, to change or to do
    for method in ("GET", "PATCH") if change else ("GET",):
        answer = send(as_officer, method, f"{name}/{foreign.pk}/", change, detail["ETag"])
        missing = send(as_officer, method, f"{name}/99999999/", change, detail["ETag"])
        assert (answer.status_code, missing.status_code) == (404, 404)
        assert answer.json() | {"request_id": ""} == missing.json() | {"request_id": ""}
    assert send(as_officer, "POST", f"{name}/", body(SECOND)).status_code in (400, 403)


@names
def test_every_verb_keeps_to_the_scope_and_asks_for_the_version(
    world: None, as_officer: Client, name: str
) -> None:
    make, _, _ = CASES[name]
    own, foreign = make(FIRST), make(SECOND)
    resource = next(one for one in RESOURCES if one.name == name)
    for verb in resource.verbs:
        body = dict(verb.example)
        path = f"{name}/{{}}/{verb.name}/"
        far = send(as_officer, "POST", path.format(foreign.pk), body, '"1.x"')
        assert far.status_code == 404, verb.name
        missing = send(as_officer, "POST", path.format(own.pk), body)
        assert (missing.status_code, fields(missing)) == (428, []), verb.name
        star = send(as_officer, "POST", path.format(own.pk), body, "*")
        assert star.status_code == 428
        stale = send(as_officer, "POST", path.format(own.pk), body, '"7.x"')
        assert stale.status_code == 412, verb.name
        assert stale["ETag"] == etag_of(as_officer, f"{name}/{own.pk}/")
        wrong = send(as_officer, "POST", path.format(own.pk), {**body, "x": 1}, '"1.x"')
        assert (wrong.status_code, fields(wrong)) == (400, ["/x"]), verb.name
    acted = AuditEvent.objects.exclude(action__in=["access.refuse", "session.sign_in"])
    assert not acted.exists()


@names
def test_readers_may_not_write_and_outsiders_may_nothing(world: None, name: str) -> None:
    make, body, change = CASES[name]
    one = make(FIRST)
    reader = signed_in(make_user("led", "leader", CITY))
    assert reader.get(BASE + f"{name}/").status_code == 200
    assert send(reader, "POST", f"{name}/", body(FIRST)).status_code == 403
    if change:
        assert send(reader, "PATCH", f"{name}/{one.pk}/", change, '"1"').status_code == 403
    admin = signed_in(make_user("adm", "system_admin"))
    answer = admin.get(BASE + f"{name}/")
    assert (answer.status_code, fields(answer)) == (403, [])
    nobody = Client().get(BASE + f"{name}/{one.pk}/")
    assert (nobody.status_code, fields(nobody)) == (401, [])


@names
def test_what_is_not_named_cannot_be_written(world: None, as_officer: Client, name: str) -> None:
    """Mass assignment: every column of the table, and what is told, tried one by one."""
    make, _, change = CASES[name]
    if change is None:
        return
    one = make(FIRST)
    resource = next(one for one in RESOURCES if one.name == name)
    writable = set(resource.change_body().fields)
    columns = {f.name for f in one._meta.concrete_fields} | {
        f.attname for f in one._meta.concrete_fields
    }
    told = set(resource.shown().fields)
    etag = etag_of(as_officer, f"{name}/{one.pk}/")
    before = type(one).objects.filter(pk=one.pk).values().get()
    for field in sorted((columns | told | {"pk", "is_staff", "__class__"}) - writable):
        answer = send(as_officer, "PATCH", f"{name}/{one.pk}/", {field: 1}, etag)
        assert (answer.status_code, fields(answer)) == (400, [f"/{field}"]), field
    assert type(one).objects.filter(pk=one.pk).values().get() == before


@names
def test_a_list_takes_as_many_queries_for_three_as_for_one(
    world: None, city: User, name: str, django_assert_max_num_queries: Any
) -> None:
    make, _, _ = CASES[name]
    _, text = issue_token(owner=city, by=city)
    client = Client(headers={"Authorization": f"Bearer {text}"})

    def queries() -> int:
        with django_assert_max_num_queries(8) as counted:
            assert client.get(BASE + f"{name}/?page_size=50").status_code == 200
        return len(counted.captured_queries)

    make(FIRST)
    queries()  # the first use of a token is noted
    one = queries()
    make(SECOND)
    make(FIRST)
    assert queries() == one <= 6


@names
def test_pages_follow_each_other_whatever_comes_in_between(
    world: None, as_city: Client, name: str
) -> None:
    make, _, _ = CASES[name]
    rows = [make(FIRST).pk for _ in range(5)]
    resource = next(one for one in RESOURCES if one.name == name)
    for order in (*resource.orders, *(f"-{one}" for one in resource.orders)):
        seen: list[int] = []
        url = f"{BASE}{name}/?page_size=2&ordering={order}"
        while url:
            page = as_city.get(url).json()
            seen += [one["id"] for one in page["results"]]
            url = page["next"]
        assert sorted(seen) == sorted(rows), order
    first = as_city.get(f"{BASE}{name}/?page_size=3&ordering=pk").json()
    rows.append(make(FIRST).pk)
    second = as_city.get(first["next"]).json()
    assert [one["id"] for one in first["results"] + second["results"]] == rows


@names
@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("page_size=201", "page_size"),
        ("page_size=0", "page_size"),
        ("page_size=x", "page_size"),
        ("ordering=password", "ordering"),
        ("ordering=--pk", "ordering"),
        ("cursor=abc", "cursor"),
        ("cursor=WyJwayIsICJ4Il0", "cursor"),
        ("cursor=%00", "cursor"),
        ("with_count=yes", "with_count"),
        ("township__name__startswith=x", "township__name__startswith"),
        ("page_size=1&page_size=2", "page_size"),
        ("colour=red", "colour"),
    ],
)
def test_a_wrong_parameter_is_named(as_city: Client, name: str, query: str, field: str) -> None:
    answer = as_city.get(f"{BASE}{name}/?{query}")
    assert (answer.status_code, fields(answer)) == (400, [field])
