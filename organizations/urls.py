from django.urls import path

from organizations.views import (
    areas,
    attachment,
    coverage,
    hand_over,
    imports,
    instructor_balance,
    instructors,
    merging,
    party_organization,
    registry,
    social_organization,
    standing,
)

app_name = "organizations"

# the events of a record's life: address, view, name of the route
SOCIAL = [
    ("", social_organization.social_organization_page, "page"),
    ("edit/", social_organization.social_organization_edit, "edit"),
    ("rename/", social_organization.social_organization_rename, "rename"),
    ("move/", social_organization.social_organization_move, "move"),
    ("unit/", social_organization.social_organization_unit, "unit"),
    ("body/", social_organization.social_organization_body, "body"),
    ("charter/", standing.social_organization_charter, "charter"),
    ("inspection/", standing.social_organization_inspection, "inspection"),
    ("grade/", standing.social_organization_grade, "grade"),
    ("deregister/", social_organization.social_organization_deregister, "deregister"),
    ("restore/", social_organization.social_organization_restore, "restore"),
    ("merge/", merging.merge_choose, "merge-choose"),
]
PARTY = [
    ("", party_organization.party_organization_page, "page"),
    ("edit/", party_organization.party_organization_edit, "edit"),
    ("rename/", party_organization.party_organization_rename, "rename"),
    ("upgrade/", party_organization.party_organization_upgrade, "upgrade"),
    ("convert/", party_organization.party_organization_convert, "convert"),
    ("election/", party_organization.party_organization_election, "election"),
    ("extension/", party_organization.party_organization_extension, "extension"),
    ("dissolve/", party_organization.party_organization_dissolve, "dissolve"),
    ("restore/", party_organization.party_organization_restore, "restore"),
]
LINK = [
    ("edit/", coverage.link_edit, "edit"),
    ("end/", coverage.link_end, "end"),
    ("reopen/", coverage.link_reopen, "reopen"),
    ("transfer/", coverage.link_transfer, "transfer"),
    ("remove/", coverage.link_remove, "remove"),
]
UNIT = [
    ("", areas.unit_page, "page"),
    ("rename/", areas.unit_rename, "rename"),
    ("former-names/<int:former>/release/", areas.unit_release, "release"),
    ("remove/", areas.unit_remove, "remove"),
    ("merge/", areas.unit_merge_choose, "merge-choose"),
    ("merge/<int:other>/", areas.unit_merge, "merge"),
]

urlpatterns = [
    path("areas/", areas.township_list, name="township-list"),
    path("areas/townships/new/", areas.township_create, name="township-create"),
    path("areas/townships/<str:code>/", areas.township_page, name="township-page"),
    path("areas/townships/<str:code>/rename/", areas.township_rename, name="township-rename"),
    path("areas/units/", areas.unit_list, name="unit-list"),
    path("areas/bodies/", areas.body_list, name="body-list"),
    path("areas/units/new/", areas.unit_create, name="unit-create"),
    *(path(f"areas/units/<int:pk>/{end}", view, name=f"unit-{name}") for end, view, name in UNIT),
    path(
        "social-organizations/", registry.social_organization_list, name="social-organization-list"
    ),
    path(
        "social-organizations/new/",
        social_organization.social_organization_register,
        name="social-organization-register",
    ),
    path("social-organizations/cover/", coverage.cover_page, name="cover-page"),
    path("social-organizations/adopt/", coverage.adopt_page, name="adopt-page"),
    *(
        path(f"social-organizations/<int:pk>/{end}", view, name=f"social-organization-{name}")
        for end, view, name in SOCIAL
    ),
    path(
        "social-organizations/<int:pk>/merge/<int:other>/",
        merging.merge_page,
        name="social-organization-merge",
    ),
    path(
        "merged-organizations/<int:pk>/undo/", merging.merge_undo, name="merged-organization-undo"
    ),
    path(
        "inspections/<int:pk>/remove/",
        standing.inspection_remove,
        name="inspection-remove",
    ),
    path(
        "social-organizations/<int:pk>/hand-over/",
        hand_over.hand_over_create,
        name="hand-over-create",
    ),
    path("coverage-links/", registry.coverage_link_list, name="coverage-link-list"),
    path("hand-overs/", hand_over.hand_over_list, name="hand-over-list"),
    path("hand-overs/<int:pk>/", hand_over.hand_over_page, name="hand-over-page"),
    path("hand-overs/<int:pk>/decide/", hand_over.hand_over_decide, name="hand-over-decide"),
    path("hand-overs/<int:pk>/withdraw/", hand_over.hand_over_withdraw, name="hand-over-withdraw"),
    path("elections/", registry.election_list, name="election-list"),
    path("elections/extensions/", registry.extension_list, name="extension-list"),
    path("party-organizations/", registry.party_organization_list, name="party-organization-list"),
    path(
        "party-organizations/new/",
        party_organization.party_organization_found,
        name="party-organization-found",
    ),
    *(
        path(f"party-organizations/<int:pk>/{end}", view, name=f"party-organization-{name}")
        for end, view, name in PARTY
    ),
    *(
        path(f"coverage-links/<int:pk>/{end}", view, name=f"coverage-link-{name}")
        for end, view, name in LINK
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
