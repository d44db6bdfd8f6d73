"""Accounts and tokens from the server's command line."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.models import ApiToken, AuditEvent, User

pytestmark = pytest.mark.django_db


def run(capsys: pytest.CaptureFixture, *arguments: str) -> str:
    call_command(*arguments)
    return capsys.readouterr().out


def test_the_first_account_gets_a_one_time_password(capsys: pytest.CaptureFixture) -> None:
    password = run(capsys, "create_account", "zhang", "--role", "city_staff").strip()
    user = User.objects.get(username="zhang")
    assert user.check_password(password)
    assert user.must_change_password
    assert user.scope_code == "350581"
    assert len(password) >= 12


def test_an_officer_gets_a_scope(capsys: pytest.CaptureFixture) -> None:
    arguments = ["create_account", "li", "--role", "township_officer", "--scope", "350581102"]
    run(capsys, *arguments)
    assert User.objects.get(username="li").scope.code == "350581102"
    with pytest.raises(CommandError, match="已存在"):
        call_command(*arguments)


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (["x", "--role", "king"], "没有“king”"),
        (["x", "--role", "township_officer"], "需要管辖范围"),
        (["x", "--role", "system_admin", "--scope", "35"], "没有管辖范围"),
    ],
)
def test_refusals_say_the_cure(arguments: list[str], part: str) -> None:
    with pytest.raises(CommandError, match=part):
        call_command("create_account", *arguments)
    assert not User.objects.exists()


def test_a_token_is_printed_and_nothing_else(capsys: pytest.CaptureFixture, client: Client) -> None:
    run(capsys, "create_account", "zhang", "--role", "city_staff")
    text = run(capsys, "issue_token", "zhang")
    assert text.endswith("\n")
    text = text.removesuffix("\n")
    assert text == text.strip()
    assert "\n" not in text
    answer = client.get("/api/v1/coverage/", HTTP_AUTHORIZATION=f"Bearer {text}")
    assert answer.status_code == 200
    token = ApiToken.objects.get()
    assert text.split(".")[1] not in str(vars(token))
    assert token.last_used_at is not None
    assert AuditEvent.objects.filter(action="token.issue", object_id=str(token.pk)).exists()


def test_tokens_for_nobody_or_for_ever_are_refused() -> None:
    with pytest.raises(CommandError, match="没有账号"):
        call_command("issue_token", "nobody")
    call_command("create_account", "zhang", "--role", "city_staff")
    with pytest.raises(CommandError, match="1 至 365"):
        call_command("issue_token", "zhang", "--days", "400")


@pytest.mark.slow
def test_a_silent_broker_does_not_put_a_word_beside_the_token(tmp_path: Path) -> None:
    env = {
        **os.environ,
        "PORTAL_ENV": "local",
        "LOCAL_DIR": str(tmp_path),
        "DATABASE_URL": "",
        "BROKER_URL": "redis://127.0.0.1:1/0",
        "REDIS_URL": "",
    }

    def manage(*arguments: str) -> subprocess.CompletedProcess:
        return subprocess.run(
            [sys.executable, "manage.py", *arguments], env=env, capture_output=True, text=True
        )

    assert manage("migrate", "-v0").returncode == 0
    assert manage("create_account", "zhang", "--role", "city_staff").returncode == 0
    done = manage("issue_token", "zhang")
    assert re.fullmatch(r"shp_\w+\.\S+\n", done.stdout)
    assert json.loads(done.stderr.splitlines()[-1])["event"] == "doorbell_unheard"
