from django.urls import path

from evaluation import api

urlpatterns = [path("coverage/", api.CoverageView.as_view(), name="api-coverage")]
