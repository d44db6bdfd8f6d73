from django.urls import path

from accounts.views import audit_log, drafts, exports, own, people, saved_filters, sign_in

app_name = "accounts"
urlpatterns = [
    path("sign-in/", sign_in.sign_in_page, name="sign-in"),
    path("second-factor/", sign_in.second_factor_page, name="second-factor-page"),
    path("sign-out/", sign_in.sign_out, name="sign-out"),
    path("password/", own.password_page, name="password-page"),
    path("second-factor/setup/", own.second_factor_setup, name="second-factor-setup"),
    path("second-factor/codes/", own.second_factor_codes, name="second-factor-codes"),
    path("drafts/", drafts.draft_page, name="draft-page"),
    path("sessions/", own.session_list, name="session-list"),
    path("sessions/<int:pk>/end/", own.session_end, name="session-end"),
    path("tokens/", own.token_list, name="token-list"),
    path("tokens/new/", own.token_create, name="token-create"),
    path("tokens/<int:pk>/rotate/", own.token_rotate, name="token-rotate"),
    path("tokens/<int:pk>/revoke/", own.token_revoke, name="token-revoke"),
    path("saved-filters/", saved_filters.saved_filter_list, name="saved-filter-list"),
    path(
        "saved-filters/<int:pk>/",
        saved_filters.saved_filter_change,
        name="saved-filter-change",
    ),
    path(
        "saved-filters/<int:pk>/delete/",
        saved_filters.saved_filter_delete,
        name="saved-filter-delete",
    ),
    path("exports/", exports.export_list, name="export-list"),
    path("exports/<int:pk>/", exports.export_page, name="export-page"),
    path("exports/<int:pk>/progress/", exports.export_progress, name="export-progress"),
    path("exports/<int:pk>/file/", exports.export_file, name="export-file"),
    path("people/", people.account_list, name="account-list"),
    path("proposals/", people.proposal_list, name="proposal-list"),
    path("proposals/new/", people.proposal_create, name="proposal-create"),
    path("proposals/<int:pk>/", people.proposal_page, name="proposal-page"),
    path("proposals/<int:pk>/decide/", people.proposal_decide, name="proposal-decide"),
    path("proposals/<int:pk>/password/", people.proposal_password, name="proposal-password"),
    path("proposals/<int:pk>/note/", people.proposal_note, name="proposal-note"),
    path("audit/", audit_log.audit_list, name="audit-list"),
    path("audit/<int:sequence>/", audit_log.audit_page, name="audit-page"),
]
