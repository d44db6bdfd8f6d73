from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView

from shishi_portal import views

urlpatterns = [
    path("", views.home, name="home"),
    path("healthz", views.health, name="health"),
    path("accounts/", include("accounts.urls")),
    path("registry/", include("organizations.urls")),
    path("members/", include("members.urls")),
    path("activities/", include("activities.urls")),
    path("", include("evaluation.urls")),
    path("api/v1/", include("evaluation.api_urls")),
    path("api/v1/", include("organizations.api_urls")),
    path("api/v1/", include("members.api_urls")),
    path("api/v1/", include("activities.api_urls")),
    path("api/v1/schema/", SpectacularAPIView.as_view(), name="api-schema"),
]
handler400 = "shishi_portal.views.bad_request"
handler403 = "shishi_portal.views.forbidden"
handler404 = "shishi_portal.views.not_found"
handler500 = "shishi_portal.views.server_error"
