"""What one may ask of the registry's lists; pages, API and exports read the same parameters."""

from organizations.filters.areas import BodyFilter, TownshipFilter, UnitFilter
from organizations.filters.coverage import CoverageLinkFilter, HandOverFilter
from organizations.filters.instructor import InstructorAssignmentFilter, InstructorFilter
from organizations.filters.party_organization import PartyOrganizationFilter
from organizations.filters.scoped import (
    BODY_KINDS,
    YES_NO,
    AreaFilter,
    Asked,
    DayFilter,
    ScopedFilterSet,
    midnight,
    searched,
)
from organizations.filters.social_organization import SocialOrganizationFilter
from organizations.filters.terms import ElectionFilter, ExtensionFilter

__all__ = [
    "BODY_KINDS",
    "YES_NO",
    "AreaFilter",
    "Asked",
    "BodyFilter",
    "CoverageLinkFilter",
    "DayFilter",
    "ElectionFilter",
    "ExtensionFilter",
    "HandOverFilter",
    "InstructorAssignmentFilter",
    "InstructorFilter",
    "PartyOrganizationFilter",
    "ScopedFilterSet",
    "SocialOrganizationFilter",
    "TownshipFilter",
    "UnitFilter",
    "midnight",
    "searched",
]
