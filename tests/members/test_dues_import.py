"""Dues by workbook: found by member and month, due worked out, written out and read back."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from accounts.models import User
from members.imports import DuesSheet
from members.models import DuesBase, DuesMonth
from organizations.actions.imports import apply_batch
from organizations.imports.batch import Batch
from tests.members.world import make_member
from tests.world import CITY, FIRST, SECOND, make_party

pytestmark = pytest.mark.django_db
HEADER = ["党员编号", "月份", "实交(元)", "交纳日期", "备注"]


@pytest.fixture(autouse=True)
def _test_city(settings: Any) -> None:
    settings.CITY_CODE = CITY


def read(tmp_path: Path, rows: list[list[Any]], by: User | None = None) -> Batch:
    book = Workbook()
    book.active.title = "党费"
    for row in [HEADER, *rows]:
        book.active.append(row)
    path = tmp_path / "dues.xlsx"
    book.save(path)
    batch = Batch(by=by)
    batch.read([path])
    batch.check()
    return batch


def test_a_workbook_of_dues(tmp_path: Path) -> None:
    member = make_member(FIRST)
    DuesBase.objects.create(member=member, year=2019, payer="employed", base=3000)
    rows = [
        [member.code, "2019-10", 15, "2019-10-20", ""],
        [member.code, "2019年11月", "15.00", "2019-12-01", "补交"],
        [member.code, "2019.12", 0, "", ""],
    ]
    batch = read(tmp_path, rows)
    assert batch.errors == []
    apply_batch(batch=batch, by=None)
    stored = DuesMonth.objects.order_by("month").values_list("month", "due", "paid", "deadline")
    assert list(stored)[1] == (date(2019, 11, 1), Decimal(15), Decimal(15), date(2019, 12, 1))
    again = [DuesSheet.cells(row) for row in DuesSheet.listed(DuesMonth.objects.all())]
    repeated = read(tmp_path, again)
    assert repeated.errors == []
    assert {row.outcome for row in repeated.sheets["dues_month"].rows} == {"same"}


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        (["X1", "2019-10", 15, "2019-10-20"], "没有编号"),
        (["M", "2019-13", 15, "2019-10-20"], "月份应写成"),
        (["M", "2014-10", 15, "2019-10-20"], "不属于任何党组织"),
        (["M", "2019-10", 15, ""], "请填写交纳日期"),
        (["M", "2019-10", "15.005", "2019-10-20"], "两位小数"),
        (["M", "2019-10", -1, ""], "非负数"),
        (["M", "2019-10", 0, "2019-10-20"], "没有实交金额"),
        (["M", "2099-10", 15, "2019-10-20"], "还没有到"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, cells: list[Any], message: str) -> None:
    make_member(FIRST, code="M")
    batch = read(tmp_path, [cells])
    assert [message for p in batch.errors if message in p.message], batch.errors


def test_members_of_others_and_of_joint_organizations(tmp_path: Path, officer: User) -> None:
    far = make_member(SECOND)
    joint = make_member(party=make_party(FIRST, kind="joint"))
    for member, words in ((far, "管辖范围"), (joint, "不收缴党费")):
        batch = read(tmp_path, [[member.code, "2019-10", 15, "2019-10-20"]], by=officer)
        assert words in batch.errors[0].message
