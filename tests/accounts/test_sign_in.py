"""Signing in and out."""

import pytest
from django.test import Client

from accounts.actions import create_account
from accounts.models import AuditEvent

pytestmark = pytest.mark.django_db
URL = "/accounts/sign-in/"


@pytest.fixture
def password() -> str:
    _, password = create_account(username="lin", role="city_staff", scope_code="990101", by=None)
    return password


def test_pages_need_a_sign_in(client: Client) -> None:
    answer = client.get("/coverage/?as_of=2019-10-16")
    assert answer.status_code == 302
    assert answer["Location"].startswith(URL)


def test_the_way_in_leads_on(client: Client, password: str) -> None:
    answer = client.post(
        URL, {"username": "lin", "password": password, "next": "/coverage/?as_of=2019-10-16"}
    )
    assert answer["Location"] == "/coverage/?as_of=2019-10-16"
    assert AuditEvent.objects.filter(action="session.sign_in", actor="lin", result="ok").exists()
    assert client.post("/accounts/sign-out/")["Location"] == URL
    assert client.get("/coverage/").status_code == 302


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "javascript:alert(1)"]
)
def test_the_way_in_does_not_lead_out(client: Client, password: str, target: str) -> None:
    answer = client.post(URL, {"username": "lin", "password": password, "next": target})
    assert answer["Location"] == "/"


def test_a_wrong_password_says_so_and_is_noted(client: Client, password: str) -> None:
    for name in ("lin", "nobody"):
        answer = client.post(URL, {"username": name, "password": "wrong"})
        assert answer.status_code == 200
        assert "账号或密码不正确" in answer.content.decode()
    refused = AuditEvent.objects.filter(action="session.sign_in", result="refused")
    assert [event.after["username"] for event in refused.order_by("sequence")] == ["lin", "nobody"]


def test_signing_out_needs_a_post(client: Client) -> None:
    assert client.get("/accounts/sign-out/").status_code in (302, 405)
