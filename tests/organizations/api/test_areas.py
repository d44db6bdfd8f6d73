"""Townships and supervising units through the API: the pages' actions, by code, under If-Match."""

from typing import Any

import pytest
from django.test import Client

from accounts.actions.tokens import issue_token
from accounts.models import AuditEvent, User
from organizations.models import SocialOrganization, SupervisingUnit, Township
from tests.conftest import signed_in
from tests.organizations.api.cases import BASE, etag_of, fields, send
from tests.world import CITY, FIRST, SECOND, make_organization, make_township, make_unit, make_user

pytestmark = pytest.mark.django_db
ABROAD = "990202"


def unit_path(unit: SupervisingUnit, verb: str = "") -> str:
    return f"supervising-units/{unit.code}/{verb}"


# resource: (a record's address, a body that creates one, a change)
CASES: dict[str, Any] = {
    "townships": (
        lambda: f"townships/{FIRST}/",
        {"code": f"{CITY}088", "name": "石湖镇"},
        {"name": "东风镇"},
    ),
    "supervising-units": (
        lambda: unit_path(make_unit("市民证局")),
        {"name": "市体育局"},
        {"name": "市民政局"},
    ),
}
names = pytest.mark.parametrize("name", CASES)


@names
def test_create_and_change(world: None, as_city: Client, name: str) -> None:
    at, body, change = CASES[name]
    made = send(as_city, "POST", f"{name}/", body)
    assert made.status_code == 201, made.content
    assert made.json().items() >= {**body, "version": 1}.items()
    assert as_city.get(made["Location"]).json() == made.json()
    assert made["ETag"] == as_city.get(made["Location"])["ETag"]
    path = at()
    before = as_city.get(BASE + path)
    assert as_city.get(BASE + path, HTTP_IF_NONE_MATCH=before["ETag"]).status_code == 304
    changed = send(as_city, "PATCH", path, change, before["ETag"])
    assert changed.status_code == 200, changed.content
    expected = before.json() | change | {"version": 2, "updated_at": changed.json()["updated_at"]}
    assert changed.json() == expected
    # the same once more, and nothing at all, change nothing
    for same in (change, {}):
        again = send(as_city, "PATCH", path, same, changed["ETag"])
        assert (again.status_code, again.json()) == (200, changed.json())
    tried = AuditEvent.objects.exclude(action="session.sign_in").values_list("action", flat=True)
    assert len(tried) == 2


@names
def test_a_change_needs_the_version_that_was_read(world: None, as_city: Client, name: str) -> None:
    at, _, change = CASES[name]
    path = at()
    missing = send(as_city, "PATCH", path, change)
    assert (missing.status_code, fields(missing)) == (428, [])
    assert send(as_city, "PATCH", path, change, "*").status_code == 428
    old = etag_of(as_city, path)
    send(as_city, "PATCH", path, {"name": "别人改的"}, old)
    stale = send(as_city, "PATCH", path, change, old)
    assert stale.status_code == 412
    told = stale.json()
    assert told["current"]["name"] == "别人改的"
    assert told["conflicts"] == [{"field": "/name", "stored": "别人改的", "sent": change["name"]}]
    assert stale["ETag"] == etag_of(as_city, path)


@names
def test_once_with_a_key(world: None, as_city: Client, name: str) -> None:
    _, body, _ = CASES[name]
    key = {"HTTP_IDEMPOTENCY_KEY": "k1"}
    first = send(as_city, "POST", f"{name}/", body, **key)
    again = send(as_city, "POST", f"{name}/", body, **key)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again["Idempotent-Replayed"] == "true"
    assert again.json() == first.json()
    other = send(as_city, "POST", f"{name}/", {**body, "name": "别的"}, **key)
    assert other.status_code == 422


@names
@pytest.mark.parametrize("who", ["officer", "committee", "leader", "part", "narrow", "lesser"])
def test_only_the_whole_citys_staff_write(world: None, city: User, name: str, who: str) -> None:
    at, body, change = CASES[name]
    path = at()
    accounts = {
        "officer": ("township_officer", FIRST),
        "committee": ("committee_staff", CITY),
        "leader": ("leader", CITY),
        "part": ("city_staff", FIRST),
    }
    if who in accounts:
        client = signed_in(make_user("who", *accounts[who]))
    else:
        limits: dict[str, Any] = {
            "narrow": {"areas": [FIRST]},
            "lesser": {"rights": ["edit_registry", "view_registry"]},
        }
        _, text = issue_token(owner=city, by=city, **limits[who])
        client = Client(headers={"Authorization": f"Bearer {text}"})
    etag = etag_of(client, path)
    assert send(client, "POST", f"{name}/", body).status_code == 403
    assert send(client, "PATCH", path, change, etag).status_code == 403
    assert not AuditEvent.objects.filter(action__regex="create|change|rename").exists()


@names
def test_another_city_is_not_there(world: None, as_city: Client, name: str) -> None:
    _, body, change = CASES[name]
    make_township(f"{ABROAD}001", "远镇")
    far = SupervisingUnit.objects.create(code=f"{ABROAD}U001", name="远局", area_code=ABROAD)
    code = {"townships": f"{ABROAD}001", "supervising-units": far.code}[name]
    there = send(as_city, "PATCH", f"{name}/{code}/", change, '"1.x"')
    missing = send(as_city, "PATCH", f"{name}/nothing/", change, '"1.x"')
    assert (there.status_code, missing.status_code) == (404, 404)
    assert there.json() | {"request_id": ""} == missing.json() | {"request_id": ""}
    elsewhere = {"townships": {"code": f"{ABROAD}002"}, "supervising-units": {"area_code": ABROAD}}
    answer = send(as_city, "POST", f"{name}/", {**body, **elsewhere[name]})
    assert answer.status_code == 400
    assert fields(answer) == [f"/{next(iter(elsewhere[name]))}"]


@pytest.mark.parametrize(
    ("name", "body", "field"),
    [
        ("townships", {"code": FIRST, "name": "新镇"}, "/code"),
        ("townships", {"code": f"{CITY}08x", "name": "新镇"}, "/code"),
        ("townships", {"code": f"{CITY}088", "name": "西岭镇"}, "/name"),
        ("townships", {"code": f"{CITY}088"}, "/name"),
        ("townships", {"code": f"{CITY}088", "name": "新镇", "tile_row": 1}, "/tile_row"),
        ("supervising-units", {"name": "市民政局"}, "/name"),
        ("supervising-units", {"name": "新局", "code": "U/1"}, "/code"),
        ("supervising-units", {"name": "新局", "code": f"{CITY}U0"}, "/code"),
        ("supervising-units", {"name": 5}, "/name"),
        ("supervising-units", {"name": "新局", "area_code": "99"}, "/area_code"),
        ("supervising-units", {"name": "新局", "version": 4}, "/version"),
    ],
)
def test_what_is_wrong_is_named(
    world: None, as_city: Client, name: str, body: dict[str, Any], field: str
) -> None:
    SupervisingUnit.objects.create(code=f"{CITY}U0", name="市民政局", area_code=CITY)
    answer = send(as_city, "POST", f"{name}/", body)
    assert (answer.status_code, fields(answer)) == (400, [field])
    assert (Township.objects.count(), SupervisingUnit.objects.count()) == (3, 1)


def test_a_code_never_changes(world: None, as_city: Client) -> None:
    unit = make_unit()
    for path in (unit_path(unit), f"townships/{FIRST}/"):
        for field in ("code", "area_code", "version"):
            answer = send(as_city, "PATCH", path, {field: "X1"}, etag_of(as_city, path))
            assert (answer.status_code, fields(answer)) == (400, [f"/{field}"])


def test_units_are_merged_and_removed(world: None, as_city: Client) -> None:
    right, wrong = make_unit("市民政局"), make_unit("市民证局")
    one = make_organization(FIRST, supervising_unit=wrong)
    remove = unit_path(wrong, "remove/")
    assert send(as_city, "POST", remove, {"reason": "误建"}).status_code == 428
    held = send(as_city, "POST", remove, {"reason": "误建"}, etag_of(as_city, unit_path(wrong)))
    assert held.status_code == 400
    assert "社会组织 1 条" in held.json()["detail"]
    merge, etag = unit_path(right, "merge/"), etag_of(as_city, unit_path(right))
    unknown = send(as_city, "POST", merge, {"other": "nothing", "reason": "写错"}, etag)
    assert (unknown.status_code, fields(unknown)) == (400, ["/other"])
    merged = send(as_city, "POST", merge, {"other": wrong.code, "reason": "写错"}, etag)
    assert (merged.status_code, merged.json()["version"]) == (200, 2)
    assert SocialOrganization.objects.get(pk=one.pk).supervising_unit == right
    SocialOrganization.objects.all().delete()
    gone = send(as_city, "POST", unit_path(right, "remove/"), {"reason": "误建"}, merged["ETag"])
    assert gone.status_code == 204
    assert not SupervisingUnit.objects.exists()


def test_a_former_name_is_released(world: None, as_city: Client) -> None:
    unit = make_unit("市民证局")
    path = unit_path(unit)
    send(as_city, "PATCH", path, {"name": "市民政局"}, etag_of(as_city, path))
    release, told = unit_path(unit, "release-name/"), {"name": "市民证局", "reason": "另设"}
    done = send(as_city, "POST", release, told, etag_of(as_city, path))
    assert (done.status_code, done.json()["version"]) == (200, 3)
    again = send(as_city, "POST", release, told, done["ETag"])
    assert (again.status_code, fields(again)) == (400, ["/name"])


@names
def test_a_list_takes_as_many_queries_for_three_as_for_one(
    world: None, city: User, name: str, django_assert_max_num_queries: Any
) -> None:
    _, text = issue_token(owner=city, by=city)
    client = Client(headers={"Authorization": f"Bearer {text}"})

    def queries() -> int:
        with django_assert_max_num_queries(8) as counted:
            assert client.get(BASE + f"{name}/?q=&page_size=50").status_code == 200
        return len(counted.captured_queries)

    Township.objects.exclude(pk=FIRST).delete()
    make_unit("甲局")
    queries()  # the first use of a token is noted
    one = queries()
    for code, unit in ((SECOND, "乙局"), (f"{CITY}003", "丙局")):
        make_township(code)
        make_unit(unit)
    assert queries() == one <= 6
