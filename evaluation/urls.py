from django.urls import path

from evaluation import views

app_name = "evaluation"
urlpatterns = [
    path("", views.coverage_page, name="coverage-page"),
    path("definitions/", views.definitions_page, name="definitions-page"),
    path("runs/", views.runs_page, name="runs-page"),
]
