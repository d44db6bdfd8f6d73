"""Pages of data quality and of what waits."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from accounts.access import require
from accounts.forms import refuse
from accounts.listing.columns import written
from accounts.rules import Right
from evaluation.actions.check_settings import set_check_number
from evaluation.dashboard.quality import RIGHTS, quality
from evaluation.dashboard.todo import todo
from evaluation.forms.quality import CheckSettingForm
from evaluation.gather.checks import found_by
from evaluation.models import CheckSetting
from evaluation.rules.checks import BY_CODE, Subject

PAGE_SIZE = 50
# what a row of each kind shows, and its page
ROUTES = {
    Subject.SOCIAL: "organizations:social-organization-page",
    Subject.PARTY: "organizations:party-organization-page",
    Subject.MEMBER: "members:member-page",
}


@require_GET
def todo_page(request: HttpRequest) -> HttpResponse:
    """What waits for this account, each line with the way to where it is solved."""
    today = timezone.localdate()
    context = {"groups": todo(request.user, today), "today": today}
    return render(request, "evaluation/todo_page.html", context)


@require_GET
def quality_page(request: HttpRequest) -> HttpResponse:
    require(request.user, Right.VIEW_REGISTRY)
    today = timezone.localdate()
    rows = quality(request.user, today)
    context = {"rows": rows, "today": today, "total": sum(row.count for row in rows)}
    return render(request, "evaluation/quality_page.html", context)


def in_words(value: Any) -> str:
    return "、".join(value) if isinstance(value, list) else written(value) if value else ""


@require_GET
def quality_list(request: HttpRequest, code: str) -> HttpResponse:
    """Exactly the rows that the check counted."""
    check = BY_CODE.get(code)
    require(request.user, Right.VIEW_REGISTRY)
    if check is None:
        raise Http404
    require(request.user, RIGHTS[check.subject])
    today = timezone.localdate()
    rows: Any = found_by(check, request.user, today)
    if check.subject == Subject.MEMBER:
        rows = rows.with_party_organization()
    else:
        rows = rows.select_related("township")
    page = Paginator(rows.order_by("pinyin", "pk"), PAGE_SIZE).get_page(request.GET.get("page"))
    for row in page:
        row.told = [(label, in_words(getattr(row, name))) for name, label in check.told.items()]
    context = {"check": check, "page": page, "today": today, "route": ROUTES[check.subject]}
    return render(request, "evaluation/quality_list.html", context)


@require_http_methods(["GET", "POST"])
def check_settings(request: HttpRequest) -> HttpResponse:
    """The numbers of the checks, by year."""
    require(request.user, Right.EDIT_SCHEMES)
    form = CheckSettingForm(request.POST or None, initial={"year": timezone.localdate().year})
    if request.method == "POST" and form.is_valid():
        try:
            set_check_number(
                area_code=request.user.scope.code[:6], by=request.user, **form.cleaned_data
            )
        except ValidationError as error:
            refuse(form, error)
        else:
            messages.success(request, "已保存,数据质量页面随即按新参数检查。")
            return redirect("evaluation:check-settings")
    context = {"form": form, "settings": CheckSetting.objects.visible_to(request.user)}
    return render(request, "evaluation/check_settings.html", context)
