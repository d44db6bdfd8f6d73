"""Production names every missing or weak setting, and starts only without one."""

import base64
import os
import secrets
import subprocess
import sys
from pathlib import Path

import pytest

from shishi_portal.environment import local_secret, secret, weak_secrets
from tests.processes import ROOT

FIELD_KEYS = "k1:" + base64.b64encode(bytes(range(32))).decode()
NAMES = ("SECRET_KEY", "AUDIT_KEY", "TOKEN_PEPPER", "INDEX_KEY")
GOOD = {name: secrets.token_urlsafe(48) for name in NAMES} | {"FIELD_KEYS": FIELD_KEYS}
SOUND = {
    **GOOD,
    "ALLOWED_HOSTS": "portal.example",
    "DATABASE_URL": "postgres://portal@127.0.0.1:5432/portal",
    "REDIS_URL": "redis://127.0.0.1:6379/0",
}


def checked(folder: Path, settings: dict[str, str]) -> subprocess.CompletedProcess:
    ours = {
        *SOUND,
        "DJANGO_ALLOW_ASYNC_UNSAFE",
        "BROKER_URL",
        "SECRETS_DIR",
        "SECOND_FACTOR_REQUIRED",
        "BEHIND_PROXY",
    }
    env = {name: value for name, value in os.environ.items() if name not in ours}
    env |= {"PORTAL_ENV": "production", "LOCAL_DIR": str(folder), **settings}
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True)


@pytest.mark.slow
def test_the_production_profile_is_clean(tmp_path: Path) -> None:
    done = checked(tmp_path, SOUND)
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout


@pytest.mark.slow
@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY"),
        ({"AUDIT_KEY": "short"}, "AUDIT_KEY"),
        ({"TOKEN_PEPPER": "x" * 60}, "TOKEN_PEPPER"),
        ({"INDEX_KEY": GOOD["SECRET_KEY"]}, "INDEX_KEY"),
        ({"FIELD_KEYS": ""}, "FIELD_KEYS"),
        ({"ALLOWED_HOSTS": ""}, "portal.E001"),
        ({"ALLOWED_HOSTS": "*"}, "portal.E001"),
        ({"DATABASE_URL": ""}, "portal.E002"),
        ({"REDIS_URL": ""}, "portal.E003"),
        ({"SECOND_FACTOR_REQUIRED": "0"}, "portal.E004"),
        ({"SECRET_KEY_FILE": "/nowhere"}, "无法读取"),
        ({"DATABASE_URL": "mysql://x/y"}, "mysql"),
        ({"PORTAL_ENV": "staging"}, "staging"),
        ({"FIELD_KEYS": "k1:" + "A" * 60}, "FIELD_KEYS"),
        ({"HTTPS_REDIRECT": "0"}, "security.W008"),
    ],
)
def test_a_missing_or_weak_setting_is_named(
    tmp_path: Path, changes: dict[str, str], part: str
) -> None:
    done = checked(tmp_path, SOUND | changes)
    assert done.returncode != 0
    assert part in done.stderr


def test_a_secret_is_found_where_it_lies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "audit_key").write_text("from the folder\n")
    (tmp_path / "other").write_text("from the file\n")
    monkeypatch.delenv("AUDIT_KEY", raising=False)
    assert secret("AUDIT_KEY") == ""
    monkeypatch.setenv("SECRETS_DIR", str(tmp_path))
    assert secret("AUDIT_KEY") == "from the folder"
    assert secret("INDEX_KEY_X") == ""
    monkeypatch.setenv("AUDIT_KEY", "from the environment")
    assert secret("AUDIT_KEY") == "from the environment"
    monkeypatch.setenv("AUDIT_KEY_FILE", str(tmp_path / "other"))
    assert secret("AUDIT_KEY") == "from the file"


def test_weak_secrets_say_why() -> None:
    assert weak_secrets(GOOD) == {}
    assert set(weak_secrets(dict.fromkeys(GOOD, "same" * 20))) == set(GOOD)
    assert "没有设置" in weak_secrets(GOOD | {"AUDIT_KEY": ""})["AUDIT_KEY"]


def test_local_secrets_are_made_once_and_are_the_owners(tmp_path: Path) -> None:
    path = tmp_path / "here" / "secret_key"
    made = local_secret(path, "SECRET_KEY")
    assert local_secret(path, "SECRET_KEY") == made
    assert path.stat().st_mode & 0o777 == 0o600


def test_secrets_of_production_are_made_once(tmp_path: Path) -> None:
    command = [sys.executable, "dev.py", "secrets", str(tmp_path / "made")]
    texts = []
    for _ in range(2):
        subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
        texts.append({p.name: p.read_text() for p in (tmp_path / "made").iterdir()})
    assert texts[0] == texts[1]
    values = {name: texts[0][name.lower()].strip() for name in (*NAMES, "FIELD_KEYS")}
    assert weak_secrets(values) == {}
