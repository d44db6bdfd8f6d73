"""API tokens: what they carry, where from, how long; shown once, kept as a hash."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.actions.accounts import set_active
from accounts.actions.tokens import issue_token, rotate_token
from accounts.models import ApiToken, AuditEvent, User
from tests.world import FIRST, SECOND, make_city, make_user, sign_in

pytestmark = pytest.mark.django_db
API = "/api/v1/coverage/"
PAGE = "/accounts/tokens/"


def status(client: Client, text: str, **extra: Any) -> int:
    return client.get(API, HTTP_AUTHORIZATION=f"Bearer {text}", **extra).status_code


def test_a_token_carries_what_its_owner_chose(city: User) -> None:
    make_city()
    client = Client()
    _, text = issue_token(owner=city, rights=["view_registry"], by=city)
    assert status(client, text) == 403
    _, text = issue_token(owner=city, rights=["view_coverage"], areas=[SECOND], by=city)
    answer = client.get(API, HTTP_AUTHORIZATION=f"Bearer {text}").json()
    assert answer["total"]["social_organization_count"] == 1


def test_a_token_never_carries_more_than_its_owner(officer: User) -> None:
    for limits in (
        {"rights": ["reveal"]},
        {"rights": ["view_audit"]},
        {"rights": []},
        {"areas": [SECOND]},
        {"areas": ["99"]},
        {"addresses": ["not an address"]},
        {"lifetime": timedelta(days=366)},
        {"lifetime": timedelta(0)},
    ):
        with pytest.raises(Exception, match=r"令牌|权限|管辖|地址"):
            issue_token(owner=officer, by=officer, **limits)
    _, text = issue_token(owner=officer, by=officer)
    officer.role, officer.scope_code = "audit_admin", ""
    officer.save()
    assert status(Client(), text) == 403


def test_a_token_works_from_its_addresses_only(city: User) -> None:
    _, text = issue_token(owner=city, addresses=["10.1.0.0/16"], by=city)
    client = Client()
    assert status(client, text) == 401
    assert status(client, text, REMOTE_ADDR="10.1.2.3") == 200
    assert status(client, text, REMOTE_ADDR="10.2.2.3") == 401


def test_a_forged_forwarding_header_changes_nothing(city: User, settings: Any) -> None:
    _, text = issue_token(owner=city, addresses=["10.1.0.0/16"], by=city)
    client = Client()
    forged = {"HTTP_X_FORWARDED_FOR": "10.1.2.3"}
    assert status(client, text, **forged) == 401
    settings.BEHIND_PROXY = True
    # our proxy appends the address that it saw; what the client claimed stands before it
    assert status(client, text, HTTP_X_FORWARDED_FOR="10.1.2.3, 172.16.0.9") == 401
    assert status(client, text, HTTP_X_FORWARDED_FOR="6.6.6.6, 10.1.2.3") == 200


def test_all_tokens_of_a_disabled_account_are_dead(city: User) -> None:
    _, text = issue_token(owner=city, by=city)
    set_active(user=city, is_active=False, by=None)
    assert status(Client(), text) == 401


def test_rotation_overlaps_for_three_days(city: User) -> None:
    token, old = issue_token(owner=city, rights=["view_coverage"], by=city)
    made, new = rotate_token(token=token, by=city)
    client = Client()
    assert status(client, old) == status(client, new) == 200
    token.refresh_from_db()
    assert timedelta(hours=71) < token.expires_at - timezone.now() <= timedelta(hours=72)
    assert (made.rights, made.replaces_id) == (["view_coverage"], token.pk)
    ApiToken.objects.filter(pk=token.pk).update(
        created_at=timezone.now() - timedelta(days=2), expires_at=timezone.now()
    )
    assert status(client, old) == 401
    assert status(client, new) == 200


def test_refusals_are_alike_noted_and_slowed(city: User) -> None:
    token, text = issue_token(owner=city, by=city)
    client = Client()
    wrong = [text[:-1] + ("A" if text[-1] != "A" else "B"), f"shp_{'0' * 12}.x", "junk", ""]
    answers = [client.get(API, HTTP_AUTHORIZATION=f"Bearer {one}").json() for one in wrong]
    assert len({one.pop("request_id") for one in answers}) == 4
    assert all(one == answers[0] for one in answers)
    noted = AuditEvent.objects.filter(action="token.use", result="refused")
    assert noted.count() == 4
    assert noted.order_by("sequence")[0].after == {"key": token.key}
    assert text.split(".")[1] not in str(list(noted.values()))
    for _ in range(30):
        status(client, "shp_x.y")
    assert status(client, "shp_x.y") == 429
    assert status(client, text) == 200  # the right one still works from there


def test_each_token_has_its_own_number_of_requests(city: User, settings: Any) -> None:
    settings.REQUESTS_A_MINUTE = 3
    _, one = issue_token(owner=city, by=city)
    _, two = issue_token(owner=city, by=city)
    client = Client()
    found = [status(client, one) for _ in range(6)]
    assert found.count(200) >= 3
    assert found[-1] in (200, 429)
    answer = client.get(API, HTTP_AUTHORIZATION=f"Bearer {one}")
    if answer.status_code == 429:
        assert int(answer["Retry-After"]) <= 61
    assert status(client, two) == 200


def test_the_page_shows_a_token_once(as_officer: Client) -> None:
    form = {"name": "统计接口", "rights": ["view_coverage"], "days": 30, "areas": FIRST}
    assert as_officer.get(PAGE + "new/").status_code == 200
    assert as_officer.post(PAGE + "new/", form)["Location"] == PAGE
    text = as_officer.get(PAGE).context["shown"]
    assert text.startswith("shp_")
    assert as_officer.get(PAGE).context["shown"] is None
    token = ApiToken.objects.get()
    assert (token.name, token.areas, token.rights) == ("统计接口", [FIRST], ["view_coverage"])
    assert status(Client(), text) == 200
    assert as_officer.post(f"{PAGE}{token.pk}/rotate/")["Location"] == PAGE
    assert ApiToken.objects.count() == 2
    assert as_officer.post(f"{PAGE}{token.pk}/revoke/")["Location"] == PAGE
    assert status(Client(), text) == 401
    as_officer.post(f"{PAGE}{token.pk}/rotate/")
    assert "已停用或过期" in as_officer.get(PAGE).content.decode()


@pytest.mark.parametrize(
    "changes",
    [{"rights": ["reveal"]}, {"rights": []}, {"days": 400}, {"areas": SECOND}, {"name": ""}],
)
def test_wrong_limits_are_said_on_the_page(as_officer: Client, changes: dict) -> None:
    form = {"name": "x", "rights": ["view_coverage"], "days": 30, **changes}
    answer = as_officer.post(PAGE + "new/", form)
    assert answer.status_code == 200
    assert answer.context["form"].errors
    assert not ApiToken.objects.exists()


def test_tokens_of_others_are_not_there(as_officer: Client, city: User) -> None:
    token, _ = issue_token(owner=city, by=city)
    assert token.name not in as_officer.get(PAGE).content.decode()
    for verb in ("rotate", "revoke"):
        assert as_officer.post(f"{PAGE}{token.pk}/{verb}/").status_code == 404
    client = Client()
    sign_in(client, make_user("leader", "leader", "99"))
    assert client.get(PAGE).status_code == 403
