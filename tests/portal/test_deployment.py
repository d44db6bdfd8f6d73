"""Dockerfile and compose file, step by step, as plain processes (there is no engine here)."""

import json
import os
import re
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from django.conf import settings
from yaml import safe_load

from tests.processes import ROOT, free_port, wait_for

COMPOSE = safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES = COMPOSE["services"]
OWN = [name for name, service in SERVICES.items() if service["image"] == "shishi-portal"]


def steps(word: str) -> list[str]:
    return re.findall(rf"^{word} (.+)$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)


def test_nothing_runs_as_root_or_with_more_than_it_needs() -> None:
    assert steps("USER") == ["10001:10001"]
    for name in OWN:
        service = SERVICES[name]
        assert service["user"] == "10001:10001"
        assert service["cap_drop"] == ["ALL"]
        assert service["read_only"] is True
    assert SERVICES["redis"]["user"] != "0"


def test_every_lasting_service_has_a_health_check() -> None:
    lasting = {name for name, service in SERVICES.items() if service["restart"] == "always"}
    assert lasting == set(SERVICES) - {"migrate"}
    for name in lasting:
        assert SERVICES[name]["healthcheck"]["test"][0] == "CMD"


def test_secrets_come_from_files_and_have_no_default() -> None:
    text = (ROOT / "docker-compose.yml").read_text()
    assert not re.search(r"(PASSWORD|SECRET_KEY)\s*[:=]\s*\S", text)
    names = {name.lower() for name in settings.SECRET_NAMES}
    assert set(COMPOSE["secrets"]) == names | {"database_password"}
    assert set(SERVICES["web"]["secrets"]) == set(COMPOSE["secrets"])
    assert re.findall(r"\$\{(\w+):\?", text) == ["ALLOWED_HOSTS", "CITY_CODE", "CITY_NAME"]
    assert "secrets/" in (ROOT / ".gitignore").read_text()
    published = [p for s in SERVICES.values() for p in s.get("ports", [])]
    assert published == ["127.0.0.1:8000:8000"]
    assert COMPOSE["networks"]["inside"]["internal"] is True


@pytest.mark.postgres
@pytest.mark.slow
def test_every_step_of_the_image_builds(tmp_path: Path) -> None:
    """The RUN lines in order, in an environment and a copy of their own."""
    app = tmp_path / "app"
    ignore = shutil.ignore_patterns(*(ROOT / ".dockerignore").read_text().split(), "__pycache__")
    shutil.copytree(ROOT, app, ignore=ignore)
    subprocess.run([sys.executable, "-m", "venv", str(tmp_path / "venv")], check=True)
    env = {k: v for k, v in os.environ.items() if not k.startswith(("PORTAL", "DATABASE", "REDIS"))}
    env |= {
        "PATH": f"{tmp_path / 'venv' / 'bin'}:{env['PATH']}",
        "PORTAL_ENV": "production",
        "STATIC_ROOT": str(app / ".static"),
        "LOCAL_DIR": str(tmp_path / "data"),
    }
    assert len(steps("RUN")) == 3
    for line in steps("RUN"):
        done = subprocess.run(line, shell=True, cwd=app, env=env, capture_output=True, text=True)
        assert done.returncode == 0, (line, done.stdout[-2000:], done.stderr[-2000:])
    assert list((app / ".static").rglob("base.*.css"))
    assert not (app / "tests").exists()
    command = json.loads(steps("CMD")[0])
    assert command[:2] == SERVICES["web"]["command"][:2]


class Composition:
    """Runs the commands of the compose file as processes, with files for secrets."""

    def __init__(self, folder: Path, database: str, redis: str) -> None:
        made = folder / "secrets"
        subprocess.run([sys.executable, "dev.py", "secrets", made], cwd=ROOT, check=True)
        self.port = free_port()
        self.folder = folder
        given = SERVICES["web"]["environment"]
        values = {
            "ALLOWED_HOSTS": "portal.example",
            "CITY_CODE": "990101",
            "CITY_NAME": "测试市",
        }
        env = {name: self.filled(str(value), values) for name, value in given.items()}
        ours = ("PORTAL_ENV", "BROKER_URL", "DJANGO_ALLOW_ASYNC_UNSAFE")
        self.env = {k: v for k, v in os.environ.items() if k not in ours}
        self.env |= env | {
            "SECRETS_DIR": str(made),
            "DATABASE_URL": database,
            "REDIS_URL": redis,
            "LOCAL_DIR": str(folder),
            "STATIC_ROOT": str(folder / "static"),
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        }
        self.children: dict[str, subprocess.Popen] = {}

    @staticmethod
    def filled(text: str, values: dict[str, str]) -> str:
        return re.sub(r"\$\{(\w+)(?::\?[^}]*)?\}", lambda m: values[m.group(1)], text)

    def command(self, words: list[str]) -> list[str]:
        """The compose file's words; only ports and folders of the container are replaced."""
        changed = []
        for word in words:
            word = word.replace("0.0.0.0:8000", f"127.0.0.1:{self.port}")
            changed.append(word.replace("/tmp/beat", str(self.folder / "beat")))
        return changed

    def run(self, words: list[str]) -> subprocess.CompletedProcess:
        return subprocess.run(
            self.command(words), cwd=ROOT, env=self.env, capture_output=True, text=True
        )

    def start(self, name: str) -> None:
        log = (self.folder / f"{name}.log").open("wb")
        command = self.command(SERVICES[name]["command"])
        self.children[name] = subprocess.Popen(
            command, cwd=ROOT, env=self.env, stdout=log, stderr=log
        )

    def health(self, name: str) -> subprocess.CompletedProcess:
        words = SERVICES[name]["healthcheck"]["test"][1:]
        more = ["--port", str(self.port)] if words[-1] == "web" else []
        return self.run([*words, *more])

    def log(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text(errors="replace")

    def stop(self) -> None:
        for child in self.children.values():
            child.terminate()
        for child in self.children.values():
            try:
                child.wait(20)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()


@pytest.fixture
def composition(tmp_path: Path) -> Iterator[Composition]:
    name = f"compose_{os.getpid()}"
    server = os.environ["DATABASE_URL"]
    admin = psycopg2.connect(server)
    admin.autocommit = True
    admin.cursor().execute(f"CREATE DATABASE {name}")
    base, _, _ = server.rpartition("/")
    redis = os.environ["REDIS_URL"].rpartition("/")[0] + "/7"
    made = Composition(tmp_path, f"{base}/{name}", redis)
    yield made
    made.stop()
    admin.cursor().execute(f"DROP DATABASE {name} WITH (FORCE)")
    admin.close()


@pytest.mark.postgres
@pytest.mark.redis
@pytest.mark.slow
@pytest.mark.xdist_group("worker")
def test_every_command_of_the_compose_file_runs(composition: Composition) -> None:
    check = composition.run(["python", "manage.py", "check", "--deploy", "--fail-level", "WARNING"])
    assert check.returncode == 0, check.stderr
    collected = composition.run(["python", "manage.py", "collectstatic", "--noinput"])
    assert collected.returncode == 0
    migrated = composition.run(SERVICES["migrate"]["command"])
    assert migrated.returncode == 0, migrated.stderr
    for name in ("web", "worker", "beat", "timer"):
        composition.start(name)
    for name in ("web", "timer", "worker", "beat"):
        wait_for(lambda name=name: composition.health(name).returncode == 0, 60, name)
    for name, child in composition.children.items():
        assert child.poll() is None, composition.log(name)

    def answer(path: str, **headers: str) -> Any:
        url = f"http://127.0.0.1:{composition.port}{path}"
        headers |= {"Host": "portal.example", "X-Forwarded-Proto": "https"}
        try:
            return urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=20)
        except urllib.error.HTTPError as refused:
            return refused

    page = answer("/accounts/sign-in/")
    assert page.status == 200
    assert "max-age=31536000" in page.headers["Strict-Transport-Security"]
    assert "__Host-csrf" in page.headers["Set-Cookie"]
    style = re.search(r'href="(/static/css/base\.[0-9a-f]+\.css)"', page.read().decode())
    assert style
    assert answer(style.group(1)).status == 200
    assert answer("/healthz", Host="evil.example").status in (200, 400)
    composition.children["web"].terminate()
    composition.children["web"].wait(20)
    assert composition.health("web").returncode == 1


@pytest.mark.postgres
@pytest.mark.redis
def test_commands_of_the_services_we_did_not_write_are_understood(tmp_path: Path) -> None:
    """PostgreSQL and Redis read their own settings; every option given is one that they know."""
    options = SERVICES["postgres"]["command"][2::2]
    connection = psycopg2.connect(os.environ["DATABASE_URL"])
    with connection.cursor() as cursor:
        for option in options:
            name = option.partition("=")[0]
            cursor.execute(
                "SELECT count(*) FROM pg_settings WHERE lower(name) = %s", [name.lower()]
            )
            assert cursor.fetchone() == (1,), option
    connection.close()
    port = str(free_port())
    redis = [*SERVICES["redis"]["command"], "--port", port, "--dir", str(tmp_path)]
    server = subprocess.Popen(redis, stdout=subprocess.DEVNULL)
    try:
        words = SERVICES["redis"]["healthcheck"]["test"][1:]
        asked = [words[0], "-p", port, *words[1:]]
        wait_for(
            lambda: subprocess.run(asked, capture_output=True).stdout == b"PONG\n", 20, "redis"
        )
        policy = [words[0], "-p", port, "config", "get", "maxmemory-policy"]
        assert b"noeviction" in subprocess.run(policy, capture_output=True).stdout
    finally:
        server.terminate()
        server.wait(20)
