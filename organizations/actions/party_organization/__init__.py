"""The life of party organizations."""

from organizations.actions.party_organization.ending import (
    dissolve_party_organization,
    links_ended_by,
    restore_party_organization,
)
from organizations.actions.party_organization.founding import (
    change_party_organization,
    found_party_organization,
    rename_party_organization,
)
from organizations.actions.party_organization.phases import (
    convert_party_organization,
    upgrade_party_organization,
)
from organizations.actions.party_organization.terms import extend_term, record_election

__all__ = [
    "change_party_organization",
    "convert_party_organization",
    "dissolve_party_organization",
    "extend_term",
    "found_party_organization",
    "links_ended_by",
    "record_election",
    "rename_party_organization",
    "restore_party_organization",
    "upgrade_party_organization",
]
