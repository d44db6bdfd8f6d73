"""The life of social organizations."""

from organizations.actions.social_organization.ending import (
    deregister_social_organization,
    restore_social_organization,
)
from organizations.actions.social_organization.facts import (
    LooksRegistered,
    change_social_organization,
    change_unit,
    register_social_organization,
    rename_social_organization,
)
from organizations.actions.social_organization.merging import (
    merge_social_organizations,
    plan_merger,
    undo_merger,
)
from organizations.actions.social_organization.standing import (
    record_charter,
    record_grade,
    record_inspection,
    remove_inspection,
)
from organizations.actions.versions import ChangedMeanwhile

__all__ = [
    "ChangedMeanwhile",
    "LooksRegistered",
    "change_social_organization",
    "change_unit",
    "deregister_social_organization",
    "merge_social_organizations",
    "plan_merger",
    "record_charter",
    "record_grade",
    "record_inspection",
    "register_social_organization",
    "remove_inspection",
    "rename_social_organization",
    "restore_social_organization",
    "undo_merger",
]
