"""Signing in: locks, second factors, sessions; all refusals in words."""

import base64
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from django_otp.oath import totp

from accounts.actions.accounts import (
    change_password,
    change_role,
    create_account,
    forget_second_factor,
    issue_one_time_password,
    set_active,
    suspend_unused,
)
from accounts.actions.second_factor import confirm_totp, prepare_totp
from accounts.models import AuditEvent, RecoveryCode, SignIn, TotpDevice, User
from accounts.sealing import reveal

pytestmark = pytest.mark.django_db
URL = "/accounts/sign-in/"
PASSWORD = "Quiet-harbour-7"


@pytest.fixture
def lin() -> User:
    user, _ = create_account(
        username="lin",
        role="city_staff",
        scope_code="990101",
        password=PASSWORD,
        must_change_password=False,
        by=None,
    )
    return user


def enter(client: Client, name: str = "lin", password: str = PASSWORD, **extra: Any) -> Any:
    return client.post(URL, {"username": name, "password": password}, **extra)


def is_in(client: Client) -> bool:
    return client.get("/accounts/sessions/").status_code == 200


def events(action: str, **match: Any) -> Any:
    return AuditEvent.objects.filter(action=action, **match).order_by("sequence")


def test_pages_need_a_sign_in(client: Client) -> None:
    answer = client.get("/coverage/?as_of=2019-10-16")
    assert answer.status_code == 302
    assert answer["Location"].startswith(URL)


def test_the_way_in_leads_on(client: Client, lin: User) -> None:
    target = "/coverage/?as_of=2019-10-16"
    answer = client.post(URL, {"username": "lin", "password": PASSWORD, "next": target})
    assert answer["Location"] == target
    assert events("session.sign_in", actor="lin", result="ok").exists()
    out = client.post("/accounts/sign-out/")
    assert out["Location"] == URL
    assert "cookies" in out["Clear-Site-Data"]
    assert not is_in(client)
    assert SignIn.objects.get().ended_at is not None


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "javascript:x"])
def test_the_way_in_does_not_lead_out(client: Client, lin: User, target: str) -> None:
    answer = client.post(URL, {"username": "lin", "password": PASSWORD, "next": target})
    assert answer["Location"] == "/"


@pytest.mark.parametrize(
    ("referer", "target"),
    [
        ("http://testserver/members/7/edit/?a=1", "/members/7/edit/?a=1"),
        ("https://evil.example/members/7/edit/", "/"),
        ("", "/"),
    ],
)
def test_a_form_without_a_session_leads_back_to_its_page(
    client: Client, lin: User, referer: str, target: str
) -> None:
    headers = {"referer": referer} if referer else {}
    answer = client.post("/members/7/private/", {"phone": "1"}, headers=headers)
    assert answer["Location"] == f"{URL}?{urlencode({'next': target})}"
    assert "登录已结束" in client.get(answer["Location"]).content.decode()


def test_a_new_session_key_at_sign_in(client: Client, lin: User) -> None:
    client.get(URL)
    session = client.session
    session["x"] = 1
    session.save()
    before = session.session_key
    enter(client)
    assert client.session.session_key != before


def test_a_wrong_password_says_the_same_for_everybody(client: Client, lin: User) -> None:
    set_active(
        user=create_account(
            username="gone", role="leader", scope_code="99", password=PASSWORD, by=None
        )[0],
        is_active=False,
        by=None,
    )
    texts = set()
    for name, password in (("lin", "wrong"), ("nobody", "wrong"), ("gone", PASSWORD)):
        answer = enter(client, name, password)
        assert answer.status_code == 200
        text = answer.content.decode()
        assert "账号或密码不正确" in text
        start = text.index('role="alert"')
        texts.add(text[start : text.index("</ul>", start)])
    assert len(texts) == 1
    refused = events("session.sign_in", result="refused")
    assert [event.after["username"] for event in refused] == ["lin", "nobody", "gone"]


def test_five_failures_lock_this_account_here_and_nobody_else(client: Client, lin: User) -> None:
    create_account(
        username="wang",
        role="township_officer",
        scope_code="990101001",
        password=PASSWORD,
        must_change_password=False,
        by=None,
    )
    for _ in range(4):
        assert enter(client, password="wrong").status_code == 200
    assert enter(client, password="wrong").status_code == 429
    locked = enter(client)
    assert locked.status_code == 429
    assert "锁定 30 分钟" in locked.content.decode()
    # a colleague in the same office, and the same person elsewhere
    assert enter(Client(), "wang").status_code == 302
    assert enter(Client(), REMOTE_ADDR="10.9.8.7").status_code == 302
    assert events("session.sign_in", result="refused").count() == 6
    with time_machine.travel(timezone.now() + timedelta(minutes=31), tick=True):
        assert enter(Client()).status_code == 302


def test_trying_while_locked_does_not_hold_the_lock(client: Client, lin: User) -> None:
    for _ in range(5):
        enter(client, password="wrong")
    with time_machine.travel(timezone.now() + timedelta(minutes=20), tick=True):
        assert enter(client).status_code == 429
    with time_machine.travel(timezone.now() + timedelta(minutes=31), tick=True):
        assert enter(client).status_code == 302


def test_a_guessing_flood_leaves_known_places_open(client: Client, lin: User) -> None:
    assert enter(client, REMOTE_ADDR="10.0.0.1").status_code == 302
    for number in range(20):
        enter(Client(), password="wrong", REMOTE_ADDR=f"10.1.{number}.1")
    stranger = enter(Client(), REMOTE_ADDR="10.2.0.1")
    assert stranger.status_code == 200
    assert "密码猜测" in stranger.content.decode()
    assert enter(Client(), REMOTE_ADDR="10.0.0.1").status_code == 302


def test_the_first_sign_in_changes_the_password(client: Client) -> None:
    _, once = create_account(username="li", role="leader", scope_code="99", by=None)
    assert enter(client, "li", once)["Location"] == "/"
    assert client.get("/coverage/")["Location"] == "/accounts/password/"
    page = client.get("/accounts/password/").content.decode()
    assert "首次登录" in page
    new = {"old_password": once, "new_password1": PASSWORD, "new_password2": PASSWORD}
    assert client.post("/accounts/password/", new)["Location"] == "/"
    assert client.get("/coverage/").status_code == 200
    assert not User.objects.get(username="li").must_change_password


def test_a_one_time_password_expires(client: Client) -> None:
    _, once = create_account(username="li", role="leader", scope_code="99", by=None)
    with time_machine.travel(timezone.now() + timedelta(hours=73), tick=True):
        answer = enter(client, "li", once)
    assert "一次性密码已过期" in answer.content.decode()


def test_passwords_last_ninety_days(client: Client, lin: User) -> None:
    with time_machine.travel(timezone.now() + timedelta(days=91), tick=True):
        enter(client)
        assert client.get("/coverage/")["Location"] == "/accounts/password/"


@pytest.mark.parametrize(
    ("old", "new", "again", "part"),
    [
        ("wrong", "Another-harbour-8", "Another-harbour-8", "现在的密码不正确"),
        (PASSWORD, "Another-harbour-8", "Another-harbour-9", "不"),
        (PASSWORD, "short1A", "short1A", "至少 10"),
        (PASSWORD, PASSWORD, PASSWORD, "最近 5 次"),
    ],
)
def test_refused_passwords_say_why(
    client: Client, lin: User, old: str, new: str, again: str, part: str
) -> None:
    enter(client)
    form = {"old_password": old, "new_password1": new, "new_password2": again}
    answer = client.post("/accounts/password/", form)
    assert answer.status_code == 200
    assert part in answer.content.decode()


def test_the_last_five_passwords_do_not_come_back(lin: User) -> None:
    used = [PASSWORD]
    for number in range(6):
        for old in used[-5:]:
            with pytest.raises(Exception, match="最近 5 次"):
                change_password(user=lin, password=old, by=lin)
        new = f"Quiet-harbour-{number}x"
        change_password(user=lin, password=new, by=lin)
        used.append(new)
    change_password(user=lin, password=used[0], by=lin)


def code_of(user: User, moment: Any = None) -> str:
    device = TotpDevice.objects.get(user=user)
    key = base64.b32decode(reveal(device, "seed"))
    at = (moment or timezone.now()).timestamp()
    return f"{totp(key, t0=0, step=30, digits=6, drift=int((at - timezone.now().timestamp()) // 30)):06d}"


def set_up(user: User) -> list[str]:
    prepare_totp(user=user)
    codes = confirm_totp(user=user, code=code_of(user), by=user)
    assert codes
    TotpDevice.objects.filter(user=user).update(last_step=-1)
    return codes


def test_who_must_have_a_second_factor_sets_it_up_first(
    client: Client, lin: User, settings: Any
) -> None:
    settings.SECOND_FACTOR_REQUIRED = True
    enter(client)
    assert client.get("/coverage/")["Location"] == "/accounts/second-factor/setup/"
    page = client.get("/accounts/second-factor/setup/").content.decode()
    assert "<svg" in page
    assert "style=" not in page
    wrong = client.post("/accounts/second-factor/setup/", {"code": "000000"})
    assert "口令不正确" in wrong.content.decode()
    answer = client.post("/accounts/second-factor/setup/", {"code": code_of(lin)})
    assert answer["Location"] == "/accounts/second-factor/codes/"
    shown = client.get(answer["Location"])
    assert len(shown.context["codes"]) == 10
    assert client.get(answer["Location"]).context["codes"] is None
    assert client.get("/coverage/").status_code == 200


def test_readers_need_none(client: Client, settings: Any) -> None:
    settings.SECOND_FACTOR_REQUIRED = True
    create_account(
        username="chen",
        role="leader",
        scope_code="99",
        password=PASSWORD,
        must_change_password=False,
        by=None,
    )
    enter(client, "chen")
    assert client.get("/coverage/").status_code == 200


def test_the_second_factor_is_asked_and_holds_once(client: Client, lin: User) -> None:
    set_up(lin)
    answer = enter(client)
    assert answer["Location"] == "/accounts/second-factor/"
    assert not is_in(client)
    code = code_of(lin)
    assert client.post("/accounts/second-factor/", {"code": "123456"}).status_code == 200
    assert client.post("/accounts/second-factor/", {"code": code})["Location"] == "/"
    assert is_in(client)
    other = Client()
    enter(other)
    replay = other.post("/accounts/second-factor/", {"code": code})
    assert "已经用过" in replay.content.decode()
    assert not is_in(other)


def test_a_recovery_code_holds_once(lin: User) -> None:
    codes = set_up(lin)
    for expected in (True, False):
        client = Client()
        enter(client)
        client.post("/accounts/second-factor/", {"code": f" {codes[0].upper()} "})
        assert is_in(client) is expected
    assert RecoveryCode.objects.filter(used_at__isnull=True).count() == 9


def test_wrong_codes_lock_for_half_an_hour(client: Client, lin: User) -> None:
    set_up(lin)
    enter(client)
    for _ in range(5):
        client.post("/accounts/second-factor/", {"code": "000000"})
    answer = client.post("/accounts/second-factor/", {"code": code_of(lin)})
    assert "之后再试" in answer.content.decode()
    assert not is_in(client)
    with time_machine.travel(timezone.now() + timedelta(minutes=31), tick=True):
        client = Client()
        enter(client)
        client.post("/accounts/second-factor/", {"code": code_of(lin)})
        assert is_in(client)


def test_nobody_gets_to_the_code_without_the_password(client: Client, lin: User) -> None:
    set_up(lin)
    assert client.get("/accounts/second-factor/")["Location"] == URL
    assert client.post("/accounts/second-factor/", {"code": code_of(lin)})["Location"] == URL
    enter(client)
    with time_machine.travel(timezone.now() + timedelta(minutes=6), tick=True):
        assert client.get("/accounts/second-factor/")["Location"] == URL


def test_a_session_ends_after_half_an_hour_unused(client: Client, lin: User) -> None:
    start = timezone.now()
    with time_machine.travel(start, tick=False) as clock:
        enter(client)
        for minutes in (20, 40, 60):
            clock.move_to(start + timedelta(minutes=minutes))
            assert is_in(client)
        clock.move_to(start + timedelta(minutes=91))
        assert not is_in(client)


def test_a_session_ends_after_twelve_hours(client: Client, lin: User) -> None:
    start = timezone.now()
    with time_machine.travel(start, tick=False) as clock:
        enter(client)
        for quarter in range(1, 37):
            clock.move_to(start + timedelta(minutes=20 * quarter))
            assert is_in(client) is True
        clock.move_to(start + timedelta(hours=12, minutes=1))
        assert not is_in(client)


def change_role_of(user: User) -> None:
    change_role(user=user, role="leader", scope_code="99", by=None)


def disable(user: User) -> None:
    set_active(user=user, is_active=False, by=None)


def change_password_of(user: User) -> None:
    change_password(user=user, password="Another-harbour-8", by=user)


def reset(user: User) -> None:
    issue_one_time_password(user=user, by=None)


def forget(user: User) -> None:
    forget_second_factor(user=user, by=None)


@pytest.mark.parametrize("change", [change_role_of, disable, change_password_of, reset, forget])
def test_changes_of_the_account_end_its_sessions_at_once(
    client: Client, lin: User, change: Any
) -> None:
    enter(client)
    assert is_in(client)
    change(User.objects.get(pk=lin.pk))
    assert not is_in(client)
    assert client.get("/api/v1/coverage/").status_code == 401


def test_the_own_session_stays_when_the_password_changes(client: Client, lin: User) -> None:
    other = Client()
    enter(client)
    enter(other)
    new = "Another-harbour-8"
    form = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    assert client.post("/accounts/password/", form).status_code == 302
    assert is_in(client)
    assert not is_in(other)


def test_one_page_lists_and_ends_ones_sessions(client: Client, lin: User) -> None:
    other = Client()
    enter(client)
    enter(other, REMOTE_ADDR="10.9.9.9", HTTP_USER_AGENT="Phone")
    page = client.get("/accounts/sessions/")
    text = page.content.decode()
    assert "10.9.9.9" in text
    assert "Phone" in text
    assert "✓ 当前" in text
    session = SignIn.objects.get(address="10.9.9.9")
    stranger = Client()
    create_account(
        username="wang",
        role="leader",
        scope_code="99",
        password=PASSWORD,
        must_change_password=False,
        by=None,
    )
    enter(stranger, "wang")
    assert stranger.post(f"/accounts/sessions/{session.pk}/end/").status_code == 404
    assert client.post(f"/accounts/sessions/{session.pk}/end/").status_code == 302
    assert not is_in(other)
    assert is_in(client)


def test_a_stolen_session_note_is_no_session(client: Client, lin: User) -> None:
    enter(client)
    note = SignIn.objects.get()
    assert client.session.session_key not in (note.session_digest, str(vars(note)))


def test_accounts_unused_for_ninety_days_are_suspended(client: Client, lin: User) -> None:
    old = timezone.now() - timedelta(days=100)
    User.objects.update(created_at=old)
    enter(client)
    create_account(username="idle", role="leader", scope_code="99", by=None)
    User.objects.filter(username="idle").update(created_at=old)
    assert suspend_unused() == ["idle"]
    assert not User.objects.get(username="idle").is_active
    assert suspend_unused() == []


def test_signing_out_needs_a_post(client: Client, lin: User) -> None:
    enter(client)
    assert client.get("/accounts/sign-out/").status_code == 405
    assert is_in(client)


def test_pages_of_persons_are_not_stored(client: Client, lin: User) -> None:
    enter(client)
    for path in ("/accounts/sessions/", "/members/", "/registry/social-organizations/"):
        assert "no-store" in client.get(path)["Cache-Control"]


def test_address_that_only_takes_a_form_says_so_in_full(as_officer: Client) -> None:
    answer = as_officer.get("/accounts/sign-out/")
    assert answer.status_code == 405
    assert "这个地址不能直接打开" in answer.content.decode()
    assert int(answer["Content-Length"]) == len(answer.content)
