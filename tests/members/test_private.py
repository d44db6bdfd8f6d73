"""Sensitive facts of members: masked everywhere, revealed with a reason, found by their whole."""

from datetime import date, timedelta
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from accounts.actions.accounts import create_account
from accounts.actions.second_factor import confirm_totp, prepare_totp
from accounts.actions.tokens import issue_token
from accounts.models import AuditEvent, TotpDevice, User
from members.actions.private import save_private
from members.models import Member, MemberPrivate
from tests.accounts.test_sign_in import code_of
from tests.members.world import make_member
from tests.walking import rows_of
from tests.world import FIRST, SECOND, make_user, sign_in

pytestmark = pytest.mark.django_db
ID, PHONE = "11010519491231002X", "13812345678"


@pytest.fixture
def member() -> Member:
    made = make_member(FIRST, born_on=date(1949, 12, 31), gender="female")
    save_private(member=made, id_number=ID, phone=PHONE, by=None)
    return made


def page(member: Member) -> str:
    return f"/members/{member.pk}/"


def test_pages_show_the_mask_only(as_officer: Client, member: Member) -> None:
    for path in ("/members/", page(member), page(member) + "private/"):
        text = as_officer.get(path).content.decode()
        assert ID not in text
        assert PHONE not in text
    text = as_officer.get(page(member)).content.decode()
    assert "110***********002X" in text
    assert "138****5678" in text


def test_looking_at_a_person_is_noted(as_officer: Client, member: Member) -> None:
    as_officer.get(page(member))
    event = AuditEvent.objects.get(action="member.view")
    assert (event.actor, event.object_id) == ("wang", str(member.pk))


def test_the_whole_number_needs_a_reason_and_is_noted(as_officer: Client, member: Member) -> None:
    url = page(member) + "reveal/"
    assert as_officer.get(url).status_code == 405
    short = as_officer.post(url, {"reason": "看"})
    assert short.status_code == 400
    assert ID not in short.content.decode()
    answer = as_officer.post(url, {"reason": "核对转接介绍信"})
    text = answer.content.decode()
    assert ID in text
    assert PHONE in text
    assert "no-store" in answer["Cache-Control"]
    event = AuditEvent.objects.get(action="member.reveal")
    assert (event.actor, event.reason) == ("wang", "核对转接介绍信")
    assert ID not in str(AuditEvent.objects.values_list())
    assert ID not in as_officer.get(page(member)).content.decode()


def test_thirty_in_an_hour(as_officer: Client, member: Member) -> None:
    url = page(member) + "reveal/"
    for _ in range(30):
        assert as_officer.post(url, {"reason": "逐一核对花名册"}).status_code == 200
    refused = as_officer.post(url, {"reason": "逐一核对花名册"})
    assert refused.status_code == 429
    assert ID not in refused.content.decode()
    with time_machine.travel(timezone.now() + timedelta(minutes=61), tick=True):
        client = Client()
        sign_in(client, User.objects.get(username="wang"))
        assert client.post(url, {"reason": "继续核对花名册"}).status_code == 200


@pytest.mark.parametrize("role", ["unit_staff", "secretary", "leader", "system_admin"])
def test_who_may_not_reveal(member: Member, role: str, client: Client) -> None:
    scope = {"secretary": member.memberships.get().party_organization.code}.get(role, "U1")
    sign_in(client, make_user("x", role, "" if role == "system_admin" else scope))
    answer = client.post(page(member) + "reveal/", {"reason": "想看一看"})
    assert answer.status_code == 403


def test_members_of_others_are_not_there(neighbour: User, member: Member, client: Client) -> None:
    sign_in(client, neighbour)
    assert client.get(page(member)).status_code == 404
    assert client.post(page(member) + "reveal/", {"reason": "想看一看"}).status_code == 404
    assert client.post(page(member) + "private/", {}).status_code == 404
    for text in (ID, PHONE, member.name, member.code):
        assert rows_of(client, "/members/", {"q": text}) == []


def test_numbers_are_found_whole_only(as_officer: Client, member: Member) -> None:
    make_member(FIRST)

    def names(text: str) -> list[str]:
        return [row.name for row in as_officer.get("/members/", {"q": text}).context["page"]]

    assert names(ID) == names(ID.lower()) == names(PHONE) == [member.name]
    assert names(ID[:17]) == names(ID[:6]) == names(PHONE[:7]) == []


def test_values_are_replaced_and_removed(as_officer: Client, member: Member) -> None:
    url = page(member) + "private/"
    assert as_officer.post(url, {"id_number": "", "phone": "0595-88712345"}).status_code == 302
    private = MemberPrivate.objects.get()
    assert (private.id_number, private.id_digest) == ("", None)
    event = AuditEvent.objects.filter(action="member.change_private").latest("sequence")
    assert event.before == {"id_number": "(已隐去)", "phone": "(已隐去)"}
    assert event.after == {"id_number": "", "phone": "(已隐去)"}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"id_number": "110105194912310021"}, "id_number"),
        ({"id_number": "123"}, "id_number"),
        ({"id_number": "350581199001011239"}, "id_number"),
        ({"phone": "no"}, "phone"),
    ],
)
def test_wrong_numbers_are_refused(
    as_officer: Client, member: Member, changes: dict, field: str
) -> None:
    answer = as_officer.post(
        page(member) + "private/", {"id_number": ID, "phone": PHONE, **changes}
    )
    assert answer.status_code == 200
    assert field in answer.context["form"].errors


def test_a_number_used_elsewhere_says_nothing_of_where(as_officer: Client, member: Member) -> None:
    foreign = make_member(SECOND, born_on=None, gender="")
    Member.objects.filter(pk=member.pk).update(born_on=None, gender="")
    own = make_member(FIRST, born_on=None, gender="")
    MemberPrivate.objects.all().delete()
    save_private(member=foreign, id_number=ID, phone="", by=None)
    other = as_officer.post(page(own) + "private/", {"id_number": ID}).context["form"].errors
    MemberPrivate.objects.all().delete()
    save_private(member=member, id_number=ID, phone="", by=None)
    mine = as_officer.post(page(own) + "private/", {"id_number": ID}).context["form"].errors
    assert other == mine
    assert "id_number" in other


def test_a_dump_holds_nothing_that_was_issued(
    as_officer: Client, member: Member, settings: Any
) -> None:
    """Identity number, phone, token, seed, recovery codes, passwords, session keys of notes."""

    user, password = create_account(username="zhu", role="city_staff", scope_code="99", by=None)
    _, token = issue_token(owner=user, by=user)
    seed = prepare_totp(user=user)
    codes = confirm_totp(user=user, code=code_of(user), by=user)
    as_officer.post(page(member) + "reveal/", {"reason": "核对转接介绍信"})
    out = StringIO()
    call_command("dumpdata", exclude=["contenttypes", "auth", "sessions"], stdout=out)
    dump = out.getvalue()
    assert TotpDevice.objects.get().user_id == user.pk
    assert len(dump) > 1000
    secret = token.split(".")[1]
    for text in (ID, PHONE, token, secret, seed, password, *codes):
        assert text not in dump
    assert as_officer.session.session_key not in dump
