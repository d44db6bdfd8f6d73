"""What was read is what is changed, and what is sent twice is done once."""

import pytest
from django.test import Client

from accounts.actions.idempotency import forget_old_keys
from accounts.models import IdempotencyKey
from organizations.models import (
    CoverageLink,
    Instructor,
)
from tests.conftest import signed_in
from tests.organizations.api.cases import BASE, CASES, etag_of, fields, send
from tests.world import (
    FIRST,
    make_link,
    make_organization,
    make_user,
)

pytestmark = pytest.mark.django_db


def test_a_stale_change_is_told_both_values(world: None, as_officer: Client) -> None:
    one = make_organization(FIRST)
    path = f"social-organizations/{one.pk}/"
    etag = etag_of(as_officer, path)
    send(as_officer, "PATCH", path, {"principal": "陈明"}, etag)
    body = {"principal": "林秀", "staff_count": 0}
    answer = send(as_officer, "PATCH", path, body, etag)
    problem = answer.json()
    assert answer.status_code == 412
    assert problem["conflicts"] == [{"field": "/principal", "stored": "陈明", "sent": "林秀"}]
    assert problem["current"]["principal"] == "陈明"
    assert problem["etag"] == answer["ETag"] == etag_of(as_officer, path)
    assert send(as_officer, "PATCH", path, body, problem["etag"]).status_code == 200
    one.refresh_from_db()
    assert (one.principal, one.version) == ("林秀", 3)
    assert send(as_officer, "PATCH", path, body).status_code == 428


def test_a_figure_moves_the_tag_and_not_the_version(world: None, as_officer: Client) -> None:
    one = make_organization(FIRST)
    path = f"social-organizations/{one.pk}/"
    etag = etag_of(as_officer, path)
    make_link(one)
    assert as_officer.get(BASE + path, HTTP_IF_NONE_MATCH=etag).json()["is_covered"] is True
    # what was read is still the record that is changed
    assert send(as_officer, "PATCH", path, {"principal": "陈明"}, f"W/{etag}").status_code == 200


def test_the_same_key_has_one_effect(world: None, as_officer: Client) -> None:
    body = CASES["instructors"][1](FIRST)
    key = {"HTTP_IDEMPOTENCY_KEY": "5d1f"}
    first = send(as_officer, "POST", "instructors/", body, **key)
    again = send(as_officer, "POST", "instructors/", body, **key)
    assert (first.status_code, again.status_code) == (201, 201)
    assert (again.json(), again["Location"]) == (first.json(), first["Location"])
    assert again["Idempotent-Replayed"] == "true"
    assert Instructor.objects.count() == 1
    other = send(as_officer, "POST", "instructors/", {**body, "code": "NEW2"}, **key)
    assert (other.status_code, fields(other)) == (422, [])
    # a refusal keeps nothing, so that what was set right may use the key
    key = {"HTTP_IDEMPOTENCY_KEY": "77aa"}
    assert send(as_officer, "POST", "instructors/", {}, **key).status_code == 400
    body["code"] = "NEW3"
    assert send(as_officer, "POST", "instructors/", body, **key).status_code == 201
    long = {"HTTP_IDEMPOTENCY_KEY": "x" * 256}
    assert send(as_officer, "POST", "instructors/", body, **long).status_code == 400
    # somebody else's key is another key
    theirs = signed_in(make_user("other", "township_officer", FIRST))
    key = {"HTTP_IDEMPOTENCY_KEY": "5d1f"}
    assert send(theirs, "POST", "instructors/", {**body, "code": "N4"}, **key).status_code == 201


def test_a_verb_repeated_is_not_stale(world: None, as_officer: Client) -> None:
    link = make_link(make_organization(FIRST))
    path = f"coverage-links/{link.pk}/"
    etag, key = etag_of(as_officer, path), {"HTTP_IDEMPOTENCY_KEY": "end-1"}
    body = {"on": "2019-05-01", "reason": "片区调整"}
    first = send(as_officer, "POST", path + "end/", body, etag, **key)
    again = send(as_officer, "POST", path + "end/", body, etag, **key)
    assert (first.status_code, again.status_code) == (200, 200), first.content
    assert again.json() == first.json()
    key = {"HTTP_IDEMPOTENCY_KEY": "gone-1"}
    body = {"reason": "重复登记"}
    for _ in range(2):
        gone = send(as_officer, "POST", path + "remove/", body, first["ETag"], **key)
        assert gone.status_code == 204
    assert not CoverageLink.objects.exists()


def test_keys_are_forgotten_after_three_days(world: None, as_officer: Client) -> None:
    body = CASES["instructors"][1](FIRST)
    send(as_officer, "POST", "instructors/", body, HTTP_IDEMPOTENCY_KEY="a")
    forget_old_keys()
    assert IdempotencyKey.objects.count() == 1
    IdempotencyKey.objects.update(created_at="2019-01-01T00:00Z")
    forget_old_keys()
    assert not IdempotencyKey.objects.exists()
