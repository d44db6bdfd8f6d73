"""Makers of members for tests."""

from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any

from accounts.models import User
from members.actions.yearly import set_parameter
from members.models import Member, Membership
from members.rules.parameters import Parameter
from organizations.models import PartyOrganization
from tests.world import FIRST, make_party

_number = count(1)


def member_values(**fields: Any) -> dict[str, Any]:
    number = next(_number)
    return {
        "code": f"M{number:06d}",
        "name": f"党员{number}",
        "status": "full",
        "gender": "male",
        "born_on": date(1970, 1, 1),
        "joined_on": date(1995, 1, 1),
        "full_on": date(1996, 1, 1),
        **fields,
    }


def make_member(
    township: str = FIRST,
    party: PartyOrganization | None = None,
    since: date = date(2015, 1, 1),
    **fields: Any,
) -> Member:
    """A member who belongs to a party organization of the township since 2015."""
    member = Member.objects.create(**member_values(**fields))
    Membership.objects.create(
        member=member, party_organization=party or make_party(township), valid_from=since
    )
    return member


def joint_elections(*, since: int, by: User, value: int = 1) -> None:
    """The city lets joint organizations elect for terms, from a year on; 0: no longer."""
    set_parameter(name=Parameter.JOINT_ELECTS, year=since, value=Decimal(value), by=by)
