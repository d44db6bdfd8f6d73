"""Moving an organization between townships takes both."""

from datetime import date
from typing import Any

import pytest
from django.test import Client

from accounts.models import AuditEvent, User
from organizations.models import HandOver, ResponsibleBody, SocialOrganization
from tests.organizations.test_pages import form_of
from tests.world import (
    CITY,
    FIRST,
    SECOND,
    THIRD,
    make_assignment,
    make_instructor,
    make_link,
    make_organization,
    make_party,
    make_township,
    make_user,
    sign_in,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def as_neighbour(neighbour: User) -> Client:
    client = Client()
    sign_in(client, neighbour)
    return client


@pytest.fixture
def organization() -> SocialOrganization:
    make_township(SECOND)
    make_township(THIRD)
    return make_organization(FIRST)


def offer(client: Client, organization: SocialOrganization, to: str = SECOND) -> Any:
    path = f"/registry/social-organizations/{organization.pk}/hand-over/"
    return client.post(path, {"to": to, "reason": "住所迁移"})


def test_both_townships_have_their_part(
    as_officer: Client, as_neighbour: Client, organization: SocialOrganization
) -> None:
    body = ResponsibleBody.objects.create(
        name="东风街道两新组织党委", kind="township", area_code=CITY, township_id=FIRST
    )
    own = ResponsibleBody.objects.create(
        name="西岭镇两新组织党委", kind="township", area_code=CITY, township_id=SECOND
    )
    SocialOrganization.objects.update(responsible_body=body)
    record = f"/registry/social-organizations/{organization.pk}/"
    answer = offer(as_officer, organization)
    made = HandOver.objects.get()
    page = f"/registry/hand-overs/{made.pk}/"
    assert answer["Location"] == page
    organization.refresh_from_db()
    assert organization.township_id == FIRST
    assert as_neighbour.get(record).status_code == 404  # not theirs yet
    assert organization.name in as_neighbour.get(page).content.decode()
    assert as_officer.post(page + "decide/", {"verdict": "accept"}).status_code == 403
    as_neighbour.post(page + "decide/", {"verdict": "accept"})
    organization.refresh_from_db()
    assert (organization.township_id, organization.responsible_body) == (SECOND, own)
    assert as_neighbour.get(record).status_code == 200
    assert as_officer.get(record).status_code == 404
    assert as_officer.get(page).status_code == 200
    actions = AuditEvent.objects.of(organization).order_by("sequence")
    assert [(e.actor, e.action) for e in actions] == [
        ("wang", "hand_over.make"),
        ("cai", "social_organization.move"),
    ]


def test_declining_needs_a_reason(
    as_officer: Client, as_neighbour: Client, organization: SocialOrganization
) -> None:
    offer(as_officer, organization)
    made = HandOver.objects.get()
    page = f"/registry/hand-overs/{made.pk}/"
    as_neighbour.post(page + "decide/", {"verdict": "decline"})
    made.refresh_from_db()
    assert made.state == "pending"
    as_neighbour.post(page + "decide/", {"verdict": "decline", "decision": "住所仍在贵镇"})
    made.refresh_from_db()
    assert made.state == "declined"
    as_neighbour.post(page + "decide/", {"verdict": "accept"})
    organization.refresh_from_db()
    assert organization.township_id == FIRST


def test_an_offer_is_withdrawn_by_its_side_only(
    as_officer: Client, as_neighbour: Client, organization: SocialOrganization
) -> None:
    offer(as_officer, organization)
    page = f"/registry/hand-overs/{HandOver.objects.get().pk}/"
    assert as_neighbour.post(page + "withdraw/").status_code == 403
    as_officer.post(page + "withdraw/")
    assert HandOver.objects.get().state == "withdrawn"
    assert offer(as_officer, organization).status_code == 302


def test_one_offer_at_a_time_and_not_to_oneself(
    as_officer: Client, organization: SocialOrganization
) -> None:
    offer(as_officer, organization)
    assert "等待对方接收" in offer(as_officer, organization, THIRD).content.decode()
    HandOver.objects.all().delete()
    assert offer(as_officer, organization, FIRST).context["form"].errors["to"]
    SocialOrganization.objects.update(status="deregistered", deregistered_on="2019-01-01")
    assert "已注销" in offer(as_officer, organization).content.decode()


def test_strangers_see_nothing(as_officer: Client, organization: SocialOrganization) -> None:
    offer(as_officer, organization)
    page = f"/registry/hand-overs/{HandOver.objects.get().pk}/"
    client = Client()
    sign_in(client, make_user("third", "township_officer", THIRD))
    assert client.get(page).status_code == 404
    assert client.post(page + "decide/", {"verdict": "accept"}).status_code == 404
    assert len(client.get("/registry/hand-overs/").context["page"]) == 0
    assert offer(client, organization).status_code == 404


def test_the_edit_form_does_not_move_across(
    as_officer: Client, organization: SocialOrganization
) -> None:
    path = f"/registry/social-organizations/{organization.pk}/edit/"
    as_officer.post(path, form_of(organization, township=SECOND))
    organization.refresh_from_db()
    assert organization.township_id == FIRST


def test_both_sides_are_told_what_stays_as_it_is(
    as_officer: Client, as_neighbour: Client, organization: SocialOrganization
) -> None:
    make_link(organization, make_party(FIRST, name="东风联合党支部"))
    make_link(organization, make_party(FIRST, name="早已结束党支部"), valid_to=date(2016, 1, 1))
    make_assignment(organization, instructor=make_instructor(FIRST, name="陈指导"))
    path = f"/registry/social-organizations/{organization.pk}/hand-over/"
    before = as_officer.get(path).content.decode()
    answer = offer(as_officer, organization)
    at = answer["Location"]
    for page in (before, *(c.get(at).content.decode() for c in (as_officer, as_neighbour))):
        assert "东风联合党支部</strong>(东风街道)覆盖" in page
        assert "陈指导</strong>(东风街道)联系" in page
        assert "早已结束" not in page
    as_neighbour.post(f"{at}decide/", {"verdict": "accept"})
    assert "移交后不变的" not in as_neighbour.get(at).content.decode()


def test_whoever_moves_at_once_is_told_too(
    as_city: Client, organization: SocialOrganization
) -> None:
    make_link(organization, make_party(FIRST, name="东风联合党支部"))
    page = as_city.get(f"/registry/social-organizations/{organization.pk}/move/").content.decode()
    assert "东风联合党支部</strong>(东风街道)覆盖" in page
    assert '<option value="" selected>请选择</option>' in page
