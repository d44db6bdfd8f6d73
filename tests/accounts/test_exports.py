"""Long exports: made by a worker, the same as at once, for the one who asked and nobody else."""

import csv
import io
import os
import threading
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook

from accounts.actions.exports import (
    MOST_ATTEMPTS,
    MOST_WAITING,
    claim,
    finish,
    forget_old_exports,
    hold,
)
from accounts.listing import carrying
from accounts.listing.carrying import work_off
from accounts.listing.listing import BY_ROUTE
from accounts.models import AuditEvent, LeaseLost, ListExport, User
from accounts.tasks import tidy_accounts, work_off_exports
from tests.conftest import signed_in
from tests.world import CITY, FIRST, SECOND, make_organization, make_user, sign_in

pytestmark = pytest.mark.django_db
LIST = "/registry/social-organizations/"


@pytest.fixture(autouse=True)
def _short_lists(settings: Any, tmp_path: Path) -> None:
    settings.EXPORT_AT_ONCE = 3
    settings.MEDIA_ROOT = tmp_path / "media"


def body_of(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


def asked(client: Client, url: str = LIST, **data: Any) -> ListExport:
    answer = client.post(url, {"do": "csv", **data})
    assert answer.status_code == 302, answer
    export = ListExport.objects.order_by("-pk")[0]
    assert answer["Location"] == f"/accounts/exports/{export.pk}/"
    return export


def cells(content: bytes) -> list[tuple[Any, ...]]:
    book = load_workbook(io.BytesIO(content))
    return [row for sheet in book.worksheets[:-1] for row in sheet.iter_rows(values_only=True)]


@pytest.mark.parametrize("number", [3, 4])
def test_more_rows_than_the_setting_are_made_by_a_worker(as_city: Client, number: int) -> None:
    for n in range(number):
        make_organization(name=f"第{n}协会")
    answer = as_city.post(LIST, {"do": "csv"})
    assert answer.status_code == (200 if number == 3 else 302)
    assert ListExport.objects.count() == (0 if number == 3 else 1)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_file_is_the_one_that_would_have_come_at_once(
    as_city: Client, settings: Any, kind: str
) -> None:
    for n in range(7):
        make_organization((FIRST, SECOND)[n % 2], name=f"第{n}协会", staff_count=n)
    make_organization(name="别的商会")
    url = f"{LIST}?q=协会&sort=-staff_count&page=1"
    export = asked(as_city, url, do=kind, all="1")
    page = as_city.get(f"/accounts/exports/{export.pk}/").content.decode()
    assert "已写 0 / 7 行" in page
    assert as_city.get(f"/accounts/exports/{export.pk}/file/").status_code == 404
    assert (
        "data-working" in as_city.get(f"/accounts/exports/{export.pk}/progress/").content.decode()
    )
    work_off_exports()
    page = as_city.get(f"/accounts/exports/{export.pk}/").content.decode()
    assert f'href="/accounts/exports/{export.pk}/file/"' in page
    assert "第" not in as_city.get(f"/accounts/exports/{export.pk}/progress/").content.decode()

    settings.EXPORT_AT_ONCE = 100
    at_once = body_of(as_city.post(url, {"do": kind, "all": "1"}))
    answer = as_city.get(f"/accounts/exports/{export.pk}/file/")
    assert answer["Cache-Control"] == "private, no-store"
    later = body_of(answer)
    if kind == "csv":
        assert later == at_once
        rows = list(csv.reader(io.StringIO(later.decode("utf-8-sig"))))
        assert [row[0] for row in rows[1:]] == [f"第{n}协会" for n in reversed(range(7))]
    else:
        assert cells(later) == cells(at_once)
        assert len(cells(later)) == 8
        notes = dict(load_workbook(io.BytesIO(later))["导出说明"].values)
        assert notes["行数"] == "7"
        assert "协会" in notes["筛选条件"]


def test_asking_and_every_download_are_in_the_log(as_city: Client) -> None:
    for _ in range(4):
        make_organization()
    export = asked(as_city)
    work_off()
    told = AuditEvent.objects.get(action="list_export.ask")
    assert (told.actor, told.after["rows"]) == ("lin", 4)
    carried = AuditEvent.objects.filter(action="social_organization.export")
    assert not carried.exists()
    for _ in range(2):
        body_of(as_city.get(f"/accounts/exports/{export.pk}/file/"))
    assert carried.count() == 2
    assert carried[0].after == {"format": "csv", "filters": [], "rows": 4}


def test_a_file_is_its_owner_s_with_the_scope_of_the_day(
    as_city: Client, city: User, client: Client
) -> None:
    for _ in range(4):
        make_organization()
    export = asked(as_city)
    work_off()
    pages = [f"/accounts/exports/{export.pk}/{part}" for part in ("", "progress/", "file/")]
    sign_in(client, make_user("zhao", "city_staff", CITY))
    assert [client.get(page).status_code for page in pages] == [404] * 3
    assert "社会组织" not in client.get("/accounts/exports/").content.decode().partition("<main")[2]
    User.objects.filter(pk=city.pk).update(role="leader")
    assert [as_city.get(page).status_code for page in pages] == [403] * 3
    User.objects.filter(pk=city.pk).update(role="township_officer", scope_code=FIRST)
    assert [as_city.get(page).status_code for page in pages] == [404] * 3
    User.objects.filter(pk=city.pk).update(role="city_staff", scope_code=CITY)
    assert [as_city.get(page).status_code for page in pages] == [200] * 3


@pytest.mark.parametrize(
    "change", [{"role": "leader"}, {"scope_code": SECOND}, {"is_active": False}]
)
def test_what_the_owner_may_no_longer_see_is_not_made(
    officer: User, as_officer: Client, change: dict[str, Any]
) -> None:
    for _ in range(4):
        make_organization()
    export = asked(as_officer)
    User.objects.filter(pk=officer.pk).update(**change)
    work_off()
    export.refresh_from_db()
    assert (export.state, export.content.name) == ("failed", "")


def test_the_same_question_is_made_once_and_not_too_many_at_a_time(as_city: Client) -> None:
    for n in range(4):
        make_organization(name=f"协会{n}", staff_count=n)
    first = asked(as_city)
    assert asked(as_city) == first
    for n in range(1, MOST_WAITING):
        asked(
            as_city, f"{LIST}?q=协会&sort={('', '-')[n % 2]}staff_count&updated_from=200{n}-01-01"
        )
    assert ListExport.objects.count() == MOST_WAITING
    answer = as_city.post(f"{LIST}?q=协", {"do": "csv"}, follow=True)
    assert "正在生成,请等它们完成" in answer.content.decode()
    assert work_off() == MOST_WAITING
    assert {one.state for one in ListExport.objects.all()} == {"ready"}


def test_a_killed_worker_s_export_is_taken_up_and_only_the_last_one_keeps_a_file(
    as_city: Client, settings: Any
) -> None:
    for _ in range(4):
        make_organization()
    export = asked(as_city)
    lost = claim()
    assert lost == export
    assert claim() is None
    ListExport.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert work_off() == 1
    with pytest.raises(LeaseLost):
        hold(lost, 2)
    with pytest.raises(LeaseLost):
        finish(export=lost, file=io.BytesIO(b"x"), rows=1)
    export.refresh_from_db()
    assert (export.state, export.fence, export.rows_done) == ("ready", 2, 4)
    assert len([p for p in Path(settings.MEDIA_ROOT).glob("exports/*/*") if p.is_file()]) == 1


def somebody_writes(number: int) -> None:
    """Another process's write, committed on a connection of its own."""

    def write() -> None:
        User.objects.filter(username="lin").update(display_name=f"林{number}")
        connection.close()

    other = threading.Thread(target=write)
    other.start()
    other.join()


@pytest.mark.django_db(transaction=True)
def test_a_file_is_made_while_others_write(
    as_city: Client, city: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(7):
        make_organization(name=f"第{n}协会", staff_count=n % 3)
    as_city.get(LIST)  # the lists are loaded
    export = ListExport.objects.create(
        owner=city,
        role=city.role,
        scope_code=city.scope_code,
        route="organizations:social-organization-list",
        query="sort=-staff_count",
        kind="csv",
        name="社会组织.csv",
        columns=["name"],
    )
    monkeypatch.setattr(carrying, "ROWS_AT_ONCE", 2)
    one = claim()
    assert one == export
    told = []

    def tell(done: int) -> None:
        somebody_writes(done)
        hold(one, done)
        told.append(done)

    monkeypatch.setattr(carrying, "TOLD_SECONDS", 0.0)
    file, rows = carrying._asked(one).file("csv", timezone.localtime(), tell)
    with file:
        finish(export=one, file=file, rows=rows)
    assert (told, rows) == (list(range(7)), 7)
    export.refresh_from_db()
    assert export.state == "ready"
    lines = list(csv.reader(io.StringIO(export.content.read().decode("utf-8-sig"))))
    named = [line[0] for line in lines[1:]]
    assert named == [f"第{n}协会" for n in (5, 2, 4, 1, 6, 3, 0)]


def test_what_kills_its_workers_is_given_up(as_city: Client) -> None:
    for _ in range(4):
        make_organization()
    export = asked(as_city)
    ListExport.objects.update(attempts=MOST_ATTEMPTS)
    assert work_off() == 0
    assert "没有生成" in as_city.get(f"/accounts/exports/{export.pk}/").content.decode()


def test_every_list_can_be_made_by_a_worker(as_city: Client, city: User) -> None:
    as_city.get(LIST)  # the lists are loaded
    make_organization()
    for route, listing in BY_ROUTE.items():
        ListExport.objects.create(
            owner=city,
            role=city.role,
            scope_code=city.scope_code,
            route=route,
            columns=[column.name for column in listing.columns],
            kind="csv",
            name=f"{listing.title}.csv",
        )
    work_off()
    states = dict(ListExport.objects.values_list("route", "state"))
    assert states == dict.fromkeys(BY_ROUTE, "ready")


def test_files_are_deleted_after_some_days_and_what_nobody_names_too(
    as_city: Client, settings: Any
) -> None:
    for n in range(4):
        make_organization(name=f"协会{n}")
    old, new = asked(as_city), asked(as_city, f"{LIST}?q=协会")
    work_off()
    for one in (old, new):
        one.refresh_from_db()
    past = timezone.now() - timedelta(days=settings.EXPORT_DAYS, minutes=1)
    ListExport.objects.filter(pk=old.pk).update(asked_at=past)
    left = Path(settings.MEDIA_ROOT) / "exports" / "ab" / "left.csv"
    fresh = left.with_name("fresh.csv")
    left.parent.mkdir(parents=True)
    for path in (left, fresh):
        path.write_text("x")
    os.utime(left, (time.time() - 25 * 3600,) * 2)
    tidy_accounts()
    assert list(ListExport.objects.all()) == [new]
    assert [Path(one.content.path).exists() for one in (old, new)] == [False, True]
    assert (left.exists(), fresh.exists()) == (False, True)
    assert forget_old_exports() == 0


def test_the_list_of_files_asks_the_same_for_one_and_for_three(
    officer: User, django_assert_num_queries: Any
) -> None:
    client = signed_in(officer)

    def made() -> None:
        ListExport.objects.create(
            owner=officer,
            role=officer.role,
            scope_code=officer.scope_code,
            route="organizations:social-organization-list",
            kind="csv",
            name="社会组织.csv",
        )

    made()
    client.get("/accounts/exports/")
    with django_assert_num_queries(4):
        client.get("/accounts/exports/")
    made()
    made()
    with django_assert_num_queries(4):
        client.get("/accounts/exports/")


def test_the_last_worker_that_comes_back_late_finds_the_export_given_up(city: User) -> None:
    common = {"owner": city, "role": city.role, "scope_code": city.scope_code, "kind": "csv"}
    ListExport.objects.create(name="late", **common)
    for _ in range(MOST_ATTEMPTS):
        late = claim()
        ListExport.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert claim() is None
    assert late is not None
    with pytest.raises(LeaseLost):
        hold(late, 1)
    with pytest.raises(LeaseLost):
        finish(export=late, file=io.BytesIO(b"late"), rows=1)
    late.refresh_from_db()
    assert (late.state, late.lease_until, late.content.name) == ("failed", None, "")


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_what_a_living_worker_has_locked_is_passed_over(as_city: Client, city: User) -> None:
    common = {"owner": city, "role": city.role, "scope_code": city.scope_code, "kind": "csv"}
    first, second = (ListExport.objects.create(name=str(n), **common) for n in range(2))
    locked, let_go = threading.Event(), threading.Event()

    def worker() -> None:
        with transaction.atomic():
            ListExport.objects.select_for_update().get(pk=first.pk)
            locked.set()
            let_go.wait(30)
        connection.close()

    other = threading.Thread(target=worker)
    other.start()
    try:
        assert locked.wait(30)
        assert claim() == second
        assert claim() is None
    finally:
        let_go.set()
        other.join()
    assert claim() == first
