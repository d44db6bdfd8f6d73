from django.urls import path

from activities.views import archive, duty, minutes, plan, record, small, vocabulary

app_name = "activities"
urlpatterns = [
    path("", record.activity_list, name="activity-list"),
    path("new/", record.activity_create, name="activity-create"),
    path("<int:pk>/", record.activity_page, name="activity-page"),
    path("<int:pk>/edit/", record.activity_edit, name="activity-edit"),
    path("<int:pk>/discard/", record.activity_discard, name="activity-discard"),
    path("<int:pk>/void/", record.activity_void, name="activity-void"),
    path("resolutions/", minutes.resolution_list, name="resolution-list"),
    path("resolutions/<int:pk>/finish/", minutes.resolution_finish, name="resolution-finish"),
    path("outcomes/", minutes.outcome_page, name="outcome-page"),
    path("plans/", plan.plan_list, name="plan-list"),
    path("plans/items/", plan.item_list, name="item-list"),
    path("plans/make/", plan.plan_make, name="plan-make"),
    path("plans/<int:pk>/", plan.plan_page, name="plan-page"),
    path("plans/<int:pk>/edit/", plan.plan_edit, name="plan-edit"),
    path("plans/<int:pk>/file/", plan.plan_file, name="plan-file"),
    path("plans/<int:pk>/items/new/", plan.item_create, name="item-create"),
    path("plan-items/<int:pk>/edit/", plan.item_edit, name="item-edit"),
    path("plan-items/<int:pk>/remove/", plan.item_remove, name="item-remove"),
    path("duties/", duty.duty_panel_page, name="duty-panel"),
    path("duties/<slug:duty>/", duty.duty_page, name="duty-page"),
    path(
        "duties/<slug:duty>/organizations/",
        duty.duty_organizations,
        name="duty-organizations",
    ),
    path("organizations/<int:pk>/", duty.life_page, name="life-page"),
    path("organizations/<int:pk>/setting/", duty.setting_edit, name="setting-edit"),
    path("organizations/<int:pk>/archive/", archive.archive_page, name="archive-page"),
    path("organizations/<int:pk>/archive/new/", archive.document_create, name="document-create"),
    path("documents/<int:pk>/", archive.document_page, name="document-page"),
    path("documents/<int:pk>/remove/", archive.document_remove, name="document-remove"),
    *(route for kind in small.SMALL for route in kind.urls()),
    path("vocabulary/", vocabulary.vocabulary_page, name="vocabulary-page"),
    *(route for kind in vocabulary.VOCABULARIES for route in kind.urls()),
    path("incidents/<int:pk>/decide/", small.incident_decide, name="incident-decide"),
]
