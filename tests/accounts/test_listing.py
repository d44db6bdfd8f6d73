"""The mechanism of lists: order, places in it, columns, files, what people keep."""

import csv
import io
from datetime import date
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from accounts.exports import harmless
from accounts.models import AuditEvent, SavedFilter, User
from organizations.models import SocialOrganization
from tests.conftest import signed_in
from tests.walking import rows_of
from tests.world import FIRST, SECOND, make_link, make_organization, make_party, make_user

pytestmark = pytest.mark.django_db
LIST = "/registry/social-organizations/"
PARTIES = "/registry/party-organizations/"
ROUTE = "organizations:social-organization-list"
LINKS = "/registry/coverage-links/"


def names(client: Client, url: str, **query: Any) -> list[str]:
    return [row.name for row in rows_of(client, url, query)]


# --- order ----------------------------------------------------------------------------------------


def test_columns_sort_both_ways_and_empty_cells_stand_last(as_city: Client) -> None:
    make_organization(name="甲", grade_valid_to=date(2020, 1, 1), full_member_count=2)
    make_organization(name="乙", grade_valid_to=date(2019, 1, 1), full_member_count=3)
    make_organization(name="丙", full_member_count=1)
    assert names(as_city, LIST, sort="full_member_count") == ["丙", "甲", "乙"]
    assert names(as_city, LIST, sort="-full_member_count") == ["乙", "甲", "丙"]
    assert names(as_city, LIST, sort="grade_valid_to") == ["乙", "甲", "丙"]
    assert names(as_city, LIST, sort="-grade_valid_to") == ["甲", "乙", "丙"]


def test_closed_lists_sort_as_they_are_declared(as_city: Client) -> None:
    for category in ("community", "social_group", "foundation"):
        make_organization(name=category, category=category)
    assert names(as_city, LIST, sort="category") == ["social_group", "foundation", "community"]


@pytest.mark.parametrize(
    "sort", ["password", "township__code", "-", "remark", "name;drop", "--name"]
)
def test_other_orders_are_refused(as_city: Client, sort: str) -> None:
    answer = as_city.get(LIST, {"sort": sort})
    assert answer.status_code == 400
    assert "回到列表首页" in answer.content.decode()


def test_headings_are_links_that_say_which_way_rows_run(as_city: Client) -> None:
    make_organization()
    text = as_city.get(LIST, {"sort": "-township", "q": "商会"}).content.decode()
    assert text.count("aria-sort") == 1
    assert 'aria-sort="descending"' in text
    assert "?sort=township&amp;q=%E5%95%86%E4%BC%9A" in text


# --- places ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "at", ["x", "after.", "after.%", "before.W10", "after.WyJhIiwiYiJd", "last.x.y.z", "after.MQ"]
)
def test_places_that_cannot_be_read_are_said(as_city: Client, at: str) -> None:
    make_organization()
    assert as_city.get(LIST, {"at": at}).status_code in (200, 400)
    assert as_city.get(LIST, {"at": at}).status_code == (200 if at == "last.x.y.z" else 400)


def test_pages_lead_forwards_backwards_and_to_both_ends(as_city: Client) -> None:
    for number in range(120):
        make_organization(name=f"协会{number:03d}")
    first = as_city.get(LIST).context["page"]
    second = as_city.get(LIST + first.next_url).context["page"]
    last = as_city.get(LIST + second.last_url).context["page"]
    assert [len(page) for page in (first, second, last)] == [50, 50, 20]
    assert (second.number, last.number, last.pages) == (2, 3, 3)
    assert [row.pk for row in as_city.get(LIST + second.next_url).context["page"]] == [
        row.pk for row in last
    ]
    back = as_city.get(LIST + last.previous_url).context["page"]
    assert [row.pk for row in back] == [row.pk for row in second]
    assert back.number == 2
    start = as_city.get(LIST + back.previous_url).context["page"]
    assert [row.pk for row in start] == [row.pk for row in first]
    assert (start.has_previous, start.number) == (False, 1)


def test_rows_that_went_away_leave_no_gap(as_city: Client) -> None:
    made = [make_organization(name=f"协会{number:03d}") for number in range(55)]
    first = as_city.get(LIST).context["page"]
    for one in made[40:]:
        one.delete()
    page = as_city.get(LIST + first.next_url).context["page"]
    assert (len(page), page.count, page.number) == (40, 40, 1)


# --- columns --------------------------------------------------------------------------------------


def test_chosen_columns_are_remembered_for_the_person_and_the_list(
    as_city: Client, as_officer: Client
) -> None:
    make_organization(principal="陈明")
    answer = as_city.post(
        f"{LIST}?q=%E5%95%86%E4%BC%9A", {"do": "columns", "column": ["principal", "unknown"]}
    )
    assert answer["Location"] == f"{LIST}?q=%E5%95%86%E4%BC%9A"
    shown = as_city.get(LIST).content.decode()
    assert "陈明" in shown
    assert 'data-label="类别"' not in shown
    assert User.objects.get(username="lin").list_columns[ROUTE] == ["principal"]
    assert 'data-label="类别"' in as_officer.get(LIST).content.decode()
    as_city.post(LIST, {"do": "usual-columns"})
    assert 'data-label="类别"' in as_city.get(LIST).content.decode()
    assert User.objects.get(username="lin").list_columns == {}


def test_what_people_typed_is_escaped_in_tables(as_city: Client) -> None:
    make_organization(name="<b>粗</b>", principal="<i>")
    as_city.post(LIST, {"do": "columns", "column": ["principal"]})
    text = as_city.get(LIST).content.decode()
    assert "&lt;b&gt;粗&lt;/b&gt;" in text
    assert "<i>" not in text


# --- files ----------------------------------------------------------------------------------------


def exported(client: Client, url: str, **data: Any) -> Any:
    answer = client.post(url, {"do": "xlsx", **data})
    assert answer.status_code == 200
    return load_workbook(io.BytesIO(b"".join(answer.streaming_content)))


def test_a_workbook_holds_exactly_what_is_filtered_and_says_so(as_city: Client) -> None:
    one = make_organization(name="=甲+1", principal="@乙", full_member_count=3)
    make_organization(SECOND)
    book = exported(as_city, f"{LIST}?township={FIRST}", all="1")
    sheet, notes = book.worksheets
    header = [cell.value for cell in sheet[1]]
    row = dict(zip(header, sheet[2], strict=True))
    assert sheet.title == "社会组织"
    assert sheet.freeze_panes == "B2"
    assert sheet.max_row == 2
    assert (row["社会组织名称"].value, row["社会组织名称"].data_type) == ("=甲+1", "s")
    assert (row["统一社会信用代码"].value, row["统一社会信用代码"].data_type) == (
        one.credit_code,
        "s",
    )
    assert row["成立登记日期"].value.date() == date(2010, 1, 1)
    assert row["正式党员数"].value == 3
    assert row["组织覆盖(仅供参考)"].value == "未覆盖(应建未建)"
    told = {a.value: b.value for a, b in notes.iter_rows(min_row=1, max_row=8)}
    assert told["筛选条件"] == "镇(街道):东风街道"
    assert told["行数"] == "1"
    assert told["导出人"] == "lin(市委组织部)"
    event = AuditEvent.objects.get(action="social_organization.export")
    assert event.after == {"format": "xlsx", "filters": ["镇(街道):东风街道"], "rows": 1}


def test_an_export_holds_the_chosen_columns_and_those_that_an_import_needs(
    as_city: Client,
) -> None:
    make_link(make_organization(), make_party(name="支部"))
    as_city.post(LINKS, {"do": "columns", "column": ["valid_to"]})
    sheet = exported(as_city, LINKS).worksheets[0]
    assert [cell.value for cell in sheet[1]] == [
        *("社会组织名称", "党组织编码", "组建方式", "覆盖起始日期", "覆盖截止日期")
    ]


def test_comma_separated_text_opens_in_excel_and_runs_nothing(as_city: Client) -> None:
    make_organization(name='=HYPERLINK("x")', principal="-1,2")
    answer = as_city.post(LIST, {"do": "csv", "all": "1"})
    raw = b"".join(answer.streaming_content)
    assert raw.startswith(b'\xef\xbb\xbf"')
    header, row = csv.reader(io.StringIO(raw.decode("utf-8-sig")))
    cells = dict(zip(header, row, strict=True))
    assert cells["社会组织名称"] == '\'=HYPERLINK("x")'
    assert cells["负责人"] == "'-1,2"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("=1", "'=1"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@x", "'@x"),
        ("\tx", "'\tx"),
        ("\uff1d1", "'\uff1d1"),
        ("a=1", "a=1"),
        (-1, "-1"),
        (None, ""),
        (date(2019, 10, 16), "2019-10-16"),
    ],
)
def test_no_cell_begins_a_formula(value: Any, text: str) -> None:
    assert harmless(value) == text


def test_who_may_not_export_sees_no_button_and_is_refused() -> None:
    leader = signed_in(make_user("chen", "leader", "990101"))
    make_organization()
    assert 'value="xlsx"' not in leader.get(LIST).content.decode()
    assert leader.post(LIST, {"do": "xlsx"}).status_code == 403
    assert not AuditEvent.objects.filter(action__endswith=".export").exists()


def test_wrong_filters_export_nothing(as_city: Client) -> None:
    make_organization()
    assert as_city.post(f"{LIST}?category=x", {"do": "xlsx"}).status_code == 400
    assert as_city.post(f"{LIST}?sort=x", {"do": "xlsx"}).status_code == 400


# --- saved filters --------------------------------------------------------------------------------


def test_a_filter_is_kept_private_or_shared_with_the_own_office(
    as_officer: Client, officer: User, neighbour: User
) -> None:
    colleague, other = make_user("li", "township_officer", FIRST), signed_in(neighbour)
    mate = signed_in(colleague)
    make_organization(FIRST, name="东风商会")
    make_organization(SECOND, name="西岭商会")
    where = f"{LIST}?covered=no&sort=-name&at=last&page=2&x=1"
    as_officer.post(where, {"do": "save", "name": "未覆盖"})
    saved = SavedFilter.objects.get()
    assert (saved.query, saved.is_shared) == ("covered=no&sort=-name", False)
    assert "未覆盖</a>" in as_officer.get(LIST).content.decode()
    assert SavedFilter.objects.visible_to(colleague).count() == 0
    change = f"/accounts/saved-filters/{saved.pk}/"
    assert mate.post(change, {"name": "x"}).status_code == 404
    as_officer.post(change, {"name": "还没覆盖", "is_shared": "1"})
    assert "还没覆盖" in mate.get(LIST).content.decode()
    assert "还没覆盖" not in other.get(LIST).content.decode()
    assert mate.post(change, {"name": "x"}).status_code == 403
    assert other.post(f"{change}delete/").status_code == 404
    assert names(mate, f"{LIST}?{saved.query}") == ["东风商会"]
    assert mate.post(f"{change}delete/").status_code == 403
    as_officer.post(f"{change}delete/")
    assert not SavedFilter.objects.exists()
    actions = AuditEvent.objects.filter(action__startswith="saved_filter")
    assert sorted(actions.values_list("action", flat=True)) == [
        *("saved_filter.change", "saved_filter.create", "saved_filter.delete")
    ]


def test_an_office_left_is_an_office_lost(as_officer: Client, officer: User) -> None:
    as_officer.post(f"{LIST}?q=a", {"do": "save", "name": "甲", "is_shared": "1"})
    mate = make_user("li", "township_officer", FIRST)
    assert SavedFilter.objects.visible_to(mate).exists()
    mate.scope_code = SECOND
    assert not SavedFilter.objects.visible_to(mate).exists()
    officer.scope_code = SECOND
    assert SavedFilter.objects.visible_to(officer).exists()


@pytest.mark.parametrize(
    ("query", "name"),
    [("q=11010519491231002X", "甲"), ("q=13800138000", "甲"), ("q=a", ""), ("q=a", "长" * 41)],
)
def test_filters_that_cannot_be_kept(as_city: Client, query: str, name: str) -> None:
    as_city.post(f"/members/?{query}", {"do": "save", "name": name})
    assert not SavedFilter.objects.exists()
    assert "没有保存" in as_city.get(LIST).content.decode()


def test_a_name_is_used_once_a_list(as_city: Client) -> None:
    for _ in range(2):
        as_city.post(f"{LIST}?q=a", {"do": "save", "name": "甲"})
    as_city.post(f"{PARTIES}?q=a", {"do": "save", "name": "甲"})
    assert SavedFilter.objects.count() == 2
    assert "同名" in as_city.get("/accounts/saved-filters/").content.decode()


def test_numbers_of_a_person_are_masked_in_chips_and_in_the_log(as_city: Client) -> None:
    as_city.post("/members/?q=11010519491231002X", {"do": "csv"})
    event = AuditEvent.objects.get(action="member.export")
    assert "11010519491231002X" not in str(event.after)


# --- ticked rows ----------------------------------------------------------------------------------


def test_rows_are_ticked_for_what_the_account_may_do_with_them(as_officer: Client) -> None:
    one = make_organization(FIRST)
    text = as_officer.get(LIST).content.decode()
    assert f'form="ticked" name="organization" value="{one.pk}"' in text
    assert 'formaction="/registry/social-organizations/cover/"' in text
    leader = signed_in(make_user("chen", "leader", "990101"))
    text = leader.get(LIST).content.decode()
    assert 'form="ticked"' not in text
    assert "formaction" not in text


# --- counting -------------------------------------------------------------------------------------


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_count_is_kept_only_while_nothing_was_written(as_city: Client) -> None:
    for number in range(55):
        make_organization(name=f"协会{number:03d}")

    def asked() -> int:
        return as_city.get(LIST).context["page"].count

    def from_before() -> bool:
        """Is what was noted at the last question told again? A wrong number is noted to see it."""
        (key,) = (name.removeprefix(":1:") for name in cache._cache if "count:" in name)
        cache.set(key, (cache.get(key)[0], 999))
        return asked() == 999

    assert asked() == 55
    # the snapshot is the whole server's, where somebody else may be writing
    assert any(from_before() for _ in range(100))
    make_organization()
    assert asked() == 56
    SocialOrganization.objects.filter(name="协会001").update(
        status="deregistered", deregistered_on="2015-01-01"
    )
    assert asked() == 55


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_page_of_a_list_asks_ten_questions_at_most(as_city: Client) -> None:
    for number in range(55):
        make_organization(name=f"协会{number:03d}")
    as_city.get(LIST)
    cache.clear()
    with CaptureQueriesContext(connection) as captured:
        assert as_city.get(LIST).context["page"].count == 55
    assert len(captured) <= 10


@pytest.mark.parametrize(
    ("url", "comes_back", "told"),
    [
        (LIST, True, True),
        (f"{LIST}?as_of=2019-10-16", False, True),
        ("/registry/areas/bodies/", False, False),
    ],
)
def test_what_can_be_read_in_again_says_so(
    as_city: Client, url: str, comes_back: bool, told: bool
) -> None:
    make_organization()
    page = as_city.get(url)
    assert ("可改好后再导入" in page.content.decode()) is comes_back
    notes = {row[0]: row[1] for row in exported(as_city, url).worksheets[-1].values}
    assert ("可以改好后重新导入" in notes.get("说明", "")) is comes_back
    assert ("说明" in notes) is told
    assert ("请不要用来导入" in notes["数据日期"]) is (told and not comes_back)
