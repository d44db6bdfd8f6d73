from django.urls import include, path

from evaluation.views import coverage, quality, rating_cycle, ratings, schemes

app_name = "evaluation"
coverage_urls = [
    path("", coverage.coverage_page, name="coverage-page"),
    path("definitions/", coverage.definitions_page, name="definitions-page"),
    path("runs/", coverage.runs_page, name="runs-page"),
]
rating_urls = [
    path("", ratings.star_page, name="star-page"),
    path("list/", ratings.rating_list, name="rating-list"),
    path("<int:pk>/", ratings.rating_page, name="rating-page"),
    path("<int:pk>/items/<slug:code>/", ratings.item_page, name="rating-item"),
    path("<int:pk>/assess/", ratings.rating_assess, name="rating-assess"),
    path("<int:pk>/decide/", ratings.rating_decide, name="rating-decide"),
    path("<int:pk>/send-back/", ratings.rating_send_back, name="rating-send-back"),
    path("<int:pk>/object/", ratings.rating_object, name="rating-object"),
    path("<int:pk>/vetoes/<slug:code>/", ratings.rating_veto, name="rating-veto"),
    path("runs/start/", ratings.rating_run_start, name="rating-run-start"),
    path("runs/<int:pk>/", ratings.rating_run_page, name="rating-run-page"),
    path("cycles/open/", rating_cycle.cycle_open, name="cycle-open"),
    path("cycles/<int:year>/", rating_cycle.cycle_page, name="cycle-page"),
    path("cycles/<int:year>/move/", rating_cycle.cycle_move, name="cycle-move"),
    path("objections/<int:pk>/answer/", rating_cycle.objection_answer, name="objection-answer"),
    path("notice/<slug:area_code>/<int:year>/", rating_cycle.notice_page, name="notice-page"),
    path("schemes/", schemes.scheme_list, name="scheme-list"),
    path("schemes/new/", schemes.scheme_create, name="scheme-create"),
    path("schemes/<int:pk>/", schemes.scheme_page, name="scheme-page"),
    path("schemes/<int:pk>/edit/", schemes.scheme_edit, name="scheme-edit"),
    path("schemes/<int:pk>/rehearsal/", schemes.scheme_rehearsal, name="scheme-rehearsal"),
    path("schemes/<int:pk>/publish/", schemes.scheme_publish, name="scheme-publish"),
    path("schemes/<int:pk>/drop/", schemes.scheme_drop, name="scheme-drop"),
]
urlpatterns = [
    path("todo/", quality.todo_page, name="todo-page"),
    path("quality/", quality.quality_page, name="quality-page"),
    path("quality/settings/", quality.check_settings, name="check-settings"),
    path("quality/<slug:code>/", quality.quality_list, name="quality-list"),
    path("coverage/", include(coverage_urls)),
    path("ratings/", include(rating_urls)),
]
