from django.urls import path

from evaluation.api import coverage

urlpatterns = [path("coverage/", coverage.CoverageView.as_view(), name="api-coverage")]
