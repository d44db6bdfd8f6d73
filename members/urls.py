from django.urls import path

from members import views

app_name = "members"
urlpatterns = [
    path("", views.member_list, name="member-list"),
    path("<int:pk>/", views.member_page, name="member-page"),
    path("<int:pk>/reveal/", views.member_reveal, name="member-reveal"),
    path("<int:pk>/private/", views.member_private, name="member-private"),
]
