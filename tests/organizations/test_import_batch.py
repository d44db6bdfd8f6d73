"""A batch's way: uploaded, checked, returned, corrected, applied once, taken back exactly."""

import io
import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from openpyxl import Workbook, load_workbook

from accounts.models import AuditEvent, LeaseLost, User
from evaluation.dashboard.coverage import Selection, coverage_report
from members.models import Member, Membership, PartyPost
from members.rules.vocabulary import PartyDuty
from organizations.actions import import_work
from organizations.actions.hand_over import hand_over
from organizations.actions.import_batch import ask_to_apply, ask_to_undo, upload
from organizations.actions.import_work import claim, work_off
from organizations.actions.social_organization import restore_social_organization
from organizations.imports.batch import Batch
from organizations.imports.writer import ChangedUnderway, Writer
from organizations.models import (
    CoverageLink,
    ImportBatch,
    PartyOrganization,
    ResponsibleBody,
    SocialOrganization,
    SupervisingUnit,
)
from organizations.rules.vocabulary import BatchState
from tests.conftest import signed_in
from tests.ledgers import HEADERS
from tests.organizations.test_import import SOCIAL, book, social
from tests.world import (
    CITY,
    FIRST,
    NAMES,
    SECOND,
    make_assignment,
    make_instructor,
    make_link,
    make_organization,
    make_party,
    make_township,
    make_unit,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _test_city(settings: Any, tmp_path: Path) -> None:
    settings.CITY_CODE = CITY
    settings.MEDIA_ROOT = tmp_path / "media"
    for code in NAMES:
        make_township(code)


def uploaded(path: Path, name: str = "") -> SimpleUploadedFile:
    return SimpleUploadedFile(name or path.name, path.read_bytes())


def sent(by: User, *paths: Path) -> ImportBatch:
    """Uploaded and checked."""
    batch = upload(files=[uploaded(path) for path in paths], by=by)
    work_off()
    batch.refresh_from_db()
    return batch


def applied(batch: ImportBatch, by: User) -> ImportBatch:
    ask_to_apply(batch=batch, by=by)
    work_off()
    batch.refresh_from_db()
    return batch


def undone(batch: ImportBatch, by: User) -> ImportBatch:
    ask_to_undo(batch=batch, reason="误传", by=by)
    work_off()
    batch.refresh_from_db()
    return batch


def everything() -> dict[str, list[dict[str, Any]]]:
    """Every stored value but those that move with every save."""
    models = (SocialOrganization, PartyOrganization, CoverageLink, Member, Membership)
    found = {}
    for model in (*models, SupervisingUnit, ResponsibleBody):
        rows = list(model.objects.order_by("pk").values())
        for row in rows:
            row.pop("version", None)
            row.pop("updated_at", None)
        found[model.__name__] = rows
    return found


PARTY = [1, "P1", "一支部", "建制性", "党支部", "镇(街道)两新组织党委", "东风街道"]
PARTY += ["2012-01-01", "", 3, "林"]
LINK = [1, "甲协会", "", "P1", "单独组建", "2016-01-01", ""]
PERSON = [1, "M1", "陈明", "男", "1970-01-01", "1995-01-01", "", "正式党员", "P1"]


def ledger(path: Path, **changes: Any) -> Path:
    return book(
        path,
        社会组织=[SOCIAL, social(业务主管单位="市体育局", **changes)],
        党组织=[HEADERS["党组织"], PARTY],
        覆盖关系=[HEADERS["覆盖关系"], LINK],
        党员=[HEADERS["党员"], PERSON],
    )


def test_a_messy_sheet_comes_back_is_corrected_applied_and_taken_back(
    officer: User, tmp_path: Path
) -> None:
    before = everything()
    path = ledger(tmp_path / "台账.xlsx", 类别="公司", 正式党员数="三")
    batch = sent(officer, path)
    assert batch.state == BatchState.WRONG
    # what refers to the wrong row is no error of its own
    assert batch.report["error_count"] == 2
    (one,) = batch.workbooks.all()
    returned = load_workbook(one.annotated.path)
    assert returned.sheetnames[:4] == ["社会组织", "党组织", "覆盖关系", "党员"]
    sheet = returned["社会组织"]
    assert sheet["D2"].fill.fgColor.rgb == "FFF4B6AE"
    assert "可填:社会团体" in sheet["D2"].comment.text
    assert sheet["B2"].fill.fill_type is None
    assert sheet.cell(1, len(SOCIAL) + 1).value == "问题"
    assert "没有“公司”这一项" in sheet.cell(2, len(SOCIAL) + 1).value
    problems = returned["问题清单"]
    assert problems["D2"].hyperlink.location == "'社会组织'!D2"
    assert returned["_平台"].sheet_state == "veryHidden"
    rules = [str(one.sqref) for one in sheet.data_validations.dataValidation]
    assert any(rule.startswith("D2") for rule in rules)
    sheet["D2"], sheet["L2"] = "社会团体", 3
    returned.save(tmp_path / "改好.xlsx")

    assert sent(officer, tmp_path / "改好.xlsx").pk == batch.pk
    batch.refresh_from_db()
    assert batch.state == BatchState.READY, batch.report
    assert [file.is_current for file in batch.workbooks.all()] == [False, True]
    assert everything() == before
    again = load_workbook(batch.workbooks.get(is_current=True).annotated.path)
    assert again["社会组织"]["D2"].fill.fill_type is None  # only the missing code is noted now
    assert again["社会组织"]["D2"].comment is None
    assert again["社会组织"]["C2"].comment.text.startswith("没有统一社会信用代码")

    assert applied(batch, officer).state == BatchState.APPLIED
    assert SocialOrganization.objects.get().full_member_count == 3
    assert Membership.objects.get().party_organization.code == "P1"
    total = coverage_report(officer, Selection(date(2019, 10, 16)), []).total
    assert (total.covered_count, total.social_organization_count) == (1, 1)
    events = AuditEvent.objects.filter(reason=f"导入批次 {batch.pk}")
    assert events.count() == 4
    assert set(events.values_list("actor", flat=True)) == {"wang"}
    work_off()
    assert SocialOrganization.objects.count() == 1

    assert undone(batch, officer).state == BatchState.UNDONE
    assert everything() == before
    assert coverage_report(officer, Selection(date(2019, 10, 16)), []).total.covered_count == 0
    deleted = AuditEvent.objects.filter(action="social_organization.delete").get()
    assert deleted.reason == f"撤销导入批次 {batch.pk}"


def test_undo_restores_changed_fields_and_keeps_what_else_uses(
    officer: User, tmp_path: Path
) -> None:
    one = make_organization(FIRST, name="甲协会", credit_code=None, category="community")
    parent = make_party(FIRST)
    own = make_party(FIRST, parent=None)
    make_link(one, own, valid_from=date(2016, 1, 1))
    before = everything()
    rows = [own.code, own.name, "兼合式", "党支部", parent.code, "市体育局党委", "东风街道"]
    head = ["党组织编码", "党组织名称", "类型", "层级", "上级党组织", "责任主体", "镇(街道)"]
    path = book(
        tmp_path / "a.xlsx",
        社会组织=[SOCIAL, social(负责人="林", 业务主管单位="市体育局")],
        党组织=[[*head, "成立日期"], [*rows, "2012-01-01"]],
        覆盖关系=[HEADERS["覆盖关系"], [1, "甲协会", "", own.code, "兼合式", "2017-02-01", ""]],
    )
    batch = applied(sent(officer, path), officer)
    own.refresh_from_db()
    assert (own.parent, own.kind, own.version) == (parent, "joint", 3)
    assert SupervisingUnit.objects.get().name == "市体育局"
    undone(batch, officer)
    assert everything() == before
    # a unit that somebody uses meanwhile stays
    batch = applied(sent(officer, path), officer)
    other = make_organization(FIRST, supervising_unit=SupervisingUnit.objects.get())
    undone(batch, officer)
    batch.refresh_from_db()
    assert batch.state == BatchState.UNDONE
    other.refresh_from_db()
    assert other.supervising_unit.name == "市体育局"


@pytest.mark.parametrize("how", ["change", "use", "delete"])
def test_undo_is_refused_with_what_was_changed_since(
    officer: User, tmp_path: Path, how: str
) -> None:
    batch = applied(sent(officer, book(tmp_path / "a.xlsx", 社会组织=[SOCIAL, social()])), officer)
    one = SocialOrganization.objects.get()
    client = signed_in(officer)
    if how == "change":
        form = {"name": "甲协会", "category": "community", "registered_on": "2010-01-01"}
        form |= {"township": FIRST, "status": "normal", "staff_count": 3, "full_member_count": 9}
        form |= {"charter_state": "not_started", "version": one.version}
        client.post(f"/registry/social-organizations/{one.pk}/edit/", form)
    elif how == "use":
        make_link(one)
    else:
        one.delete()
    undone(batch, officer)
    assert batch.state == BatchState.APPLIED
    (told,) = batch.notice["rows"]
    assert told["label"] == "甲协会" or how == "delete"
    page = client.get(f"/registry/imports/{batch.pk}/").content.decode()
    assert "没有撤销" in page
    if how == "change":
        assert told["by"] == "wang"
        assert f'href="/registry/social-organizations/{one.pk}/"' in page
    if how == "use":
        assert "覆盖关系" in told["why"]


def test_what_changed_since_the_preview_is_said_not_overwritten(
    officer: User, tmp_path: Path
) -> None:
    one = make_organization(FIRST, name="甲协会", credit_code=None, category="community")
    batch = sent(officer, book(tmp_path / "a.xlsx", 社会组织=[SOCIAL, social(负责人="林")]))
    SocialOrganization.objects.filter(pk=one.pk).update(principal="王")
    applied(batch, officer)
    assert batch.state == BatchState.READY
    one.refresh_from_db()
    assert one.principal == "王"
    (told,) = batch.notice["rows"]
    assert ["负责人", "", "林"] in told["was_changes"]
    assert ["负责人", "王", "林"] in told["now_changes"]
    page = signed_in(officer).get(f"/registry/imports/{batch.pk}/").content.decode()
    assert "预览之后有记录被改动" in page
    assert applied(batch, officer).state == BatchState.APPLIED
    one.refresh_from_db()
    assert one.principal == "林"


def test_a_file_that_is_not_what_was_uploaded_is_not_applied(officer: User, tmp_path: Path) -> None:
    batch = sent(officer, book(tmp_path / "a.xlsx", 社会组织=[SOCIAL, social()]))
    stored = Path(batch.workbooks.get().content.path)
    assert stored.stat().st_mode & 0o077 == 0
    assert stored.name != "a.xlsx"
    stored.chmod(0o600)
    book(stored, 社会组织=[SOCIAL, social(社会组织名称="偷换协会")])
    applied(batch, officer)
    assert batch.state == BatchState.WRONG
    assert not SocialOrganization.objects.exists()


def test_a_row_of_another_township_is_an_error(officer: User, tmp_path: Path) -> None:
    theirs = make_organization(SECOND, name="乙协会")
    path = book(
        tmp_path / "a.xlsx",
        社会组织=[
            SOCIAL,
            social(**{"镇(街道)": "西岭镇"}),
            social(社会组织名称="乙协会", 统一社会信用代码=theirs.credit_code),
        ],
        覆盖关系=[
            HEADERS["覆盖关系"],
            [1, "乙协会", theirs.credit_code, "P9", "单独组建", "2016-01-01", ""],
        ],
    )
    batch = sent(officer, path)
    assert batch.state == BatchState.WRONG
    text = str(batch.pages.get(sheet="errors").rows)
    assert text.count("管辖范围") == 3
    assert batch.pages.get(sheet="social_organization", outcome="wrong").rows[0]["problems"]


def test_offices_that_end_with_a_move_are_held_again_after_undo(
    officer: User, tmp_path: Path
) -> None:
    first, second = make_party(FIRST, code="P1", secretary="陈明"), make_party(FIRST, code="P2")
    member = Member.objects.create(code="M1", name="陈明", gender="male", status="full")
    Membership.objects.create(member=member, party_organization=first, valid_from=date(2015, 1, 1))
    today = timezone.localdate()
    for start in (date(2018, 1, 1), today):  # one is ended by the move, one never was
        PartyPost.objects.create(
            member=member,
            party_organization=first,
            duty=PartyDuty.SECRETARY if start < today else PartyDuty.ORGANIZATION,
            valid_from=start,
        )
    before = everything() | {"posts": list(PartyPost.objects.order_by("pk").values())}
    path = book(tmp_path / "a.xlsx", 党员=[HEADERS["党员"], [*PERSON[:-1], second.code]])
    batch = applied(sent(officer, path), officer)
    assert batch.state == BatchState.APPLIED, batch.notice
    assert PartyPost.objects.get().valid_to == today
    first.refresh_from_db()
    assert first.secretary == ""
    assert undone(batch, officer).state == BatchState.UNDONE, batch.notice
    after = everything() | {"posts": list(PartyPost.objects.order_by("pk").values())}
    for name, rows in before.items():
        assert after[name] == rows, name


def test_a_record_saved_between_check_and_write_is_not_overwritten(officer: User) -> None:
    one = make_organization(FIRST, principal="陈")
    record = ImportBatch.objects.create(made_by=officer, area_code=FIRST)
    read = SocialOrganization.objects.get(pk=one.pk)
    SocialOrganization.objects.filter(pk=one.pk).update(principal="王")
    read.principal = "林"
    with pytest.raises(ChangedUnderway):
        Writer(record).update([read], ["principal"], expected=[{"principal": "陈"}])
    one.refresh_from_db()
    assert one.principal == "王"
    assert not record.effects.exists()


# --- workers ------------------------------------------------------------------------------------


def test_a_killed_workers_batch_is_taken_up_again_and_applied_once(
    officer: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = upload(
        files=[uploaded(book(tmp_path / "a.xlsx", 社会组织=[SOCIAL, social()]))], by=officer
    )
    first = claim(batch.pk)
    assert first is not None
    assert claim(batch.pk) is None  # held
    ImportBatch.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    second = claim(batch.pk)
    assert second is not None
    assert second.fence == first.fence + 1
    with pytest.raises(LeaseLost):
        import_work._check(first)
    import_work._work(second)
    batch.refresh_from_db()
    assert batch.state == BatchState.READY

    ask_to_apply(batch=batch, by=officer)
    late = claim(batch.pk)
    assert late is not None
    ImportBatch.objects.update(lease_until=None)
    work_off()  # another one was faster
    assert SocialOrganization.objects.count() == 1
    import_work._work(late)
    batch.refresh_from_db()
    assert batch.state == BatchState.APPLIED
    assert SocialOrganization.objects.count() == 1


def test_a_batch_that_kills_its_workers_is_given_up(officer: User, tmp_path: Path) -> None:
    batch = upload(
        files=[uploaded(book(tmp_path / "a.xlsx", 社会组织=[SOCIAL, social()]))], by=officer
    )
    for _ in range(import_work.MOST_ATTEMPTS):
        assert claim() is not None
        ImportBatch.objects.update(lease_until=None)
    assert claim() is None
    batch.refresh_from_db()
    assert batch.state == BatchState.FAILED
    assert "中断" in batch.notice["message"]


def test_an_error_of_ours_is_said_and_writes_nothing(
    officer: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = sent(officer, book(tmp_path / "a.xlsx", 社会组织=[SOCIAL, social()]))

    def broken(self: Batch) -> None:
        raise RuntimeError("unexpected")

    monkeypatch.setattr(Batch, "check", broken)
    applied(batch, officer)
    assert batch.state == BatchState.FAILED
    assert "内部错误" in batch.notice["message"]


def test_progress_is_kept_while_it_is_checked(
    officer: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("organizations.imports.progress.INTERVAL_SECONDS", 0.0)
    rows = [social(社会组织名称=f"第{n}协会") for n in range(450)]
    upload(files=[uploaded(book(tmp_path / "a.xlsx", 社会组织=[SOCIAL, *rows]))], by=officer)
    seen: list[tuple[int, int, int]] = []
    hold = import_work._hold

    def noted(record: ImportBatch, **values: Any) -> None:
        hold(record, **values)
        row = ImportBatch.objects.get(pk=record.pk)
        seen.append((row.rows_done, row.rows_total, row.percent))

    monkeypatch.setattr(import_work, "_hold", noted)
    work_off()
    assert (200, 450, 44) in seen
    assert (400, 450, 88) in seen


# --- pages --------------------------------------------------------------------------------------


def test_the_pages_from_upload_to_undo(
    officer: User, tmp_path: Path, django_capture_on_commit_callbacks: Any
) -> None:
    client = signed_in(officer)

    def post(url: str, data: dict[str, Any] | None = None) -> Any:
        with django_capture_on_commit_callbacks(execute=True):
            answer = client.post(url, data or {})
        return client.get(answer["Location"]) if answer.status_code == 302 else answer

    page = client.get("/registry/imports/")
    assert "本系统不得处理、传输涉密信息" in page.content.decode()
    path = ledger(tmp_path / "台账.xlsx", 类别="公司")
    page = post("/registry/imports/new/", {"files": [uploaded(path)]})
    batch = ImportBatch.objects.get()
    text = page.content.decode()
    assert page.status_code == 200
    assert '<span class="code-cell">D2</span>' in text
    link = re.search(r'href="([^"]+/annotated/)"', text)
    assert link
    returned = client.get(link.group(1))
    assert returned["Content-Disposition"].startswith("attachment")
    opened = load_workbook(io.BytesIO(b"".join(returned.streaming_content)))
    opened["社会组织"]["D2"] = "社会团体"
    opened.save(tmp_path / "台账-问题.xlsx")
    url = f"/registry/imports/{batch.pk}/"
    page = post(f"{url}correct/", {"files": [uploaded(tmp_path / "台账-问题.xlsx")]})
    assert "导入:新增 4 条,更新 0 条" in page.content.decode()
    rows = client.get(url, {"sheet": "social_organization", "outcome": "new"}).content.decode()
    assert "甲协会" in rows
    page = post(f"{url}apply/")
    assert "已导入:新增 4 条" in page.content.decode()
    page = post(f"{url}undo/", {"reason": ""})
    assert "撤销的理由" in page.content.decode()
    assert SocialOrganization.objects.exists()
    page = post(f"{url}undo/", {"reason": "误传"})
    assert "已撤销" in page.content.decode()
    assert not SocialOrganization.objects.exists()
    assert "已撤销" in client.get("/registry/imports/").content.decode()


@pytest.mark.parametrize(
    ("name", "content", "part"),
    [
        ("a.csv", b"a,b", "不是 Excel 工作簿"),
        ("a.xlsm", b"PK\x03\x04", "宏"),
        ("a.xlsx", b"", "空"),
        ("a.xlsx", b"x" * 10_000_001, "上限"),
    ],
)
def test_files_that_are_not_taken_are_named(
    officer: User, name: str, content: bytes, part: str
) -> None:
    client = signed_in(officer)
    page = client.post("/registry/imports/new/", {"files": SimpleUploadedFile(name, content)})
    assert page.status_code == 200
    assert part in page.content.decode()
    assert not ImportBatch.objects.exists()


def test_others_do_not_see_a_batch(
    officer: User, neighbour: User, city: User, tmp_path: Path
) -> None:
    batch = sent(officer, book(tmp_path / "a.xlsx", 社会组织=[SOCIAL, social(类别="公司")]))
    one = batch.workbooks.get()
    addresses = [
        *(f"/registry/imports/{batch.pk}/{part}" for part in ("", "progress/")),
        *(f"/registry/imports/{batch.pk}/files/{one.pk}/{part}" for part in ("", "annotated/")),
    ]
    for address in addresses:
        assert signed_in(neighbour).get(address).status_code == 404
        assert signed_in(city).get(address).status_code == 200
    # nor does a returned workbook of theirs continue it
    theirs = upload(files=[uploaded(Path(one.annotated.path), "x.xlsx")], by=neighbour)
    assert theirs.pk != batch.pk


def test_the_number_of_queries_does_not_grow_with_the_rows(
    officer: User, tmp_path: Path, django_assert_max_num_queries: Any
) -> None:
    client: Client = signed_in(officer)

    def queries(count: int) -> int:
        rows = [social(社会组织名称=f"第{n}协会") for n in range(count)]
        batch = sent(officer, book(tmp_path / "a.xlsx", 社会组织=[SOCIAL, *rows]))
        with django_assert_max_num_queries(20) as counted:
            client.get(f"/registry/imports/{batch.pk}/")
            client.get("/registry/imports/")
        return len(counted)

    assert queries(1) == queries(3)


def test_older_formats_come_back_as_xlsx(officer: User) -> None:
    fixtures = Path(__file__).parent.parent / "fixtures"
    for suffix in ("xls", "ods"):
        batch = sent(officer, fixtures / f"townships.{suffix}")
        one = batch.workbooks.get()
        assert batch.state == BatchState.WRONG
        assert one.annotated_name == "townships-问题.xlsx"
        if one.annotated:
            sheet = load_workbook(one.annotated.path).worksheets[0]
            assert sheet["A2"].value == "东风商会"
            assert sheet["B2"].value.date() == date(2010, 3, 5)


def test_other_contents_of_the_book_are_kept(officer: User, tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", 说明=[["填报人:王"]], 社会组织=[SOCIAL, social(类别="公司")])
    opened = load_workbook(path)
    sheet = opened["社会组织"]
    sheet.column_dimensions["B"].width = 33
    sheet["B2"].number_format = "@"
    sheet["Q9"] = "=1+1"
    opened["说明"].merge_cells("A1:C1")
    opened.save(path)
    one = sent(officer, path).workbooks.get()
    back = load_workbook(one.annotated.path)
    assert back.sheetnames[:2] == ["说明", "社会组织"]
    assert back["社会组织"].column_dimensions["B"].width == 33
    assert back["社会组织"]["Q9"].value == "=1+1"
    assert [str(block) for block in back["说明"].merged_cells.ranges] == ["A1:C1"]


def test_many_warnings_are_all_marked_though_not_all_listed(
    officer: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("organizations.imports.returned.MOST_LISTED", 2)
    monkeypatch.setattr("organizations.imports.returned.MOST_COMMENTS", 2)
    rows = [social(社会组织名称=f"第{n}协会", 类别="社会团体") for n in range(6)]
    rows[3][SOCIAL.index("类别")] = "公司"
    batch = sent(officer, book(tmp_path / "台账.xlsx", 社会组织=[SOCIAL, *rows]))
    returned = load_workbook(batch.workbooks.get().annotated.path)
    sheet = returned["社会组织"]
    code, kind, last = (SOCIAL.index(name) + 1 for name in ("统一社会信用代码", "类别", SOCIAL[-1]))
    marked = [sheet.cell(n, code).fill.fgColor.rgb for n in range(2, 8)]
    assert marked == [*["FFFBE7A1"] * 3, "00000000", *["FFFBE7A1"] * 2]
    assert sheet.cell(5, kind).fill.fgColor.rgb == "FFF4B6AE"
    told = [cell.coordinate for row in sheet.iter_rows() for cell in row if cell.comment]
    assert len(told) == 2
    assert sheet.cell(5, kind).coordinate in told  # errors first
    reasons = [sheet.cell(n, last + 1) for n in range(2, 8)]
    assert ["没有统一社会信用代码" in cell.value for cell in reasons] == [n != 3 for n in range(6)]
    assert [cell.font.color.rgb == "FFA8271E" for cell in reasons] == [n == 3 for n in range(6)]
    problems = list(returned["问题清单"].values)
    assert len(problems) == 4
    assert problems[-1][6].startswith("另有 4 处没有列在这里")
    # corrected and sent again, nothing of the marks is left
    sheet.cell(5, kind).value = "社会团体"
    for n in range(2, 8):
        sheet.cell(n, kind).value = "城乡社会组织"
    returned.save(tmp_path / "改好.xlsx")
    again = sent(officer, tmp_path / "改好.xlsx")
    assert (again.pk, again.state) == (batch.pk, BatchState.READY)
    assert not again.workbooks.get(is_current=True).annotated


def test_templates_are_read_back_as_nothing_but_headers(officer: User, tmp_path: Path) -> None:
    make_unit()
    client = signed_in(officer)
    for address in ("/registry/imports/template/", "/registry/imports/template/?sheet=member"):
        answer = client.get(address)
        path = tmp_path / "模板.xlsx"
        path.write_bytes(b"".join(answer.streaming_content))
        batch = Batch(by=officer)
        batch.read([path])
        batch.check()
        assert [str(one) for one in (*batch.errors, *batch.warnings)] == []
        assert all(not sheet.rows for sheet in batch.sheets.values())
        opened = load_workbook(path)
        assert opened["填写说明"]["A1"].value == "填写说明"
        assert opened.worksheets[0]["A2"].value == "示例"
    assert client.get("/registry/imports/template/?sheet=nothing").status_code == 404


def test_a_filled_template_is_imported(officer: User, tmp_path: Path) -> None:
    answer = signed_in(officer).get("/registry/imports/template/?sheet=social_organization")
    opened = load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    sheet = opened["社会组织"]
    heads = [str(cell.value).rstrip("*") for cell in sheet[1]]
    for name, value in {
        "社会组织名称": "甲协会",
        "类别": "城乡社会组织",
        "镇(街道)": "东风街道",
        "成立登记日期": "2010-01-01",
    }.items():
        sheet.cell(3, heads.index(name) + 1, value)
    opened.save(tmp_path / "填.xlsx")
    batch = sent(officer, tmp_path / "填.xlsx")
    assert batch.state == BatchState.READY
    assert batch.report["sheets"]["social_organization"]["new"] == 1


def test_a_workbook_without_anything_is_answered(officer: User, tmp_path: Path) -> None:
    empty = Workbook()
    empty.save(tmp_path / "空.xlsx")
    batch = sent(officer, tmp_path / "空.xlsx")
    assert batch.state == BatchState.WRONG
    assert "没有找到台账" in str(batch.pages.get(sheet="errors").rows)


ENDED = [*SOCIAL, "注销日期"]


def ending(path: Path, day: str = "2019-03-01", **sheets: list[list[Any]]) -> Path:
    """甲协会 is deregistered on a day."""
    return book(path, 社会组织=[ENDED, [*social(状态="已注销"), day]], **sheets)


def test_what_a_deregistered_organization_had_ends_with_it_and_is_back_after_undo(
    officer: User, tmp_path: Path
) -> None:
    one = make_organization(FIRST, name="甲协会", credit_code=None, category="community")
    other = make_organization(FIRST)
    links = [make_link(one), make_link(one, valid_to=date(2019, 2, 1)), make_link(other)]
    helped = make_assignment(one, valid_to=date(2019, 12, 31))
    stored = everything()
    batch = sent(officer, ending(tmp_path / "a.xlsx"))
    assert batch.state == BatchState.READY, batch.report
    assert batch.report["ended"] == {"覆盖关系": 1, "指导员联系": 1}
    client = signed_in(officer)
    page = client.get(f"/registry/imports/{batch.pk}/").content.decode()
    assert "覆盖关系 <strong>1</strong> 条" in page
    assert "同时结束</span> 覆盖关系 1 条、指导员联系 1 条" in page

    applied(batch, officer)
    ends = [CoverageLink.objects.get(pk=link.pk) for link in links]
    day = date(2019, 3, 1)
    assert [one.valid_to for one in ends] == [day, date(2019, 2, 1), None]
    assert [one.end_reason for one in ends] == ["社会组织注销", "", ""]
    helped.refresh_from_db()
    assert helped.valid_to == day
    told = AuditEvent.objects.filter(action="coverage_link.end").get()
    assert told.reason == f"社会组织注销(导入批次 {batch.pk})"
    # the same file again says the same and ends nothing more
    again = sent(officer, ending(tmp_path / "b.xlsx"))
    assert (again.brings_changes, again.report["ended"]) == (False, {})

    undone(batch, officer)
    assert everything() == stored
    helped.refresh_from_db()
    assert helped.valid_to == date(2019, 12, 31)
    # and a deregistration that an import brought is restored like any other
    applied(sent(officer, ending(tmp_path / "a.xlsx")), officer)
    one.refresh_from_db()
    restored = restore_social_organization(organization=one, reason="误报", by=officer)
    assert [link.pk for link in restored] == [links[0].pk]
    one.refresh_from_db()
    assert one.status == "normal"


def test_undo_of_an_end_is_refused_when_the_link_was_reopened(
    officer: User, tmp_path: Path
) -> None:
    one = make_organization(FIRST, name="甲协会", credit_code=None, category="community")
    make_link(one)
    batch = applied(sent(officer, ending(tmp_path / "a.xlsx")), officer)
    one.refresh_from_db()
    restore_social_organization(organization=one, reason="误报", by=officer)
    undone(batch, officer)
    assert batch.state == BatchState.APPLIED
    assert {row["kind"] for row in batch.notice["rows"]} == {"社会组织", "覆盖关系"}


def test_a_link_made_after_the_preview_makes_it_stale(officer: User, tmp_path: Path) -> None:
    one = make_organization(FIRST, name="甲协会", credit_code=None, category="community")
    batch = sent(officer, ending(tmp_path / "a.xlsx"))
    make_link(one)
    applied(batch, officer)
    assert (batch.state, batch.notice["kind"]) == (BatchState.READY, "stale")
    assert batch.report["ended"] == {"覆盖关系": 1}
    assert CoverageLink.objects.get().valid_to is None


@pytest.mark.parametrize(
    ("start", "end", "column"),
    [
        ("2018-01-01", "", None),  # open in the file: it takes the day
        ("2018-01-01", "2019-03-01", None),
        ("2018-01-01", "2019-03-02", "覆盖截止日期"),
        ("2019-02-28", "", None),
        ("2019-03-01", "", "覆盖起始日期"),
    ],
)
@pytest.mark.parametrize("is_stored", [True, False])
def test_rows_of_the_same_file_end_by_the_same_day(
    officer: User, tmp_path: Path, start: str, end: str, column: str | None, is_stored: bool
) -> None:
    party = make_party(FIRST)
    if is_stored:
        one = make_organization(FIRST, name="甲协会", credit_code=None, category="community")
        make_link(one, party, valid_from=date.fromisoformat(start))
    row = [1, "甲协会", "", party.code, "单独组建", start, end]
    batch = sent(officer, ending(tmp_path / "a.xlsx", 覆盖关系=[HEADERS["覆盖关系"], row]))
    if column:
        pages = batch.pages.filter(sheet="errors")
        assert [entry["column"] for page in pages for entry in page.rows] == [column]
        return
    assert batch.state == BatchState.READY, list(batch.pages.values())
    applied(batch, officer)
    assert CoverageLink.objects.get().valid_to == date(2019, 3, 1)
    again = sent(officer, ending(tmp_path / "b.xlsx", 覆盖关系=[HEADERS["覆盖关系"], row]))
    assert not again.brings_changes, list(again.pages.values("outcome", "rows"))


def test_what_begins_later_or_is_handed_over_stands_in_the_way_of_an_end(
    officer: User, tmp_path: Path
) -> None:
    one = make_organization(FIRST, name="甲协会", credit_code=None, category="community")
    link = make_link(one, valid_from=date(2019, 5, 1))

    def told(path: Path) -> str:
        batch = sent(officer, path)
        (entry,) = [entry for page in batch.pages.filter(sheet="errors") for entry in page.rows]
        return f"{entry['column']}:{entry['message']}"

    assert told(ending(tmp_path / "a.xlsx")).startswith("注销日期:有覆盖关系自2019年5月1日起")
    link.delete()
    offer = hand_over(organization=one, to=make_township(SECOND), reason="迁址", by=officer)
    assert told(ending(tmp_path / "a.xlsx")).startswith("注销日期:有一项移交等待对方接收")
    offer.delete()
    # nor may a new link outlive an organization that has ended before
    SocialOrganization.objects.update(status="deregistered", deregistered_on=date(2019, 6, 1))
    party = make_party(FIRST)
    row = [1, "甲协会", "", party.code, "单独组建", "2018-01-01", ""]
    path = book(tmp_path / "b.xlsx", 覆盖关系=[HEADERS["覆盖关系"], row])
    assert told(path).startswith("覆盖截止日期:“甲协会”的注销日期是2019年6月1日")


def test_links_end_with_a_dissolved_party_organization_and_a_retired_instructor(
    officer: User, tmp_path: Path
) -> None:
    party, helper = make_party(FIRST), make_instructor(FIRST, code="Z900")
    link = make_link(make_organization(FIRST), party)
    helped = make_assignment(make_organization(FIRST), instructor=helper)
    before = everything()
    head = ["党组织编码", "党组织名称", "类型", "镇(街道)", "成立日期", "撤销日期"]
    row = [party.code, party.name, "建制性", "东风街道", "2012-01-01", "2019-03-01"]
    own = [
        ["指导员编号", "姓名", "镇(街道)", "离任日期"],
        ["Z900", helper.name, "东风街道", "2019-04-01"],
    ]
    path = book(tmp_path / "a.xlsx", 党组织=[head, row], 指导员=own)
    batch = sent(officer, path)
    assert batch.report["ended"] == {"覆盖关系": 1, "指导员联系": 1}, list(batch.pages.values())
    applied(batch, officer)
    link.refresh_from_db()
    helped.refresh_from_db()
    assert (link.valid_to, link.end_reason) == (date(2019, 3, 1), "党组织撤销")
    assert helped.valid_to == date(2019, 4, 1)
    undone(batch, officer)
    assert everything() == before


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("西岭", "西岭镇"),
        ("990101002", "西岭镇"),
        ("东河镇", "东河镇"),
        ("石镇", "石镇街道"),
        ("东河", None),  # 东河镇 and 东河街道
        ("岭", None),
    ],
)
def test_a_township_is_named_as_people_say_it(
    city: User, tmp_path: Path, said: str, meant: str | None
) -> None:
    for number, name in enumerate(("东河镇", "东河街道", "石镇街道"), 201):
        make_township(f"{CITY}{number}", name)
    batch = Batch(by=city)
    batch.read([book(tmp_path / "a.xlsx", 社会组织=[SOCIAL, social(**{"镇(街道)": said})])])
    batch.check()
    (row,) = batch.sheets["social_organization"].rows
    if meant is None:
        assert f"没有名为“{said}”的镇(街道)" in str(batch.errors[0])
    else:
        assert not batch.errors
        assert row.values["township"].name == meant
