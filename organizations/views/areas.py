"""Townships and supervising units: what the city keeps of them, and what belongs to each."""

from copy import copy
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from accounts.access import is_city_office, require, require_city_office
from accounts.history import history_of
from accounts.listing import list_page
from accounts.rules import Right
from organizations.actions.areas import (
    CITY_ONLY,
    accounts_of,
    create_township,
    create_unit,
    release_former_name,
    remove_unit,
    rename_township,
    rename_unit,
)
from organizations.actions.unit_merging import merge_units, plan_unit_merger
from organizations.forms import (
    NewTownshipForm,
    NewUnitForm,
    ReasonForm,
    TownshipNameForm,
    UnitNameForm,
)
from organizations.lists import BODIES, TOWNSHIPS, UNITS
from organizations.models import ResponsibleBody, SupervisingUnit, Township
from organizations.rules.similar import similar_names
from organizations.views.acting import UPDATED, act, address_of

NEAR = 5


def may_edit(user: Any) -> bool:
    """Are the buttons of a change shown?"""
    return user.may(Right.EDIT_STANDARDS) and is_city_office(user)


def require_editor(request: HttpRequest) -> None:
    require_city_office(request.user, Right.EDIT_STANDARDS, CITY_ONLY)


def township_of(request: HttpRequest, code: str) -> Township:
    rows = Township.objects.visible_to(request.user)
    return get_object_or_404(rows.with_counts_on(timezone.localdate(), request.user), pk=code)


def unit_of(request: HttpRequest, pk: int) -> SupervisingUnit:
    rows = SupervisingUnit.objects.visible_to(request.user)
    return get_object_or_404(rows.with_counts_on(timezone.localdate(), request.user), pk=pk)


# --- townships ----------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def township_list(request: HttpRequest) -> HttpResponse:
    require(request.user, Right.VIEW_REGISTRY)
    create = reverse("organizations:township-create") if may_edit(request.user) else ""
    return list_page(request, TOWNSHIPS, create=create)


@require_GET
def township_page(request: HttpRequest, code: str) -> HttpResponse:
    require(request.user, Right.VIEW_REGISTRY)
    township = township_of(request, code)
    context = {
        "township": township,
        "bodies": ResponsibleBody.objects.visible_to(request.user).filter(township=township),
        "history": history_of(township),
        "may_edit": may_edit(request.user),
    }
    return render(request, "organizations/township_page.html", context)


@require_http_methods(["GET", "POST"])
def township_create(request: HttpRequest) -> HttpResponse:
    require_editor(request)
    return act(
        request,
        NewTownshipForm(request.POST or None),
        title="新增镇(街道)",
        button="保存镇(街道)",
        about=None,
        back=TOWNSHIPS.url,
        draft=("township-new",),
        run=lambda values: create_township(**values, by=request.user),
        done="已新增。它的社会组织可以登记,也可以随台账导入。",
        to=address_of,
    )


@require_http_methods(["GET", "POST"])
def township_rename(request: HttpRequest, code: str) -> HttpResponse:
    require_editor(request)
    township = township_of(request, code)
    return act(
        request,
        TownshipNameForm(request.POST or None, instance=copy(township)),
        title="镇(街道)更名",
        button="更名",
        about=township,
        explain=f"区划代码 {township.code} 不变。以它命名的两新组织党委随之更名,"
        "党组织的名称按批准文件另行更名。",
        draft=("township", code),
        cancel="不保存,返回",
        run=lambda values: rename_township(township=township, **values, by=request.user),
        done=f"已更名。{UPDATED}",
    )


# --- supervising units --------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def unit_list(request: HttpRequest) -> HttpResponse:
    require(request.user, Right.VIEW_REGISTRY)
    create = reverse("organizations:unit-create") if may_edit(request.user) else ""
    return list_page(request, UNITS, create=create)


@require_GET
def unit_page(request: HttpRequest, pk: int) -> HttpResponse:
    require(request.user, Right.VIEW_REGISTRY)
    unit = unit_of(request, pk)
    bodies = ResponsibleBody.objects.visible_to(request.user)
    editor = may_edit(request.user)
    context = {
        "unit": unit,
        "body": bodies.filter(supervising_unit=unit).first(),
        "former_names": unit.former_names.all(),
        "accounts": accounts_of(unit) if editor else [],
        "history": history_of(unit),
        "may_edit": editor,
    }
    return render(request, "organizations/unit_page.html", context)


@require_http_methods(["GET", "POST"])
def unit_create(request: HttpRequest) -> HttpResponse:
    require_editor(request)
    return act(
        request,
        NewUnitForm(request.POST or None, user=request.user),
        title="新增业务主管单位",
        button="保存业务主管单位",
        about=None,
        back=UNITS.url,
        draft=("unit-new",),
        run=lambda values: create_unit(**values, by=request.user),
        done="已新增,登记社会组织和导入台账时可以选用。",
        to=address_of,
    )


@require_http_methods(["GET", "POST"])
def unit_rename(request: HttpRequest, pk: int) -> HttpResponse:
    require_editor(request)
    unit = unit_of(request, pk)
    return act(
        request,
        UnitNameForm(request.POST or None, instance=copy(unit)),
        title="业务主管单位更名",
        button="更名",
        about=unit,
        explain=f"编码 {unit.code} 和使用它的账号不变。以它命名的归口党组织随之更名。"
        "两个单位其实是一个的,请用“合并”。",
        draft=("unit", pk),
        cancel="不保存,返回",
        run=lambda values: rename_unit(unit=unit, **values, by=request.user),
        done=f"已更名,按曾用名仍能找到。{UPDATED}",
    )


@require_http_methods(["GET", "POST"])
def unit_release(request: HttpRequest, pk: int, former: int) -> HttpResponse:
    """A former name that shall mean another unit again."""
    require_editor(request)
    unit = unit_of(request, pk)
    name = get_object_or_404(unit.former_names.all(), pk=former).name
    return act(
        request,
        ReasonForm(request.POST or None),
        title=f"停用曾用名“{name}”",
        button="停用",
        about=unit,
        explain=f"以后台账里写“{name}”的不再归入“{unit}”,会成为另一个单位;已有的社会组织不变。"
        "例如机构改革后重新设立了这个单位。",
        run=lambda values: release_former_name(
            unit=unit, name=name, reason=values["reason"], by=request.user
        ),
        done=f"已停用曾用名“{name}”。",
    )


@require_http_methods(["GET", "POST"])
def unit_remove(request: HttpRequest, pk: int) -> HttpResponse:
    require_editor(request)
    unit = unit_of(request, pk)
    return act(
        request,
        ReasonForm(request.POST or None),
        title="删除业务主管单位",
        button="删除",
        about=unit,
        heading="不能删除:",
        explain="只能删除没有社会组织、没有账号使用的单位。写错了名称的请用“更名”,重复的请用“合并”。",
        run=lambda values: remove_unit(unit=unit, reason=values["reason"], by=request.user),
        done=f"已删除“{unit}”。",
        to=lambda _: UNITS.url,
    )


@require_GET
def unit_merge_choose(request: HttpRequest, pk: int) -> HttpResponse:
    """The unit that is to be merged into this one; the alike first."""
    require_editor(request)
    winner = unit_of(request, pk)
    rows = SupervisingUnit.objects.visible_to(request.user).filter(area_code=winner.area_code)
    others = list(rows.with_counts_on(timezone.localdate(), request.user).exclude(pk=pk))
    near = [key for key, _ in similar_names(winner.name, {o.pk: o.name for o in others}, NEAR)]
    others.sort(key=lambda one: near.index(one.pk) if one.pk in near else NEAR)
    context = {"winner": winner, "others": others, "near": near}
    return render(request, "organizations/unit_merge_choose.html", context)


@require_http_methods(["GET", "POST"])
def unit_merge(request: HttpRequest, pk: int, other: int) -> HttpResponse:
    """How many organizations would change unit; then the merger itself."""
    require_editor(request)
    winner, loser = unit_of(request, pk), unit_of(request, other)
    if winner.pk == loser.pk:
        raise Http404
    return act(
        request,
        ReasonForm(request.POST or None),
        title="合并业务主管单位",
        button="合并",
        about=winner,
        template="organizations/unit_merge.html",
        plan=plan_unit_merger(loser=loser, winner=winner),
        winner=winner,
        loser=loser,
        run=lambda values: merge_units(
            loser=loser, winner=winner, reason=values["reason"], by=request.user
        ),
        done=f"已把“{loser}”并入“{winner}”。{UPDATED}",
    )


# --- responsible bodies -------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def body_list(request: HttpRequest) -> HttpResponse:
    """Who answers for how many; which body a record has is set on the record's own page."""
    require(request.user, Right.VIEW_REGISTRY)
    return list_page(request, BODIES)
