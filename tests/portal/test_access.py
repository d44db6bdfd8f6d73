"""Every cell of the access matrix: route x method x role x relation, by session and by token."""

import re
from itertools import groupby
from typing import Any

import pytest

from accounts.rules import ROLE_RIGHTS, Right, Role
from tests.portal.access_matrix import (
    ANYBODY,
    HOLDERS,
    MATRIX,
    NEVER_LENT,
    PUBLIC,
    REACH,
    RELATIONS,
    ROLES,
    Row,
)
from tests.portal.access_world import KINDS
from tests.portal.asker import Asker, text_of, timeless, url_of
from tests.portal.routes import METHODS, Route, routes

pytestmark = pytest.mark.django_db
ROUTES = {route.name: route for route in routes()}
ROWS = {name: list(rows) for name, rows in groupby(MATRIX, key=lambda row: row.route)}


def expected(row: Row, role: str, relation: str, reach: str) -> int:
    """Read from the tables: 403 without the right, 404 without the record, else what is told."""
    if row.right not in (ANYBODY, PUBLIC) and role not in HOLDERS[row.right].split():
        return 403
    if row.of and relation not in reach.split():
        return 404
    return row.but.get((role, relation), row.but.get(role, row.ok))


HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def lacking(answer: Any) -> str:
    """Which protection the answer's headers lack."""
    headers = answer.headers
    found = [name for name, value in HEADERS.items() if headers.get(name) != value]
    policy = headers.get("Content-Security-Policy", "")
    # an uploaded file may load nothing at all
    closed = "default-src 'self'" in policy or policy == "sandbox; default-src 'none'"
    if not closed or "unsafe" in policy:
        found.append("Content-Security-Policy")
    kept = headers.get("Cache-Control", "")
    if "no-store" not in kept and not ("private" in kept and "ETag" in headers):
        found.append("Cache-Control")
    return ", ".join(found + [n for n in ("X-Request-ID",) if n not in headers])


class Cells:
    """Counts the cells that were tried and keeps those that answered otherwise."""

    def __init__(self) -> None:
        self.count = 0
        self.wrong: list[str] = []
        self.absent: dict[tuple[str, str], str] = {}

    def check(self, what: str, answer: Any, status: int) -> None:
        self.count += 1
        if answer.status_code != status:
            why = ""
            if answer.status_code >= 500 and getattr(answer, "exc_info", None):
                why = f" {answer.exc_info[1]!r}"
            self.wrong.append(f"{what}: {answer.status_code}, expected {status}{why}")
        if missing := lacking(answer):
            self.wrong.append(f"{what}: lacks {missing}")

    def alike(self, method: str, who: str, answer: Any) -> None:
        """What is out of reach answers in the same words as what does not exist."""
        if answer.status_code == 404:
            text = re.sub(r"\d+", "", timeless(text_of(answer)))
            if self.absent.setdefault((method, who), text) != text:
                self.wrong.append(f"{method} {who}: some absent records differ from others")


def relations_of(row: Row) -> tuple[str, ...]:
    if not row.of:
        return ("own",)
    reach = KINDS[row.of].reach
    if reach == "personal":
        return ("own", "foreign", "none")
    return ("own", "none") if reach in ("office", "audit") else RELATIONS


def tried(name: str) -> Any:
    """The verbs of the API share one view; each has its scope checked in the fast part already."""
    path = ROUTES[name].path
    is_verb = ROUTES[name].is_api and ">" in path and not path.endswith(">/")
    return pytest.param(name, marks=pytest.mark.slow) if is_verb else name


@pytest.mark.matrix
@pytest.mark.parametrize("name", [tried(name) for name in sorted(ROUTES)])
def test_every_cell(name: str, asker: Asker, record_property: Any) -> None:
    route, rows, cells = ROUTES[name], ROWS.get(name, []), Cells()
    assert rows, f"{name} ({route.path}) has no row in tests/portal/access_matrix.py"
    for row in rows:
        for relation in relations_of(row):
            for role in ROLES:
                _by_session(asker, cells, route, row, role, relation)
                if route.is_api and role in asker.world.tokens:
                    _by_token(asker, cells, route, row, role, relation)
            if route.is_api:
                _by_narrow_token(asker, cells, route, row, relation)
    _without_sign_in(asker, cells, route, rows)
    _other_methods(asker, cells, route, rows)
    record_property("cells", cells.count)
    assert not cells.wrong, "\n".join(cells.wrong)


def _sent(asker: Asker, row: Row, record: Any) -> Any:
    return row.data(asker.world, record) if callable(row.data) else row.data


def _record(asker: Asker, row: Row, relation: str, role: str) -> Any:
    if not row.of or relation == "none":
        return None
    return asker.world.record(row.of, relation, role)


def _by_session(
    asker: Asker, cells: Cells, route: Route, row: Row, role: str, relation: str
) -> None:
    record = _record(asker, row, relation, role)
    reach = REACH[KINDS[row.of].reach].get(role, "") if row.of else ""
    answer = asker.ask(
        row.method, url_of(route, record, row), role=role, data=_sent(asker, row, record)
    )
    cells.check(f"{row.method} {relation} {role}", answer, expected(row, role, relation, reach))
    cells.alike(row.method, role, answer)


def _by_token(asker: Asker, cells: Cells, route: Route, row: Row, role: str, relation: str) -> None:
    record = _record(asker, row, relation, role)
    reach = REACH[KINDS[row.of].reach].get(role, "") if row.of else ""
    status = 403 if row.right in NEVER_LENT else expected(row, role, relation, reach)
    answer = asker.ask(
        row.method,
        url_of(route, record, row),
        bearer=asker.world.tokens[role],
        data=_sent(asker, row, record),
    )
    cells.check(f"{row.method} {relation} token of {role}", answer, status)
    cells.alike(row.method, f"token of {role}", answer)


def _by_narrow_token(asker: Asker, cells: Cells, route: Route, row: Row, relation: str) -> None:
    """A token of the city's that is limited to the sibling township reaches that one alone."""
    record = _record(asker, row, relation, "city_staff")
    personal = bool(row.of) and KINDS[row.of].reach == "personal"
    among = REACH[KINDS[row.of].reach] if row.of else {}
    reach = "own" if personal else among.get("narrow token", "sibling")
    status = 403 if row.right in NEVER_LENT else expected(row, "city_staff", relation, reach)
    answer = asker.ask(
        row.method,
        url_of(route, record, row),
        bearer=asker.world.tokens["narrow"],
        data=_sent(asker, row, record),
    )
    cells.check(f"{row.method} {relation} narrow token", answer, status)


def _without_sign_in(asker: Asker, cells: Cells, route: Route, rows: list[Row]) -> None:
    """401 on the API, the way to the sign-in page elsewhere, whatever the method."""
    first = rows[0]
    record = _record(asker, first, "own", "city_staff")
    url = url_of(route, record, first)
    for method in METHODS:
        answer = asker.ask(method, url)
        public = next((r for r in rows if r.method == method and r.right == PUBLIC), None)
        if public is not None:
            cells.check(f"{method} anonymous", answer, public.ok)
        elif first.right == PUBLIC:
            cells.check(f"{method} anonymous", answer, 405)
        elif route.is_api:
            cells.check(f"{method} anonymous", answer, 401)
        else:
            cells.check(f"{method} anonymous", answer, 302)
            if not answer.headers.get("Location", "").startswith("/accounts/sign-in/"):
                cells.wrong.append(f"{method} anonymous leads to {answer.headers.get('Location')}")
    if not route.is_api and first.right != PUBLIC:
        # a token opens the API and nothing else
        answer = asker.ask(first.method, url, bearer=asker.world.tokens["city_staff"])
        cells.check(f"{first.method} with a token on a page", answer, 302)


def _other_methods(asker: Asker, cells: Cells, route: Route, rows: list[Row]) -> None:
    """A method without a row answers 405; a view that answers more than its rows say fails."""
    first = rows[0]
    allowed = HOLDERS[first.right].split() if first.right in HOLDERS else list(ROLES)
    record = _record(asker, first, "own", allowed[0])
    for method in set(METHODS) - {row.method for row in rows}:
        for role in allowed:
            answer = asker.ask(method, url_of(route, record, first), role=role)
            cells.check(f"{method} {role}", answer, 405)


def test_every_row_is_a_route() -> None:
    assert [name for name in ROWS if name not in ROUTES] == []
    together = [name for name, _ in groupby(MATRIX, key=lambda row: row.route)]
    assert len(together) == len(set(together)), "rows of a route stand together"


def test_the_table_of_rights_is_the_one_in_force() -> None:
    """Written twice on purpose: whoever changes one reads the other."""
    assert set(HOLDERS) == set(Right.codes())
    assert set(ROLES) == set(Role.codes())
    for right, roles in HOLDERS.items():
        held = {role.value for role, rights in ROLE_RIGHTS.items() if Right(right) in rights}
        assert set(roles.split()) == held, right
