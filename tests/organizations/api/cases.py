"""Asking the API, and for every resource a record, a body that creates one, and a change."""

import json
from typing import Any

import pytest
from django.test import Client

from tests.world import (
    credit_code,
    make_assignment,
    make_instructor,
    make_link,
    make_organization,
    make_party,
)

BASE = "/api/v1/"
PROBLEM = "application/problem+json"
MEMBERS = {"type", "title", "status", "detail", "errors", "request_id"}


def send(
    client: Client, method: str, path: str, body: Any = None, etag: str = "", **headers: Any
) -> Any:
    extra = {"HTTP_IF_MATCH": etag} if etag else {}
    return client.generic(
        method, BASE + path, json.dumps(body), content_type="application/json", **extra, **headers
    )


def fields(answer: Any) -> list[str]:
    problem = answer.json()
    assert answer["Content-Type"] == PROBLEM
    assert set(problem) >= MEMBERS
    assert problem["status"] == answer.status_code
    assert problem["request_id"] == answer["X-Request-ID"]
    return [error["field"] for error in problem["errors"]]


def etag_of(client: Client, path: str) -> str:
    answer = client.get(BASE + path)
    assert answer.status_code == 200, answer.content
    return answer["ETag"]


# resource: (a record in a township, a body that creates one there, a change, a field and its value)
CASES: dict[str, Any] = {
    "social-organizations": (
        make_organization,
        lambda code: {
            "name": "新商会",
            "credit_code": credit_code(900_001),
            "category": "social_group",
            "township": code,
            "registered_on": "2016-03-18",
        },
        {"principal": "陈明"},
    ),
    "party-organizations": (
        make_party,
        lambda code: {
            "name": "新党支部",
            "kind": "standing",
            "level": "branch",
            "township": code,
            "founded_on": "2018-06-01",
        },
        {"secretary": "陈明"},
    ),
    "coverage-links": (
        lambda code: make_link(make_organization(code)),
        lambda code: {
            "social_organization": make_organization(code).pk,
            "party_organization": make_party(code).code,
            "mode": "solo",
            "valid_from": "2018-06-01",
        },
        {"document": "狮委组〔2018〕6号"},
    ),
    "instructors": (
        make_instructor,
        lambda code: {"code": "NEW1", "name": "林安", "township": code},
        {"started_on": "2018-03-01"},
    ),
    "instructor-assignments": (
        lambda code: make_assignment(make_organization(code)),
        lambda code: {
            "social_organization": make_organization(code).credit_code,
            "instructor": make_instructor(code).code,
            "valid_from": "2018-06-01",
        },
        None,
    ),
}
names = pytest.mark.parametrize("name", CASES)
