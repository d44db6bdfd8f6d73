"""A random walk over all routes: every account, odd addresses, odd parameters, odd forms.

Whatever is asked, no answer is a fault of the server, and none holds a word of a row that lies
outside the scope of whoever asked. The seed is printed, and the same seed takes the same way.
"""

import json
import re
from random import Random
from typing import Any
from urllib.parse import quote

from tests.portal.access_matrix import MATRIX, REACH, ROLES
from tests.portal.access_world import MARKS
from tests.portal.asker import MISSING, Asker, text_of, url_of
from tests.portal.routes import METHODS, routes

ODD = [
    *("", " ", "0", "-1", "1", "2", "1.5", "1e309", "NaN", "null", "true", "[]", "{}", "undefined"),
    *("99999999999999999999999999", "-9223372036854775809", str(MISSING), "\x00", "a\x00b"),
    *("%", "_", "%%", "\\", "'", '"', "' OR 1=1 --", "; DROP TABLE x", "$(id)", "{{7*7}}", "%s"),
    *("../../etc/passwd", "/etc/passwd", "//evil.example", "javascript:alert(1)", "\r\nX: y"),
    *("<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "=1+1", "@SUM(A1)"),
    *("2019-02-30", "2019-10-16", "0000-00-00", "9999-12-31", "1900-01-01", "2019年10月16日"),
    *("‮反", "é" * 40, "\ufeff", "𠮷野家", "👩‍👩‍👧‍👦", "ﷺ", "İ", "ß", "١٢٣", "\u2028", "\ud7ff"),
    *("A" * 5000, "石" * 700, "990101", "990101001", "99", "x", "township,category,mode,month"),
    *("csv", "xlsx", "json", "html", "id", "-id", "password", "private__id_number", "?"),
]
NAMES = [
    *("q", "page", "page_size", "ordering", "sort", "order_by", "format", "as_of", "township"),
    *("category", "supervising_unit", "group_by", "months", "status", "covered", "mode", "next"),
    *("since", "until", "actor", "action", "before", "party_organization", "id", "pk", "fields"),
    *("township__name__startswith", "private__id_number__startswith", "owner__password__contains"),
    *("memberships__party_organization__name", "search", "limit", "offset", "cursor", "columns"),
]
SCRIPT = "<script>alert(1)"
# the log is the audit administrator's whole, and those who keep the accounts read what their scopes
# are called
BY_DUTY = {
    "audit_admin": "/accounts/",
    "security_admin": ("/accounts/people/", "/accounts/proposals/"),
    "system_admin": ("/accounts/people/", "/accounts/proposals/"),
}


class Walk:
    """Steps at random; `found` says what was wrong with which step."""

    def __init__(self, asker: Asker, seed: int) -> None:
        self.asker, self.random, self.found = asker, Random(seed), list[str]()
        self.routes = routes()
        self.rows = {row.route: row for row in MATRIX}
        self.names = list(NAMES)
        self.links: list[str] = []
        self.statuses: dict[int, int] = {}
        world = asker.world
        self.values = [*ODD]
        for record in world.records.values():
            self.values += [str(record.pk), str(getattr(record, "code", record.pk))]
        for place in world.places.values():
            self.values += [place.unit.code, place.township.code, str(place.body.pk)]

    def take(self, steps: int) -> "Walk":
        for _ in range(steps):
            self.step()
        return self

    def step(self) -> None:
        random = self.random
        who = random.choice([*ROLES, *ROLES, *ROLES, "", "narrow"])
        url, method = self.address(), random.choice(["GET"] * 12 + ["POST"] * 5 + [*METHODS])
        role = who if who in ROLES else ""
        bearer = ""
        if who == "narrow" or (role in self.asker.world.tokens and url.startswith("/api/")):
            bearer = self.asker.world.tokens[who] if random.random() < 0.6 else ""
        data: Any = None
        if method != "GET":
            data = {self.name(): self.value() for _ in range(random.randrange(6))}
            if url.startswith("/api/") and random.random() < 0.2:
                data = random.choice([[], "", "null", [data], {"id": data}, "{"])
        self.judge(who, role, bearer, method, url, data)

    def judge(self, who: str, role: str, bearer: str, method: str, url: str, data: Any) -> None:
        what = f"{method} {url[:300]} as {who or 'nobody'}{' by token' if bearer else ''} {data!r:.300}"
        answer = self.asker.ask(method, url, role="" if bearer else role, bearer=bearer, data=data)
        self.statuses[answer.status_code] = self.statuses.get(answer.status_code, 0) + 1
        if answer.status_code >= 500:
            error = answer.exc_info[1] if getattr(answer, "exc_info", None) else ""
            self.found.append(f"{what}: {answer.status_code} {error!r}")
            return
        text = text_of(answer)
        is_duty = who in BY_DUTY and url.startswith(BY_DUTY[who])
        for relation in [] if is_duty else self.hidden(who):
            mark = MARKS[relation]
            if relation in REACH["instructors"].get(who, "").split():
                text = text.replace(f"{mark}指导员", "")
            if mark in text:
                self.found.append(f"{what}: tells of a row that is {relation}")
        if SCRIPT in text and "html" in answer.headers.get("Content-Type", ""):
            self.found.append(f"{what}: sends back a script")
        if method == "GET" and answer.status_code == 200:
            self.learn(text)

    def hidden(self, who: str) -> list[str]:
        reach = "sibling" if who == "narrow" else REACH["registry"].get(who, "")
        return [relation for relation in MARKS if relation not in reach.split()]

    def learn(self, text: str) -> None:
        """Names of parameters and links, as a curious visitor picks them up."""
        for name in re.findall(r'name="([\w-]+)"', text)[:60]:
            if name not in self.names and name != "csrfmiddlewaretoken":
                self.names.append(name)
        links = re.findall(r'href="(/[^"#]*|\?[^"#]*)"', text)
        self.links += [
            link.replace("&amp;", "&") for link in links if not link.startswith("/static")
        ]
        if len(self.links) > 400:
            self.links = self.random.sample(self.links, 200)

    def name(self) -> str:
        return self.random.choice(self.names)

    def value(self) -> str:
        return self.random.choice(self.values)

    def address(self) -> str:
        random = self.random
        links = [link for link in self.links if link.startswith("/")]
        if links and random.random() < 0.25:
            return self.queried(random.choice(links))
        route = random.choice(self.routes)
        row, record = self.rows[route.name], None
        if row.of:
            found = [r for (kind, _, _), r in self.asker.world.records.items() if kind == row.of]
            record = random.choice([*found, None])
        url = url_of(route, record, row)
        if random.random() < 0.05:
            url = re.sub(r"\d+", str(random.choice([0, 2**31, 2**63, 2**64, 10**40])), url)
        return self.queried(url)

    def queried(self, url: str) -> str:
        random = self.random
        pairs = [
            f"{quote(self.name())}={quote(self.value(), errors='surrogatepass')}"
            for _ in range(random.choice([0, 1, 1, 2, 3]))
        ]
        if random.random() < 0.03:
            pairs.append(
                random.choice(["q=%ed%a0%80", "q=%ff%fe", "%00=%00", "q[]=1", "=&&=", "q"])
            )
        return url + ("&" if "?" in url else "?") + "&".join(pairs) if pairs else url

    def told(self) -> str:
        counts = json.dumps(dict(sorted(self.statuses.items())))
        return f"{sum(self.statuses.values())} steps, answers {counts}"
