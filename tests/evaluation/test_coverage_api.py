"""The coverage API: its shape, its refusals, its validators, its scope."""

import csv
import io
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from drf_spectacular.validation import validate_schema
from yaml import safe_load

from accounts.actions.tokens import issue_token
from accounts.models import ApiToken, User
from evaluation.actions.coverage import drain_coverage
from organizations.models import SocialOrganization
from tests.world import (
    FIRST,
    SECOND,
    make_assignment,
    make_link,
    make_organization,
    make_party,
    make_unit,
    make_user,
    sign_in,
)

pytestmark = pytest.mark.django_db
URL = "/api/v1/coverage/"


@pytest.fixture
def figures() -> None:
    """Seven of the first township, five covered; two of the second, one covered."""
    unit = make_unit("市民政局")
    for number in range(7):
        organization = make_organization(
            FIRST, category="social_group" if number % 2 else "foundation", supervising_unit=unit
        )
        if number < 5:
            kind = ("standing", "joint", "affiliated")[number % 3]
            make_link(organization, make_party(FIRST, kind=kind), mode="attached")
    SocialOrganization.objects.filter(pk=organization.pk).update(full_member_count=3)
    make_assignment(organization)
    make_link(make_organization(SECOND, status="shell"), mode="solo")
    make_organization(SECOND, full_member_count=1)
    drain_coverage()


def test_the_answer_has_the_documented_shape(as_city: Client, figures: None) -> None:
    answer = as_city.get(URL, {"group_by": "township"}).json()
    assert list(answer) == [
        *("as_of", "computed_at", "pending", "total", "uncovered", "reduced"),
        *("party_organizations", "groups"),
    ]
    assert answer["as_of"] == timezone.localdate().isoformat()
    assert answer["pending"] is False
    assert answer["total"] == {
        "social_organization_count": 9,
        "covered_count": 6,
        "organization_coverage_rate": 0.6667,
        "work_covered_count": 7,
        "work_coverage_rate": 0.7778,
    }
    assert answer["uncovered"] == {"should_establish": 1, "too_few_members": 1, "no_members": 1}
    assert answer["reduced"]["removed"] == {"winding_up": 0, "revoked": 0, "shell": 1}
    assert answer["reduced"]["social_organization_count"] == 8
    assert answer["party_organizations"] == {"standing": 3, "joint": 2, "affiliated": 1}
    assert answer["groups"][0] == {
        "township": FIRST,
        "label": "东风街道",
        "social_organization_count": 7,
        "covered_count": 5,
        "organization_coverage_rate": 0.7143,
        "work_covered_count": 6,
        "work_coverage_rate": 0.8571,
        "should_establish": 1,
        "too_few_members": 0,
        "no_members": 1,
    }


def test_published_and_dated_answers_are_equal(as_city: Client, figures: None) -> None:
    day = timezone.localdate() - timedelta(days=1)
    for grouping in ("township", "category", "supervising_unit", "mode", "category,mode", ""):
        today = as_city.get(URL, {"group_by": grouping}).json()
        before = as_city.get(URL, {"group_by": grouping, "as_of": day}).json()
        for name in ("total", "uncovered", "reduced", "party_organizations", "groups"):
            assert today[name] == before[name]


@pytest.mark.parametrize(
    ("parameters", "field", "part"),
    [
        ({"as_of": "2019-13-01"}, "as_of", "日期格式"),
        ({"as_of": "2999-01-01"}, "as_of", "不能晚于今天"),
        ({"as_of": "1900-01-01"}, "as_of", "不能早于"),
        ({"group_by": "village"}, "group_by", "village"),
        ({"group_by": "township,township"}, "group_by", "只能写一次"),
        ({"township": "abc"}, "township", "区划代码"),
        ({"township": "11"}, "township", "没有以"),
        ({"category": "公司"}, "category", "公司"),
        ({"supervising_unit": "nobody"}, "supervising_unit", "nobody"),
        ({"months": "0"}, "months", "1 至 60"),
        ({"months": "x"}, "months", "1 至 60"),
        ({"colour": "red"}, "colour", "没有这个参数"),
        ({"format": "xml"}, "format", "xml"),
        ({"as_of": ["2019-10-16", "2018-10-16"]}, "as_of", "只能写一次"),
    ],
)
def test_a_wrong_parameter_is_named(
    as_city: Client, figures: None, parameters: dict, field: str, part: str
) -> None:
    answer = as_city.get(URL, parameters)
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == 400
    assert [error["field"] for error in problem["errors"]] == [field]
    assert part in problem["errors"][0]["message"]
    assert field in problem["detail"]


def test_filters_narrow_every_part(as_city: Client, figures: None) -> None:
    answer = as_city.get(URL, {"township": SECOND, "group_by": "category"}).json()
    assert answer["total"]["social_organization_count"] == 2
    assert answer["party_organizations"] == {"standing": 1, "joint": 0, "affiliated": 0}
    answer = as_city.get(URL, {"category": "基金会"}).json()
    assert answer["total"] == as_city.get(URL, {"category": "foundation"}).json()["total"]
    assert answer["total"]["social_organization_count"] == 4
    assert answer["party_organizations"] == {"standing": 1, "joint": 1, "affiliated": 1}
    answer = as_city.get(URL, {"supervising_unit": "市民政局"}).json()
    assert answer["total"]["social_organization_count"] == 7
    assert as_city.get(URL, {"township": "990101"}).json()["total"]["covered_count"] == 6


def test_nothing_counted_gives_null(as_city: Client, figures: None) -> None:
    total = as_city.get(URL, {"as_of": "1960-01-01"}).json()["total"]
    assert total["social_organization_count"] == 0
    assert total["organization_coverage_rate"] is None
    assert total["work_coverage_rate"] is None


def test_months_end_with_the_day_itself(as_city: Client, figures: None) -> None:
    query = {"group_by": "month", "as_of": "2016-02-10", "months": 3}
    groups = as_city.get(URL, query).json()["groups"]
    assert [(g["month"], g["label"]) for g in groups] == [
        ("2015-12", "2015年12月"),
        ("2016-01", "2016年1月"),
        ("2016-02", "2016年2月"),
    ]
    assert {g["covered_count"] for g in groups} == {6}


def test_csv_opens_in_excel_with_the_same_numbers(as_city: Client, figures: None) -> None:
    answer = as_city.get(URL, {"group_by": "township", "format": "csv"})
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    groups = as_city.get(URL, {"group_by": "township"}).json()["groups"]
    assert [row["label"] for row in rows] == ["东风街道", "西岭镇"]
    for row, group in zip(rows, groups, strict=True):
        assert row["as_of"] == timezone.localdate().isoformat()
        assert {k: row[k] for k in group} == {k: str(v) for k, v in group.items()}
    total = as_city.get(URL, HTTP_ACCEPT="text/csv").content.decode("utf-8-sig")
    assert "0.6667" in total


def test_an_unchanged_answer_is_not_sent_again(as_city: Client, figures: None) -> None:
    first = as_city.get(URL)
    etag = first["ETag"]
    again = as_city.get(URL, HTTP_IF_NONE_MATCH=etag)
    assert (again.status_code, again.content) == (304, b"")
    for held in (f"W/{etag}", f'"other",{etag}', "*"):  # as proxies and other clients write it
        assert as_city.get(URL, HTTP_IF_NONE_MATCH=held).status_code == 304
    assert as_city.get(URL, HTTP_IF_NONE_MATCH='"other"').status_code == 200
    assert as_city.get(URL, {"group_by": "mode"})["ETag"] != etag
    assert as_city.get(URL, {"format": "csv"})["ETag"] != etag
    make_organization(FIRST)
    changed = as_city.get(URL, HTTP_IF_NONE_MATCH=etag)
    assert changed.status_code == 200
    drain_coverage()
    drained = as_city.get(URL, HTTP_IF_NONE_MATCH=etag)
    assert drained.status_code == 200
    assert drained.json()["total"]["social_organization_count"] == 10


def test_etags_of_past_days_follow_corrections(as_city: Client, figures: None) -> None:
    query = {"as_of": "2016-01-01"}
    etag = as_city.get(URL, query)["ETag"]
    assert as_city.get(URL, query, HTTP_IF_NONE_MATCH=etag).status_code == 304
    SocialOrganization.objects.filter(township=FIRST).update(registered_on=date(2017, 1, 1))
    drain_coverage()
    answer = as_city.get(URL, query, HTTP_IF_NONE_MATCH=etag)
    assert answer.status_code == 200
    assert answer.json()["total"]["social_organization_count"] == 2


def test_a_waiting_change_is_declared(as_city: Client, figures: None, settings: Any) -> None:
    settings.JOBS_INLINE = False
    make_organization(FIRST)
    answer = as_city.get(URL).json()
    assert answer["pending"] is True
    assert answer["total"]["social_organization_count"] == 9
    settings.JOBS_INLINE = True  # without a worker the answer is counted afresh
    answer = as_city.get(URL).json()
    assert answer["pending"] is False
    assert answer["total"]["social_organization_count"] == 10


def test_an_officer_is_answered_for_the_own_township(as_officer: Client, figures: None) -> None:
    answer = as_officer.get(URL, {"group_by": "township"}).json()
    assert [group["township"] for group in answer["groups"]] == [FIRST]
    assert answer["total"]["social_organization_count"] == 7
    assert answer["party_organizations"] == {"standing": 2, "joint": 2, "affiliated": 1}
    foreign = as_officer.get(URL, {"township": SECOND})
    unknown = as_officer.get(URL, {"township": "880101001"})
    assert foreign.status_code == unknown.status_code == 400
    assert foreign.json()["detail"].replace(SECOND, "X") == unknown.json()["detail"].replace(
        "880101001", "X"
    )


def test_rows_of_another_township_never_change_an_answer(as_officer: Client, figures: None) -> None:
    questions = [{}, {"group_by": "township,category,mode"}, {"as_of": "2018-05-05"}]

    def answers() -> list[Any]:
        found = []
        for question in questions:
            answer = as_officer.get(URL, question).json()
            found.append({k: v for k, v in answer.items() if k != "computed_at"})
        return found

    before = answers()
    etags = [as_officer.get(URL, question)["ETag"] for question in questions]
    make_link(make_organization(SECOND), mode="dispatched")
    assert answers() == before
    drain_coverage()
    assert answers() == before
    assert [as_officer.get(URL, question)["ETag"] for question in questions] == etags


@pytest.mark.parametrize(
    ("role", "scope"),
    [("committee_staff", "990101"), ("secretary", "P1"), ("unit_staff", "U1")],
)
def test_other_scopes_are_answered_too(role: str, scope: str, client: Client) -> None:
    unit = make_unit("某局")
    party = make_party(FIRST)
    organization = make_organization(FIRST, supervising_unit=unit)
    make_link(organization, party)
    make_organization(FIRST)
    drain_coverage()
    scope = {"secretary": party.code, "unit_staff": unit.code}.get(role, scope)
    sign_in(client, make_user("other", role, scope))
    total = client.get(URL).json()["total"]
    assert total["covered_count"] == (0 if role == "committee_staff" else 1)
    assert total["social_organization_count"] == total["covered_count"]


def test_tokens(client: Client, city: User, figures: None) -> None:
    assert client.get(URL).status_code == 401
    token, text = issue_token(owner=city, by=None)

    def status(text: str) -> int:
        return client.get(URL, HTTP_AUTHORIZATION=f"Bearer {text}").status_code

    assert status(text) == 200
    assert status(text + "x") == 401
    assert status(text.replace(token.key, "0" * 12)) == 401
    assert status("") == 401
    assert status("shp_é") == 401
    ApiToken.objects.filter(pk=token.pk).update(areas=[SECOND])
    answer = client.get(URL, HTTP_AUTHORIZATION=f"Bearer {text}").json()
    assert answer["total"]["social_organization_count"] == 2
    past = timezone.now() - timedelta(days=1)
    ApiToken.objects.update(created_at=past - timedelta(days=90), expires_at=past)
    assert status(text) == 401
    refused = client.get(URL, HTTP_AUTHORIZATION=f"Bearer {text}")
    assert refused["WWW-Authenticate"] == "Bearer"
    assert refused.json()["title"] == "需要登录或有效的令牌"


def test_administrators_have_no_figures(client: Client) -> None:
    sign_in(client, make_user("root", "system_admin"))
    answer = client.get(URL)
    assert answer.status_code == 403
    assert answer.json()["detail"]


def test_the_number_of_queries_is_constant(
    as_city: Client, figures: None, django_assert_max_num_queries: Any
) -> None:
    def queries(**question: Any) -> int:
        with django_assert_max_num_queries(10) as counted:
            assert as_city.get(URL, question).status_code == 200
        return len(counted.captured_queries)

    questions = [
        {},
        {"group_by": "township,category"},
        {"as_of": "2018-01-01", "group_by": "month"},
    ]
    before = [queries(**question) for question in questions]
    for number in range(12):
        make_link(make_organization(SECOND if number % 2 else FIRST))
    drain_coverage()
    assert [queries(**question) for question in questions] == before


def test_the_schema_is_valid_and_describes_the_answer(as_city: Client) -> None:
    answer = as_city.get("/api/v1/schema/")
    schema = safe_load(answer.content)
    validate_schema(schema)
    operation = schema["paths"]["/api/v1/coverage/"]["get"]
    assert {p["name"] for p in operation["parameters"]} >= {"as_of", "group_by", "township"}
    assert {"200", "400", "401", "403"} <= set(operation["responses"])
