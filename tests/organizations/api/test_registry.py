"""The registry through the API: the same rows, rules and actions as the pages."""

from datetime import date
from typing import Any

import pytest
from django.test import Client

from accounts.actions.tokens import issue_token
from accounts.models import User
from organizations.actions.coverage import cover
from organizations.models import (
    CoverageLink,
    InstructorAssignment,
    PartyOrganization,
    ResponsibleBody,
    SocialOrganization,
    Township,
)
from tests.organizations.api.cases import BASE, CASES, etag_of, fields, send
from tests.world import (
    CITY,
    FIRST,
    SECOND,
    make_instructor,
    make_link,
    make_organization,
    make_party,
    make_unit,
)

pytestmark = pytest.mark.django_db


def test_a_narrowed_token_reaches_less(world: None, city: User) -> None:
    near, far = make_organization(FIRST), make_organization(SECOND)
    _, text = issue_token(
        owner=city, rights=["view_registry", "edit_registry"], areas=[SECOND], by=city
    )
    client = Client(headers={"Authorization": f"Bearer {text}"})
    listed = client.get(BASE + "social-organizations/").json()["results"]
    assert [one["id"] for one in listed] == [far.pk]
    path = f"social-organizations/{near.pk}/"
    assert send(client, "PATCH", path, {"principal": "陈明"}, '"1"').status_code == 404
    codes = client.get(BASE + "townships/").json()["results"]
    assert [one["code"] for one in codes] == [SECOND]
    body = CASES["social-organizations"][1](FIRST)
    answer = send(client, "POST", "social-organizations/", body)
    assert (answer.status_code, fields(answer)) == (400, ["/township"])
    _, reading = issue_token(owner=city, rights=["view_registry"], by=city)
    client = Client(headers={"Authorization": f"Bearer {reading}"})
    assert send(client, "PATCH", path, {"principal": "陈明"}, '"1"').status_code == 403


def test_the_filters_are_the_pages_filters(world: None, as_city: Client) -> None:
    make_link(make_organization(FIRST, name="甲"))
    make_organization(SECOND, name="乙", full_member_count=3)
    make_organization(FIRST, name="丙", status="deregistered", deregistered_on=date(2015, 1, 1))
    for query in (
        *("", "covered=no", "covered=yes", f"township={SECOND}", "q=y", "alive=all"),
        *("reason=should_establish", "as_of=2014-06-01", "status=normal", "category=foundation"),
    ):
        page = as_city.get(f"/registry/social-organizations/?{query}").context["page"]
        told = as_city.get(f"{BASE}social-organizations/?{query}&with_count=1").json()
        assert {one["id"] for one in told["results"]} == {row.pk for row in page}, query
        assert told["count"] == len(told["results"])
    wrong = as_city.get(BASE + "social-organizations/?category=x&as_of=never")
    assert sorted(fields(wrong)) == ["as_of", "category"]


def test_a_near_name_is_asked_about(world: None, as_officer: Client) -> None:
    make_organization(FIRST, name="新商会")
    body = CASES["social-organizations"][1](FIRST)
    answer = send(as_officer, "POST", "social-organizations/", body)
    assert answer.status_code == 409
    assert [one["name"] for one in answer.json()["similar"]] == ["新商会"]
    body["is_another"] = True
    assert send(as_officer, "POST", "social-organizations/", body).status_code in (201, 400)


def test_verbs_of_a_social_organization(world: None, as_officer: Client, as_city: Client) -> None:
    unit = make_unit("市司法局")
    body = ResponsibleBody.objects.create(name="市综合党委", kind="committee", area_code=CITY)
    one = make_organization(FIRST)
    path = f"social-organizations/{one.pk}/"

    def act(verb: str, said: dict[str, Any], client: Client = as_officer) -> Any:
        return send(client, "POST", f"{path}{verb}/", said, etag_of(client, path))

    named = act("rename", {"name": "新名商会", "on": "2018-05-01"})
    assert named.json()["name"] == "新名商会", named.content
    assert one.former_names.count() == 1
    moved = act("change-unit", {"unit": unit.code, "reason": "职能划转"})
    assert moved.json()["supervising_unit"] == unit.code
    told = act("responsible-body", {"body": str(body.pk), "reason": "跨行业"})
    assert told.json()["responsible_body"] == body.pk
    charter = {"drafted_on": "2018-09-01", "voted_on": "2018-10-20", "approved_on": None}
    assert act("charter", charter).json()["charter_state"] == "voted"
    wrong = act("charter", {**charter, "voted_on": "2017-01-01"})
    assert fields(wrong) == ["/voted_on"]
    seen = act("inspection", {"year": 2018, "result": "passed"})
    assert (seen.json()["inspection_year"], seen.json()["inspection_result"]) == (2018, "passed")
    grade = {"grade": "4A", "valid_from": "2018-01-01", "valid_to": "2023-01-01"}
    assert act("grade", grade).json()["grade"] == "4A"
    assert fields(act("move", {"to": SECOND, "reason": "住所迁移"})) == []
    offered = act("hand-over", {"to": SECOND, "reason": "住所迁移"})
    assert offered.status_code == 200, offered.content
    assert one.hand_overs.count() == 1
    assert fields(act("hand-over", {"to": "11", "reason": "住所迁移"})) == ["/to"]
    one.hand_overs.all().delete()
    assert act("move", {"to": SECOND, "reason": "住所迁移"}, as_city).json()["township"] == SECOND
    gone = act("deregister", {"on": "2019-05-01", "reason": "解散"}, as_city)
    assert gone.json()["status"] == "deregistered", gone.content
    assert act("restore", {"reason": "登记有误"}, as_city).json()["status"] == "normal"


def test_verbs_of_a_party_organization(world: None, as_officer: Client) -> None:
    own = make_organization(FIRST)
    body = CASES["party-organizations"][1](FIRST)
    body |= {"organizations": [own.credit_code], "mode": "solo"}
    made = send(as_officer, "POST", "party-organizations/", body)
    assert made.json()["covered_count"] == 1, made.content
    path = f"party-organizations/{made.json()['id']}/"

    def act(verb: str, said: dict[str, Any]) -> Any:
        return send(as_officer, "POST", f"{path}{verb}/", said, etag_of(as_officer, path))

    other = make_organization(FIRST)
    covered = act("cover", {"organizations": [other.pk], "mode": "attached", "on": "2019-01-01"})
    assert covered.json()["covered_count"] == 2, covered.content
    upgraded = act(
        "upgrade", {"level": "general_branch", "on": "2019-02-01", "document": "狮委组〔2019〕8号"}
    )
    assert upgraded.json()["level"] == "general_branch", upgraded.content
    said = {"held_on": "2019-03-01", "entitled": 10, "present": 9, "secretary": "陈明"}
    elected = act("elect", {**said, "term_years": 3})
    assert elected.json()["secretary"] == "陈明", elected.content
    assert fields(act("elect", {**said, "present": 7, "term_years": 3})) == ["/present"]
    ended = act("dissolve", {"on": "2019-06-01", "reason": "党员不足"})
    assert ended.json()["dissolved_on"] == "2019-06-01", ended.content
    assert not CoverageLink.objects.filter(valid_to=None).exists()
    assert act("restore", {"reason": "登记有误"}).json()["covered_count"] == 2


def test_verbs_of_links_and_instructors(world: None, as_officer: Client, officer: User) -> None:
    one, party, next_party = make_organization(FIRST), make_party(FIRST), make_party(FIRST)
    link = cover(organizations=[one], party=party, mode="solo", on=date(2018, 1, 1), by=officer)[0]
    path = f"coverage-links/{link.pk}/"
    said = {"to": next_party.code, "mode": "attached", "on": "2019-01-01", "reason": "片区调整"}
    moved = send(as_officer, "POST", path + "transfer/", said, etag_of(as_officer, path))
    assert moved.json()["party_organization"] == next_party.code, moved.content
    assert moved.json()["id"] != link.pk
    again = {
        "social_organization": one.pk,
        "party_organization": next_party.code,
        "mode": "solo",
        "valid_from": "2019-02-01",
    }
    assert fields(send(as_officer, "POST", "coverage-links/", again)) == ["/valid_from"]
    first, second = make_instructor(FIRST), make_instructor(FIRST)
    path = f"instructors/{first.pk}/"
    said = {"organizations": [one.pk, one.credit_code], "on": "2019-01-01"}
    twice = send(as_officer, "POST", path + "assign/", said, '"1"')
    assert fields(twice) == ["/organizations"]
    said["organizations"] = [one.pk]
    assert send(as_officer, "POST", path + "assign/", said, '"1"').json()["load"] == 1
    said = {"taker": second.code, "on": "2019-02-01"}
    assert send(as_officer, "POST", path + "transfer/", said, '"1"').json()["load"] == 0
    assert InstructorAssignment.objects.filter(instructor=second, valid_to=None).count() == 1


def test_codes_name_records_within_the_scope(world: None, as_officer: Client) -> None:
    own, foreign = make_party(FIRST), make_party(SECOND)
    body = CASES["coverage-links"][1](FIRST)
    for wrong in (foreign.code, "nothing", "", None, 5, True, ["x"], {"a": 1}, "\x00", "\ud800"):
        answer = send(as_officer, "POST", "coverage-links/", body | {"party_organization": wrong})
        assert (answer.status_code, fields(answer)) == (400, ["/party_organization"]), wrong
    assert PartyOrganization.objects.filter(pk=own.pk).exists()
    answer = send(as_officer, "POST", "coverage-links/", body | {"party_organization": own.code})
    assert answer.status_code == 201


def test_areas_are_to_be_read(world: None, as_officer: Client, as_city: Client) -> None:
    unit = make_unit("市民政局")
    body = ResponsibleBody.objects.create(
        name="东风街道两新组织党委",
        kind="township",
        area_code=CITY,
        township=Township.objects.get(pk=FIRST),
    )
    assert as_officer.get(f"{BASE}townships/{FIRST}/").json()["name"] == "东风街道"
    assert as_officer.get(f"{BASE}townships/{SECOND}/").status_code == 404
    assert as_city.get(f"{BASE}supervising-units/{unit.code}/").json()["name"] == "市民政局"
    assert as_officer.get(f"{BASE}responsible-bodies/{body.pk}/").json()["township"] == FIRST
    listed = as_city.get(f"{BASE}supervising-units/?ordering=-name").json()["results"]
    assert [one["code"] for one in listed] == [unit.code]
    assert SocialOrganization.objects.count() == 0
