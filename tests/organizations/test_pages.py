"""Lists and records of the registry: found, scoped, corrected, never silently overwritten."""

from datetime import date
from typing import Any

import pytest
from django.test import Client

from accounts.models import AuditEvent, User
from organizations.actions.social_organization import rename_social_organization
from organizations.models import ResponsibleBody, SocialOrganization
from tests.world import (
    CITY,
    FIRST,
    SECOND,
    make_link,
    make_organization,
    make_party,
    make_unit,
    make_user,
    sign_in,
)

pytestmark = pytest.mark.django_db
LIST = "/registry/social-organizations/"
PARTIES = "/registry/party-organizations/"


def names(client: Client, url: str, **query: Any) -> list[str]:
    answer = client.get(url, query)
    assert answer.status_code == 200
    return [row.name for row in answer.context["page"]]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("青商", ["石狮青商会"]),
        ("ssqsh", ["石狮青商会"]),
        ("QSH", ["石狮青商会"]),
        ("shi shi qing", ["石狮青商会"]),
        ("石狮", ["石狮青商会", "石狮渔业协会"]),
        ("石 狮青商", ["石狮青商会"]),
        ("zzz", []),
        ("%", []),
        ("_", []),
    ],
)
def test_search_by_name_and_pinyin(as_city: Client, text: str, found: list[str]) -> None:
    make_organization(name="石狮青商会")
    make_organization(name="石狮渔业协会")
    assert names(as_city, LIST, q=text) == found


def test_search_by_code(as_city: Client) -> None:
    one = make_organization(name="甲")
    make_organization(name="乙")
    assert names(as_city, LIST, q=one.credit_code[8:].lower()) == ["甲"]
    party = make_party(name="甲支部")
    make_party(name="乙支部")
    assert names(as_city, PARTIES, q=party.code) == ["甲支部"]


def test_names_are_sorted_by_pinyin(as_city: Client) -> None:
    for name in ("张江商会", "白云商会", "林海商会"):
        make_organization(name=name)
    assert names(as_city, LIST) == ["白云商会", "林海商会", "张江商会"]


def test_filters(as_city: Client) -> None:
    unit = make_unit("市民政局")
    make_link(make_organization(name="覆盖", supervising_unit=unit), mode="dual")
    make_organization(name="三人", full_member_count=3)
    make_organization(SECOND, name="空壳", status="shell", category="foundation")
    make_organization(name="注销", status="deregistered", deregistered_on=date(2015, 1, 1))
    assert names(as_city, LIST, covered="yes") == ["覆盖"]
    assert names(as_city, LIST, covered="no") == ["空壳", "三人"]
    assert names(as_city, LIST, reason="should_establish") == ["三人"]
    assert names(as_city, LIST, mode="dual") == ["覆盖"]
    assert names(as_city, LIST, mode="solo") == []
    assert names(as_city, LIST, supervising_unit=unit.code) == ["覆盖"]
    assert names(as_city, LIST, supervising_unit="none") == ["空壳", "三人"]
    assert names(as_city, LIST, township=SECOND) == ["空壳"]
    assert names(as_city, LIST, base="reduced") == ["覆盖", "三人"]
    assert names(as_city, LIST, removal="shell") == ["空壳"]
    assert names(as_city, LIST, category="foundation") == ["空壳"]
    assert names(as_city, LIST, alive="all", status="deregistered") == ["注销"]
    assert set(names(as_city, LIST, as_of="2014-06-01")) == {"覆盖", "三人", "空壳", "注销"}
    assert names(as_city, LIST, as_of="2014-06-01", covered="yes") == []


def test_wrong_filters_are_said(as_city: Client) -> None:
    make_organization()
    answer = as_city.get(LIST, {"category": "公司"})
    assert answer.status_code == 400
    assert answer.context["filterset"].form.errors["category"]
    assert as_city.get(LIST, {"as_of": "soon"}).status_code == 400


def test_empty_lists_say_what_would_be_here(as_city: Client) -> None:
    assert "导入台账后" in as_city.get(LIST).content.decode()
    assert "没有符合条件" in as_city.get(LIST, {"q": "x"}).content.decode()


def test_pages_of_fifty_keep_the_filter(as_city: Client) -> None:
    for number in range(55):
        make_organization(name=f"协会{number:03d}")
    first = as_city.get(LIST, {"q": "协会"})
    assert len(first.context["page"]) == 50
    following = first.context["page"].next_url
    assert "page=2" in following
    assert "q=%E5%8D%8F%E4%BC%9A" in following
    assert len(names(as_city, LIST + following)) == 5


@pytest.mark.parametrize("url", [LIST, PARTIES])
def test_the_number_of_queries_is_the_same_for_one_row_and_for_three(
    as_city: Client, url: str, django_assert_max_num_queries: Any
) -> None:
    def queries() -> int:
        with django_assert_max_num_queries(12) as counted:
            as_city.get(url)
        return len(counted.captured_queries)

    make_link(make_organization())
    one = queries()
    make_link(make_organization(SECOND, supervising_unit=make_unit()))
    make_link(make_organization())
    assert queries() == one


def test_a_record_tells_who_covers_it(as_city: Client) -> None:
    organization = make_organization(name="青商会")
    party = make_party(name="青商会党支部")
    make_link(organization, party, valid_from=date(2015, 3, 2))
    text = as_city.get(f"{LIST}{organization.pk}/").content.decode()
    assert "青商会党支部" in text
    assert "2015年3月2日" in text
    assert f"{PARTIES}{party.pk}/" in text
    assert "青商会" in as_city.get(f"{PARTIES}{party.pk}/").content.decode()


def test_records_of_others_are_not_there(as_officer: Client) -> None:
    own, foreign = make_organization(FIRST), make_organization(SECOND, name="邻镇商会")
    party = make_party(SECOND, name="邻镇党支部")
    make_link(own, party)
    make_link(foreign, party)
    assert names(as_officer, LIST) == [own.name]
    assert names(as_officer, PARTIES) == []
    assert as_officer.get(f"{LIST}{foreign.pk}/").status_code == 404
    assert as_officer.get(f"{LIST}{foreign.pk}/edit/").status_code == 404
    assert as_officer.get(f"{PARTIES}{party.pk}/").status_code == 404
    text = as_officer.get(f"{LIST}{own.pk}/").content.decode()
    assert "邻镇党支部" in text  # part of the own record's link, but no way to the foreign record
    assert f"{PARTIES}{party.pk}/" not in text


def form_of(organization: SocialOrganization, **changes: Any) -> dict[str, Any]:
    return {
        "name": organization.name,
        "credit_code": organization.credit_code,
        "category": organization.category,
        "township": organization.township_id,
        "registered_on": organization.registered_on,
        "status": organization.status,
        "staff_count": organization.staff_count,
        "full_member_count": organization.full_member_count,
        "charter_state": organization.charter_state,
        "version": organization.version,
        **changes,
    }


def test_an_officer_corrects_a_record(as_officer: Client) -> None:
    one = make_organization(FIRST)
    url = f"{LIST}{one.pk}/edit/"
    assert as_officer.get(url).status_code == 200
    answer = as_officer.post(url, form_of(one, full_member_count=4, name="新商会"))
    assert answer.status_code == 302
    one.refresh_from_db()
    assert (one.name, one.full_member_count, one.version) == ("新商会", 4, 2)
    assert one.initials == "xsh"
    event = AuditEvent.objects.get(action="social_organization.change")
    assert event.actor == "wang"
    assert event.before["full_member_count"] == 0
    assert event.after == {"name": "新商会", "full_member_count": 4}
    assert event.request_id


def test_a_code_is_taken_as_it_was_pasted(as_officer: Client) -> None:
    one = make_organization(FIRST)
    code = one.credit_code or ""
    wide = "".join(chr(ord(sign) + 0xFEE0) for sign in code.lower())
    for pasted in (f" {code[:4]} {code[4:8]} {code[8:]}", wide, f"{wide[:9]}\u3000{wide[9:]}"):
        answer = as_officer.post(f"{LIST}{one.pk}/edit/", form_of(one, credit_code=pasted))
        assert answer.status_code == 302
        one.refresh_from_db()
        assert one.credit_code == code
    text = as_officer.get(f"{LIST}{one.pk}/edit/").content.decode()
    field = text[text.index('name="credit_code"') :]
    assert "maxlength" not in field[: field.index(">")]  # a browser would cut the pasted text


def test_the_head_of_a_form_tells_what_is_stored(as_officer: Client) -> None:
    one = make_organization(FIRST, name="东风商会")
    wrong = form_of(one, name="还没有保存的名称", staff_count="") | {"initial-name": "东风商会"}
    text = as_officer.post(f"{LIST}{one.pk}/edit/", wrong).content.decode()
    assert text.count("还没有保存的名称") == 1  # in its field
    assert "东风商会" in text


def test_a_day_too_early_keeps_the_choice_and_says_why(as_officer: Client) -> None:
    one = make_organization(FIRST, registered_on=date(2015, 1, 1))
    host = make_party(FIRST, kind="affiliated", founded_on=date(2012, 5, 1))
    url = f"{LIST}cover/?organization={one.pk}"
    data = {"organization": one.pk, "party": host.pk, "mode": "", "document": ""}
    for on, why in (
        ("2010-01-01", "在2015年1月1日才成立登记"),
        ("2013-01-01", "在2015年1月1日才成立登记"),
        ("2099-01-01", "晚于今天"),
    ):
        answer = as_officer.post(url, data | {"on": on})
        text = answer.content.decode()
        assert why in text, on
        assert "请选择组建方式" not in text
        assert [offer.party for offer in answer.context["offers"]] == [host]
        assert f'value="{host.pk}"' in text


def test_saving_without_a_change_leaves_no_trace(as_officer: Client) -> None:
    one = make_organization(FIRST)
    answer = as_officer.post(f"{LIST}{one.pk}/edit/", form_of(one), follow=True)
    assert "没有改动" in answer.content.decode()
    one.refresh_from_db()
    assert one.version == 1
    assert not AuditEvent.objects.filter(action="social_organization.change").exists()


def test_a_change_by_somebody_else_is_shown_not_overwritten(
    as_officer: Client, as_city: Client
) -> None:
    one = make_organization(FIRST)
    url = f"{LIST}{one.pk}/edit/"
    form = form_of(one, full_member_count=4)
    as_city.post(url, form_of(one, full_member_count=2, staff_count=30))
    answer = as_officer.post(url, form)
    assert answer.status_code == 409
    assert [(row["label"], row["theirs"], row["mine"]) for row in answer.context["conflict"]] == [
        ("从业人员数", "30", "0"),
        ("正式党员数", "2", "4"),
    ]
    assert "<td>0</td>" in answer.content.decode()  # a number, not nothing
    one.refresh_from_db()
    assert one.full_member_count == 2
    again = {**form, "version": answer.context["form"]["version"].value()}
    assert as_officer.post(url, again).status_code == 302
    one.refresh_from_db()
    assert one.full_member_count == 4


def test_what_was_not_touched_is_not_written_over_others(
    as_officer: Client, as_city: Client
) -> None:
    one = make_organization(FIRST, principal="林某", staff_count=5)
    url = f"{LIST}{one.pk}/edit/"

    def opened() -> dict[str, Any]:
        form = as_officer.get(url).context["form"]
        seen = {name: str(form[name].value() or "") for name in form.fields}
        seen |= {"staff_count": str(form["staff_count"].value()), "full_member_count": "0"}
        return seen | {
            f"initial-{name}": value for name, value in seen.items() if name != "version"
        }

    assert 'name="initial-principal" value="林某"' in as_officer.get(url).content.decode()
    sent = opened() | {"principal": "蔡某"}
    as_city.post(url, form_of(one, principal="王某", staff_count=30, remark="核实"))
    answer = as_officer.post(url, sent)
    assert answer.status_code == 409
    rows = {row["label"]: row["is_kept"] for row in answer.context["conflict"]}
    assert rows == {"负责人": False, "从业人员数": True, "备注": True}
    form = answer.context["form"]
    again = {name: form[name].value() or "" for name in form.fields}
    assert (again["principal"], again["staff_count"], again["remark"]) == ("蔡某", "30", "核实")
    shown = {f"initial-{name}": form.data.get(f"initial-{name}", "") for name in form.fields}
    assert shown["initial-principal"] == "王某"
    assert as_officer.post(url, again | shown).status_code == 302
    one.refresh_from_db()
    assert (one.principal, one.staff_count, one.remark) == ("蔡某", 30, "核实")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"credit_code": "51350581DEM00009XX"}, "credit_code"),
        ({"name": ""}, "name"),
        ({"registered_on": "2019-02-30"}, "registered_on"),
        ({"status": "deregistered"}, "status"),
        ({"registered_on": "2099-01-01"}, "registered_on"),
        ({"full_member_count": "-1"}, "full_member_count"),
    ],
)
def test_wrong_values_are_refused_beside_their_field(
    as_officer: Client, changes: dict, field: str
) -> None:
    make_organization(SECOND)
    one = make_organization(FIRST)
    answer = as_officer.post(f"{LIST}{one.pk}/edit/", form_of(one, **changes))
    assert answer.status_code == 200
    assert field in answer.context["form"].errors
    one.refresh_from_db()
    assert one.version == 1


def test_a_leader_reads_but_does_not_write(client: Client) -> None:
    one = make_organization(FIRST)
    sign_in(client, make_user("chen", "leader", "990101"))
    text = client.get(f"{LIST}{one.pk}/").content.decode()
    assert "/edit/" not in text
    assert client.get(f"{LIST}{one.pk}/edit/").status_code == 403
    assert client.post(f"{LIST}{one.pk}/edit/", form_of(one)).status_code == 403


def test_gaps_of_responsibility_are_listed_and_adopted_at_once(as_city: Client) -> None:
    body = ResponsibleBody.objects.create(
        name="市社会组织综合党委", kind="committee", area_code=CITY
    )
    other = ResponsibleBody.objects.create(
        name="东风街道两新组织党委", kind="township", area_code=CITY
    )
    make_organization(name="无主体")
    make_organization(name="不同", responsible_body=other)
    make_organization(name="有理由", responsible_body=other, responsible_body_reason="就近")
    make_organization(name="一致", responsible_body=body)
    for question, found in (
        ("gap", ["不同", "无主体"]),
        ("none", ["无主体"]),
        ("differs", ["不同"]),
        ("set", ["有理由"]),
    ):
        assert names(as_city, LIST, responsibility=question) == found
    keys = list(
        SocialOrganization.objects.filter(name__in=["不同", "无主体"]).values_list("pk", flat=True)
    )
    page = as_city.get(f"{LIST}adopt/", {"organization": keys})
    assert page.content.decode().count("<strong>市社会组织综合党委</strong>") == 2
    as_city.post(f"{LIST}adopt/", {"organization": keys})
    assert names(as_city, LIST, responsibility="gap") == []


def test_former_names_are_found_in_lists(as_city: Client, city: User) -> None:
    one = make_organization(name="青商会")
    rename_social_organization(organization=one, name="青商联合会", on=date(2019, 1, 1), by=city)
    assert names(as_city, LIST, q="青商会") == ["青商联合会"]
    assert "青商会" in as_city.get(f"{LIST}{one.pk}/").content.decode()


def test_ticks_are_offered_to_those_who_may_use_them(as_officer: Client, client: Client) -> None:
    make_organization(FIRST)
    sign_in(client, make_user("chen", "leader", "990101"))
    assert 'name="organization"' in as_officer.get(LIST).content.decode()
    assert 'name="organization"' not in client.get(LIST).content.decode()
    assert f"{LIST}new/" not in client.get(LIST).content.decode()


def test_a_merged_record_s_address_leads_to_the_one_that_stays(as_city: Client, city: User) -> None:
    kept, lost = make_organization(FIRST), make_organization(FIRST, credit_code=None)
    number = lost.pk
    as_city.post(f"{LIST}{kept.pk}/merge/{lost.pk}/", {"reason": "重复"})
    assert as_city.get(f"{LIST}{number}/")["Location"] == f"{LIST}{kept.pk}/"


def test_a_party_organization_s_conflict_shows_both_values(as_officer: Client) -> None:
    party = make_party(FIRST, secretary="林某")
    url = f"{PARTIES}{party.pk}/edit/"
    form = {
        "name": party.name,
        "code": party.code,
        "founded_on": "2012-01-01",
        "secretary": "蔡某",
        "version": 1,
    }
    assert as_officer.post(url, form).status_code == 302
    answer = as_officer.post(url, {**form, "secretary": "郭某"})
    assert answer.status_code == 409
    assert [(r["theirs"], r["mine"]) for r in answer.context["conflict"]] == [("蔡某", "郭某")]
    link = make_link(make_organization(FIRST), party)
    url = f"/registry/coverage-links/{link.pk}/edit/"
    form = {"mode": "attached", "valid_from": "2015-01-01", "version": 1, "reason": "抄错"}
    assert as_officer.post(url, form).status_code == 302
    assert as_officer.post(url, {**form, "mode": "solo"}).status_code == 409


def test_registering_asks_about_the_similar_and_keeps_what_was_typed(as_officer: Client) -> None:
    make_organization(FIRST, name="石狮市纺织行业商会")
    form = {
        "name": "石狮市纺织业商会",
        "category": "social_group",
        "township": FIRST,
        "registered_on": "2018-01-01",
        "staff_count": 3,
        "full_member_count": 0,
    }
    page = as_officer.post(f"{LIST}new/", form)
    text = page.content.decode()
    assert "石狮市纺织行业商会" in text
    assert "确认不是同一家" in text
    assert 'value="石狮市纺织业商会"' in text
    answer = as_officer.post(f"{LIST}new/", {**form, "is_another": "on"})
    assert answer.status_code == 302


def test_a_secretary_begins_at_the_own_organization(client: Client) -> None:
    party = make_party(FIRST)
    sign_in(client, make_user("shuji", "secretary", party.code))
    assert client.get("/")["Location"] == f"/registry/party-organizations/{party.pk}/"
    sign_in(client, make_user("wuming", "secretary", "nowhere"))
    assert client.get("/")["Location"] == "/todo/"
