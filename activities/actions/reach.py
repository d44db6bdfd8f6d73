"""May this account write records of this party organization?"""

from django.core.exceptions import PermissionDenied

from accounts.access import require
from accounts.models import User
from accounts.rules import Right
from organizations.models import PartyOrganization


def reaches(user: User, party_id: int) -> bool:
    """Holds the right to write, and sees the party organization."""
    if not user.may(Right.EDIT_ACTIVITIES):
        return False
    return PartyOrganization.objects.visible_to(user).filter(pk=party_id).exists()


def check_reach(by: User | None, party_id: int) -> None:
    """Raise PermissionDenied unless `by` may write records of it; the system itself may."""
    if by is None:
        return
    require(by, Right.EDIT_ACTIVITIES)
    if not reaches(by, party_id):
        raise PermissionDenied("只能录入本组织(本辖区)的组织生活记录。")
