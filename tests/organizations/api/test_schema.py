"""The OpenAPI document tells every operation."""

import io
import json

import pytest
from django.core.management import call_command
from django.test import Client

from organizations.api_urls import RESOURCES
from tests.organizations.api.cases import BASE

pytestmark = pytest.mark.django_db


def test_the_schema_describes_every_operation(as_city: Client) -> None:
    """Valid, without a warning, every operation said in Chinese with its refusals."""
    out = io.StringIO()
    call_command("spectacular", validate=True, fail_on_warn=True, format="openapi-json", stdout=out)
    document = json.loads(out.getvalue())
    told = as_city.get(BASE + "schema/", headers={"Accept": "application/json"})
    assert told.status_code == 200
    assert set(told.json()["paths"]) == set(document["paths"])
    operations = [
        (path, method, one)
        for path, methods in document["paths"].items()
        for method, one in methods.items()
        if path != "/api/v1/schema/"
    ]
    assert len(operations) > 40
    for path, method, one in operations:
        where = f"{method} {path}"
        assert any("\u4e00" <= letter <= "\u9fff" for letter in one["summary"]), where
        assert one.get("description"), where
        assert "application/problem+json" in one["responses"]["403"]["content"], where
        if method in ("post", "patch"):
            body = one["requestBody"]["content"]["application/json"]
            assert body.get("examples"), where
    # an example is what it shows: every one is accepted by the fields it is for
    for resource in RESOURCES:
        bodies = [(verb.body, verb.example) for verb in resource.verbs]
        bodies += [(resource.create_body, resource.create_example)] if resource.create_body else []
        for kind, example in bodies:
            assert example, (resource.name, kind)
            assert set(example) <= set(kind().fields), (resource.name, kind)
            needed = {name for name, field in kind().fields.items() if field.required}
            assert needed <= set(example), (resource.name, kind)
