"""Whose people an account may write about."""

from typing import Any

from django.core.exceptions import PermissionDenied

from accounts.access import require
from accounts.models import User
from accounts.rules import Right
from organizations.models import PartyOrganization


def reaches(user: Any, party: PartyOrganization | None) -> bool:
    """Is this party organization inside the account's scope?"""
    if party is None:
        return False
    return PartyOrganization.objects.visible_to(user).filter(pk=party.pk).exists()


def require_reach(
    by: User | None, party: PartyOrganization, right: Right = Right.EDIT_MEMBERS
) -> None:
    """Raise PermissionDenied unless the actor has the right and reaches the party organization.

    Nobody (None) is the command line, which has no limit.
    """
    if by is None:
        return
    require(by, right)
    if not reaches(by, party):
        raise PermissionDenied(f"“{party.name}”不在您的管辖范围。")
