from itertools import chain

from accounts.api.routing import routes
from organizations.api.areas import ResponsibleBodies, SupervisingUnits, Townships
from organizations.api.coverage_links import CoverageLinks
from organizations.api.hand_overs import HandOvers
from organizations.api.instructors import InstructorAssignments, Instructors
from organizations.api.party_organizations import PartyOrganizations
from organizations.api.social_organizations import SocialOrganizations

RESOURCES = (
    *(Townships(), SupervisingUnits(), ResponsibleBodies(), SocialOrganizations()),
    *(PartyOrganizations(), CoverageLinks(), Instructors(), InstructorAssignments()),
    HandOvers(),
)
urlpatterns = list(chain.from_iterable(routes(resource) for resource in RESOURCES))
