"""A record's pages: begun, filled in, filed, corrected, withdrawn."""

from copy import copy
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import require
from accounts.forms import refuse
from accounts.history import history_of
from accounts.listing.page import list_page
from accounts.rules import Right, whole_number
from activities.actions.activity import (
    NotComplete,
    SameMeeting,
    SavedMeanwhile,
    discard_draft,
    file_activity,
    save_activity,
    start_activity,
    void_activity,
)
from activities.actions.content import facts_of
from activities.actions.reach import reaches
from activities.forms.record import RecordForms, StartForm, parties_to_write
from activities.lists import ACTIVITIES
from activities.models import Activity, ActivityVersion, PlanItem
from activities.rules.records import FILING_DAYS, completeness, missing
from activities.rules.vocabulary import RecordState


def found(request: HttpRequest, pk: int) -> Activity:
    rows = Activity.objects.visible_to(request.user).with_types()
    return get_object_or_404(rows.select_related("filed_by", "created_by"), pk=pk)


@require_http_methods(["GET", "POST"])
def activity_list(request: HttpRequest) -> HttpResponse:
    require(request.user, Right.VIEW_ACTIVITIES)
    own = Activity.objects.visible_to(request.user).with_types().drafts()
    if request.user.scope.kind != "party_organization":
        own = own.filter(created_by=request.user.pk)
    may_write = request.user.may(Right.EDIT_ACTIVITIES)
    shown = own.order_by("-updated_at")[:5] if may_write else []
    return list_page(request, ACTIVITIES, drafts=shown)


@require_http_methods(["GET", "POST"])
def activity_create(request: HttpRequest) -> HttpResponse:
    """Choose what and when; the draft is there from then on, and cannot be lost."""
    require(request.user, Right.EDIT_ACTIVITIES)
    parties = parties_to_write(request.user)
    item = _plan_item(request)
    initial: dict[str, Any] = {}
    if item is not None:
        initial = {
            "party_organization": item.plan.party_organization_id,
            "kinds": [item.kind],
            "group": item.group_id,
            "held_on": min(item.planned_on, timezone.localdate()),
        }
    elif request.GET.get("kind"):
        initial = {"kinds": [request.GET["kind"]]}
    form = StartForm(request.POST or None, user=request.user, parties=parties, initial=initial)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            activity = start_activity(
                party=values["party_organization"],
                kinds=values["kinds"],
                held_on=values["held_on"],
                group=values.get("group"),
                title=item.theme if item else "",
                plan_item=item,
                by=request.user,
            )
        except ValidationError as error:
            refuse(form, error)
        else:
            return redirect("activities:activity-edit", pk=activity.pk)
    return render(request, "activities/activity_create.html", {"form": form, "item": item})


def _plan_item(request: HttpRequest) -> PlanItem | None:
    key = whole_number(request.GET.get("item", ""))
    if key is None:
        return None
    items = PlanItem.objects.visible_to(request.user).open_ones().select_related("plan")
    return items.filter(pk=key).first()


@require_GET
def activity_page(request: HttpRequest, pk: int) -> HttpResponse:
    require(request.user, Right.VIEW_ACTIVITIES)
    activity = found(request, pk)
    people = list(activity.attendances.select_related("member"))
    versions = ActivityVersion.objects.visible_to(request.user).filter(activity=activity)
    items = PlanItem.objects.visible_to(request.user).filter(activity=activity)
    can_write = reaches(request.user, activity.party_organization_id)
    context = {
        "activity": activity,
        "people": people,
        "groups": [
            (words, [one for one in people if one.presence == code])
            for code, words in (
                *(("present", "到会"), ("excused", "请假"), ("absent", "缺席")),
                ("", "未登记"),
            )
        ],
        "graded": [one for one in people if one.grade],
        "names_are_open": request.user.may(Right.VIEW_MEMBERS),
        "votes": activity.votes.all(),
        "resolutions": activity.resolutions.all(),
        "outcomes": activity.outcomes.select_related("kind"),
        "versions": versions.select_related("corrected_by"),
        "items": items.select_related("plan"),
        "can_edit": can_write and activity.state != RecordState.VOID,
        "can_void": can_write and activity.state == RecordState.FILED,
        "lacking": missing(facts_of(activity)) if activity.is_draft else [],
        "history": history_of(activity),
        "filing_days": FILING_DAYS,
        "today": timezone.localdate(),
    }
    return render(request, "activities/activity_page.html", context)


@require_http_methods(["GET", "POST"])
def activity_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Fill a draft in, or correct a filed record; the page saves a draft by itself as it grows."""
    require(request.user, Right.EDIT_ACTIVITIES)
    activity = found(request, pk)
    if activity.state == RecordState.VOID:
        messages.error(request, "已作废的记录不能修改。")
        return redirect("activities:activity-page", pk=pk)
    correcting = activity.state == RecordState.FILED
    data = request.POST if request.method == "POST" else None
    # checking a form writes what was typed into its record; the page's head tells what is stored
    forms = RecordForms(copy(activity), request.user, data, correcting=correcting)
    if data is None:
        return _form(request, activity, forms, correcting)
    what = request.POST.get("do", "save")
    quietly = what == "autosave" and not correcting
    if not forms.is_valid():
        if quietly:
            texts = [{"field": anchor, "text": text} for anchor, text in forms.problems]
            return JsonResponse({"problems": texts}, status=422)
        return _form(request, activity, forms, correcting, problems=forms.problems)
    try:
        saved = save_activity(
            activity=activity,
            content=forms.content(all_present=what == "all_present"),
            version=forms.record.cleaned_data["version"],
            reason=forms.record.cleaned_data.get("reason", ""),
            by=request.user,
            is_autosave=quietly,
        )
        if what == "file" and not correcting:
            another = request.POST.get("is_another") == "yes"
            filed = file_activity(activity=saved, is_another=another, by=request.user)
            late = f"(超过 {FILING_DAYS} 天,记为逾期归档)" if filed.is_late else ""
            messages.success(request, f"已归档{late},并存入内业档案。")
            return redirect("activities:activity-page", pk=pk)
    except SavedMeanwhile as meanwhile:
        if quietly:
            return JsonResponse({"version": meanwhile.current.version}, status=409)
        text = (
            "这份记录已在别的窗口或由别人保存过。下面是您填写的内容,核对后再保存将覆盖对方的内容。"
        )
        forms.record.data = forms.record.data.copy()
        forms.record.data["version"] = str(meanwhile.current.version)
        return _form(request, activity, forms, correcting, conflict=text, status=409)
    except NotComplete as lack:
        # what was typed is saved; only the filing has to wait
        if correcting:
            problems = [(one.field, one.text) for one in lack.lacking]
            return _form(request, activity, forms, correcting, problems=problems)
        fresh = found(request, pk)
        again = RecordForms(fresh, request.user, correcting=False)
        problems = [(one.field, one.text) for one in lack.lacking]
        return _form(
            request, fresh, again, False, problems=problems, heading="还不能归档,请先补齐:"
        )
    except SameMeeting as same:
        fresh = found(request, pk)
        again = RecordForms(fresh, request.user, correcting=False)
        return _form(request, fresh, again, False, other=same.other)
    except ValidationError as error:
        refuse(forms.record, error)
        return _form(request, activity, forms, correcting, problems=forms.problems)
    if quietly:
        return JsonResponse(_progress(found(request, pk)))
    if correcting:
        messages.success(request, "更正已保存,原内容保留在“更正记录”中。")
        return redirect("activities:activity-page", pk=saved.pk)
    if what == "all_present":
        return redirect(request.path + "#people")
    messages.success(request, "草稿已保存,可以随时回来继续填写。")
    return redirect("activities:activity-edit", pk=pk)


def _progress(activity: Activity) -> dict[str, Any]:
    """How far a draft is: what the page shows while it is typed."""
    facts = facts_of(activity)
    lacking = missing(facts)
    return {
        "version": activity.version,
        "percent": completeness(facts),
        "missing": [{"field": one.field, "text": one.text} for one in lacking],
        "saved_at": f"{timezone.localtime(activity.updated_at):%H:%M}",
        "present": activity.n_present,
        "expected": activity.n_expected,
    }


def _form(
    request: HttpRequest,
    activity: Activity,
    forms: RecordForms,
    correcting: bool,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    context = {
        "activity": activity,
        "forms": forms,
        "form": forms.record,
        "lines": forms.people.lines(),
        "correcting": correcting,
        "progress": None if correcting else _progress(activity),
        **more,
    }
    return render(request, "activities/activity_edit.html", context, status=status)


@require_POST
def activity_discard(request: HttpRequest, pk: int) -> HttpResponse:
    require(request.user, Right.EDIT_ACTIVITIES)
    activity = found(request, pk)
    try:
        discard_draft(activity=activity, by=request.user)
    except ValidationError as error:
        messages.error(request, "".join(error.messages))
        return redirect("activities:activity-page", pk=pk)
    messages.success(request, f"草稿“{activity}”已删除。")
    return redirect("activities:activity-list")


@require_POST
def activity_void(request: HttpRequest, pk: int) -> HttpResponse:
    require(request.user, Right.EDIT_ACTIVITIES)
    activity = found(request, pk)
    try:
        void_activity(activity=activity, reason=request.POST.get("reason", ""), by=request.user)
    except ValidationError as error:
        messages.error(request, "".join(error.messages))
    else:
        messages.success(request, "记录已作废,不再计入各项统计。")
    return redirect("activities:activity-page", pk=pk)
