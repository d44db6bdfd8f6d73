from itertools import chain

from django.urls import path

from accounts.api.routing import routes
from activities.api.activities import Activities
from activities.api.duties import DutiesView
from activities.api.outcomes import Outcomes, OutcomeSumsView

RESOURCES = (Activities(), Outcomes())
urlpatterns = [
    *chain.from_iterable(routes(resource) for resource in RESOURCES),
    path("outcomes/sums/", OutcomeSumsView.as_view(), name="api-outcome-sums"),
    path("duties/", DutiesView.as_view(), name="api-duties"),
]
