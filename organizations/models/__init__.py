"""The registry: areas, bodies, social organizations, party organizations and what links them."""

from organizations.models.area import ResponsibleBody, SupervisingUnit, Township
from organizations.models.coverage import CoverageLink
from organizations.models.hand_over import HandOver
from organizations.models.imports import ImportBatch
from organizations.models.instructor import Instructor, InstructorAssignment
from organizations.models.party_organization import PartyOrganization
from organizations.models.social_organization import SocialOrganization

__all__ = [
    "CoverageLink",
    "HandOver",
    "ImportBatch",
    "Instructor",
    "InstructorAssignment",
    "PartyOrganization",
    "ResponsibleBody",
    "SocialOrganization",
    "SupervisingUnit",
    "Township",
]
