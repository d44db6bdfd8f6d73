"""Every refusal is a problem in Chinese that names the field."""

from typing import Any

import pytest
from django.db import IntegrityError
from django.test import Client

from accounts.models import User
from organizations.models import (
    CoverageLink,
)
from tests.conftest import signed_in
from tests.organizations.api.cases import BASE, fields, send
from tests.world import (
    FIRST,
    SECOND,
    make_organization,
    make_party,
)

pytestmark = pytest.mark.django_db


def test_every_refusal_is_a_problem_and_never_a_page(
    world: None, as_officer: Client, city: User
) -> None:
    one = make_organization(FIRST)
    record = f"{BASE}social-organizations/{one.pk}/"
    listed = f"{BASE}social-organizations/"
    js = "application/json"
    attempts = [
        (404, as_officer.get("/api/v1/nothing/")),
        (404, as_officer.get("/api/")),
        (404, Client().get("/api/v2/")),
        (404, as_officer.get(listed + "999999999999999999999/")),
        (405, as_officer.delete(record)),
        (405, as_officer.put(record, "{}", content_type=js)),
        (405, as_officer.options(record)),
        (405, as_officer.post(BASE + "coverage/", "{}", content_type=js)),
        (406, as_officer.get(listed, headers={"Accept": "text/html"})),
        (415, as_officer.post(listed, "<a/>", content_type="text/xml")),
        (415, as_officer.post(listed, {"name": "x"})),
        (400, as_officer.post(listed, "{", content_type=js)),
        (400, as_officer.post(listed, b"\xff\xfe", content_type=js)),
        (400, as_officer.post(listed, '{"a": NaN}', content_type=js)),
        (400, as_officer.post(listed, '{"a": 1, "a": 2}', content_type=js)),
        (400, as_officer.post(listed, "[" * 100_000, content_type=js)),
        (400, as_officer.post(listed, "[]", content_type=js)),
        (400, as_officer.post(listed, "null", content_type=js)),
        (400, as_officer.post(listed, "", content_type=js)),
        (413, as_officer.post(listed, '"' + "x" * 1_000_001 + '"', content_type=js)),
        (401, Client().get(listed)),
        (401, Client().get(listed, HTTP_AUTHORIZATION="Bearer nonsense")),
    ]
    checked = Client(enforce_csrf_checks=True)
    checked.cookies = as_officer.cookies
    attempts.append((403, checked.post(listed, "{}", content_type=js)))
    for status, answer in attempts:
        assert answer.status_code == status, (status, answer.status_code, answer.content[:200])
        fields(answer)
        assert "<" not in answer.content.decode()
        detail = answer.json()["detail"]
        assert any("\u4e00" <= letter <= "\u9fff" for letter in detail), detail
    city.must_change_password = True
    city.save()
    due = signed_in(city).get(listed)
    assert (due.status_code, fields(due)) == (403, [])


def test_an_error_of_ours_is_a_problem_too(
    world: None, as_officer: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    as_officer.raise_request_exception = False

    def broken(self: Any, user: Any) -> Any:
        raise RuntimeError("boom")

    monkeypatch.setattr("organizations.api.areas.Townships.visible", broken)
    answer = as_officer.get(BASE + "townships/")
    assert answer.status_code == 500
    assert fields(answer) == []
    assert "boom" not in answer.content.decode()

    def raced(self: Any, user: Any) -> Any:
        raise IntegrityError

    monkeypatch.setattr("organizations.api.areas.Townships.visible", raced)
    assert as_officer.get(BASE + "townships/").status_code == 409


def test_nested_errors_have_pointers(world: None, as_officer: Client) -> None:
    party = make_party(FIRST)
    path = f"party-organizations/{party.pk}/cover/"
    own, foreign = make_organization(FIRST), make_organization(SECOND)
    body = {"organizations": [own.pk, foreign.pk], "mode": "solo", "on": "2019-13-01"}
    answer = send(as_officer, "POST", path, body, '"1"')
    assert fields(answer) == ["/organizations/1", "/on"]
    missing = send(as_officer, "POST", path, {**body, "organizations": [own.pk, 987654]}, '"1"')
    words = [
        error["message"].replace(str(key), "")
        for one, key in ((answer, foreign.pk), (missing, 987654))
        for error in one.json()["errors"][:1]
    ]
    assert words[0] == words[1]
    assert not CoverageLink.objects.exists()
