from django.urls import path

from organizations import views

app_name = "organizations"
urlpatterns = [
    path("social-organizations/", views.social_organization_list, name="social-organization-list"),
    path(
        "social-organizations/<int:pk>/",
        views.social_organization_page,
        name="social-organization-page",
    ),
    path(
        "social-organizations/<int:pk>/edit/",
        views.social_organization_edit,
        name="social-organization-edit",
    ),
    path("party-organizations/", views.party_organization_list, name="party-organization-list"),
    path(
        "party-organizations/<int:pk>/",
        views.party_organization_page,
        name="party-organization-page",
    ),
]
