"""Pages of the charter's steps, annual inspections and the evaluation grade."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.access import require
from accounts.rules import Right, whole_number
from organizations.actions.social_organization import (
    record_charter,
    record_grade,
    record_inspection,
    remove_inspection,
)
from organizations.forms import CharterForm, GradeForm, InspectionForm, ReasonForm
from organizations.models import Inspection
from organizations.views.acting import act
from organizations.views.social_organization import found


@require_http_methods(["GET", "POST"])
def social_organization_charter(request: HttpRequest, pk: int) -> HttpResponse:
    organization = found(request, pk)
    names = ("charter_drafted_on", "charter_voted_on", "charter_on")
    initial = {name: getattr(organization, name) for name in names}
    return act(
        request,
        CharterForm(request.POST or None, initial=initial),
        title="登记党建入章",
        button="保存入章进度",
        about=organization,
        explain="按先后填写已完成的步骤,没有完成的留空。",
        run=lambda values: record_charter(
            organization=organization,
            drafted_on=values["charter_drafted_on"],
            voted_on=values["charter_voted_on"],
            approved_on=values["charter_on"],
            reason=values["reason"],
            by=request.user,
        ),
        done=lambda stored: f"已保存,党建入章:{stored.get_charter_state_display()}。",
    )


@require_http_methods(["GET", "POST"])
def social_organization_inspection(request: HttpRequest, pk: int) -> HttpResponse:
    organization = found(request, pk)
    initial: dict[str, Any] = {"year": timezone.localdate().year - 1}
    year = whole_number(request.GET.get("year", ""))
    known = organization.inspections.filter(year=year).first() if year is not None else None
    if known is not None:
        initial = {n: getattr(known, n) for n in ("year", "result", "concluded_on", "remark")}
    return act(
        request,
        InspectionForm(request.POST or None, initial=initial),
        title="登记年检(年报)",
        button="保存年检结论",
        about=organization,
        explain="同一年度再次登记视为更正。列表和台账显示最近一个年度的结论。",
        run=lambda values: record_inspection(organization=organization, by=request.user, **values),
        done="已登记年检结论。",
    )


@require_http_methods(["GET", "POST"])
def inspection_remove(request: HttpRequest, pk: int) -> HttpResponse:
    require(request.user, Right.EDIT_REGISTRY)
    rows = Inspection.objects.visible_to(request.user).select_related("organization")
    inspection = get_object_or_404(rows, pk=pk)
    return act(
        request,
        ReasonForm(request.POST or None),
        title=f"删除 {inspection.year} 年度的年检",
        button="删除这一年度",
        about=inspection.organization,
        explain=f"现登记的结论:{inspection.get_result_display()}。",
        run=lambda values: remove_inspection(inspection=inspection, by=request.user, **values),
        done="已删除,变更记录中仍可查看。",
    )


@require_http_methods(["GET", "POST"])
def social_organization_grade(request: HttpRequest, pk: int) -> HttpResponse:
    organization = found(request, pk)
    initial = {
        "grade": organization.grade,
        "valid_from": organization.grade_from,
        "valid_to": organization.grade_valid_to,
    }
    return act(
        request,
        GradeForm(request.POST or None, initial=initial),
        title="登记评估等级",
        button="保存评估等级",
        about=organization,
        run=lambda values: record_grade(organization=organization, by=request.user, **values),
        done="已保存评估等级。",
    )
