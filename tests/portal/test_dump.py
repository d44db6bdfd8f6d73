"""A copy of the database, or the logs of a day, hold nothing that opens a door."""

import json
import logging
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from accounts.actions.accounts import create_account
from accounts.models import AccountProposal, User
from members.actions.private import save_private
from tests.accounts.test_sign_in import code_of
from tests.conftest import signed_in
from tests.members.world import make_member
from tests.world import FIRST, make_user

ID, PHONE, PASSWORD = "11010519491231002X", "13812345678", "Quiet-harbour-7"


def database_bytes(folder: Path) -> bytes:
    """All that lies on the disk: the file of SQLite, every column of every table of PostgreSQL."""
    connection.ensure_connection()
    if connection.vendor == "sqlite":
        copy = folder / "copy.sqlite3"
        with connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [str(copy)])
        return copy.read_bytes()
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT t::text FROM "{table}" t')
            found += [row[0] for row in cursor.fetchall()]
    return "\n".join(found).encode()


@pytest.fixture
def said() -> Iterator[list[str]]:
    """Every line that any logger says, down to the last detail."""
    lines: list[str] = []

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(self.format(record))

    root, handler = logging.getLogger(), Keep()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield lines
    root.removeHandler(handler)
    root.setLevel(level)


def live_through_a_day() -> dict[str, str]:
    """Everything that is shown once to somebody, each left on the way between two pages."""
    issued: dict[str, str] = {"identity number": ID, "phone": PHONE, "password": PASSWORD}
    create_account(
        username="lin",
        role="city_staff",
        scope_code="990101",
        password=PASSWORD,
        must_change_password=False,
        by=None,
    )
    client = Client()
    client.post("/accounts/sign-in/", {"username": "lin", "password": "Wrong-" + PASSWORD})
    client.post("/accounts/sign-in/", {"username": "lin", "password": PASSWORD})
    issued["session"] = client.cookies["sessionid"].value
    page = client.get("/accounts/second-factor/setup/")
    issued["seed"] = page.context["seed"].replace(" ", "")
    lin = User.objects.get(username="lin")
    # the codes wait in the session for the page that shows them
    client.post("/accounts/second-factor/setup/", {"code": code_of(lin)})
    for number, code in enumerate(client.session["shown_once"]):
        issued[f"recovery code {number}"] = code
    client.get("/accounts/second-factor/codes/")
    form = {"name": "交换", "rights": ["view_coverage"], "days": "90"}
    assert client.post("/accounts/tokens/new/", form).status_code == 302
    token = client.session["shown_once"]
    issued["token"], issued["token's secret"] = token, token.partition(".")[2]
    bearer = {"Authorization": f"Bearer {token}"}
    assert client.get("/api/v1/coverage/", headers=bearer).status_code == 200
    client.get("/api/v1/coverage/", headers={"Authorization": f"Bearer {token}x"})
    member = make_member(FIRST, born_on=date(1949, 12, 31), gender="female")
    save_private(member=member, id_number=ID, phone=PHONE, by=lin)
    client.post(f"/members/{member.pk}/reveal/", {"reason": "核对转接介绍信"})
    client.post(f"/members/{member.pk}/private/", {"id_number": ID, "phone": PHONE})
    client.get("/members/", {"q": ID})
    system = signed_in(make_user("sys", "system_admin"))
    proposal = AccountProposal.objects.create(
        kind="reset_password",
        username="lin",
        reason="遗忘",
        state="approved",
        proposed_by=User.objects.get(username="sys"),
        decided_by=make_user("sec", "security_admin"),
    )
    system.post(f"/accounts/proposals/{proposal.pk}/password/")
    issued["one-time password"] = system.session["drawn_password"]
    return issued


@pytest.mark.django_db(transaction=True)
def test_a_copy_of_the_database_and_the_logs_open_nothing(
    tmp_path: Path, said: list[str], capfd: Any
) -> None:
    issued = live_through_a_day()
    assert len(issued) > 17
    logs = "\n".join(said) + "".join(capfd.readouterr())
    dump = database_bytes(tmp_path)
    assert b"lin" in dump
    for name, text in issued.items():
        for form in (text, json.dumps(text)[1:-1]):
            assert form.encode() not in dump, f"{name} lies in the database"
            # SQL of the debug log carries parameters, which is why production logs no SQL
            assert form not in logs_without_sql(logs), f"{name} is in the logs"


def logs_without_sql(logs: str) -> str:
    return "\n".join(line for line in logs.splitlines() if not line.startswith("("))
