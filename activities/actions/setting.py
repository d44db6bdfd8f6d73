"""How a party organization arranges its life."""

from typing import Any

from django.db import transaction

from accounts import audit
from accounts.models import User
from activities.actions.reach import check_reach
from activities.models import LifeSetting
from organizations.models import PartyOrganization


@transaction.atomic
def arrange_life(
    *, party: PartyOrganization, values: dict[str, Any], by: User | None
) -> LifeSetting:
    """Save 组织生活安排; raises ValidationError when the values contradict each other."""
    check_reach(by, party.pk)
    setting = LifeSetting.objects.select_for_update().filter(party_organization=party).first()
    setting = setting or LifeSetting(party_organization=party)
    before, after = audit.changes(setting, values)
    for name, value in values.items():
        setattr(setting, name, value)
    setting.full_clean()
    is_new = setting.pk is None
    if is_new or after:
        setting.save()
        verb = "create" if is_new else "change"
        audit.record(
            by=by, action=f"life_setting.{verb}", object=party, before=before, after=after or values
        )
    return setting
