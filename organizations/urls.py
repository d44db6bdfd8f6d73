from django.urls import path

from organizations.views import (
    attachment,
    hand_over,
    imports,
    instructor_balance,
    instructors,
    registry,
)

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
    path(
        "social-organizations/<int:pk>/instructor/",
        instructors.organization_assign,
        name="organization-assign",
    ),
    path("instructors/", instructors.instructor_list, name="instructor-list"),
    path("instructors/new/", instructors.instructor_create, name="instructor-create"),
    path("instructors/balance/", instructor_balance.instructor_balance, name="instructor-balance"),
    path("instructors/<int:pk>/", instructors.instructor_page, name="instructor-page"),
    path("instructors/<int:pk>/edit/", instructors.instructor_edit, name="instructor-edit"),
    path("instructors/<int:pk>/retire/", instructors.instructor_retire, name="instructor-retire"),
    path("instructors/<int:pk>/assign/", instructors.instructor_assign, name="instructor-assign"),
    path(
        "instructors/<int:pk>/transfer/",
        instructors.instructor_transfer,
        name="instructor-transfer",
    ),
    path("instructor-assignments/<int:pk>/end/", instructors.assignment_end, name="assignment-end"),
    path("attachments/", attachment.attachment_upload, name="attachment-upload"),
    path("attachments/<int:pk>/", attachment.attachment_file, name="attachment-file"),
    path("attachments/<int:pk>/remove/", attachment.attachment_remove, name="attachment-remove"),
    path("imports/", imports.import_list, name="import-list"),
    path("imports/new/", imports.import_create, name="import-create"),
    path("imports/template/", imports.import_template, name="import-template"),
    path("imports/<int:pk>/", imports.import_page, name="import-page"),
    path("imports/<int:pk>/progress/", imports.import_progress, name="import-progress"),
    path("imports/<int:pk>/correct/", imports.import_correct, name="import-correct"),
    path("imports/<int:pk>/apply/", imports.import_apply, name="import-apply"),
    path("imports/<int:pk>/discard/", imports.import_discard, name="import-discard"),
    path("imports/<int:pk>/undo/", imports.import_undo, name="import-undo"),
    path("imports/<int:pk>/files/<int:file_pk>/", imports.import_file, name="import-file"),
    path(
        "imports/<int:pk>/files/<int:file_pk>/annotated/",
        imports.import_annotated,
        name="import-annotated",
    ),
]
