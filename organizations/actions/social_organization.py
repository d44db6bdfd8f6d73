"""Changing social organizations."""

from typing import Any

from django.db import transaction

from accounts import audit
from accounts.models import User
from organizations.models import SocialOrganization


class ChangedMeanwhile(Exception):
    """Somebody else saved the record after it was read; nothing was written.

    `current` is the stored record, `fields` the names of what differs from the values at hand.
    """

    def __init__(self, current: SocialOrganization, fields: list[str]) -> None:
        super().__init__("记录已被他人修改")
        self.current, self.fields = current, fields


@transaction.atomic
def change_social_organization(
    *, organization: SocialOrganization, values: dict[str, Any], version: int, by: User | None
) -> SocialOrganization:
    """Save new values of named fields; raises ChangedMeanwhile when `version` is not the stored one.

    Raises ValidationError when the values contradict each other or another record.
    """
    stored = SocialOrganization.objects.select_for_update().get(pk=organization.pk)
    before, after = audit.changes(stored, values)
    if stored.version != version:
        raise ChangedMeanwhile(stored, list(after))
    for name, value in values.items():
        setattr(stored, name, value)
    stored.full_clean()
    if after:
        stored.version += 1
        stored.save()
        audit.record(
            by=by, action="social_organization.change", object=stored, before=before, after=after
        )
    return stored
