"""Ledgers of another city in any state and order give that city's counts, or every error at once."""

import json
from collections import Counter
from datetime import date
from io import StringIO
from pathlib import Path
from random import Random
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from openpyxl import Workbook, load_workbook

from accounts.models import AuditEvent
from evaluation.dashboard.coverage import Selection, coverage_report
from members.models import Member, Membership
from organizations.models import (
    CoverageLink,
    ImportBatch,
    PartyOrganization,
    ResponsibleBody,
    SocialOrganization,
    SupervisingUnit,
    Township,
)
from organizations.rules.vocabulary import Category
from tests.ledgers import HEADERS, Ledgers, invent, write
from tests.world import CITY, DAY, FIRST, NAMES, credit_code, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _test_city(settings: Any) -> None:
    settings.CITY_CODE = CITY
    for code, name in NAMES.items():
        Township.objects.create(code=code, name=name)


def run(*paths: Path, **options: Any) -> dict[str, Any]:
    """Import and return the JSON report; a refused batch exits with 1."""
    out = StringIO()
    code = 0
    try:
        call_command("import_ledger", *map(str, paths), as_json=True, stdout=out, **options)
    except SystemExit as stop:
        code = stop.code
    report = json.loads(out.getvalue())
    assert code == (1 if report["errors"] else 0)
    return report


def everything() -> list[Any]:
    """All that a ledger brings, in natural keys."""
    organizations = SocialOrganization.objects.order_by("name").values_list(
        *("name", "credit_code", "category", "supervising_unit__name", "township", "registered_on"),
        *("status", "principal", "staff_count", "full_member_count", "charter_state", "grade"),
    )
    parties = PartyOrganization.objects.order_by("code").values_list(
        *("code", "name", "kind", "level", "responsible_body__name", "township", "founded_on"),
        *("term_started_on", "term_years", "secretary"),
    )
    links = CoverageLink.objects.values_list(
        "social_organization__name", "party_organization__code", "mode", "valid_from", "valid_to"
    )
    members = Member.objects.order_by("code").values_list(
        *("code", "name", "gender", "born_on", "joined_on", "full_on", "status"),
        *("memberships__party_organization__code", "memberships__valid_from"),
    )
    units = SupervisingUnit.objects.order_by("code").values_list("code", "name")
    bodies = ResponsibleBody.objects.order_by("name").values_list("name", "kind", "township")
    order = ["social_organization__name", "valid_from"]
    return [*map(list, (organizations, parties, links.order_by(*order), members, units, bodies))]


def counts() -> tuple[Counter, Counter]:
    user = make_user("counter", "city_staff", CITY)
    report = coverage_report(user, Selection(DAY), [("township", "category")])
    labels = dict(Category.choices())
    organizations, covered = Counter(), Counter()
    for group in report.groups[("township", "category")]:
        key = (group.codes["township"], labels[group.codes["category"]])
        organizations[key] = group.coverage.social_organization_count
        covered[key] = group.coverage.covered_count
    return organizations, +covered


@pytest.mark.parametrize("seed", range(4))
def test_messy_ledgers_in_any_order_give_the_known_counts(tmp_path: Path, seed: int) -> None:
    random = Random(seed)
    ledgers = invent(random)
    paths = write(ledgers, tmp_path, messy=random)
    random.shuffle(paths)
    report = run(*paths)
    assert report["errors"] == []
    assert report["applied"]
    assert counts() == (ledgers.organizations, ledgers.covered)
    assert report["created"]["supervising_units"] == ["市司法局", "市民政局"]


def test_clean_and_messy_ledgers_give_the_same_rows(tmp_path: Path) -> None:
    ledgers = invent(Random(7))
    run(*write(ledgers, tmp_path / "messy", messy=Random(1)))
    messy = everything()
    for model in (CoverageLink, Membership, Member, SocialOrganization, PartyOrganization):
        model.objects.all().delete()
    ResponsibleBody.objects.all().delete()
    SupervisingUnit.objects.all().delete()
    write(ledgers, tmp_path / "clean")
    report = run(tmp_path / "clean")
    assert report["applied"]
    assert everything() == messy
    assert all(len(rows) > 0 for rows in messy)


def test_importing_twice_changes_nothing_and_says_so(tmp_path: Path) -> None:
    write(invent(Random(3)), tmp_path)
    run(tmp_path)
    before = everything()
    versions = list(SocialOrganization.objects.values_list("pk", "version", "updated_at"))
    report = run(tmp_path)
    assert report["nothing_changed"]
    assert {kind["new"] + kind["changed"] for kind in report["sheets"].values()} == {0}
    assert everything() == before
    assert list(SocialOrganization.objects.values_list("pk", "version", "updated_at")) == versions
    assert ImportBatch.objects.count() == 1
    out = StringIO()
    call_command("import_ledger", str(tmp_path), stdout=out)
    assert "没有变化" in out.getvalue()


def test_a_dry_run_writes_nothing(tmp_path: Path) -> None:
    write(invent(Random(3)), tmp_path)
    report = run(tmp_path, dry_run=True)
    assert report["sheets"]["social_organization"]["new"] == 36
    assert not report["applied"]
    assert not SocialOrganization.objects.exists()
    assert not AuditEvent.objects.exists()


def book(path: Path, **sheets: list[list[Any]]) -> Path:
    made = Workbook()
    made.remove(made.active)
    for title, rows in sheets.items():
        sheet = made.create_sheet(title)
        for row in rows:
            sheet.append(row)
    made.save(path)
    return path


SOCIAL = HEADERS["社会组织"]
GOOD = [
    1,
    "甲协会",
    "",
    "城乡社会组织",
    "",
    "",
    "东风街道",
    "2010-01-01",
    "正常",
    "",
    3,
    4,
    "",
    "",
    "",
    "",
]


def social(**changes: Any) -> list[Any]:
    row = list(GOOD)
    for name, value in changes.items():
        row[SOCIAL.index(name)] = value
    return row


def test_every_error_of_every_row_is_reported_at_once(tmp_path: Path) -> None:
    path = book(
        tmp_path / "错误.xlsx",
        社会组织=[
            SOCIAL,
            social(社会组织名称=""),
            social(社会组织名称="乙", 统一社会信用代码="51350581DEM00009XX"),
            social(社会组织名称="丙", 类别="公司", 成立登记日期="2019-13-40", 正式党员数="三"),
            social(社会组织名称="丁", **{"镇(街道)": "火星镇"}),
            social(社会组织名称="戊", 状态="已注销"),
            social(社会组织名称="己", 成立登记日期="2090-01-01"),
        ],
        党组织=[
            HEADERS["党组织"],
            [1, "P1", "一支部", "建制性", "党支部", "", "东风街道", "2012-01-01", "", 30, ""],
        ],
        覆盖关系=[
            HEADERS["覆盖关系"],
            [1, "没有的协会", "", "P9", "单独组建", "2016-01-01", ""],
            [2, "甲协会", "", "P1", "单独组建", "", ""],
        ],
        党员=[
            HEADERS["党员"],
            [1, "M1", "陈明", "男", "1999-01-01", "1990-01-01", "", "正式党员", "P9"],
        ],
    )
    report = run(path)
    found = [(e["sheet"], e["row"], e["column"]) for e in report["errors"]]
    assert found == [
        ("社会组织", 2, "社会组织名称"),
        ("社会组织", 3, "统一社会信用代码"),
        ("社会组织", 4, "类别"),
        ("社会组织", 4, "成立登记日期"),
        ("社会组织", 4, "正式党员数"),
        ("社会组织", 5, "镇(街道)"),
        ("社会组织", 6, "状态"),
        ("社会组织", 7, "成立登记日期"),
        ("党组织", 2, "任期(年)"),
        ("覆盖关系", 2, "社会组织名称"),
        ("覆盖关系", 2, "党组织编码"),
        ("覆盖关系", 3, "覆盖起始日期"),
        ("覆盖关系", 3, "社会组织名称"),
        ("党员", 2, "所在党组织编码"),
        ("党员", 2, "入党日期"),
    ]
    assert all(e["file"] == "错误.xlsx" and e["message"] for e in report["errors"])
    township = next(e for e in report["errors"] if e["column"] == "镇(街道)")
    assert township["value"] == "火星镇"
    assert "东风街道" in township["message"]
    assert not SocialOrganization.objects.exists()
    assert not SupervisingUnit.objects.exists()


def test_a_bad_cell_does_not_hide_the_other_errors_of_its_row(tmp_path: Path) -> None:
    path = book(
        tmp_path / "错误.xlsx",
        社会组织=[
            SOCIAL,
            social(
                成立登记日期="2019-13-40",
                状态="已注销",
                **{"镇(街道)": "火星镇"},
            ),
            social(社会组织名称="乙", 类别="公司", 成立登记日期="2090-01-01"),
        ],
        党组织=[
            HEADERS["党组织"],
            [1, "P1", "一支部", "没有", "党支部", "", "火星镇", "2090-01-01", "", 3, ""],
        ],
        覆盖关系=[
            HEADERS["覆盖关系"],
            [1, "没有的协会", "", "P9", "没有", "2016-01-01", "2015-01-01"],
        ],
        党员=[
            HEADERS["党员"],
            [1, "M1", "陈明", "无此项", "1999-01-01", "1990-01-01", "", "正式党员", "P9"],
        ],
    )
    found = {(e["sheet"], e["row"], e["column"], e["value"]) for e in run(path)["errors"]}
    assert found == {
        ("社会组织", 2, "成立登记日期", "2019-13-40"),
        ("社会组织", 2, "镇(街道)", "火星镇"),
        ("社会组织", 3, "类别", "公司"),
        ("社会组织", 3, "成立登记日期", "2090-01-01"),
        ("党组织", 2, "类型", "没有"),
        ("党组织", 2, "镇(街道)", "火星镇"),
        ("党组织", 2, "成立日期", "2090-01-01"),
        ("覆盖关系", 2, "社会组织名称", "没有的协会"),
        ("覆盖关系", 2, "党组织编码", "P9"),
        ("覆盖关系", 2, "组建方式", "没有"),
        ("覆盖关系", 2, "覆盖截止日期", "2015-01-01"),
        ("党员", 2, "性别", "无此项"),
        ("党员", 2, "入党日期", "1990-01-01"),
        ("党员", 2, "所在党组织编码", "P9"),
    }


def test_rows_that_refer_to_a_wrong_row_are_not_called_wrong_too(tmp_path: Path) -> None:
    code = credit_code(1)
    path = book(
        tmp_path / "错误.xlsx",
        社会组织=[
            SOCIAL,
            social(社会组织名称="甲", 统一社会信用代码=code, 类别="公司"),
            social(社会组织名称="乙", **{"镇(街道)": "火星镇"}),
            social(社会组织名称="丙", 统一社会信用代码=code[:-1] + "?", 类别="社会团体"),
        ],
        党组织=[
            HEADERS["党组织"],
            [1, "P1", "一支部", "没有", "党支部", "", "东风街道", "昨天", "", 3, ""],
        ],
        覆盖关系=[
            HEADERS["覆盖关系"],
            [1, "甲", code, "P1", "单独组建", "2016-01-01", ""],
            [2, "乙", "", "P1", "单独组建", "2016-01-01", ""],
            [3, "丙", credit_code(3), "P1", "单独组建", "2016-01-01", ""],
        ],
        党员=[
            HEADERS["党员"],
            [1, "M1", "陈明", "男", "1960-01-01", "1990-01-01", "", "正式党员", "P1"],
        ],
    )
    report = run(path)
    assert [(e["sheet"], e["row"], e["column"]) for e in report["errors"]] == [
        ("社会组织", 2, "类别"),
        ("社会组织", 3, "镇(街道)"),
        ("社会组织", 4, "统一社会信用代码"),
        ("党组织", 2, "类型"),
        ("党组织", 2, "成立日期"),
    ]
    assert report["sheets"]["coverage_link"]["wrong"] == 0


def test_a_cleared_date_of_a_member_is_no_date(tmp_path: Path) -> None:
    parties = [
        HEADERS["党组织"],
        [1, "P1", "一支部", "建制性", "党支部", "", "东风街道", "2012-01-01", "", 3, ""],
    ]
    for full in ("1991-01-01", "清空"):
        row = [1, "M1", "陈明", "男", "1960-01-01", "1990-01-01", full, "正式党员", "P1"]
        path = book(tmp_path / "党员.xlsx", 党组织=parties, 党员=[HEADERS["党员"], row])
        assert run(path)["errors"] == []
    assert Member.objects.get().full_on is None


def test_one_bad_file_of_several_stops_the_whole_batch(tmp_path: Path) -> None:
    write(invent(Random(3)), tmp_path)
    (tmp_path / "坏.xlsx").write_bytes(b"PK\x03\x04 cut off")
    report = run(tmp_path)
    assert [e["file"] for e in report["errors"]] == ["坏.xlsx"]
    assert not SocialOrganization.objects.exists()


def test_missing_required_columns_are_named_with_what_was_found(tmp_path: Path) -> None:
    path = book(
        tmp_path / "缺列.xlsx",
        社会组织=[["序号", "社会组织名称", "镇(街道)", "联系人"], [1, "甲", "东风街道", "陈"]],
    )
    report = run(path)
    missing = {e["column"]: e["message"] for e in report["errors"]}
    assert set(missing) == {"类别", "成立登记日期"}
    assert all("社会组织名称、镇(街道)、联系人" in message for message in missing.values())


def test_unknown_columns_are_named(tmp_path: Path) -> None:
    path = book(tmp_path / "多列.xlsx", 社会组织=[[*SOCIAL, "微信号"], [*GOOD, "abc"]])
    report = run(path)
    assert report["applied"]
    assert [(w["column"], w["row"]) for w in report["warnings"]] == [("微信号", 1)]


@pytest.mark.parametrize(("stated", "warned"), [(2, False), (3, True)])
def test_a_wrong_total_row_is_a_warning(tmp_path: Path, stated: int, warned: bool) -> None:
    rows = [SOCIAL, GOOD, [], social(社会组织名称="乙协会"), ["合计", stated]]
    report = run(book(tmp_path / "合计.xlsx", 社会组织=rows))
    assert report["applied"]
    assert SocialOrganization.objects.count() == 2
    totals = [w for w in report["warnings"] if w["column"] in ("合计", "社会组织名称")]
    assert bool(totals) is warned
    assert all(w["row"] == 5 for w in totals)


def test_totals_of_numbers_are_checked_too(tmp_path: Path) -> None:
    total = ["合计", 1, *[""] * 8, 99, 4]
    report = run(book(tmp_path / "合计.xlsx", 社会组织=[SOCIAL, GOOD, total]))
    assert [w["column"] for w in report["warnings"]] == ["从业人员数"]


def test_rows_keep_the_numbers_that_excel_shows(tmp_path: Path) -> None:
    rows = [["台账"], [], SOCIAL, [], social(类别="公司")]
    report = run(book(tmp_path / "行号.xlsx", 社会组织=rows))
    assert [(e["row"], e["column"], e["value"]) for e in report["errors"]] == [(5, "类别", "公司")]


def test_an_unknown_city_is_told_to_import_its_townships(tmp_path: Path, settings: Any) -> None:
    settings.CITY_CODE = "440101"
    report = run(book(tmp_path / "a.xlsx", 社会组织=[SOCIAL, GOOD]))
    assert "import_townships" in report["errors"][0]["message"]


def test_a_blank_cell_leaves_what_is_stored_and_a_word_clears_it(tmp_path: Path) -> None:
    run(book(tmp_path / "1.xlsx", 社会组织=[SOCIAL, social(负责人="陈明", 评估等级="3A")]))
    run(book(tmp_path / "2.xlsx", 社会组织=[SOCIAL, social(正式党员数=7)]))
    one = SocialOrganization.objects.get()
    assert (one.principal, one.grade, one.full_member_count, one.version) == ("陈明", "3A", 7, 2)
    report = run(
        book(tmp_path / "3.xlsx", 社会组织=[SOCIAL, social(评估等级="清空", 正式党员数=7)])
    )
    assert report["sheets"]["social_organization"]["changed"] == 1
    one.refresh_from_db()
    assert (one.principal, one.grade) == ("陈明", "")


def test_a_row_that_stands_twice(tmp_path: Path) -> None:
    same = run(book(tmp_path / "1.xlsx", 社会组织=[SOCIAL, GOOD, GOOD]))
    assert same["applied"]
    assert "只计一次" in same["warnings"][-1]["message"]
    assert SocialOrganization.objects.count() == 1
    other = run(book(tmp_path / "2.xlsx", 社会组织=[SOCIAL, GOOD, social(正式党员数=9)]))
    assert [(e["row"], "重复" in e["message"]) for e in other["errors"]] == [(3, True)]


def test_a_code_given_later_finds_the_organization_by_name(tmp_path: Path) -> None:
    run(book(tmp_path / "1.xlsx", 社会组织=[SOCIAL, GOOD]))
    code = credit_code(1)
    run(book(tmp_path / "2.xlsx", 社会组织=[SOCIAL, social(统一社会信用代码=code.lower())]))
    assert list(SocialOrganization.objects.values_list("credit_code", flat=True)) == [code]


def test_a_new_start_of_an_open_link_corrects_it(tmp_path: Path) -> None:
    party = [1, "P1", "一支部", "建制性", "党支部", "", "东风街道", "2012-01-01", "", 3, ""]

    def ledger(start: str, end: str = "") -> Path:
        link = [1, "甲协会", "", "P1", "单独组建", start, end]
        return book(
            tmp_path / "l.xlsx",
            社会组织=[SOCIAL, GOOD],
            党组织=[HEADERS["党组织"], party],
            覆盖关系=[HEADERS["覆盖关系"], link],
        )

    run(ledger("2016-01-01"))
    run(ledger("2017-03-01"))
    assert list(CoverageLink.objects.values_list("valid_from", "valid_to")) == [
        (date(2017, 3, 1), None)
    ]
    run(ledger("2017-03-01", "2019-01-01"))
    run(ledger("2020-01-01"))
    assert CoverageLink.objects.count() == 2


def test_a_member_of_another_party_organization_moves_today(tmp_path: Path) -> None:
    parties = [
        [n, f"P{n}", f"{n}支部", "建制性", "党支部", "", "东风街道", "2012-01-01", "", 3, ""]
        for n in (1, 2)
    ]

    def ledger(party: str) -> Path:
        member = [1, "M1", "陈明", "男", "1970-01-01", "1995-01-01", "", "正式党员", party]
        return book(
            tmp_path / "m.xlsx",
            党组织=[HEADERS["党组织"], *parties],
            党员=[HEADERS["党员"], member],
        )

    run(ledger("P1"))
    report = run(ledger("P2"))
    assert report["sheets"]["member"]["changed"] == 1
    rows = Membership.objects.order_by("pk").values_list(
        "party_organization__code", "valid_from", "valid_to"
    )
    first, second = rows
    assert first[0] == "P1"
    assert first[1] == date(2012, 1, 1)
    assert second[0] == "P2"
    assert first[2] == second[1]
    assert second[2] is None


def test_a_sheet_is_known_by_its_header_not_its_name(tmp_path: Path) -> None:
    report = run(book(tmp_path / "a.xlsx", Sheet1=[SOCIAL, GOOD], 说明=[["请按月填报"]]))
    assert report["applied"]
    assert SocialOrganization.objects.count() == 1
    assert [w["sheet"] for w in report["warnings"]] == ["说明"]


def test_vertically_merged_cells_hold_for_all_their_rows(tmp_path: Path) -> None:
    path = book(
        tmp_path / "a.xlsx",
        社会组织=[SOCIAL, GOOD, social(社会组织名称="乙协会", **{"镇(街道)": None})],
    )
    opened = load_workbook(path)
    opened["社会组织"].merge_cells("G2:G3")
    opened.save(path)
    assert run(path)["applied"]
    assert set(SocialOrganization.objects.values_list("township", flat=True)) == {FIRST}


def test_the_number_of_queries_does_not_grow_with_the_rows(
    tmp_path: Path, django_assert_max_num_queries: Any
) -> None:
    small, large = invent(Random(1), 5), invent(Random(1), 60)

    def queries(ledgers: Ledgers, folder: str) -> int:
        write(ledgers, tmp_path / folder)
        with transaction.atomic(), django_assert_max_num_queries(80) as counted:
            assert run(tmp_path / folder)["applied"]
            transaction.set_rollback(True)
        return len(counted.captured_queries)

    # twelve times the rows: only the bulk inserts come in more parts
    assert queries(large, "large") <= queries(small, "small") * 1.3


def test_without_files_it_says_so(tmp_path: Path) -> None:
    assert "没有找到" in run(tmp_path)["errors"][0]["message"]
    assert "没有这个文件" in run(tmp_path / "无.xlsx")["errors"][0]["message"]


def test_what_a_folder_holds_besides_is_named_and_a_copy_is_read_once(tmp_path: Path) -> None:
    first, *_ = write(invent(Random(3)), tmp_path)
    (tmp_path / "副本.xlsx").write_bytes(first.read_bytes())
    (tmp_path / "镇里发来.rar").write_bytes(b"Rar!")
    (tmp_path / "~$台账.xlsx").write_bytes(b"open in Excel")
    report = run(tmp_path, first)
    assert report["applied"]
    assert [(w["file"], w["message"].partition(first.name)[2]) for w in report["warnings"]] == [
        ("镇里发来.rar", ""),
        ("副本.xlsx", " 完全相同,只读一次"),
    ]


def test_headers_may_add_a_hint_in_brackets(tmp_path: Path) -> None:
    hints = {"成立登记日期": "*成立登记日期（如2019-10-16）", "正式党员数": "正式党员数(人)"}
    path = book(tmp_path / "a.xlsx", 社会组织=[[hints.get(h, h) for h in SOCIAL], GOOD])
    report = run(path)
    assert (report["applied"], report["warnings"]) == (True, [])
    assert SocialOrganization.objects.get().full_member_count == 4


def test_townships_come_from_a_csv(tmp_path: Path) -> None:
    Township.objects.all().delete()
    path = tmp_path / "t.csv"
    path.write_bytes("﻿统计用区划代码,名称\n990101001,东风街道\n990101002,西岭镇\n".encode())
    out = StringIO()
    call_command("import_townships", str(path), stdout=out)
    assert "新增 2" in out.getvalue()
    path.write_bytes("990101001,东风路街道\n990101003,南港镇\n".encode("gbk"))
    call_command("import_townships", str(path), stdout=out)
    assert dict(Township.objects.values_list("code", "name")) == {
        "990101001": "东风路街道",
        "990101002": "西岭镇",
        "990101003": "南港镇",
    }


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("", "没有镇(街道)"),
        ("123,东风街道", "应为 9 位"),
        ("990101001,", "缺少名称"),
        ("990101001,甲\n990101001,乙", "重复"),
    ],
)
def test_bad_township_files_name_the_line(tmp_path: Path, text: str, part: str) -> None:
    path = tmp_path / "t.csv"
    path.write_text("统计用区划代码,名称\n" + text)
    with pytest.raises(CommandError, match=part.replace("(", r"\(").replace(")", r"\)")):
        call_command("import_townships", str(path))
    assert Township.objects.count() == 3


SHARED = Path(__file__).parents[3] / "shared" / "ledgers"


@pytest.mark.slow
@pytest.mark.skipif(not SHARED.exists(), reason="the customer's sample ledgers are not here")
@pytest.mark.parametrize("state", ["clean", "messy"])
def test_the_sample_ledgers_give_the_figures_of_the_case(settings: Any, state: str) -> None:
    settings.CITY_CODE = "350581"
    names = {path.stem[:9]: path.stem[9:] for path in (SHARED / state).iterdir()}
    for code, name in names.items():
        Township.objects.create(code=code, name=name)
    report = run(SHARED / state)
    assert report["applied"]
    assert report["warnings"] == []
    user = make_user("zhang", "city_staff", "350581")
    found = coverage_report(user, Selection(DAY), [("category",)])
    assert (found.total.covered_count, found.total.social_organization_count) == (885, 1045)
    assert found.total.percent == "84.7"
    assert [
        (g.label, g.coverage.social_organization_count) for g in found.groups[("category",)]
    ] == [
        ("社会团体", 442),
        ("中介组织", 319),
        ("民办非企业", 269),
        ("基金会", 6),
        ("城乡社会组织", 9),
    ]
    assert found.party_organizations == {"standing": 133, "joint": 32, "affiliated": 186}
    assert Member.objects.counted().count() == 1304
    assert SocialOrganization.objects.filter(charter_state="approved").count() == 736
