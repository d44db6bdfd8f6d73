"""Year plans."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import require
from accounts.forms import refuse
from accounts.history import history_of
from accounts.listing.page import list_page
from accounts.rules import Right, whole_number
from activities.actions.plan import change_plan, file_plan, make_plan, remove_item, save_item
from activities.actions.reach import reaches
from activities.forms.plan import PlanForm, PlanItemForm
from activities.forms.record import parties_to_write
from activities.lists import PLAN_ITEMS, PLANS
from activities.models import PlanItem, YearPlan
from activities.rules.duties import plan_in_time
from activities.rules.vocabulary import PlanState


def found(request: HttpRequest, pk: int) -> YearPlan:
    rows = YearPlan.objects.visible_to(request.user).select_related("party_organization")
    return get_object_or_404(rows, pk=pk)


@require_http_methods(["GET", "POST"])
def plan_list(request: HttpRequest) -> HttpResponse:
    require(request.user, Right.VIEW_ACTIVITIES)
    rows = YearPlan.objects.visible_to(request.user).with_progress()
    this_year = timezone.localdate().year
    own = None
    if request.user.may(Right.EDIT_ACTIVITIES) and request.user.scope.kind == "party_organization":
        own = parties_to_write(request.user).first()
    years = [this_year, this_year + 1] if own else []
    made = set(rows.filter(party_organization=own).values_list("year", flat=True)) if own else set()
    return list_page(request, PLANS, own=own, years=[y for y in years if y not in made])


@require_http_methods(["GET", "POST"])
def item_list(request: HttpRequest) -> HttpResponse:
    """What is planned, over all the plans that the account sees."""
    require(request.user, Right.VIEW_ACTIVITIES)
    return list_page(request, PLAN_ITEMS)


@require_POST
def plan_make(request: HttpRequest) -> HttpResponse:
    """Draw a year's plan up from the duties."""
    require(request.user, Right.EDIT_ACTIVITIES)
    key, year = request.POST.get("party", ""), request.POST.get("year", "")
    parties = parties_to_write(request.user)
    party = get_object_or_404(parties, pk=whole_number(key) or 0)
    try:
        number = whole_number(year) or 0
        if not 2000 <= number <= timezone.localdate().year + 1:
            raise ValidationError("请选择今年或明年。")
        plan = make_plan(party=party, year=number, by=request.user)
    except ValidationError as error:
        messages.error(request, "".join(error.messages))
        return redirect("activities:plan-list")
    messages.success(request, "已按各项制度生成计划,请核对主题和日期后报备。")
    return redirect("activities:plan-page", pk=plan.pk)


@require_GET
def plan_page(request: HttpRequest, pk: int) -> HttpResponse:
    """The plan with its lines and what became of them."""
    require(request.user, Right.VIEW_ACTIVITIES)
    plan = found(request, pk)
    return _page(request, plan, PlanForm(instance=plan))


@require_POST
def plan_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change the plan's own words."""
    require(request.user, Right.EDIT_ACTIVITIES)
    plan = found(request, pk)
    form = PlanForm(request.POST, instance=plan)
    if not form.is_valid():
        return _page(request, plan, form)
    change_plan(plan=plan, values=form.cleaned_data, by=request.user)
    messages.success(request, "计划已保存。")
    return redirect("activities:plan-page", pk=pk)


def _page(request: HttpRequest, plan: YearPlan, form: PlanForm) -> HttpResponse:
    can_edit = reaches(request.user, plan.party_organization_id)
    items = list(plan.items.select_related("group", "activity"))
    today = timezone.localdate()
    months: dict[int, list[PlanItem]] = {}
    for item in items:
        months.setdefault(item.planned_on.month, []).append(item)
    context = {
        "plan": plan,
        "months": sorted(months.items()),
        "total": len(items),
        "done": sum(1 for i in items if i.activity and i.activity.state == "filed"),
        "form": form,
        "can_edit": can_edit,
        "today": today,
        "month_start": today.replace(day=1),
        "in_time": plan.filed_on is not None and plan_in_time(plan.year, plan.filed_on),
        "is_filed": plan.state == PlanState.FILED,
        "history": history_of(plan),
    }
    return render(request, "activities/plan_page.html", context)


@require_POST
def plan_file(request: HttpRequest, pk: int) -> HttpResponse:
    require(request.user, Right.EDIT_ACTIVITIES)
    plan = found(request, pk)
    try:
        file_plan(plan=plan, by=request.user)
    except ValidationError as error:
        messages.error(request, "".join(error.messages))
    else:
        messages.success(request, "年度计划已报备,并存入内业档案。")
    return redirect("activities:plan-page", pk=pk)


@require_http_methods(["GET", "POST"])
def item_create(request: HttpRequest, pk: int) -> HttpResponse:
    require(request.user, Right.EDIT_ACTIVITIES)
    return _item(request, found(request, pk), None)


@require_http_methods(["GET", "POST"])
def item_edit(request: HttpRequest, pk: int) -> HttpResponse:
    require(request.user, Right.EDIT_ACTIVITIES)
    rows = PlanItem.objects.visible_to(request.user).select_related("plan__party_organization")
    item = get_object_or_404(rows, pk=pk)
    return _item(request, item.plan, item)


def _item(request: HttpRequest, plan: YearPlan, item: PlanItem | None) -> HttpResponse:
    form = PlanItemForm(request.POST or None, instance=item, user=request.user, plan=plan)
    if request.method == "POST" and form.is_valid():
        try:
            save_item(plan=plan, item=item, values=form.cleaned_data, by=request.user)
        except ValidationError as error:
            refuse(form, error)
        else:
            messages.success(request, "计划已保存。")
            return redirect("activities:plan-page", pk=plan.pk)
    return render(request, "activities/plan_item.html", {"form": form, "plan": plan, "item": item})


@require_POST
def item_remove(request: HttpRequest, pk: int) -> HttpResponse:
    require(request.user, Right.EDIT_ACTIVITIES)
    item = get_object_or_404(PlanItem.objects.visible_to(request.user), pk=pk)
    try:
        remove_item(item=item, by=request.user)
    except ValidationError as error:
        messages.error(request, "".join(error.messages))
    else:
        messages.success(request, f"已从计划中删去“{item.theme}”。")
    return redirect("activities:plan-page", pk=item.plan_id)
