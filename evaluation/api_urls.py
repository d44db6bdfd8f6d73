from django.urls import path

from accounts.api.routing import routes
from evaluation.api import coverage
from evaluation.api.star_ratings import StarRatings

urlpatterns = [
    path("coverage/", coverage.CoverageView.as_view(), name="api-coverage"),
    *routes(StarRatings()),
]
