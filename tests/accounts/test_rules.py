"""Roles, passwords, masks and addresses at their borders."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from accounts.actions.accounts import one_time_password
from accounts.rules import (
    ADMIN_ROLES,
    NOT_LENT,
    ROLE_RIGHTS,
    SCOPE_KINDS,
    Right,
    Role,
    Scope,
    address_is_allowed,
    character_classes,
    lendable,
    masked,
    needs_second_factor,
    password_is_old,
    scope_of,
    within_areas,
)


def test_every_role_has_rights_and_only_business_roles_a_scope() -> None:
    assert set(ROLE_RIGHTS) == set(Role)
    assert set(SCOPE_KINDS) == set(Role) - ADMIN_ROLES


def test_administrators_share_no_duty_and_see_no_business() -> None:
    business = {r for role in set(Role) - ADMIN_ROLES for r in ROLE_RIGHTS[role]}
    for role in ADMIN_ROLES:
        assert not ROLE_RIGHTS[role] & business
    duties = [ROLE_RIGHTS[role] - {Right.VIEW_ACCOUNTS} for role in ADMIN_ROLES]
    assert sum(len(duty) for duty in duties) == len(set().union(*duties))


def test_who_may_export_reveal_or_administer_needs_a_second_factor() -> None:
    needing = {role for role in Role if needs_second_factor(role)}
    assert needing == {
        *ADMIN_ROLES,
        *(Role.CITY_STAFF, Role.COMMITTEE_STAFF, Role.UNIT_STAFF, Role.TOWNSHIP_OFFICER),
    }


def test_tokens_never_lend_what_is_a_persons_own() -> None:
    for role in Role:
        assert not set(lendable(role)) & NOT_LENT
        assert set(lendable(role)) <= ROLE_RIGHTS[role]


@pytest.mark.parametrize(
    ("password", "part"),
    [
        ("Abcdefg12", "至少 10"),
        ("abcdefghij12", "三种"),
        ("ABCDEFGHIJ12", "三种"),
        ("abcdefghijkl", "三种"),
        ("Shishi-2019-x", "shishi"),
        ("Dangjian-2019", "dangjian"),
        ("Password123!", None),
        ("abcdefGH12", None),
        ("中文密码组合Abc1", None),
        ("a B c d e f 1 2", None),
    ],
)
def test_the_password_policy_at_its_borders(password: str, part: str | None) -> None:
    if part is None:
        validate_password(password)
    else:
        with pytest.raises(ValidationError, match=part):
            validate_password(password)


def test_common_passwords_are_refused() -> None:
    with pytest.raises(ValidationError):
        validate_password("1Qaz2wsx3edc")


@given(st.text(max_size=40))
def test_classes_are_counted_from_zero_to_four(text: str) -> None:
    assert 0 <= character_classes(text) <= 4
    assert (character_classes(text) == 0) == (text == "")


def test_one_time_passwords_pass_the_policy_and_differ() -> None:
    made = {one_time_password() for _ in range(50)}
    assert len(made) == 50
    for password in made:
        validate_password(password)


def test_a_password_is_old_after_ninety_days() -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    assert not password_is_old(now - timedelta(days=90), now)
    assert password_is_old(now - timedelta(days=90, seconds=1), now)


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("350581199001011234", "350***********1234"),
        ("35058119900101123X", "350***********123X"),
        ("13812345678", "138****5678"),
        ("0595-8871234", "************"),
        ("", ""),
    ],
)
def test_masks(number: str, shown: str) -> None:
    assert masked(number) == shown
    assert len(masked(number)) == len(number)


@pytest.mark.parametrize(
    ("address", "allowed", "answer"),
    [
        ("10.1.2.3", [], True),
        ("10.1.2.3", ["10.1.2.3"], True),
        ("10.1.2.3", ["10.1.0.0/16"], True),
        ("10.2.2.3", ["10.1.0.0/16"], False),
        ("::1", ["10.1.0.0/16", "::1"], True),
        ("", ["10.1.0.0/16"], False),
        ("unix:", ["0.0.0.0/0"], False),
    ],
)
def test_addresses(address: str, allowed: list[str], answer: bool) -> None:
    assert address_is_allowed(address, allowed) is answer


def test_scopes_of_roles() -> None:
    assert scope_of("township_officer", "350581102") == Scope("area", "350581102")
    assert scope_of("unit_staff", "U1").kind == "unit"
    assert scope_of("system_admin", "").kind == "none"
    assert scope_of("township_officer", "").kind == "none"
    assert scope_of("", "350581").kind == "none"
    assert scope_of("city_staff", "35").narrowed_to(("3505",)).areas == ("3505",)
    assert within_areas("350581102", ("350582", "3505811"))
    assert not within_areas("350581002", ("350582", "3505811"))
