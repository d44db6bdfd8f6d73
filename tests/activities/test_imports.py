"""Sheets of organizational life: read, refused with a reason, brought in once, written out again."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from openpyxl import Workbook

from accounts.models import User
from activities.models import Activity, ActivityType, ArchiveDocument, Fund, Venue
from organizations.actions.imports import apply_batch
from organizations.imports.batch import Batch
from organizations.imports.sheet import sheet_kinds
from tests.organizations.test_round_trip import written_out
from tests.world import CITY, FIRST, NAMES, SECOND, make_party, make_township

pytestmark = pytest.mark.django_db
HEADER = ["党组织编码", "日期", "类型", "主题", "应到", "实到", "请假", "会议记录", "归档日期"]


@pytest.fixture(autouse=True)
def _city(settings: Any) -> None:
    settings.CITY_CODE = CITY
    for code in NAMES:
        make_township(code)


def read(path: Path, title: str, *rows: list[Any], by: User | None = None) -> Batch:
    book = Workbook()
    sheet = book.active
    sheet.title = title
    for row in rows:
        sheet.append(row)
    book.save(path)
    batch = Batch(by=by)
    batch.read([path])
    batch.check()
    return batch


def meeting(code: str, **changes: Any) -> list[Any]:
    cells = dict(
        zip(
            HEADER,
            [
                code,
                date(2024, 2, 29),
                "支部大会、党课",
                "学习",
                5,
                4,
                1,
                "学习文件",
                date(2024, 3, 2),
            ],
            strict=True,
        )
    )
    return list((cells | changes).values())


def test_meetings_come_in_filed_and_count(tmp_path: Path) -> None:
    party = make_party(FIRST)
    batch = read(tmp_path / "a.xlsx", "会议活动", HEADER, meeting(party.code))
    assert [str(one) for one in batch.errors] == []
    apply_batch(by=None, batch=batch)
    record = Activity.objects.get()
    assert (record.state, record.is_late, record.n_present) == ("filed", False, 4)
    duties = set(ActivityType.objects.filter(is_filed=True).values_list("duty", "month"))
    assert duties == {("members_meeting", 2), ("lecture", 2)}
    assert ArchiveDocument.objects.count() == 2
    again = read(tmp_path / "a.xlsx", "会议活动", HEADER, meeting(party.code))
    assert [row.outcome for row in again.sheets["activity"].rows] == ["same"]
    other = read(tmp_path / "b.xlsx", "会议活动", HEADER, meeting(party.code, 实到=3))
    assert "请在页面上更正" in str(other.errors[0])


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"类型": "茶话会"}, "没有“茶话会”"),
        ({"日期": date(2001, 1, 1)}, "早于党组织成立日期"),
        ({"日期": date(2099, 1, 1)}, "晚于今天"),
        ({"归档日期": date(2024, 2, 1)}, "归档日期应在"),
        ({"应到": 3}, "应到人数少于"),
        ({"党组织编码": "X1"}, "X1"),
        ({"主题": None}, "必填"),
    ],
)
def test_wrong_meetings_say_why(tmp_path: Path, changes: dict, words: str) -> None:
    party = make_party(FIRST)
    batch = read(tmp_path / "a.xlsx", "会议活动", HEADER, meeting(party.code, **changes))
    assert any(words in str(one) for one in batch.errors), batch.errors


def test_an_officer_brings_in_the_own_township_only(tmp_path: Path, officer: User) -> None:
    rows = [meeting(make_party(code).code) for code in (FIRST, SECOND)]
    batch = read(tmp_path / "a.xlsx", "会议活动", HEADER, *rows, by=officer)
    assert len(batch.errors) == 1
    assert "管辖范围" in str(batch.errors[0])


def test_venues_and_money_come_in_and_change(tmp_path: Path) -> None:
    party = make_party(FIRST)
    header = ["党组织编码", "场所名称", "镇(街道)", "启用日期", "区域共享型", "有场所", "有书报"]
    row = [party.code, "活动室", NAMES[FIRST], "2020-01-01", "是", "有", "否"]
    apply_batch(by=None, batch=read(tmp_path / "v.xlsx", "活动场所", header, row))
    venue = Venue.objects.get()
    assert (venue.is_shared, venue.has_room, venue.has_books) == (True, True, False)
    row[-1] = "√"
    apply_batch(by=None, batch=read(tmp_path / "v.xlsx", "活动场所", header, row))
    venue.refresh_from_db()
    assert (venue.has_books, venue.version) == (True, 2)
    header = ["党组织编码", "年度", "收支类别", "金额(元)", "日期", "用途(来源)"]
    row = [party.code, 2024, "返拨", "1,500.50元", "2024.4.1", "党费返拨"]
    apply_batch(by=None, batch=read(tmp_path / "f.xlsx", "党建经费", header, row))
    assert str(Fund.objects.get().amount) == "1500.50"
    wrong = [*row[:3], "12.345", *row[4:]]
    assert read(tmp_path / "g.xlsx", "党建经费", header, wrong).errors


def one_of_each(tmp_path: Path) -> None:
    party = make_party(FIRST)
    apply_batch(by=None, batch=read(tmp_path / "a.xlsx", "会议活动", HEADER, meeting(party.code)))
    Venue.objects.create(
        party_organization=party, name="室", township=party.township, opened_on=date(2020, 1, 1)
    )
    Fund.objects.create(
        party_organization=party,
        year=2024,
        kind="spent",
        amount="12.50",
        dated_on=date(2024, 5, 1),
        purpose="书报",
    )


def test_what_is_written_out_changes_nothing(tmp_path: Path) -> None:
    one_of_each(tmp_path)
    kinds = {
        code: kind for code, kind in sheet_kinds().items() if code in ("activity", "venue", "fund")
    }
    batch = Batch(by=None)
    batch.read([written_out(tmp_path / "导出.xlsx", kinds)])
    batch.check()
    assert [str(one) for one in batch.errors] == []
    outcomes = [row.outcome for sheet in batch.sheets.values() for row in sheet.rows]
    assert outcomes == ["same"] * 3


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/activities/", "activity"),
        ("/activities/venues/", "venue"),
        ("/activities/funds/", "fund"),
    ],
)
def test_what_a_list_exports_is_imported_again_without_change(
    tmp_path: Path, as_city: Client, path: str, kind: str
) -> None:
    one_of_each(tmp_path)
    for what in ({"all": "1"}, {}):
        answer = as_city.post(path, {"do": "xlsx", **what})
        (tmp_path / "导出.xlsx").write_bytes(b"".join(answer.streaming_content))
        batch = Batch(by=None)
        batch.read([tmp_path / "导出.xlsx"])
        batch.check()
        assert [str(one) for one in batch.errors] == []
        assert [row.outcome for row in batch.sheets[kind].rows] == ["same"]
