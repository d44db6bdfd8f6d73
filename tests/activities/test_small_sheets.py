"""Sheets of the small records: brought in, changed, taken back, refused with a reason, written out."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.serializers import serialize
from django.test import Client
from openpyxl import Workbook

from accounts.models import AuditEvent, User
from activities.models import (
    Agreement,
    ArchiveDocument,
    Fund,
    Incident,
    PartyHonour,
    PlanItem,
    Venue,
    YearPlan,
)
from members.models import (
    AdmissionStep,
    Applicant,
    DuesMonth,
    GroupMember,
    Honour,
    Member,
    Membership,
    PartyGroup,
    Pledge,
    Training,
)
from organizations.actions.import_undo import undo_batch
from organizations.actions.imports import apply_batch
from organizations.imports.batch import Batch
from organizations.imports.preview import pages_of
from organizations.models import Election, PartyOrganization, TermExtension
from tests.members.world import make_member
from tests.world import CITY, FIRST, NAMES, SECOND, make_party, make_township

pytestmark = pytest.mark.django_db
TOUCHED = (
    *(
        AdmissionStep,
        Agreement,
        Applicant,
        ArchiveDocument,
        DuesMonth,
        Election,
        Fund,
        GroupMember,
        Honour,
        Incident,
        Member,
    ),
    *(Membership, PartyGroup, PartyHonour, PartyOrganization, PlanItem, Pledge, Training, Venue),
    TermExtension,
    YearPlan,
)


@pytest.fixture(autouse=True)
def _city(settings: Any) -> None:
    settings.CITY_CODE = CITY
    for code in NAMES:
        make_township(code)


@dataclass(frozen=True)
class Case:
    """One kind of sheet: a row as cells by header, and what to put there to change or spoil it."""

    kind: str
    title: str
    cells: dict[str, Any]
    change: tuple[str, Any]
    wrong: list[tuple[dict[str, Any], str]] = field(default_factory=list)
    # the list that exports the records
    path: str = ""

    @property
    def of_member(self) -> bool:
        return "党员编号" in self.cells


CASES = [
    Case(
        "election",
        "换届选举",
        {
            "党组织编码": "P",
            "选举日期": "2019-05-06",
            "应到会有选举权人数": 10,
            "实到会有选举权人数": 8,
            "当选书记": "陈志强",
            "任期(年)": 3,
            "批复文号": "狮委组〔2019〕9号",
        },
        ("当选书记", "林晓燕"),
        [
            ({"实到会有选举权人数": 11}, "不能多于应到"),
            ({"实到会有选举权人数": 7}, "五分之四"),
            ({"选举日期": "2011-12-31"}, "早于成立日期"),
            ({"选举日期": "2099-01-01"}, "晚于今天"),
            ({"任期(年)": 11}, "任期应为"),
            ({"党组织编码": "JOINT"}, "不按期换届"),
        ],
        "/registry/elections/",
    ),
    Case(
        "term_extension",
        "延期换届",
        {
            "党组织编码": "P",
            "延期至": "2019-06-30",
            "批准日期": "2018-12-20",
            "批准文号": "狮委组〔2018〕40号",
            "延期理由": "负责人空缺",
        },
        ("延期理由", "换届筹备未完成"),
        [
            ({"延期至": "2018-12-20"}, "须晚于批准日期"),
            ({"批准日期": "2011-12-31"}, "早于成立日期"),
            ({"批准日期": "2099-01-01", "延期至": "2099-06-01"}, "晚于今天"),
            ({"批准文号": None}, "必填"),
            ({"党组织编码": "JOINT"}, "不按期换届"),
        ],
        "/registry/elections/extensions/",
    ),
    Case(
        "party_group",
        "党小组",
        {"党组织编码": "P", "党小组名称": "第一(文艺)党小组", "成立日期": "2018-03-01"},
        ("撤销日期", "2020-01-01"),
        [
            ({"成立日期": "2010-01-01"}, "不能早于党组织成立"),
            ({"撤销日期": "2018-03-01"}, "须晚于成立"),
        ],
        "/members/groups/?alive=all",
    ),
    Case(
        "group_member",
        "党小组成员",
        {"党员编号": "M", "党小组": "老党小组", "组长": "否", "编入日期": "2018-03-01"},
        ("组长", "是"),
        [
            ({"党小组": "没有的组"}, "没有党小组"),
            ({"编入日期": "2017-01-01"}, "在这一天不存在"),
            ({"编入日期": "2001-01-01"}, "不属于任何党组织"),
            ({"离开日期": "2018-03-01"}, "须晚于编入"),
        ],
        "/members/groups/members/?alive=all",
    ),
    Case(
        "pledge",
        "承诺践诺评诺",
        {
            "党员编号": "M",
            "年度": 2019,
            "承诺内容": "每月义诊(两次)",
            "承诺日期": "2019-01-15",
            "践诺情况": "义诊 24 次",
            "评诺结果": "合格",
            "评诺日期": "2019-12-20",
        },
        ("评诺结果", "优秀"),
        [
            ({"评诺日期": None}, "须同时填写"),
            ({"评诺日期": "2019-01-01"}, "不能早于承诺日期"),
            ({"年度": 1999}, "超出范围"),
            ({"评诺结果": "很好"}, "没有“很好”"),
            ({"党员编号": "X9"}, "没有编号"),
            ({"承诺内容": None}, "必填"),
        ],
        "/members/pledges/",
    ),
    Case(
        "training",
        "教育培训",
        {
            "党员编号": "M",
            "日期": "2019-06-01",
            "培训内容": "党章(修正案)学习",
            "学时": 2.5,
            "主办单位": "市委党校",
        },
        ("学时", "3.0"),
        [({"学时": 0}, "超出范围"), ({"学时": "2.55"}, "一位小数"), ({"学时": 201}, "超出范围")],
        "/members/trainings/",
    ),
    Case(
        "honour",
        "党员荣誉",
        {
            "党员编号": "M",
            "表彰日期": "2019-07-01",
            "荣誉名称": "优秀共产党员",
            "级别": "县级",
            "授予单位": "市委",
        },
        ("级别", "省级"),
        [({"级别": "镇级"}, "没有“镇级”"), ({"授予单位": None}, "必填")],
        "/members/honours/",
    ),
    Case(
        "admission_step",
        "发展步骤",
        {
            "党组织编码": "P",
            "姓名": "林小满",
            "出生日期": "1990-05-01",
            "性别": "女",
            "工作所在单位": "市商会",
            "步骤": "01 递交入党申请书",
            "完成日期": "2018-06-01",
        },
        ("有关人员", "陈志强"),
        [
            ({"步骤": "99"}, "没有“99”"),
            ({"步骤": "递交入党申请书", "完成日期": "2007-05-01"}, "年满 18 岁"),
            ({"步骤": 2}, "应先完成第 1 步"),
            ({"步骤": "第17步"}, "在发展党员的页面上登记"),
            ({"性别": None}, "须填写性别"),
            ({"党组织编码": "JOINT"}, "不发展党员"),
            ({"完成日期": "2099-01-01"}, "晚于今天"),
        ],
        "/members/applicants/steps/",
    ),
    Case(
        "year_plan",
        "年度计划",
        {"党组织编码": "P", "年度": 2019, "党建品牌(特色)": "海上枫桥", "总体安排": "按月推进"},
        ("党建品牌(特色)", "红色商圈"),
        [({"年度": 1990}, "应为 2000 至"), ({"年度": None}, "必填")],
        "/activities/plans/",
    ),
    Case(
        "plan_item",
        "计划项目",
        {
            "党组织编码": "P",
            "类型": "党小组会",
            "党小组": "老党小组",
            "计划日期": "2019-06-15",
            "主题": "学习党章",
            "地点": "活动室",
        },
        ("主题", "学习新党章"),
        [
            ({"类型": "茶话会"}, "没有“茶话会”"),
            ({"党小组": "没有的组"}, "没有党小组"),
            ({"计划日期": "1999-01-01"}, "计划日期应在"),
        ],
        "/activities/plans/items/",
    ),
    Case(
        "venue",
        "活动场所",
        {
            "党组织编码": "P",
            "场所名称": "党员活动室(东区)",
            "镇(街道)": NAMES[FIRST],
            "启用日期": "2018-01-01",
            "核查日期": "2019-01-01",
            "有场所": "是",
        },
        ("有书报", "是"),
        [({"有场所": "也许"}, "请填“是”或“否”"), ({"停用日期": "2018-01-01"}, "须晚于启用")],
        "/activities/venues/",
    ),
    Case(
        "fund",
        "党建经费",
        {
            "党组织编码": "P",
            "年度": 2019,
            "收支类别": "支出",
            "金额(元)": 1500.5,
            "日期": "2019-04-01",
            "用途(来源)": "购买书报",
        },
        ("金额(元)", "1,600元"),
        [({"金额(元)": -1}, "非负数"), ({"金额(元)": "12.345"}, "两位小数")],
        "/activities/funds/",
    ),
    Case(
        "agreement",
        "共建协议",
        {
            "党组织编码": "P",
            "共建类别": "社区共驻共建",
            "共建对象": "长宁社区(党委)",
            "共建党组织编码": "OTHER",
            "签订日期": "2019-03-01",
            "共建事项": "资源共享",
        },
        ("到期日期", "2021-03-01"),
        [
            ({"到期日期": "2019-03-01"}, "须晚于签订"),
            ({"共建党组织编码": "P"}, "不能与自己"),
            ({"共建党组织编码": "Q9"}, "没有编码为"),
        ],
        "/activities/agreements/",
    ),
    Case(
        "party_honour",
        "荣誉",
        {
            "党组织编码": "P",
            "类别": "表彰荣誉",
            "级别": "省级",
            "名称": "先进基层党组织",
            "授予日期": "2019-07-01",
            "授予单位": "省委组织部",
            "文号": "闽委组〔2019〕1号",
        },
        ("级别", "国家级"),
        [({"类别": "其他"}, "没有“其他”"), ({"名称": None}, "必填")],
        "/activities/honours/",
    ),
    Case(
        "incident",
        "否决情形",
        {
            "党组织编码": "P",
            "情形": "弄虚作假",
            "发生日期": "2019-08-01",
            "情况说明": "会议记录系补造",
            "依据(文号、通报)": "通报〔2019〕3号",
        },
        ("情况说明", "三次会议记录系补造"),
        [({"情形": "迟到"}, "没有“迟到”"), ({"依据(文号、通报)": None}, "必填")],
        "/activities/incidents/",
    ),
]
of_all = pytest.mark.parametrize("case", CASES, ids=lambda case: case.kind)


def make_world(township: str = FIRST) -> None:
    """A party organization P in its term with a group and a member M, another, and a joint one."""
    party = make_party(township, code="P", term_started_on=date(2015, 12, 15), term_years=3)
    make_party(township, code="OTHER")
    make_party(township, code="JOINT", kind="joint")
    PartyGroup.objects.create(
        party_organization=party, name="老党小组", valid_from=date(2018, 1, 1)
    )
    make_member(party=party, code="M", name="陈明")


def read(tmp_path: Path, case: Case, *rows: dict[str, Any], by: User | None = None) -> Batch:
    header = list(dict.fromkeys([*case.cells, *(name for row in rows for name in row)]))
    book = Workbook()
    book.active.title = case.title
    book.active.append(header)
    for row in rows:
        cells = case.cells | row
        book.active.append([cells.get(name) for name in header])
    path = tmp_path / "表.xlsx"
    book.save(path)
    batch = Batch(by=by)
    batch.read([path])
    batch.check()
    return batch


def outcomes(batch: Batch, case: Case) -> list[str]:
    return [row.outcome for row in batch.sheets[case.kind].rows]


def everything() -> dict[str, str]:
    """All that the sheets may touch, versions and moments apart."""
    return {
        model._meta.label: serialize(
            "json",
            model.objects.order_by("pk"),
            fields=[
                f.name
                for f in model._meta.concrete_fields
                if f.name not in ("version", "updated_at")
            ],
        )
        for model in TOUCHED
    }


@of_all
def test_rows_come_in_change_and_are_taken_back(tmp_path: Path, city: User, case: Case) -> None:
    make_world()
    before = everything()
    first = read(tmp_path, case, {}, by=city)
    assert [str(one) for one in (*first.errors, *first.warnings)] == []
    assert outcomes(first, case) == ["new"]
    apply_batch(by=city, batch=first)
    assert first.sheets[case.kind].model.objects.count() == 1 + (case.kind == "party_group")
    undo_batch(record=first.record, by=city)
    assert everything() == before

    apply_batch(by=city, batch=read(tmp_path, case, {}, by=city))
    with_it = everything()
    assert outcomes(read(tmp_path, case, {}, by=city), case) == ["same"]

    name, value = case.change
    second = read(tmp_path, case, {name: value}, by=city)
    assert [str(one) for one in second.errors] == []
    assert outcomes(second, case) == ["changed"]
    apply_batch(by=city, batch=second)
    assert everything() != with_it
    assert outcomes(read(tmp_path, case, {name: value}, by=city), case) == ["same"]
    assert AuditEvent.objects.filter(reason=f"导入批次 {second.record.pk}").exists()

    undo_batch(record=second.record, by=city)
    assert everything() == with_it


@of_all
def test_what_is_wrong_is_named(tmp_path: Path, city: User, case: Case) -> None:
    make_world()
    for changes, words in case.wrong:
        batch = read(tmp_path, case, changes, by=city)
        told = [one for one in batch.errors if words in one.message]
        assert told, (changes, [str(one) for one in batch.errors])
        assert told[0].place.row == 2
        assert told[0].column
        assert outcomes(batch, case) == ["wrong"]


@of_all
def test_an_officer_writes_in_the_own_township_only(
    tmp_path: Path, officer: User, neighbour: User, case: Case
) -> None:
    make_world()
    assert not read(tmp_path, case, {}, by=officer).errors
    batch = read(tmp_path, case, {}, by=neighbour)
    assert outcomes(batch, case) == ["wrong"]
    assert any("管辖范围" in str(one) for one in batch.errors)


@of_all
def test_a_list_s_export_is_imported_again_without_change(
    tmp_path: Path, as_city: Client, city: User, case: Case
) -> None:
    make_world()
    apply_batch(by=city, batch=read(tmp_path, case, {}, by=city))
    answer = as_city.post(case.path, {"do": "xlsx", "all": "1"})
    (tmp_path / "导出.xlsx").write_bytes(b"".join(answer.streaming_content))
    batch = Batch(by=city)
    batch.read([tmp_path / "导出.xlsx"])
    batch.check()
    assert [str(one) for one in batch.errors] == []
    assert [w for w in map(str, batch.warnings) if "没有识别" in w or "不认识" in w] == []
    assert len(outcomes(batch, case)) == int(answer["X-Row-Count"]) > 0
    assert set(outcomes(batch, case)) == {"same"}
    known = {column.header for column in batch.sheets[case.kind].columns}
    table = next(one for one in batch.tables if one.kind == case.kind)
    assert {column.header for column in table.columns.values()} == known - NOT_IN_LISTS


# the seven things of a venue are one column of its list
NOT_IN_LISTS = {
    *("有场所", "有设施", "有标志", "有书报", "有制度", "有管理记录", "有宣传版面"),
    "停用日期",
}


def test_an_election_begins_the_term_unless_a_later_one_did(tmp_path: Path, city: User) -> None:
    make_world()
    case = CASES[0]
    rows: list[dict[str, Any]] = [{}, {"选举日期": "2016-05-06", "当选书记": "早先的"}]
    apply_batch(by=city, batch=read(tmp_path, case, *rows, by=city))
    party = PartyOrganization.objects.get(code="P")
    assert (party.term_started_on, party.secretary) == (date(2019, 5, 6), "陈志强")
    assert party.term_ends_on == date(2022, 5, 6)
    PartyOrganization.objects.filter(code="P").update(secretary="后来任命的")
    apply_batch(by=city, batch=read(tmp_path, case, {"批复文号": "补录"}, by=city))
    party.refresh_from_db()
    assert party.secretary == "后来任命的"


def test_nothing_is_noted_of_whoever_has_left(tmp_path: Path, city: User) -> None:
    make_world()
    case = next(one for one in CASES if one.kind == "pledge")
    apply_batch(by=city, batch=read(tmp_path, case, {}, by=city))
    Membership.objects.update(valid_to=date(2020, 1, 1), exit="transferred")
    assert outcomes(read(tmp_path, case, {}, by=city), case) == ["same"]
    for changes in ({"评诺结果": "优秀"}, {"年度": 2018}):
        batch = read(tmp_path, case, changes, by=city)
        assert "现在不属于任何党组织" in str(batch.errors[0])


def test_a_pledge_is_told_in_the_member_s_history(tmp_path: Path, city: User) -> None:
    make_world()
    case = next(one for one in CASES if one.kind == "pledge")
    apply_batch(by=city, batch=read(tmp_path, case, {}, by=city))
    event = AuditEvent.objects.get(action="pledge.create")
    assert (event.object_type, event.object_label) == ("members.member", "陈明")
    assert event.after["promise"] == "每月义诊(两次)"


def test_a_group_that_ends_takes_its_places_with_it(tmp_path: Path, city: User) -> None:
    make_world()
    groups, places = (
        next(c for c in CASES if c.kind == k) for k in ("party_group", "group_member")
    )
    apply_batch(by=city, batch=read(tmp_path, places, {}, by=city))
    change = {"党小组名称": "老党小组", "成立日期": "2018-01-01", "撤销日期": "2019-06-01"}
    batch = read(tmp_path, groups, change, by=city)
    apply_batch(by=city, batch=batch)
    assert GroupMember.objects.get().valid_to == date(2019, 6, 1)
    undo_batch(record=batch.record, by=city)
    assert GroupMember.objects.get().valid_to is None


def test_one_group_a_member_and_one_leader_a_group(tmp_path: Path, city: User) -> None:
    make_world()
    party = PartyOrganization.objects.get(code="P")
    make_member(party=party, code="N", name="林安")
    PartyGroup.objects.create(
        party_organization=party, name="新党小组", valid_from=date(2019, 1, 1)
    )
    case = next(one for one in CASES if one.kind == "group_member")
    apply_batch(by=city, batch=read(tmp_path, case, {"组长": "是"}, by=city))
    rows = [
        {"党小组": "新党小组", "编入日期": "2019-02-01", "组长": "是"},
        {"党员编号": "N", "组长": "是"},
    ]
    batch = read(tmp_path, case, *rows, by=city)
    assert [str(one) for one in batch.errors] == []
    apply_batch(by=city, batch=batch)
    found = GroupMember.objects.order_by("valid_from", "member__code").values_list(
        "member__code", "group__name", "is_leader", "valid_to"
    )
    assert list(found) == [
        ("M", "老党小组", True, date(2019, 2, 1)),
        ("N", "老党小组", True, None),
        ("M", "新党小组", True, None),
    ]
    undo_batch(record=batch.record, by=city)
    assert GroupMember.objects.get().is_leader

    twice = read(tmp_path, case, {}, {"编入日期": "2018-04-01"}, by=city)
    assert any("同一名党员" in str(one) for one in twice.errors)
    leaders = read(tmp_path, case, {"组长": "是"}, {"党员编号": "N", "组长": "是"}, by=city)
    assert any("同一个党小组的组长" in str(one) for one in leaders.errors)


def test_plan_lines_of_one_day_are_matched_and_begin_the_plan(tmp_path: Path, city: User) -> None:
    make_world()
    case = next(one for one in CASES if one.kind == "plan_item")
    two: list[dict[str, Any]] = [{}, {"主题": "学习党史"}]
    batch = read(tmp_path, case, *two, by=city)
    apply_batch(by=city, batch=batch)
    assert (YearPlan.objects.count(), PlanItem.objects.count()) == (1, 2)
    assert outcomes(read(tmp_path, case, *reversed(two), by=city), case) == ["same", "same"]
    changed = read(tmp_path, case, {"主题": "学习党史"}, {"主题": "讲党课"}, by=city)
    assert outcomes(changed, case) == ["same", "changed"]
    apply_batch(by=city, batch=changed)
    themes = PlanItem.objects.order_by("pk").values_list("theme", flat=True)
    assert list(themes) == ["讲党课", "学习党史"]


def test_what_was_decided_stays_and_a_copy_counts_once(tmp_path: Path, city: User) -> None:
    make_world()
    case = next(one for one in CASES if one.kind == "incident")
    apply_batch(by=city, batch=read(tmp_path, case, {}, {}, by=city))
    one = Incident.objects.get()
    assert (one.state, one.proposed_by) == ("proposed", city)
    Incident.objects.update(state="confirmed", decided_at="2020-01-01T00:00Z")
    assert outcomes(read(tmp_path, case, {}, by=city), case) == ["same"]
    batch = read(tmp_path, case, {"情况说明": "没有的事"}, by=city)
    assert "已经认定" in str(batch.errors[0])


def test_an_agreement_is_read_back_by_the_partner_s_officer(
    tmp_path: Path, city: User, neighbour: User
) -> None:
    make_world()
    make_party(SECOND, code="FAR")
    case = next(one for one in CASES if one.kind == "agreement")
    apply_batch(by=city, batch=read(tmp_path, case, {"共建党组织编码": "FAR"}, by=city))
    same = {"共建党组织编码": "FAR"}
    assert outcomes(read(tmp_path, case, same, by=neighbour), case) == ["same"]
    batch = read(tmp_path, case, same | {"共建事项": "改了"}, by=neighbour)
    assert any("管辖范围" in str(one) for one in batch.errors)


def test_records_file_themselves_as_the_pages_do(tmp_path: Path, city: User) -> None:
    make_world()
    for kind in ("agreement", "venue", "fund", "party_honour"):
        case = next(one for one in CASES if one.kind == kind)
        apply_batch(by=city, batch=read(tmp_path, case, {}, by=city))
    titles = set(ArchiveDocument.objects.values_list("title", flat=True))
    assert titles == {
        "共建协议:与长宁社区(党委)的共建协议",
        "活动场所:党员活动室(东区)",
        "党建经费:支出 1500.50 元",
        "荣誉:先进基层党组织",
    }


def test_wide_signs_of_a_page_are_the_same_record(tmp_path: Path, city: User) -> None:
    make_world()
    party = PartyOrganization.objects.get(code="P")
    Fund.objects.create(
        party_organization=party,
        year=2019,
        kind="spent",
        amount=Decimal(3),
        dated_on=date(2019, 4, 1),
        purpose="购买（党建）书报",
    )
    case = next(one for one in CASES if one.kind == "fund")
    cells = {"用途(来源)": "购买（党建）书报", "金额(元)": 4}
    assert outcomes(read(tmp_path, case, cells, by=city), case) == ["changed"]


def test_steps_of_a_track_follow_each_other_within_the_batch(tmp_path: Path, city: User) -> None:
    make_world()
    case = next(one for one in CASES if one.kind == "admission_step")
    days = {1: "2017-01-05", 2: "2017-01-20", 3: "2017-03-01", 4: "2017-03-10", 5: "2017-03-15"}
    rows: list[dict[str, Any]] = [{"步骤": n, "完成日期": day} for n, day in days.items()]
    rows += [{"步骤": 6, "完成日期": day} for day in ("2017-09-01", "2018-03-01")]
    early = {"步骤": "确定发展对象", "完成日期": "2018-02-28"}
    batch = read(tmp_path, case, *reversed([*rows, early]), by=city)
    assert ["距第 3 步" in str(one) for one in batch.errors] == [True]
    good = early | {"完成日期": "2018-03-01"}
    batch = read(tmp_path, case, *rows, good, by=city)
    assert [str(one) for one in batch.errors] == []
    apply_batch(by=city, batch=batch)
    applicant = Applicant.objects.get()
    assert (applicant.gender, applicant.steps.count()) == ("female", 8)
    assert set(outcomes(read(tmp_path, case, *rows, good, by=city), case)) == {"same"}
    moved = read(tmp_path, case, good | {"完成日期": "2018-04-01"}, by=city)
    assert "不能改日期" in str(moved.errors[0])
    later = read(tmp_path, case, {"步骤": 8, "完成日期": "2018-04-02", "性别": None}, by=city)
    assert outcomes(later, case) == ["new"]
    undo_batch(record=batch.record, by=city)
    assert not Applicant.objects.exists()
    assert not AdmissionStep.objects.exists()


# --- what a sheet may not tell, and what it must --------------------------------------------------


def checked(tmp_path: Path, by: User | None, **sheets: list[list[Any]]) -> Batch:
    """A workbook of several sheets, read and checked."""
    book = Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    book.save(tmp_path / "册.xlsx")
    batch = Batch(by=by)
    batch.read([tmp_path / "册.xlsx"])
    batch.check()
    return batch


def case_of(kind: str) -> Case:
    return next(one for one in CASES if one.kind == kind)


@of_all
def test_a_code_of_elsewhere_tells_nothing_of_whom_it_names(
    tmp_path: Path, neighbour: User, case: Case
) -> None:
    """Codes run in sequence: a workbook of them would list the people of the whole city."""
    make_world()
    Member.objects.update(name="不可外传的人")
    PartyOrganization.objects.update(name="不可外传的党组织")
    apply_batch(by=None, batch=read(tmp_path, case, {}))
    batch = read(tmp_path, case, {}, by=neighbour)
    assert outcomes(batch, case) == ["wrong"]
    told = [page.rows for page in pages_of(batch)] + [[one.as_json() for one in batch.errors]]
    assert "不可外传" not in str(told)


@pytest.mark.parametrize("left", [False, True])
def test_a_member_s_code_of_elsewhere_tells_no_name(
    tmp_path: Path, neighbour: User, left: bool
) -> None:
    make_world()
    Member.objects.update(name="不可外传的人")
    PartyOrganization.objects.update(name="不可外传的党组织")
    if left:
        Membership.objects.update(valid_to=date(2020, 1, 1), exit="transferred")
        Member.objects.update(status="left")
    people = ["党员编号", "姓名", "性别", "出生日期", "入党日期", "党员状态", "所在党组织编码"]
    parties = ["党组织编码", "党组织名称", "类型", "镇(街道)", "成立日期"]
    batch = checked(
        tmp_path,
        neighbour,
        党员=[people, ["M", "某人", "男", "1970-01-01", "1995-01-01", "正式党员", "OTHER"]],
        党组织=[parties, ["P", "某支部", "建制性", NAMES[SECOND], "2012-01-01"]],
    )
    told = str([page.rows for page in pages_of(batch)])
    assert "不可外传" not in told
    assert told.count("管辖范围以外") >= 2
    for kind in ("member", "party_organization"):
        assert [row.outcome for row in batch.sheets[kind].rows] == ["wrong"]


@pytest.mark.parametrize(
    ("spoilt", "words"),
    [
        ({"镇(街道)": "没有的镇"}, "没有的镇"),
        ({"成立日期": "某一天"}, "某一天"),
        ({"类型": "没有的类型"}, "没有的类型"),
    ],
)
def test_records_of_a_wrong_new_organization_wait_for_it(
    tmp_path: Path, officer: User, spoilt: dict[str, str], words: str
) -> None:
    party = {"党组织编码": "NEW", "党组织名称": "新支部", "类型": "建制性"}
    party |= {"镇(街道)": NAMES[FIRST], "成立日期": "2012-01-01"} | spoilt
    sheets = {"党组织": [list(party), list(party.values())]}
    for case in (case_of("party_group"), case_of("election"), case_of("admission_step")):
        cells = case.cells | {"党组织编码": "NEW"}
        sheets[case.title] = [list(cells), list(cells.values())]
    batch = checked(tmp_path, officer, **sheets)
    assert len(batch.errors) == 1, [str(one) for one in batch.errors]
    assert (batch.errors[0].place.sheet, batch.errors[0].value) == ("党组织", words)


# --- what a page refuses, a sheet refuses ---------------------------------------------------------


def dissolving(tmp_path: Path, by: User, day: str, *more: list[str], code: str = "P") -> Batch:
    head = ["党组织编码", "党组织名称", "类型", "镇(街道)", "成立日期", "撤销日期", "上级党组织"]
    row = [code, "某支部", "建制性", NAMES[FIRST], "2012-01-01", day, ""]
    return checked(tmp_path, by, 党组织=[head, row, *more])


def test_a_dissolution_asks_what_the_page_asks(tmp_path: Path, officer: User) -> None:
    make_world()
    party = PartyOrganization.objects.get(code="P")
    child = make_party(FIRST, code="CHILD", parent=party)
    own = ["CHILD", "下级", "建制性", NAMES[FIRST], "2012-01-01"]
    told = str([str(one) for one in dissolving(tmp_path, officer, "2019-06-01").errors])
    assert "还有 1 名党员" in told
    assert f"还有下级党组织:{child.name}" in told
    moved = date(2019, 7, 1)
    Membership.objects.update(valid_to=moved, exit="moved")
    other = PartyOrganization.objects.get(code="OTHER")
    member = Member.objects.get()
    Membership.objects.create(member=member, party_organization=other, valid_from=moved)
    ended_too = [*own, "2019-05-01", "P"]
    late = dissolving(tmp_path, officer, "2019-06-01", ended_too)
    assert ["早于最后一名党员" in one.message for one in late.errors] == [True]
    assert dissolving(tmp_path, officer, "2019-08-01", ended_too).errors == []
    assert dissolving(tmp_path, officer, "2019-08-01", [*own, "", "OTHER"]).errors == []
    new = ["NEW", "新下级", "建制性", NAMES[FIRST], "2012-01-01", "", "P"]
    below = dissolving(tmp_path, officer, "2019-08-01", ended_too, new)
    assert ["还有下级党组织:新下级。" in one.message for one in below.errors] == [True]


@pytest.mark.parametrize("code", ["OTHER", "NEW"])
def test_a_dissolution_has_happened(tmp_path: Path, officer: User, code: str) -> None:
    make_world()
    batch = dissolving(tmp_path, officer, "2099-06-01", code=code)
    assert ["晚于今天" in one.message for one in batch.errors] == [True]


@pytest.mark.parametrize(
    ("day", "words"),
    [("2019-06-01", ""), ("2019-05-01", ""), ("2019-06-02", "恢复"), ("清空", "恢复")],
)
def test_a_dissolution_is_taken_back_on_the_page(
    tmp_path: Path, officer: User, day: str, words: str
) -> None:
    make_world()
    PartyOrganization.objects.filter(code="OTHER").update(dissolved_on=date(2019, 6, 1))
    batch = dissolving(tmp_path, officer, day, code="OTHER")
    assert [words in one.message for one in batch.errors] == [True] * bool(words)


def test_the_election_that_began_the_term_leaves_what_came_after(
    tmp_path: Path, city: User
) -> None:
    make_world()
    stored = PartyOrganization.objects.filter(code="P")
    began, extended = date(2019, 5, 6), date(2022, 11, 6)
    stored.update(
        term_started_on=began, term_years=None, term_extended_to=extended, secretary="后来的"
    )
    case = case_of("election")
    apply_batch(by=city, batch=read(tmp_path, case, {}, by=city))
    names = ("term_started_on", "term_years", "term_extended_to", "secretary")
    assert stored.values_list(*names).get() == (began, 3, extended, "后来的")
    apply_batch(by=city, batch=read(tmp_path, case, {"当选书记": "陈志坚"}, by=city))
    assert stored.get().secretary == "后来的"
    later = {"选举日期": "2019-05-07", "任期(年)": 5}
    apply_batch(by=city, batch=read(tmp_path, case, later, by=city))
    assert stored.values_list(*names).get() == (date(2019, 5, 7), 5, None, "陈志强")


@pytest.mark.parametrize(
    ("left", "refused"), [("", True), ("2020-01-02", True), ("2020-01-01", False)]
)
def test_a_place_ends_when_the_member_leaves_the_organization(
    tmp_path: Path, city: User, left: str, refused: bool
) -> None:
    make_world()
    moved = date(2020, 1, 1)
    member = Member.objects.get()
    Membership.objects.update(valid_to=moved, exit="moved")
    Membership.objects.create(
        member=member, party_organization=make_party(SECOND), valid_from=moved
    )
    rows = {"编入日期": "2019-05-01", "离开日期": left}
    batch = read(tmp_path, case_of("group_member"), rows, by=city)
    assert ["2020-01-01 已离开" in one.message for one in batch.errors] == [True] * refused


def told_of_places(batch: Batch) -> list[tuple[str, Any, Any]]:
    """What the log says of places that no row names."""
    ended = AuditEvent.objects.filter(reason__contains=f"(导入批次 {batch.record.pk})")
    return list(ended.order_by("pk").values_list("action", "before", "after"))


def test_places_that_give_way_stand_in_the_log(tmp_path: Path, city: User) -> None:
    make_world()
    party = PartyOrganization.objects.get(code="P")
    make_member(party=party, code="N", name="林安")
    PartyGroup.objects.create(
        party_organization=party, name="新党小组", valid_from=date(2018, 1, 1)
    )
    places, groups = case_of("group_member"), case_of("party_group")
    apply_batch(by=city, batch=read(tmp_path, places, {"组长": "是"}, by=city))

    second = read(tmp_path, places, {"党员编号": "N", "组长": "是"}, by=city)
    apply_batch(by=city, batch=second)
    led = ("group_member.change", {"is_leader": True}, {"is_leader": False})
    assert told_of_places(second) == [led]

    third = read(tmp_path, places, {"党小组": "新党小组", "编入日期": "2019-02-01"}, by=city)
    apply_batch(by=city, batch=third)
    ended = ("group_member.change", {"valid_to": None}, {"valid_to": "2019-02-01"})
    assert told_of_places(third) == [ended]

    change = {"党小组名称": "老党小组", "成立日期": "2018-01-01"}
    fourth = read(tmp_path, groups, change | {"撤销日期": "2018-03-01"}, by=city)
    apply_batch(by=city, batch=fourth)
    action, before, after = told_of_places(fourth)[0]
    assert (action, after) == ("group_member.delete", None)
    assert before["valid_from"] == "2018-03-01"
    assert len(told_of_places(fourth)) == 1


def extended(tmp_path: Path, city: User, *rows: dict[str, Any]) -> tuple[list[str], date | None]:
    """What is complained of, else until when P's term is extended afterwards."""
    case = next(one for one in CASES if one.kind == "term_extension")
    batch = read(tmp_path, case, *rows, by=city)
    if not batch.errors:
        apply_batch(by=city, batch=batch)
    told = [str(one) for one in (*batch.errors, *batch.warnings)]
    return told, PartyOrganization.objects.get(code="P").term_extended_to


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ({"延期至": "2018-12-15", "批准日期": "2018-11-01"}, "须晚于任期届满日期2018年12月15日"),
        ({"延期至": "2018-12-16", "批准日期": "2018-11-01"}, ""),
        ({"延期至": "2019-12-15"}, ""),
        ({"延期至": "2019-12-16"}, "最晚2019年12月15日"),
        # of an earlier term, which nobody recorded
        ({"延期至": "2015-06-01", "批准日期": "2014-06-01"}, "没有登记这一届"),
    ],
)
def test_an_extension_keeps_to_its_term(
    tmp_path: Path, city: User, cells: dict[str, Any], words: str
) -> None:
    make_world()
    told, _ = extended(tmp_path, city, cells)
    assert [words in one for one in told] == ([True] if words else [])


def test_an_extension_puts_off_the_present_term_only(tmp_path: Path, city: User) -> None:
    make_world()
    party = PartyOrganization.objects.get(code="P")
    earlier = {"held_on": date(2012, 12, 15), "term_years": 3, "entitled": 9, "present": 9}
    Election.objects.create(party_organization=party, secretary="早先的", **earlier)
    old = {"批准日期": "2015-10-01", "延期至": "2016-06-01"}
    assert extended(tmp_path, city, old) == ([], None)
    assert extended(tmp_path, city, {}) == ([], date(2019, 6, 30))
    assert extended(tmp_path, city, {"延期至": "2019-09-30"}) == ([], date(2019, 9, 30))
    # one that was approved before and ends before does not bring the day forward
    before = {"批准日期": "2018-06-01", "延期至": "2019-03-01"}
    assert extended(tmp_path, city, before) == ([], date(2019, 9, 30))
    assert TermExtension.objects.count() == 3
    told = AuditEvent.objects.filter(action="party_organization.extend", object_id=str(party.pk))
    assert told.count() == 4


@pytest.mark.parametrize(("years", "corrected"), [(5, 3), (3, 5)])
def test_an_extension_goes_by_the_corrected_years(
    tmp_path: Path, city: User, years: int, corrected: int
) -> None:
    make_world()
    party = PartyOrganization.objects.get(code="P")
    begun = {"held_on": date(2015, 12, 15), "term_years": years, "secretary": "林"}
    Election.objects.create(party_organization=party, entitled=9, present=9, **begun)
    PartyOrganization.objects.update(term_started_on=date(2015, 12, 15), term_years=years)
    book = Workbook()
    election, extension = (
        next(one for one in CASES if one.kind == kind) for kind in ("election", "term_extension")
    )
    end = 2015 + corrected
    for case, values in (
        (election, {"选举日期": "2015-12-15", "任期(年)": corrected}),
        (extension, {"批准日期": f"{end}-11-01", "延期至": f"{end + 1}-06-30"}),
    ):
        sheet = book.create_sheet(case.title)
        sheet.append(list(case.cells))
        sheet.append(list((case.cells | values).values()))
    del book["Sheet"]
    book.save(tmp_path / "届.xlsx")
    batch = Batch(by=city)
    batch.read([tmp_path / "届.xlsx"])
    batch.check()
    assert [str(one) for one in (*batch.errors, *batch.warnings)] == []


@pytest.mark.parametrize(
    ("case", "header"), [(case, header) for case in CASES for header in case.cells]
)
def test_a_wrong_cell_is_shown_whatever_it_is(
    tmp_path: Path, city: User, case: Any, header: str
) -> None:
    make_world()
    batch = read(tmp_path, case, {header: "?"}, by=city)
    shown = {page.outcome: page for page in pages_of(batch) if page.sheet == case.kind}
    assert sum(len(page.rows) for page in shown.values()) == 1


def test_an_extension_belongs_to_the_term_that_its_batch_begins(tmp_path: Path, city: User) -> None:
    make_world()
    book = Workbook()
    election, extension = (
        next(one for one in CASES if one.kind == kind) for kind in ("election", "term_extension")
    )
    cells = extension.cells | {"批准日期": "2022-04-01", "延期至": "2022-12-31"}
    for case, values in ((extension, cells), (election, election.cells)):
        sheet = book.create_sheet(case.title)
        sheet.append(list(values))
        sheet.append(list(values.values()))
    del book["Sheet"]
    book.save(tmp_path / "届.xlsx")
    batch = Batch(by=city)
    batch.read([tmp_path / "届.xlsx"])
    batch.check()
    assert [str(one) for one in (*batch.errors, *batch.warnings)] == []
    before = everything()
    apply_batch(by=city, batch=batch)
    party = PartyOrganization.objects.get(code="P")
    assert (party.term_started_on, party.term_extended_to) == (date(2019, 5, 6), date(2022, 12, 31))
    undo_batch(record=batch.record, by=city)
    assert everything() == before
