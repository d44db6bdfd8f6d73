"""Changing the facts of a member."""

from typing import Any

from django.db import transaction

from accounts import audit
from accounts.models import User
from members.access import require_reach
from members.models import Member, Membership
from organizations.actions.versions import ChangedMeanwhile, locked


@transaction.atomic
def change_member(
    *, member: Member, values: dict[str, Any], version: int, by: User | None
) -> Member:
    """Save new facts; raises ChangedMeanwhile when `version` is not the stored one.

    Where a member belongs and their status have actions of their own.
    """
    stored = locked(member)
    last = Membership.objects.select_related("party_organization").filter(member=stored)
    place = last.order_by("-valid_from").first()
    if place is not None:
        require_reach(by, place.party_organization)
    values = {**values, "code": values.get("code") or stored.code}
    before, after = audit.changes(stored, values)
    if stored.version != version:
        raise ChangedMeanwhile(stored, list(after))
    for name, value in values.items():
        setattr(stored, name, value)
    stored.full_clean()
    if after:
        stored.version += 1
        stored.save()
        audit.record(by=by, action="member.change", object=stored, before=before, after=after)
    return stored
