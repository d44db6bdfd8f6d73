"""Hand-overs and mergers through the API: the pages' actions, the same refusals."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import AuditEvent, User
from organizations.actions.hand_over import hand_over
from organizations.models import HandOver, MergedOrganization, SocialOrganization
from tests.conftest import signed_in
from tests.organizations.api.cases import BASE, etag_of, fields, send
from tests.world import (
    CITY,
    FIRST,
    SECOND,
    THIRD,
    make_link,
    make_organization,
    make_township,
    make_user,
)

pytestmark = pytest.mark.django_db
OFFERS = "hand-overs/"
RECORDS = "social-organizations/"


@pytest.fixture
def offer(officer: User) -> HandOver:
    for code in (SECOND, THIRD):
        make_township(code)
    one = make_organization(FIRST, name="迁址协会")
    return hand_over(organization=one, to=make_township(SECOND), reason="住所迁移", by=officer)


def act(client: Client, path: str, body: Any, etag: str = "") -> Any:
    record, _, _ = path.rstrip("/").rpartition("/")
    return send(client, "POST", path, body, etag or etag_of(client, f"{record}/"))


def test_the_other_township_accepts_and_the_record_is_its_own(
    offer: HandOver, neighbour: User, as_officer: Client
) -> None:
    client = signed_in(neighbour)
    (listed,) = client.get(f"{BASE}{OFFERS}?way=in&state=pending").json()["results"]
    assert (listed["organization_name"], listed["to_township"]) == ("迁址协会", SECOND)
    assert client.get(f"{BASE}{RECORDS}{offer.organization_id}/").status_code == 404
    etag = etag_of(client, f"{OFFERS}{offer.pk}/")
    refused = act(as_officer, f"{OFFERS}{offer.pk}/accept/", {})
    assert refused.status_code == 403
    answer = act(client, f"{OFFERS}{offer.pk}/accept/", {"decision": "同意"}, etag)
    assert answer.status_code == 200, answer.content
    assert (answer.json()["state"], answer.json()["version"]) == ("accepted", 2)
    assert client.get(f"{BASE}{RECORDS}{offer.organization_id}/").json()["township"] == SECOND
    again = act(client, f"{OFFERS}{offer.pk}/accept/", {}, etag)
    assert again.status_code == 412
    late = act(client, f"{OFFERS}{offer.pk}/accept/", {})
    assert late.status_code in (400, 409)
    assert "已经办理过" in late.content.decode()


def test_it_is_sent_back_with_a_reason_or_withdrawn(
    offer: HandOver, neighbour: User, as_officer: Client, officer: User
) -> None:
    client = signed_in(neighbour)
    bare = act(client, f"{OFFERS}{offer.pk}/decline/", {})
    assert (bare.status_code, fields(bare)) == (400, ["/decision"])
    assert act(client, f"{OFFERS}{offer.pk}/withdraw/", {}).status_code == 403
    assert act(client, f"{OFFERS}{offer.pk}/decline/", {"decision": "不在本镇"}).status_code == 200
    second = hand_over(
        organization=offer.organization, to=make_township(THIRD), reason="重新移交", by=officer
    )
    answer = act(as_officer, f"{OFFERS}{second.pk}/withdraw/", {"reason": "选错"})
    assert (answer.status_code, answer.json()["state"]) == (200, "withdrawn")
    told = AuditEvent.objects.get(action="hand_over.withdraw")
    assert told.reason == "选错"
    third = signed_in(make_user("san", "township_officer", THIRD))
    assert third.get(f"{BASE}{OFFERS}{offer.pk}/").status_code == 404
    assert third.get(f"{BASE}{OFFERS}{second.pk}/").status_code == 200


def test_readers_and_others_do_not_see_hand_overs(offer: HandOver) -> None:
    for role, code in (("leader", CITY), ("unit_staff", "U1"), ("secretary", "P1")):
        client = signed_in(make_user(role, role, code))
        for path in (OFFERS, f"{OFFERS}{offer.pk}/"):
            assert client.get(BASE + path).status_code == 403


def test_hand_overs_take_as_many_queries_for_three_as_for_one(
    offer: HandOver, officer: User, as_city: Client, django_assert_num_queries: Any
) -> None:
    as_city.get(BASE + OFFERS)
    with django_assert_num_queries(6):
        assert len(as_city.get(BASE + OFFERS).json()["results"]) == 1
    for _ in range(2):
        one = make_organization(FIRST)
        hand_over(organization=one, to=offer.to_township, reason="住所迁移", by=officer)
    with django_assert_num_queries(6):
        assert len(as_city.get(BASE + OFFERS).json()["results"]) == 3


def test_a_duplicate_is_merged_and_made_two_again(as_officer: Client) -> None:
    kept = make_organization(FIRST, name="青商会", credit_code=None)
    lost = make_organization(FIRST, name="青商会(重)")
    make_link(lost)
    path = f"{RECORDS}{kept.pk}/merge/"
    answer = act(as_officer, path, {"other": lost.credit_code, "reason": "重复登记"})
    assert answer.status_code == 200, answer.content
    assert answer.json()["credit_code"] == lost.credit_code
    assert SocialOrganization.objects.count() == 1
    path = f"{RECORDS}{kept.pk}/undo-merge/"
    unknown = act(as_officer, path, {"former_id": lost.pk + 999, "reason": "误并"})
    assert (unknown.status_code, fields(unknown)) == (400, ["/former_id"])
    answer = act(as_officer, path, {"former_id": lost.pk, "reason": "误并"})
    assert (answer.status_code, answer.json()["id"]) == (200, lost.pk)
    assert not MergedOrganization.objects.exists()
    assert lost.coverage_links.count() == 1


def test_a_merger_is_refused_with_all_reasons_and_within_the_scope(as_officer: Client) -> None:
    kept, lost = make_organization(FIRST), make_organization(FIRST)
    path = f"{RECORDS}{kept.pk}/merge/"
    answer = act(as_officer, path, {"other": str(lost.pk), "reason": "重复"})
    assert answer.status_code == 400
    assert "各有信用代码" in answer.content.decode()
    far = make_organization(SECOND, credit_code=None)
    answer = act(as_officer, path, {"other": str(far.pk), "reason": "重复"})
    assert (answer.status_code, fields(answer)) == (400, ["/other"])
    assert SocialOrganization.objects.count() == 3
