"""The registry: areas, bodies, social organizations, party organizations and what links them."""

from organizations.models import among  # noqa: F401 - registers a lookup
from organizations.models.area import FormerUnitName, ResponsibleBody, SupervisingUnit, Township
from organizations.models.attachment import Attachment
from organizations.models.coverage import CoverageLink
from organizations.models.former import FormerName, FormerPartyName, MergedOrganization
from organizations.models.hand_over import HandOver
from organizations.models.imports import ImportBatch, ImportEffect, ImportFile, ImportPage
from organizations.models.inspection import Inspection
from organizations.models.instructor import Instructor, InstructorAssignment
from organizations.models.party_organization import PartyOrganization
from organizations.models.social_organization import SocialOrganization
from organizations.models.term import Election, PartyOrganizationPhase, TermExtension

__all__ = [
    "Attachment",
    "CoverageLink",
    "Election",
    "FormerName",
    "FormerPartyName",
    "FormerUnitName",
    "HandOver",
    "ImportBatch",
    "ImportEffect",
    "ImportFile",
    "ImportPage",
    "Inspection",
    "Instructor",
    "InstructorAssignment",
    "MergedOrganization",
    "PartyOrganization",
    "PartyOrganizationPhase",
    "ResponsibleBody",
    "SocialOrganization",
    "SupervisingUnit",
    "TermExtension",
    "Township",
]
