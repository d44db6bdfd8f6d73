"""The portal as processes of its own, as it runs in production, for tests of the whole."""

import http.cookiejar
import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.db import connection

ROOT = Path(__file__).parents[1]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(condition: Callable[[], Any], seconds: float, what: str) -> float:
    """Seconds until the condition held; fails the test when it never did."""
    started = time.monotonic()
    while time.monotonic() - started < seconds:
        if condition():
            return time.monotonic() - started
        time.sleep(0.1)
    raise AssertionError(f"waited {seconds} s for {what}")


def database_url() -> str:
    """The address of the database that the running test uses."""
    values = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{values['NAME']}"
    user, host = values["USER"], values["HOST"]
    password = f":{values['PASSWORD']}" if values["PASSWORD"] else ""
    return f"postgres://{user}{password}@{host}:{values['PORT'] or 5432}/{values['NAME']}"


class Portal:
    """Starts and ends web, worker and commands with one environment; remembers what it started."""

    def __init__(self, folder: Path, **env: str) -> None:
        plain = {k: v for k, v in os.environ.items() if k not in ("PORTAL_ENV", "REDIS_URL")}
        self.env = plain | {
            "PORTAL_ENV": "local",
            "LOCAL_DIR": str(folder),
            "DATABASE_URL": database_url(),
            "CITY_CODE": "990101",
            **env,
        }
        self.port = free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        self.children: list[subprocess.Popen] = []
        self.folder = folder
        self.cookies = http.cookiejar.CookieJar()
        cookies = urllib.request.HTTPCookieProcessor(self.cookies)
        self.browser = urllib.request.build_opener(cookies)

    def start(self, *command: str) -> subprocess.Popen:
        log = (self.folder / f"log-{len(self.children)}.txt").open("wb")
        child = subprocess.Popen(
            [sys.executable, "-m", *command], cwd=ROOT, env=self.env, stdout=log, stderr=log
        )
        self.children.append(child)
        return child

    def start_web(self) -> None:
        self.start("gunicorn", "shishi_portal.wsgi", "--bind", f"127.0.0.1:{self.port}")
        wait_for(self.is_healthy, 40, "the web process")

    def start_worker(self) -> None:
        schedule = str(self.folder / "beat")
        command = ["celery", "-A", "shishi_portal", "worker", "-P", "solo", "-B"]
        self.start(*command, "--schedule", schedule, "--loglevel", "WARNING")

    def is_healthy(self) -> bool:
        try:
            return self.get("/healthz")[0] == 200
        except OSError:
            return False

    def manage(self, *arguments: str) -> str:
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(command, cwd=ROOT, env=self.env, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr + done.stdout
        return done.stdout

    def open(self, path: str, form: dict | None = None, **headers: str) -> tuple[int, str]:
        data = urllib.parse.urlencode(form).encode() if form is not None else None
        asked = urllib.request.Request(self.base + path, data, headers=headers)
        try:
            with self.browser.open(asked, timeout=30) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as refused:
            return refused.code, refused.read().decode()

    def get(self, path: str, **headers: str) -> tuple[int, str]:
        return self.open(path, None, **headers)

    def post(self, path: str, form: dict) -> tuple[int, str]:
        """Fill in the form of a page and send it, as a browser does."""
        _, page = self.get(path)
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        assert token, page[:500]
        filled = {"csrfmiddlewaretoken": token.group(1), **form}
        return self.open(path, filled, Referer=self.base + path)

    def sign_in(self, username: str, password: str) -> None:
        status, page = self.post("/accounts/sign-in/", {"username": username, "password": password})
        assert status == 200
        assert "退出" in page

    def coverage(self, token: str, **question: str) -> dict[str, Any]:
        query = urllib.parse.urlencode(question)
        status, body = self.get(f"/api/v1/coverage/?{query}", Authorization=f"Bearer {token}")
        assert status == 200, body
        return json.loads(body)

    def logs(self) -> str:
        return "".join(p.read_text(errors="replace") for p in self.folder.glob("log-*.txt"))

    def stop(self) -> None:
        for child in self.children:
            child.terminate()
        for child in self.children:
            try:
                child.wait(15)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
