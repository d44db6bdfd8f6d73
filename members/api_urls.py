from itertools import chain

from accounts.api.routing import routes
from members.api.dues import DuesMonths
from members.api.members import Members, Memberships
from members.api.moves import Moves

RESOURCES = (Members(), Memberships(), Moves(), DuesMonths())
urlpatterns = list(chain.from_iterable(routes(resource) for resource in RESOURCES))
