"""Accounts: proposed by one administrator, approved by another, seen by the third."""

from itertools import combinations
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.test import Client

from accounts.actions.accounts import change_role, create_account
from accounts.actions.proposals import decide, propose
from accounts.models import AccountProposal, AuditEvent, User
from accounts.rules import ADMIN_ROLES, Role
from tests.world import CITY, FIRST, make_party, make_unit, make_user, sign_in

pytestmark = pytest.mark.django_db
LIST = "/accounts/proposals/"


@pytest.fixture
def admins() -> dict[str, Client]:
    clients = {}
    for name, role in (
        ("system", "system_admin"),
        ("security", "security_admin"),
        ("audit", "audit_admin"),
    ):
        clients[name] = Client()
        sign_in(clients[name], make_user(name, role))
    return clients


def proposal(**changes: Any) -> dict[str, Any]:
    return {
        "kind": "create",
        "username": "wang",
        "person_code": "A-17",
        "display_name": "王某",
        "role": "township_officer",
        "scope_code": "990101001",
        "reason": "新到岗",
        **changes,
    }


def make(client: Client, **changes: Any) -> AccountProposal:
    answer = client.post(LIST + "new/", proposal(**changes))
    assert answer.status_code == 302, answer.context["form"].errors
    return AccountProposal.objects.latest("pk")


def test_who_decides_reads_names_beside_codes(admins: dict[str, Client]) -> None:
    party = make_party(FIRST, name="东园社区党支部")
    unit = make_unit("市教育局")
    for role, code, name in (
        ("township_officer", FIRST, "东风街道"),
        ("leader", CITY, "全部 1 个镇(街道)"),
        ("committee_staff", CITY, "全部 1 个镇(街道)"),
        ("unit_staff", unit.code, "市教育局"),
        ("secretary", party.code, "东园社区党支部"),
        ("township_officer", "990101999", "查无此编码"),
    ):
        user = make_user(f"u-{role}-{code}".lower()[:30], role, code)
        made = AccountProposal.objects.create(
            kind="change_role",
            username=user.username,
            role=role,
            scope_code=code,
            reason="调岗",
            proposed_by=User.objects.get(username="system"),
        )
        text = admins["security"].get(f"{LIST}{made.pk}/").content.decode()
        assert text.count(name) == 2, role  # asked for, and held today
        assert name in admins["security"].get("/accounts/people/").content.decode()


def test_an_account_takes_two_people_and_the_third_knows(admins: dict[str, Client]) -> None:
    made = make(admins["system"])
    page = f"{LIST}{made.pk}/"
    assert not User.objects.filter(username="wang").exists()
    for name in ("system", "audit"):
        answer = admins[name].post(page + "decide/", {"verdict": "approve"})
        assert answer.status_code == 403
    admins["security"].post(page + "decide/", {"verdict": "approve", "decision": "同意"})
    user = User.objects.get(username="wang")
    assert (user.role, user.scope_code, user.person_code) == (
        "township_officer",
        "990101001",
        "A-17",
    )
    assert admins["security"].post(page + "password/").status_code == 403
    admins["system"].post(page + "password/")
    shown = admins["system"].get(page).context["password"]
    assert shown
    assert admins["system"].get(page).context["password"] is None
    user.refresh_from_db()
    assert user.check_password(shown)
    assert user.must_change_password
    admins["system"].post(page + "password/")
    assert "已经领取过" in admins["system"].get(page).content.decode()
    admins["audit"].post(page + "note/")
    made.refresh_from_db()
    assert made.seen_by.username == "audit"
    actions = AuditEvent.objects.order_by("sequence").values_list("actor", "action")
    assert [pair for pair in actions if pair[1].startswith(("proposal", "account"))] == [
        ("system", "proposal.make"),
        ("security", "account.create"),
        ("security", "proposal.approve"),
        ("system", "account.issue_one_time_password"),
        ("audit", "proposal.see"),
    ]


def test_sending_back_needs_a_reason(admins: dict[str, Client]) -> None:
    made = make(admins["system"])
    page = f"{LIST}{made.pk}/"
    admins["security"].post(page + "decide/", {"verdict": "reject"})
    made.refresh_from_db()
    assert made.state == "pending"
    admins["security"].post(page + "decide/", {"verdict": "reject", "decision": "人员编号不符"})
    made.refresh_from_db()
    assert made.state == "rejected"
    assert not User.objects.filter(username="wang").exists()
    admins["security"].post(page + "decide/", {"verdict": "approve"})
    assert "已经审批过" in admins["security"].get(page).content.decode()


@pytest.mark.parametrize(
    "kind", ["change_role", "disable", "enable", "reset_password", "reset_second_factor"]
)
def test_every_change_of_an_account(admins: dict[str, Client], kind: str) -> None:
    user, _ = create_account(username="cai", role="leader", scope_code="99", by=None)
    made = make(admins["system"], kind=kind, username="cai", role="city_staff", scope_code="990101")
    admins["security"].post(f"{LIST}{made.pk}/decide/", {"verdict": "approve"})
    made.refresh_from_db()
    assert made.state == "approved"
    user.refresh_from_db()
    assert user.is_active is (kind != "disable")
    assert user.role == ("city_staff" if kind == "change_role" else "leader")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"username": "system"}, "username"),
        ({"person_code": ""}, "person_code"),
        ({"person_code": "security"}, "person_code"),
        ({"role": "king"}, "role"),
        ({"scope_code": ""}, "__all__"),
        ({"scope_code": "abc"}, "__all__"),
        ({"role": "audit_admin"}, "__all__"),
        ({"kind": "disable", "username": "nobody"}, "username"),
        ({"reason": ""}, "reason"),
    ],
)
def test_wrong_proposals_say_why(admins: dict[str, Client], changes: dict, field: str) -> None:
    answer = admins["system"].post(LIST + "new/", proposal(**changes))
    assert answer.status_code == 200
    assert field in answer.context["form"].errors
    assert not AccountProposal.objects.exists()


def test_one_open_proposal_an_account(admins: dict[str, Client]) -> None:
    make(admins["system"])
    answer = admins["system"].post(LIST + "new/", proposal())
    assert "等待审批" in answer.content.decode()


def test_nobody_decides_their_own(admins: dict[str, Client]) -> None:
    """Refused in the action, and by the database."""
    made = make(admins["system"])
    system = User.objects.get(username="system")
    security = User.objects.get(username="security")
    with pytest.raises(PermissionDenied):
        decide(proposal=made, approve=True, decision="", by=system)
    about_security = make(
        admins["system"], kind="change_role", username="security", role="leader", scope_code="99"
    )
    with pytest.raises(PermissionDenied, match="自己"):
        decide(proposal=about_security, approve=True, decision="", by=security)
    with pytest.raises(IntegrityError), transaction.atomic():
        AccountProposal.objects.filter(pk=made.pk).update(state="approved", decided_by=system)
    with pytest.raises(IntegrityError), transaction.atomic():
        AccountProposal.objects.filter(pk=made.pk).update(state="approved")
    with pytest.raises(PermissionDenied):
        propose(proposal=AccountProposal(**proposal()), by=security)


@pytest.mark.parametrize("pair", list(combinations(sorted(Role.codes()), 2)))
def test_nobody_holds_two_roles(pair: tuple[str, str], admins: dict[str, Client]) -> None:
    """One person, one account; one account, one role: in the form, the action and the database."""
    first, second = pair
    user = make_user("one", first, "" if first in ADMIN_ROLES else "990101")
    scope = "" if second in ADMIN_ROLES else "990101"
    changes = {"person_code": "one", "username": "two", "role": second, "scope_code": scope}
    answer = admins["system"].post(LIST + "new/", proposal(**changes))
    assert "person_code" in answer.context["form"].errors
    with pytest.raises(ValidationError, match="一人只能有一个账号"):
        create_account(username="two", role=second, scope_code=scope, person_code="one", by=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        make_user("two", second, scope, person_code="one")
    change_role(user=user, role=second, scope_code=scope, by=None)
    assert User.objects.get(pk=user.pk).role == second
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=user.pk).update(role=f"{first},{second}"[:32])


def test_only_administrators_see_accounts(admins: dict[str, Client], as_city: Client) -> None:
    for path in ("/accounts/people/", LIST):
        assert as_city.get(path).status_code == 403
        for client in admins.values():
            assert client.get(path).status_code == 200
    assert admins["security"].get(LIST + "new/").status_code == 403
    assert "lin" in admins["audit"].get("/accounts/people/?q=lin").content.decode()


def test_administrators_reach_no_business_rows(admins: dict[str, Client]) -> None:
    for path in ("/coverage/", "/members/", "/registry/social-organizations/", "/api/v1/coverage/"):
        for client in admins.values():
            assert client.get(path).status_code == 403
