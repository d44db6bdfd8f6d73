"""Web, worker and command line as processes: a saved record shows in the figure by itself."""

import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection

from accounts.actions.accounts import create_account
from accounts.models import User
from organizations.models import CoverageLink, SocialOrganization
from tests.organizations.test_import import SOCIAL, book, social
from tests.organizations.test_pages import form_of
from tests.processes import Portal, free_port, wait_for
from tests.world import FIRST, SECOND, THIRD, make_city

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def portal(tmp_path: Path) -> Iterator[Portal]:
    made = Portal(tmp_path)
    yield made
    made.stop()


def prepare(portal: Portal) -> tuple[str, str]:
    """A city with figures; returns a bearer token and the password of its user."""
    make_city(covered=(FIRST, FIRST, SECOND), uncovered=(THIRD,))
    _, password = create_account(
        username="lin",
        role="city_staff",
        scope_code="990101",
        must_change_password=False,
        by=None,
    )
    portal.manage("drain_coverage")
    return portal.manage("issue_token", "lin").strip(), password


@pytest.mark.xdist_group("worker")
def test_every_change_shows_by_itself(portal: Portal, tmp_path: Path) -> None:
    """With a real worker: on Redis where there is one, else on files beside SQLite."""
    portal.env["BROKER_URL"] = os.environ.get("REDIS_URL") or "filesystem://"
    token, password = prepare(portal)
    portal.start_web()
    portal.start_worker()

    def total(name: str) -> int:
        answer = portal.coverage(token, group_by="township")
        assert sum(group[name] for group in answer["groups"]) == answer["total"][name]
        return answer["total"][name]

    assert (total("social_organization_count"), total("covered_count")) == (4, 3)
    # one edit in the page
    portal.sign_in("lin", password)
    one = SocialOrganization.objects.get(township=THIRD)
    path = f"/registry/social-organizations/{one.pk}/deregister/"
    assert portal.post(path, {"on": "2019-01-01", "reason": "已注销"})[0] == 200
    wait_for(lambda: total("social_organization_count") == 3, 30, "the edit")
    # one QuerySet.update
    CoverageLink.objects.filter(social_organization__township=SECOND).update(valid_to="2016-01-01")
    wait_for(lambda: total("covered_count") == 2, 30, "the update")
    # one raw delete
    with connection.cursor() as cursor:
        link = CoverageLink.objects.filter(social_organization__township=FIRST).first()
        cursor.execute("DELETE FROM organizations_coveragelink WHERE id = %s", [link.pk])
    wait_for(lambda: total("covered_count") == 1, 30, "the delete")
    # one import
    rows = [SOCIAL, social(社会组织名称="新协会甲"), social(社会组织名称="新协会乙")]
    portal.manage("import_ledger", str(book(tmp_path / "导入.xlsx", 社会组织=rows)))
    wait_for(lambda: total("social_organization_count") == 5, 30, "the import")
    assert "Traceback" not in portal.logs()


class Silent(threading.Thread):
    """Accepts connections and never answers, as a hung Redis does."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.held: list[socket.socket] = []

    def run(self) -> None:
        while True:
            try:
                self.held.append(self.socket.accept()[0])
            except OSError:
                return


def time_of_a_save(portal: Portal, one: SocialOrganization) -> float:
    one.refresh_from_db()
    path = f"/registry/social-organizations/{one.pk}/edit/"
    started = time.monotonic()
    status, _ = portal.post(path, form_of(one, full_member_count=one.full_member_count + 1))
    assert status == 200
    return time.monotonic() - started


@pytest.mark.xdist_group("worker")
@pytest.mark.parametrize("state", ["down", "silent", "stopped while running"])
def test_a_save_hardly_waits_for_a_broken_redis(portal: Portal, state: str, tmp_path: Path) -> None:
    """At most one second more, the record saved, the figure right by the database alone."""
    server = None
    if state == "down":
        port = free_port()
    elif state == "silent":
        silent = Silent()
        silent.start()
        port = silent.port
    else:
        port = free_port()
        command = ["redis-server", "--port", str(port), "--save", "", "--dir", str(tmp_path)]
        try:
            server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        except FileNotFoundError:
            if os.environ.get("REDIS_URL"):
                raise
            pytest.skip("no redis-server to stop")
    token, password = prepare(portal)
    one = SocialOrganization.objects.get(township=THIRD)
    healthy = Portal(tmp_path / "healthy", BROKER_URL="filesystem://")
    healthy.folder.mkdir()
    portal.env["BROKER_URL"] = f"redis://127.0.0.1:{port}/0"
    try:
        for each in (healthy, portal):
            each.start_web()
            each.sign_in("lin", password)
        base = min(time_of_a_save(healthy, one) for _ in range(3))
        if server:
            time_of_a_save(portal, one)
            server.send_signal(signal.SIGSTOP)
        waits = [time_of_a_save(portal, one) for _ in range(4)]
    finally:
        healthy.stop()
        if server:
            server.kill()
            server.wait()
    assert max(waits) <= base + 1.0
    assert min(waits[1:]) <= base + 0.3  # the bell stays silent for a while
    assert portal.coverage(token)["pending"] is True
    portal.manage("drain_coverage")
    answer = portal.coverage(token)
    assert answer["pending"] is False
    one.refresh_from_db()
    assert one.full_member_count >= 3
    assert answer["uncovered"] == {"should_establish": 1, "too_few_members": 0, "no_members": 0}


def test_without_a_broker_the_work_is_done_in_process(portal: Portal) -> None:
    token, password = prepare(portal)
    portal.start_web()
    portal.sign_in("lin", password)
    one = SocialOrganization.objects.get(township=THIRD)
    time_of_a_save(portal, one)
    answer = portal.coverage(token)
    assert answer["pending"] is False
    assert answer["uncovered"]["too_few_members"] == 1
    assert User.objects.filter(username="lin").exists()
