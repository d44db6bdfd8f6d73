"""Townships and supervising units: named once in a city, kept by the city, found by old names too."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import AccountProposal, AuditEvent, User
from evaluation.actions.coverage import drain_coverage
from evaluation.dashboard.coverage import Selection, coverage_report
from organizations.actions.areas import (
    create_township,
    create_unit,
    release_former_name,
    remove_unit,
    rename_township,
    rename_unit,
    save_townships,
)
from organizations.actions.unit_merging import merge_units, plan_unit_merger
from organizations.actions.versions import ChangedMeanwhile
from organizations.imports.areas import Areas
from organizations.imports.writer import Writer, record_digest
from organizations.models import (
    FormerUnitName,
    ImportBatch,
    ImportEffect,
    ResponsibleBody,
    SocialOrganization,
    SupervisingUnit,
    Township,
)
from tests.conftest import signed_in
from tests.organizations.test_import import SOCIAL, book, social
from tests.organizations.test_import_batch import applied, sent, undone
from tests.world import (
    CITY,
    FIRST,
    NAMES,
    SECOND,
    THIRD,
    make_instructor,
    make_link,
    make_organization,
    make_party,
    make_township,
    make_unit,
    make_user,
)

pytestmark = pytest.mark.django_db
ABROAD = "990202"


@pytest.fixture(autouse=True)
def _test_city(settings: Any, tmp_path: Path) -> None:
    settings.CITY_CODE = CITY
    settings.MEDIA_ROOT = tmp_path / "media"
    for code in NAMES:
        make_township(code)


@pytest.fixture
def as_city(city: User) -> Client:
    return signed_in(city)


@pytest.fixture
def unit() -> SupervisingUnit:
    return make_unit("市民证局")


def foreign_unit(name: str = "市民政局") -> SupervisingUnit:
    return SupervisingUnit.objects.create(code=f"{ABROAD}U001", name=name, area_code=ABROAD)


def line_of(unit: SupervisingUnit, name: str = "") -> ResponsibleBody:
    return ResponsibleBody.objects.create(
        name=name or f"{unit.name}党组", kind="line", area_code=CITY, supervising_unit=unit
    )


def committee() -> ResponsibleBody:
    return ResponsibleBody.objects.create(
        name="市社会组织综合党委", kind="committee", area_code=CITY
    )


def own_body(township: str = FIRST) -> ResponsibleBody:
    name = f"{NAMES[township]}两新组织党委"
    return ResponsibleBody.objects.create(
        name=name, kind="township", area_code=CITY, township_id=township
    )


def under(unit: SupervisingUnit, township: str = FIRST, **fields: Any) -> SocialOrganization:
    return make_organization(township, supervising_unit=unit, **fields)


def actions() -> list[str]:
    return list(AuditEvent.objects.order_by("sequence").values_list("action", flat=True))


# --- units --------------------------------------------------------------------------------------


def test_a_unit_gets_the_next_code_of_its_city(city: User) -> None:
    foreign_unit()
    assert create_unit(name="市体育局", by=city).code == f"{CITY}U001"
    SupervisingUnit.objects.create(code=f"{CITY}U0041", name="甲", area_code=CITY)
    SupervisingUnit.objects.create(code=f"{CITY}Uxyz", name="乙", area_code=CITY)
    made = create_unit(name=" 市文联(作协) ", by=city)
    assert (made.code, made.name, made.area_code, made.version) == (
        f"{CITY}U042",
        "市文联(作协)",
        CITY,
        1,
    )
    assert create_unit(name="市科协", code="kx-1", by=city).code == "KX-1"
    assert create_unit(name="市侨联", by=None).area_code == CITY
    assert actions() == ["supervising_unit.create"] * 4


def test_a_code_is_given_once_and_a_long_one_is_passed_over(city: User) -> None:
    long = f"{CITY}U{'9' * 13}"
    assert create_unit(name="市总工会", code=long, by=city).code == long
    kept, gone = (create_unit(name=name, by=city) for name in ("市民政局", "市民证局"))
    assert (kept.code, gone.code) == (f"{CITY}U001", f"{CITY}U002")
    merge_units(loser=gone, winner=kept, reason="写错", by=city)
    removed = create_unit(name="市体育局", by=city)
    remove_unit(unit=removed, reason="误建", by=city)
    # who knew U002 and U003 by their codes must not find another unit there
    assert (removed.code, create_unit(name="市文联", by=city).code) == (
        f"{CITY}U003",
        f"{CITY}U004",
    )


@pytest.mark.parametrize(
    ("values", "field", "words"),
    [
        ({"name": "市民证局"}, "name", "“市民证局”"),
        ({"name": " 市民证局 "}, "name", "“市民证局”"),
        ({"name": "市民局"}, "name", "是“市民证局”的曾用名"),
        ({"name": "  "}, "name", ""),
        ({"name": "名" * 101}, "name", "100"),
        ({"name": "新", "code": f"{ABROAD}U001"}, "code", "已有业务主管单位"),
        ({"name": "新", "code": "a/b"}, "code", "短横线"),
        ({"name": "新", "code": "9" * 21}, "code", "20"),
        ({"name": "新", "area_code": "9901"}, "area_code", "6 位"),
        ({"name": "新", "area_code": "99010a"}, "area_code", "6 位"),
        ({"name": "新", "area_code": ABROAD}, "area_code", "不在您的管辖范围"),
    ],
)
def test_what_a_new_unit_may_not_be(
    city: User, unit: SupervisingUnit, values: dict[str, str], field: str, words: str
) -> None:
    foreign_unit()
    FormerUnitName.objects.create(unit=unit, area_code=CITY, name="市民局", until=date(2019, 1, 1))
    with pytest.raises(ValidationError) as refused:
        create_unit(**values, by=city)
    assert words in "".join(refused.value.message_dict[field])
    assert SupervisingUnit.objects.count() == 2


def test_a_prefecture_names_the_city(unit: SupervisingUnit) -> None:
    above = make_user("pre", "city_staff", CITY[:4])
    with pytest.raises(ValidationError, match="6 位"):
        create_unit(name="市体育局", by=above)
    assert create_unit(name="市体育局", area_code=CITY, by=above).area_code == CITY
    page = signed_in(above).get("/registry/areas/units/new/").content.decode()
    assert 'name="area_code"' in page


@pytest.mark.parametrize(
    ("role", "scope"),
    [
        ("township_officer", FIRST),
        ("city_staff", FIRST),
        ("committee_staff", CITY),
        ("leader", CITY),
        ("unit_staff", f"{CITY}U900"),
        ("city_staff", ABROAD),
    ],
)
def test_only_the_whole_citys_staff_write(unit: SupervisingUnit, role: str, scope: str) -> None:
    other = make_unit("市民政局")
    township = Township.objects.get(pk=FIRST)
    who = make_user("who", role, scope)
    acts: list[Callable[[], Any]] = [
        lambda: rename_unit(unit=unit, name="新名", by=who),
        lambda: release_former_name(unit=unit, name="旧名", reason="停用", by=who),
        lambda: remove_unit(unit=unit, reason="误建", by=who),
        lambda: merge_units(loser=unit, winner=other, reason="重复", by=who),
        lambda: rename_township(township=township, name="新名", by=who),
        lambda: save_townships(townships=[{"code": FIRST, "name": "新名"}], by=who),
    ]
    if scope != ABROAD:
        acts.append(lambda: create_unit(name="新局", area_code=CITY, by=who))
        acts.append(lambda: create_township(code=f"{CITY}088", name="新镇", by=who))
    for number, act in enumerate(acts):
        with pytest.raises((PermissionDenied, ValidationError)):
            act()
        assert actions() == [], number
    assert {one.name for one in SupervisingUnit.objects.all()} == {"市民证局", "市民政局"}


def test_a_rename_takes_the_body_along_and_keeps_the_old_name(
    city: User, unit: SupervisingUnit
) -> None:
    body, code = line_of(unit), unit.code
    rename_unit(unit=unit, name="市民政局", version=1, by=city)
    unit.refresh_from_db()
    body.refresh_from_db()
    assert (unit.name, unit.code, unit.version) == ("市民政局", code, 2)
    assert body.name == "市民政局党组"
    assert [one.name for one in unit.former_names.all()] == ["市民证局"]
    assert actions() == ["supervising_unit.rename", "responsible_body.change"]
    # the same name again is no change; the old one may come back
    rename_unit(unit=unit, name="市民政局", version=2, by=city)
    assert len(actions()) == 2
    rename_unit(unit=unit, name="市民证局", version=2, by=city)
    assert [one.name for one in unit.former_names.all()] == ["市民政局"]
    with pytest.raises(ChangedMeanwhile) as conflict:
        rename_unit(unit=unit, name="市民局", version=2, by=city)
    assert conflict.value.fields == ["name"]


def test_a_body_keeps_its_name_where_it_is_another_or_taken(
    city: User, unit: SupervisingUnit
) -> None:
    taken = ResponsibleBody.objects.create(name="市民政局党组", kind="line", area_code=CITY)
    body = line_of(unit)
    rename_unit(unit=unit, name="市民政局", by=city)
    body.refresh_from_db()
    assert body.name == "市民证局党组"
    other = make_unit("市教育局")
    called = line_of(other, "教育系统党委")
    rename_unit(unit=other, name="市教育和体育局", by=city)
    called.refresh_from_db()
    assert (called.name, taken.supervising_unit) == ("教育系统党委", None)


@pytest.mark.parametrize("name", ["市民政局", "市民政局 ", "市民局"])
def test_two_units_never_bear_one_name(city: User, unit: SupervisingUnit, name: str) -> None:
    foreign_unit()  # another city's does not count
    other = make_unit("市民政局")
    FormerUnitName.objects.create(unit=other, area_code=CITY, name="市民局", until=date(2019, 1, 1))
    with pytest.raises(ValidationError, match="市民政局"):
        rename_unit(unit=unit, name=name, by=city)


def test_a_unit_goes_only_when_nothing_names_it(city: User, unit: SupervisingUnit) -> None:
    body = line_of(unit)
    party = make_party(FIRST, responsible_body=body)
    ended = under(unit, status="deregistered", deregistered_on=date(2018, 1, 1))
    make_user("mei", "unit_staff", unit.code, display_name="梅", is_active=False)
    AccountProposal.objects.create(
        kind="create",
        username="lan",
        role="unit_staff",
        scope_code=unit.code,
        reason="新来",
        proposed_by=city,
    )
    with pytest.raises(ValidationError) as refused:
        remove_unit(unit=unit, reason="误建", by=city)
    told = "\n".join(refused.value.messages)
    for words in ("梅(mei)", "lan(待审批", "社会组织 1 条", "党组织 1 条由“市民证局党组”"):
        assert words in told
    User.objects.filter(username="mei").update(scope_code=f"{CITY}U900")
    AccountProposal.objects.all().delete()
    ended.delete()
    party.delete()
    remove_unit(unit=unit, reason="误建", by=city)
    assert not SupervisingUnit.objects.exists()
    assert not ResponsibleBody.objects.exists()
    assert actions() == ["responsible_body.delete", "supervising_unit.delete"]
    assert AuditEvent.objects.filter(reason="误建", before__name="市民证局").count() == 1


def test_an_office_that_is_set_up_again_gets_its_name_back(
    city: User, as_city: Client, unit: SupervisingUnit
) -> None:
    sports = make_unit("市体育局")
    merge_units(loser=sports, winner=unit, reason="机构改革", by=city)
    with pytest.raises(ValidationError, match="停用这个曾用名"):
        create_unit(name="市体育局", by=city)
    page = as_city.get(f"/registry/areas/units/{unit.pk}/").content.decode()
    former = unit.former_names.get()
    url = f"/registry/areas/units/{unit.pk}/former-names/{former.pk}/release/"
    assert f'href="{url}"' in page
    assert "市体育局" in as_city.get(url).content.decode()
    assert as_city.post(url, {"reason": "重新设立"}).status_code == 302
    assert not unit.former_names.exists()
    event = AuditEvent.objects.get(action="supervising_unit.release_name")
    assert (event.before, event.reason) == ({"name": "市体育局"}, "重新设立")
    again = create_unit(name="市体育局", by=city)
    assert Areas(by=city, writer=Writer(ImportBatch())).unit("市体育局") == again
    with pytest.raises(ValidationError, match="不是"):
        release_former_name(unit=unit, name="市体育局", reason="再来", by=city)


# --- merging ------------------------------------------------------------------------------------


def test_a_merger_moves_everything_and_the_old_name_still_finds_it(
    city: User, unit: SupervisingUnit
) -> None:
    right = make_unit("市民政局")
    old, new = line_of(unit), line_of(right)
    chosen = committee()
    follows = under(unit, responsible_body=old)
    by_hand = under(unit, SECOND, responsible_body=chosen, responsible_body_reason="市委指定")
    ended = under(unit, status="deregistered", deregistered_on=date(2018, 1, 1))
    FormerUnitName.objects.create(unit=unit, area_code=CITY, name="市民局", until=date(2019, 1, 1))
    plan = plan_unit_merger(loser=unit, winner=right)
    assert (plan.registered, plan.ended, plan.refusals) == (2, 1, [])
    merge_units(loser=unit, winner=right, reason="写错", by=city)
    assert [one.name for one in SupervisingUnit.objects.all()] == ["市民政局"]
    for one in (follows, by_hand, ended):
        one.refresh_from_db()
        assert (one.supervising_unit, one.version) == (right, 2 if one is by_hand else one.version)
    assert (follows.responsible_body, by_hand.responsible_body) == (new, chosen)
    assert not ResponsibleBody.objects.filter(pk=old.pk).exists()
    assert {one.name for one in right.former_names.all()} == {"市民证局", "市民局"}
    assert actions() == [
        *["social_organization.change_unit"] * 3,
        "supervising_unit.merge",
        "responsible_body.delete",
        "supervising_unit.delete",
    ]
    event = AuditEvent.objects.filter(action="social_organization.change_unit").first()
    assert event.before["supervising_unit"]["name"] == "市民证局"
    assert "写错" in event.reason
    right.refresh_from_db()
    assert right.version == 2


def test_a_body_that_is_still_named_stays_without_a_unit(city: User, unit: SupervisingUnit) -> None:
    right = make_unit("市民政局")
    old, _ = line_of(unit), line_of(right)
    make_party(FIRST, responsible_body=old)
    merge_units(loser=unit, winner=right, reason="写错", by=city)
    old.refresh_from_db()
    assert old.supervising_unit is None


@pytest.mark.parametrize("what", ["itself", "abroad", "body", "account", "reason"])
def test_what_stands_in_the_way_of_a_merger(city: User, unit: SupervisingUnit, what: str) -> None:
    above = make_user("pre", "city_staff", "99")
    winner, reason, words = make_unit("市民政局"), "写错", ""
    if what == "itself":
        winner, words = unit, "另一个"
    elif what == "abroad":
        winner, words = foreign_unit(), "不在同一个市"
    elif what == "body":
        line_of(unit)
        words = "反过来合并"
    elif what == "account":
        make_user("mei", "unit_staff", unit.code, display_name="梅")
        words = "梅(mei)"
    else:
        reason, words = " ", "理由"
    one = under(unit)
    with pytest.raises(ValidationError, match=None) as refused:
        merge_units(loser=unit, winner=winner, reason=reason, by=above)
    assert words in "".join(refused.value.messages)
    one.refresh_from_db()
    assert (one.supervising_unit, actions()) == (unit, [])


# --- townships ----------------------------------------------------------------------------------


def test_townships_are_added_and_renamed(city: User) -> None:
    body = own_body(SECOND)
    made = create_township(code=f"{CITY}088", name=" 石湖镇 ", by=city)
    assert (made.name, made.version) == ("石湖镇", 1)
    second = Township.objects.get(pk=SECOND)
    rename_township(township=second, name="西岭街道", version=1, by=city)
    second.refresh_from_db()
    body.refresh_from_db()
    assert (second.name, second.version, body.name) == ("西岭街道", 2, "西岭街道两新组织党委")
    assert actions() == ["township.create", "township.change", "responsible_body.change"]
    with pytest.raises(ChangedMeanwhile):
        rename_township(township=second, name="西岭", version=1, by=city)
    # the command does the same
    assert save_townships(
        townships=[{"code": SECOND, "name": "西岭镇"}, {"code": FIRST, "name": NAMES[FIRST]}],
        by=None,
    ) == (0, 1)
    body.refresh_from_db()
    assert body.name == "西岭镇两新组织党委"


def test_names_of_townships_go_round_but_none_is_given_twice() -> None:
    around = [{"code": FIRST, "name": NAMES[SECOND]}, {"code": SECOND, "name": NAMES[FIRST]}]
    assert save_townships(townships=around, by=None) == (0, 2)
    for code in (FIRST, f"{CITY}088"):
        with pytest.raises(ValidationError, match="不能重名"):
            save_townships(townships=[{"code": code, "name": NAMES[THIRD]}], by=None)
    assert Township.objects.filter(name=NAMES[THIRD]).count() == 1


@pytest.mark.parametrize(
    ("code", "name", "field", "words"),
    [
        (FIRST, "新镇", "code", "已有"),
        (f"{CITY}08", "新镇", "code", "9 位"),
        (f"{CITY}08a", "新镇", "code", "9 位"),
        (f"{CITY}0888", "新镇", "code", "9 位"),
        (f"{ABROAD}001", "新镇", "code", "不在您的管辖范围"),
        (f"{CITY}088", "东风街道", "name", f"“东风街道”({FIRST})"),
        (f"{CITY}088", "东 风街道", "name", "东风街道"),
        (f"{CITY}088", "", "name", ""),
        (f"{CITY}088", "镇" * 61, "name", "60"),
    ],
)
def test_what_a_new_township_may_not_be(
    city: User, code: str, name: str, field: str, words: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        create_township(code=code, name=name, by=city)
    assert words in "".join(refused.value.message_dict[field])
    assert Township.objects.count() == 3


def test_figures_bear_the_new_names(city: User, unit: SupervisingUnit) -> None:
    make_link(under(unit))
    drain_coverage()
    rename_unit(unit=unit, name="市民政局", by=city)
    rename_township(township=Township.objects.get(pk=FIRST), name="东风镇", by=city)
    assert drain_coverage().townships == [FIRST]
    groups = [("township",), ("supervising_unit",)]
    report = coverage_report(city, Selection(date(2019, 10, 16)), groups)
    names = {one.label for rows in report.groups.values() for one in rows}
    assert {"东风镇", "市民政局"} <= names
    assert not {"东风街道", "市民证局"} & names


# --- imports ------------------------------------------------------------------------------------


def test_a_new_body_with_an_old_name_belongs_to_the_unit(city: User, unit: SupervisingUnit) -> None:
    rename_unit(unit=unit, name="市民政局", by=city)
    areas = Areas(by=city, writer=Writer(ImportBatch()))
    made = areas.body("市民证局党组", Township.objects.get(pk=FIRST))
    assert (made.pk, made.supervising_unit) == (None, unit)


def test_a_ledger_with_an_old_name_finds_the_unit_and_its_body(
    city: User, unit: SupervisingUnit, tmp_path: Path
) -> None:
    body = line_of(unit)
    rename_unit(unit=unit, name="市民政局", by=city)
    head = [*SOCIAL, "责任主体"] if "责任主体" not in SOCIAL else SOCIAL
    row = social(业务主管单位="市民证局")
    row = [*row, "市民证局党组"] if len(head) > len(row) else row
    applied(sent(city, book(tmp_path / "a.xlsx", 社会组织=[head, row])), city)
    one = SocialOrganization.objects.get()
    assert (one.supervising_unit, one.responsible_body) == (unit, body)
    assert SupervisingUnit.objects.count() == ResponsibleBody.objects.count() == 1


def test_undo_takes_a_units_birth_back_but_not_when_it_was_renamed(
    city: User, tmp_path: Path
) -> None:
    path = book(tmp_path / "a.xlsx", 社会组织=[SOCIAL, social(业务主管单位="市体育局")])
    undone(applied(sent(city, path), city), city)
    assert not SupervisingUnit.objects.exists()
    batch = applied(sent(city, path), city)
    rename_unit(unit=SupervisingUnit.objects.get(), name="市体育总局", by=city)
    undone(batch, city)
    assert SupervisingUnit.objects.get().name == "市体育总局"


def test_undo_of_a_batch_from_before_units_had_versions(city: User, tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", 社会组织=[SOCIAL, social(业务主管单位="市体育局")])
    batch = applied(sent(city, path), city)
    made = SupervisingUnit.objects.get()
    effect = ImportEffect.objects.get(model="organizations.supervisingunit")
    effect.items = [[made.pk, record_digest(made, ["code", "name", "area_code"])]]
    effect.save()
    undone(batch, city)
    assert not SupervisingUnit.objects.exists()


def test_undo_is_refused_when_the_former_unit_is_gone(
    city: User, unit: SupervisingUnit, tmp_path: Path
) -> None:
    one = under(unit, name="甲协会", credit_code=None, category="community")
    path = book(tmp_path / "a.xlsx", 社会组织=[SOCIAL, social(业务主管单位="市体育局")])
    batch = applied(sent(city, path), city)
    one.refresh_from_db()
    assert one.supervising_unit.name == "市体育局"
    remove_unit(unit=unit, reason="误建", by=city)
    undone(batch, city)
    assert batch.state == "applied"
    (told,) = batch.notice["rows"]
    assert told["label"] == "甲协会"
    assert told["why"] == "它原来的业务主管单位已被删除或合并"


# --- pages --------------------------------------------------------------------------------------

UNITS, TOWNSHIPS = "/registry/areas/units/", "/registry/areas/"


def test_a_count_is_a_link_to_exactly_those(as_city: Client, unit: SupervisingUnit) -> None:
    under(unit)
    under(unit, SECOND)
    under(unit, status="deregistered", deregistered_on=date(2018, 1, 1))
    make_party(FIRST)
    make_instructor(FIRST)
    make_instructor(FIRST, ended_on=date(2018, 1, 1))
    page = as_city.get(UNITS).content.decode()
    link = f"/registry/social-organizations/?supervising_unit={unit.code}"
    assert f'<a href="{link}">2</a>' in page
    assert as_city.get(link).context["page"].count == 2
    page = as_city.get(TOWNSHIPS).content.decode()
    for noun, number in (("social-organizations", 1), ("party-organizations", 1)):
        link = f"/registry/{noun}/?township={FIRST}"
        assert f'<a href="{link}">{number}</a>' in page
        assert as_city.get(link).context["page"].count == number
    link = f"/registry/instructors/?township={FIRST}"
    assert f'<a href="{link}">1</a>' in page
    assert as_city.get(link).context["page"].count == 1
    # of each account its own
    officer = signed_in(make_user("wang", "township_officer", FIRST))
    assert f'supervising_unit={unit.code}">1</a>' in officer.get(UNITS).content.decode()
    assert "西岭镇" not in officer.get(TOWNSHIPS).content.decode()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", {"市民证局", "市教育局"}),
        ("q=教育", {"市教育局"}),
        ("q=990101u", {"市民证局", "市教育局"}),
        ("q=市民局", {"市民证局"}),
        ("used=yes", {"市民证局"}),
        ("used=no", {"市教育局"}),
        ("sort=-organization_count", {"市民证局", "市教育局"}),
    ],
)
def test_units_are_found(
    as_city: Client, unit: SupervisingUnit, query: str, found: set[str]
) -> None:
    under(unit)
    make_unit("市教育局")
    FormerUnitName.objects.create(unit=unit, area_code=CITY, name="市民局", until=date(2019, 1, 1))
    rows = as_city.get(f"{UNITS}?{query}").context["page"].rows
    assert {one.name for one in rows} == found


@pytest.mark.parametrize("path", [UNITS, TOWNSHIPS])
def test_as_many_queries_for_one_as_for_three(
    as_city: Client, path: str, django_assert_max_num_queries: Any
) -> None:
    def queries() -> int:
        with django_assert_max_num_queries(12) as counted:
            assert as_city.get(path).status_code == 200
        return len(counted.captured_queries)

    Township.objects.exclude(pk=FIRST).delete()
    under(make_unit("甲局"))
    queries()
    one = queries()
    for name, code in (("乙局", SECOND), ("丙局", SECOND)):
        under(make_unit(name), code)
    make_party(FIRST)
    assert queries() == one


def test_a_units_way_through_the_pages(as_city: Client) -> None:
    made = as_city.post(f"{UNITS}new/", {"name": "市民证局"}, follow=True)
    unit = SupervisingUnit.objects.get()
    assert made.redirect_chain == [(f"{UNITS}{unit.pk}/", 302)]
    again = as_city.post(f"{UNITS}new/", {"name": "市民证局"})
    assert f"“市民证局”({unit.code})" in again.content.decode()
    edit = f"{UNITS}{unit.pk}/rename/"
    assert 'data-draft="unit:' in as_city.get(edit).content.decode()
    page = as_city.post(edit, {"name": "市民政局", "version": 1}, follow=True).content.decode()
    assert "曾用名" in page
    assert "业务主管单位更名" in page
    # somebody else's change is not written over
    stale = as_city.post(edit, {"name": "市民局", "version": 1})
    text = stale.content.decode()
    assert stale.status_code == 409
    assert "<td>市民政局</td><td>市民局</td>" in text
    assert f'<a href="{UNITS}{unit.pk}/">市民政局</a>' in text  # what is stored leads back
    assert 'value="2"' in text
    assert as_city.post(edit, {"name": "市民局", "version": 2}).status_code == 302
    wrong = make_unit("市民局党委")
    under(wrong)
    chosen = as_city.get(f"{UNITS}{unit.pk}/merge/").content.decode()
    merge = f"{UNITS}{unit.pk}/merge/{wrong.pk}/"
    assert merge in chosen
    told = as_city.get(merge).content.decode()
    assert f'supervising_unit={wrong.code}">1 家在册社会组织</a>' in told
    assert as_city.post(merge, {"reason": ""}).status_code == 200
    page = as_city.post(merge, {"reason": "写错"}, follow=True).content.decode()
    assert "“市民局党委”并入“市民局”:写错" in page
    assert as_city.get(f"{UNITS}{unit.pk}/merge/{unit.pk}/").status_code == 404
    refused = as_city.post(f"{UNITS}{unit.pk}/remove/", {"reason": "误建"}).content.decode()
    assert "社会组织 1 条" in refused
    SocialOrganization.objects.all().delete()
    gone = as_city.post(f"{UNITS}{unit.pk}/remove/", {"reason": "误建"})
    assert (gone.status_code, gone["Location"]) == (302, UNITS)
    assert as_city.get(f"{UNITS}{unit.pk}/").status_code == 404


def test_a_merger_that_cannot_be_offers_no_button(as_city: Client, unit: SupervisingUnit) -> None:
    right = make_unit("市民政局")
    make_user("mei", "unit_staff", unit.code, display_name="梅")
    page = as_city.get(f"{UNITS}{right.pk}/merge/{unit.pk}/").content.decode()
    assert "梅(mei)" in page
    assert 'name="reason"' not in page
    assert "梅(mei)" in as_city.get(f"{UNITS}{unit.pk}/").content.decode()


def test_a_townships_way_through_the_pages(as_city: Client) -> None:
    new = {"code": f"{CITY}088", "name": "石湖镇"}
    made = as_city.post(f"{TOWNSHIPS}townships/new/", new)
    own = f"{TOWNSHIPS}townships/{CITY}088/"
    assert made["Location"] == own
    assert "已有镇(街道)" in as_city.post(f"{TOWNSHIPS}townships/new/", new).content.decode()
    page = as_city.post(f"{own}rename/", {"name": "石湖街道", "version": 1}, follow=True)
    assert "修改镇(街道)" in page.content.decode()
    stale = as_city.post(f"{own}rename/", {"name": "石湖", "version": 1})
    assert stale.status_code == 409
    assert Township.objects.get(pk=f"{CITY}088").name == "石湖街道"


@pytest.mark.parametrize(("role", "scope"), [("township_officer", FIRST), ("leader", CITY)])
def test_readers_see_no_buttons(unit: SupervisingUnit, role: str, scope: str) -> None:
    reader = signed_in(make_user("reader", role, scope))
    own = reverse("organizations:unit-page", args=[unit.pk])
    for path in (UNITS, TOWNSHIPS, own, f"{TOWNSHIPS}townships/{FIRST}/"):
        page = reader.get(path).content.decode()
        assert not any(
            f"/{verb}/" in page for verb in ("rename", "remove", "merge", "areas/units/new")
        )
    assert reader.post(f"{own}rename/", {"name": "新", "version": 1}).status_code == 403


# --- responsible bodies -------------------------------------------------------------------------


def test_who_answers_for_how_many(as_city: Client, officer: User, unit: SupervisingUnit) -> None:
    line, whole = line_of(unit), committee()
    near, far = own_body(), own_body(SECOND)
    for body, township, number in ((line, FIRST, 2), (line, SECOND, 1), (near, FIRST, 3)):
        for _ in range(number):
            make_organization(township, responsible_body=body)
    make_organization(
        FIRST, responsible_body=line, status="deregistered", deregistered_on=date(2019, 1, 1)
    )
    make_party(FIRST, responsible_body=near)
    url = reverse("organizations:body-list")

    def counts(client: Client) -> dict[str, tuple[int, int]]:
        rows = client.get(url).context["page"].rows
        return {row.name: (row.organization_count, row.party_count) for row in rows}

    assert counts(as_city) == {
        line.name: (3, 0),
        whole.name: (0, 0),
        near.name: (3, 1),
        far.name: (0, 0),
    }
    # an officer counts what lies in the own township; the other township's committee is not shown
    assert counts(signed_in(officer)) == {line.name: (2, 0), whole.name: (0, 0), near.name: (3, 1)}
    page = as_city.get(url).content.decode()
    link = f"{reverse('organizations:social-organization-list')}?responsible_body={line.pk}"
    assert f'href="{link}"' in page
    assert as_city.get(link).context["page"].count == 3
    assert as_city.get(f"{url}?kind=township").context["page"].count == 2


def test_bodies_take_the_same_number_of_queries(as_city: Client) -> None:
    url = reverse("organizations:body-list")
    committee()
    as_city.get(url)
    with CaptureQueriesContext(connection) as one:
        as_city.get(url)
    for township in (FIRST, SECOND):
        make_organization(township, responsible_body=own_body(township))
    with CaptureQueriesContext(connection) as three:
        assert as_city.get(url).context["page"].count == 3
    assert len(one) == len(three)
