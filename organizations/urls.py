from django.urls import path

from organizations.views import hand_over, registry

app_name = "organizations"
urlpatterns = [
    path(
        "social-organizations/", registry.social_organization_list, name="social-organization-list"
    ),
    path(
        "social-organizations/<int:pk>/",
        registry.social_organization_page,
        name="social-organization-page",
    ),
    path(
        "social-organizations/<int:pk>/edit/",
        registry.social_organization_edit,
        name="social-organization-edit",
    ),
    path(
        "social-organizations/<int:pk>/hand-over/",
        hand_over.hand_over_create,
        name="hand-over-create",
    ),
    path("hand-overs/", hand_over.hand_over_list, name="hand-over-list"),
    path("hand-overs/<int:pk>/", hand_over.hand_over_page, name="hand-over-page"),
    path("hand-overs/<int:pk>/decide/", hand_over.hand_over_decide, name="hand-over-decide"),
    path("hand-overs/<int:pk>/withdraw/", hand_over.hand_over_withdraw, name="hand-over-withdraw"),
    path("party-organizations/", registry.party_organization_list, name="party-organization-list"),
    path(
        "party-organizations/<int:pk>/",
        registry.party_organization_page,
        name="party-organization-page",
    ),
]
