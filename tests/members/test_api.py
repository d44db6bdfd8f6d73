"""Members through the REST API: masked, within the scope, by the pages' own actions."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from members.actions.move import apply_move
from members.actions.private import save_private
from tests.members.world import make_member
from tests.organizations.api.cases import BASE, etag_of, fields, send
from tests.world import FIRST, SECOND, make_party

pytestmark = pytest.mark.django_db
ID, PHONE = "11010519491231002X", "13812345678"


def test_members_are_told_masked_and_within_the_scope(as_officer: Client) -> None:
    own, foreign = make_member(FIRST, born_on=None, gender=""), make_member(SECOND)
    save_private(member=own, id_number=ID, phone=PHONE, by=None)
    listed = as_officer.get(BASE + "members/?with_count=1").json()
    assert [one["id"] for one in listed["results"]] == [own.pk]
    answer = as_officer.get(BASE + f"members/{own.pk}/")
    assert (answer.json()["id_number"], answer.json()["phone"]) == (
        "110***********002X",
        "138****5678",
    )
    assert ID not in answer.content.decode()
    assert as_officer.get(BASE + f"members/{foreign.pk}/").status_code == 404
    stays = as_officer.get(BASE + "memberships/").json()["results"]
    assert [one["member"] for one in stays] == [own.pk]


def test_a_member_is_entered_corrected_and_moved(as_officer: Client) -> None:
    home, other, joint = (make_party(FIRST, kind=k) for k in ("standing", "standing", "joint"))
    body = {
        "name": "陈明",
        "gender": "male",
        "joined_on": "1995-01-01",
        "full_on": "1996-01-01",
        "status": "full",
        "party_organization": home.code,
        "on": "2019-06-01",
    }
    assert "/id_number" in fields(send(as_officer, "POST", "members/", {**body, "id_number": ID}))
    made = send(as_officer, "POST", "members/", body)
    assert made.status_code == 201, made.content
    path = f"members/{made.json()['id']}/"
    changed = send(as_officer, "PATCH", path, {"workplace": "商会"}, made["ETag"])
    assert (changed.status_code, changed.json()["workplace"]) == (200, "商会")
    assert send(as_officer, "PATCH", path, {"workplace": "协会"}, made["ETag"]).status_code == 412
    day = f"{timezone.localdate() - timedelta(days=1):%Y-%m-%d}"
    move = {"to": joint.code, "on": day, "reason": "调整"}
    refused = send(as_officer, "POST", path + "move/", move, changed["ETag"])
    assert refused.status_code == 400
    moved = send(as_officer, "POST", path + "move/", {**move, "to": other.code}, changed["ETag"])
    assert moved.status_code == 200, moved.content
    assert moved.json()["party_organization"] == other.code
    left = {"exit": "died", "on": f"{timezone.localdate():%Y-%m-%d}", "reason": "病故"}
    gone = send(as_officer, "POST", path + "leave/", left, etag_of(as_officer, path))
    assert gone.json()["status"] == "died"


def test_a_move_takes_its_steps_with_the_version_that_was_seen(as_officer: Client) -> None:
    member = make_member(FIRST)
    move = apply_move(member=member, to=None, to_outside="厦门", reason="调离", by=None)
    path = f"member-moves/{move.pk}/"
    seen = etag_of(as_officer, path)
    assert send(as_officer, "POST", path + "approve/", {}, seen).json()["state"] == "approved"
    assert send(as_officer, "POST", path + "approve/", {}, seen).status_code == 412
    again = etag_of(as_officer, path)
    answer = send(as_officer, "POST", path + "issue/", {"letter_number": "2024-1"}, again)
    assert answer.json()["letter_number"] == "2024-1"
