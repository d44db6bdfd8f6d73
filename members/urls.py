from django.urls import path

from members.views import acts, admission, balance, dues, moves, others, roster

app_name = "members"
urlpatterns = [
    path("", roster.member_list, name="member-list"),
    path("new/", roster.member_create, name="member-create"),
    path("<int:pk>/", roster.member_page, name="member-page"),
    path("<int:pk>/edit/", roster.member_edit, name="member-edit"),
    path("<int:pk>/reveal/", roster.member_reveal, name="member-reveal"),
    path("<int:pk>/private/", roster.member_private, name="member-private"),
    path("<int:pk>/do/<slug:act>/", acts.member_act, name="member-act"),
    path("<int:pk>/decide/<slug:act>/", acts.member_decide, name="member-decide"),
    path("moves/", moves.move_list, name="move-list"),
    path("moves/<int:pk>/", moves.move_page, name="move-page"),
    path("moves/<int:pk>/take/<str:verb>/", moves.move_take, name="move-take"),
    path("balance/", balance.balance_page, name="balance-page"),
    path("memberships/", balance.membership_list, name="membership-list"),
    path("dues/", dues.dues_page, name="dues-page"),
    path("dues/records/", dues.dues_list, name="dues-list"),
    path("dues/<str:code>/<str:month>/", dues.dues_sheet, name="dues-sheet"),
    path("applicants/", admission.applicant_list, name="applicant-list"),
    path("applicants/new/", admission.applicant_create, name="applicant-create"),
    path("applicants/<int:pk>/", admission.applicant_page, name="applicant-page"),
    path("applicants/<int:pk>/end/", admission.applicant_end, name="applicant-end"),
    path("mobile/", others.mobile_list, name="mobile-list"),
    path("mobile/<int:pk>/contact/", others.mobile_contact, name="mobile-contact"),
    path("pledges/", others.pledge_list, name="pledge-list"),
    path("trainings/", others.training_list, name="training-list"),
    path("end/<slug:kind>/<int:pk>/", others.ending, name="ending"),
    path("remove/<slug:kind>/<int:pk>/", others.record_remove, name="record-remove"),
    path("parties/<str:code>/", others.party_people, name="party-people"),
    path("parties/<str:code>/groups/new/", others.group_create, name="group-create"),
    path("parties/<str:code>/carry/", others.party_carry, name="party-carry"),
    path("parameters/", others.parameter_page, name="parameter-page"),
]
