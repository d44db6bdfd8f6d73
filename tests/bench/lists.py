"""Lists at 100,000 organizations: queries, depth, the price of a page, files in constant memory."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.test import Client
from django.test.utils import (
    CaptureQueriesContext,
    setup_test_environment,
    teardown_test_environment,
)
from django.urls import path

from accounts.models import User
from organizations.models import SocialOrganization
from shishi_portal.urls import urlpatterns as portal_urls
from tests.bench.measure import Ratio, control, cpu_of, paired
from tests.bench.population import populate
from tests.world import sign_in

LIST = "/registry/social-organizations/"
ASKED = [
    *(LIST, f"{LIST}?covered=no", f"{LIST}?q=协会", f"{LIST}?q=第77-77协会"),
    *(f"{LIST}?township=100001001", f"{LIST}?sort=-full_member_count", f"{LIST}?sort=covered"),
    *("/registry/party-organizations/", "/registry/coverage-links/", "/registry/instructors/"),
]
MOST_QUERIES = 10
# what our page shows, by Django's own template language from data that lies ready
BARE = """<!DOCTYPE html><html lang="zh-Hans"><head><title>{{ title }}</title></head><body><form>
{% for field in fields %}<label>{{ field.label }}</label><select name="{{ field.name }}">
{% for code, label in field.choices %}<option value="{{ code }}">{{ label }}</option>{% endfor %}
</select>{% endfor %}</form><table><thead><tr>{% for head in heads %}<th><a href="?{{ head }}">
{{ head }}</a></th>{% endfor %}</tr></thead><tbody>{% for row in rows %}<tr>{% for cell in row %}
<td data-label="{{ cell.0 }}">{{ cell.1 }}</td>{% endfor %}</tr>{% endfor %}</tbody></table>
{{ rest }}</body></html>"""
CONTENT: dict[str, Any] = {}


def bare_page(request: HttpRequest) -> HttpResponse:
    return HttpResponse(CONTENT["template"].render(CONTENT["context"], request))


urlpatterns = [*portal_urls, path("bench/page/", bare_page)]


def like(answer: Any) -> dict[str, Any]:
    """The same rows, cells and choices as a page of ours, as plain values."""
    shown = answer.context
    columns = shown["columns"]
    form = shown["filterset"].form
    fields = [
        {"label": f.label, "name": f.name, "choices": list(getattr(f.field.widget, "choices", []))}
        for f in form
    ]
    rows = [[(c.label, c.text(row)) for c in columns] for row in shown["page"]]
    return {"title": "x", "fields": fields, "heads": [c.label for c in columns], "rows": rows}


def part_lists() -> list[Ratio]:
    settings.ROOT_URLCONF = "tests.bench.lists"
    settings.REQUESTS_A_MINUTE = 10**9
    ratios: list[Ratio] = []
    counts: dict[str, list[int]] = {}
    for times in (1, 100):
        populate(times)
        User.objects.all().delete()
        user = User.objects.create(
            username="bench", person_code="bench", role="city_staff", scope_code="1", password="!"
        )
        client = Client()
        sign_in(client, user)
        for url in ASKED:
            cache.clear()
            with CaptureQueriesContext(connection) as captured:
                started = time.perf_counter()
                status = client.get(url).status_code
                seconds = time.perf_counter() - started
            if status != 200:
                raise SystemExit(f"{url}: {status}")
            counts.setdefault(url, []).append(len(captured))
            print(f"  {times * 1045:>8,}  {len(captured):>3} queries  {seconds:6.2f} s cold  {url}")
    for url, numbers in counts.items():
        # a list of one page needs no count of its own, so that a small one may ask once less
        few = Ratio(f"7 at most {MOST_QUERIES} queries at 1,045 and at 104,500, {url}", 1.0)
        few.pairs = [(number / 1000, MOST_QUERIES / 1000) for number in numbers]
        ratios.append(few)
    return ratios + pages(client) + files()


def pages(client: Client) -> list[Ratio]:
    """CPU of process and database backend for a page: against a bare one, and at any depth."""
    setup_test_environment(debug=False)  # tells what a page was drawn from, and slows drawing
    first = client.get(LIST)
    last = client.get(LIST + first.context["page"].last_url)
    deep = LIST + last.context["page"].previous_url
    content = like(first)
    teardown_test_environment()
    settings.ALLOWED_HOSTS = ["testserver"]
    template = engines["django"].from_string(BARE)
    missing = len(first.content) - len(template.render(content).encode())
    CONTENT.update(template=template, context={**content, "rest": "x" * max(0, missing)})
    ours, bare = len(first.content), len(client.get("/bench/page/").content)
    print(f"  our page {ours:,} bytes, the bare one {bare:,}")
    connection.close()
    connection.settings_dict["CONN_MAX_AGE"] = None
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        backend = cursor.fetchone()[0]

    def cpu() -> float:
        return time.process_time() + cpu_of(backend)

    def asking(url: str) -> Callable[[], None]:
        def run() -> None:
            for _ in range(20):  # the backend's CPU is told in hundredths of a second
                if client.get(url).status_code != 200:
                    raise SystemExit(url)

        return run

    print(control(asking("/bench/page/")))
    common: dict[str, Any] = {"clock": cpu, "pairs": 15}
    page = "a page of the list against a bare Django template page"
    return [
        paired(f"{page}, CPU", 1.5, asking(LIST), asking("/bench/page/"), **common),
        paired("page 2,089 against page 1, CPU", 1.2, asking(deep), asking(LIST), **common),
    ]


EXPORT = """
import os, sys, time
import django
django.setup()
from django.test import Client
from accounts.listing.carrying import work_off
from accounts.models import ListExport, User
from tests.world import sign_in

def peak():
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("VmHWM")) / 1024

client = Client()
sign_in(client, User.objects.get(username="bench"))
list_, kind = "/registry/social-organizations/", sys.argv[1]
def export(query):
    answer = client.post(list_ + query, {"do": kind, "all": "1"})
    if answer.status_code == 200:
        size = sum(len(part) for part in answer.streaming_content)
        return int(answer["X-Row-Count"]), size
    work_off()  # long ones are made by a worker
    made = ListExport.objects.latest("pk")
    assert made.state == "ready", made.state
    made.content.delete(save=False)
    return made.rows_total, made.size
export("?township=100001001")
client.get(list_)
base, started = peak(), time.perf_counter()
rows, size = export("?alive=all")
print(rows, size, round(time.perf_counter() - started, 1), round(base, 1), round(peak(), 1))
"""


def files() -> list[Ratio]:
    """Goal 12: all organizations as a file, in a fresh process, above what it had before."""
    ratios = []
    total = SocialOrganization.objects.count()
    for kind in ("csv", "xlsx"):
        done = subprocess.run(
            [sys.executable, "-c", EXPORT, kind],
            env=dict(os.environ),
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise SystemExit(done.stderr[-2000:])
        rows, size, seconds, base, peak = (float(n) for n in done.stdout.split())
        if rows != total:
            raise SystemExit(f"{rows} of {total} rows")
        print(
            f"  {kind}: {rows:,.0f} rows, {size / 1e6:.1f} MB, {seconds:.1f} s; "
            f"memory {base:.0f} MB before, {peak:.0f} MB at most"
        )
        ratio = Ratio(f"12 {kind} of {rows:,.0f} rows, share of 20 MB above the base", 1.0)
        ratio.pairs = [((peak - base) / 1000, 20 / 1000)]
        ratios.append(ratio)
    return ratios
