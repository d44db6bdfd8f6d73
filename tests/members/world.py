"""Makers of members for tests."""

from datetime import date
from itertools import count
from typing import Any

from members.models import Member, Membership
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
