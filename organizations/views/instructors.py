"""Pages of instructors: who serves whom, who has too much, whom nobody serves."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import Case, Value, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from accounts.access import require
from accounts.forms import refuse
from accounts.history import history_of
from accounts.listing import list_page
from accounts.listing.paging import PAGE_SIZE
from accounts.rules import Right
from organizations.actions.hand_over import reaches
from organizations.actions.instructor import (
    change_instructor,
    register_instructor,
    retire_instructor,
)
from organizations.actions.instructor_assignment import (
    assign_instructor,
    cancel_assignment,
    end_assignment,
    transfer_assignments,
)
from organizations.actions.versions import ChangedMeanwhile
from organizations.filters import SocialOrganizationFilter
from organizations.forms import (
    AssignInstructorForm,
    AssignOrganizationsForm,
    CancelAssignmentForm,
    EndAssignmentForm,
    InstructorForm,
    RetireForm,
    TransferForm,
    rebased,
)
from organizations.lists import INSTRUCTORS
from organizations.models import Instructor, InstructorAssignment, SocialOrganization


def found(request: HttpRequest, pk: int) -> Instructor:
    rows = Instructor.objects.visible_to(request.user).with_load_on(
        timezone.localdate(), request.user
    )
    return get_object_or_404(rows.select_related("township"), pk=pk)


def managed(request: HttpRequest, pk: int) -> Instructor:
    """An instructor whose township the account itself looks after."""
    instructor = found(request, pk)
    if not reaches(request.user, instructor.township_id):
        raise PermissionDenied("指导员由所在镇(街道)管理。")
    return instructor


def candidates(request: HttpRequest, township_code: str) -> Any:
    """Who may serve now: the township's own first, the least loaded before the others."""
    today = timezone.localdate()
    rows = (
        Instructor.objects.visible_to(request.user)
        .serving_on(today)
        .with_load_on(today, request.user)
    )
    near = Case(When(township=township_code, then=Value(0)), default=Value(1))
    return rows.select_related("township").order_by(near, "load", "pinyin", "pk")


@require_http_methods(["GET", "POST"])
def instructor_list(request: HttpRequest) -> HttpResponse:
    require(request.user, Right.VIEW_REGISTRY)
    return list_page(request, INSTRUCTORS)


@require_GET
def instructor_page(request: HttpRequest, pk: int) -> HttpResponse:
    require(request.user, Right.VIEW_REGISTRY)
    instructor = found(request, pk)
    today = timezone.localdate()
    assignments = (
        InstructorAssignment.objects.visible_to(request.user)
        .filter(instructor=instructor)
        .select_related("social_organization__township")
        .order_by("-valid_from", "social_organization__pinyin")
    )
    running = assignments.open_after(today)
    past = Paginator(assignments.filter(valid_to__lte=today), PAGE_SIZE)
    context = {
        "instructor": instructor,
        "today": today,
        "running": running,
        "past": past.get_page(request.GET.get("page")),
        "history": history_of(instructor),
        "is_own": reaches(request.user, instructor.township_id),
    }
    return render(request, "organizations/instructor_page.html", context)


@require_http_methods(["GET", "POST"])
def instructor_create(request: HttpRequest) -> HttpResponse:
    require(request.user, Right.EDIT_REGISTRY)
    form = InstructorForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        values = {name: form.cleaned_data[name] for name in form.Meta.fields}
        try:
            instructor = register_instructor(**values, by=request.user)
        except ValidationError as error:
            refuse(form, error)
        else:
            messages.success(request, f"已登记指导员{instructor.name},现在可以安排联系。")
            return redirect("organizations:instructor-page", pk=instructor.pk)
    return render(request, "organizations/instructor_form.html", {"form": form})


@require_http_methods(["GET", "POST"])
def instructor_edit(request: HttpRequest, pk: int) -> HttpResponse:
    require(request.user, Right.EDIT_REGISTRY)
    instructor = managed(request, pk)
    form = InstructorForm(request.POST or None, instance=instructor, user=request.user)
    context: dict[str, Any] = {"form": form, "instructor": instructor}
    if request.method == "POST" and form.is_valid():
        values = {name: form.cleaned_data[name] for name in form.Meta.fields}
        version = form.cleaned_data["version"] or 0
        try:
            change_instructor(
                instructor=instructor, values=values, version=version, by=request.user
            )
        except ChangedMeanwhile as conflict:
            context["conflict"] = rebased(form, conflict)
            return render(request, "organizations/instructor_form.html", context, status=409)
        except ValidationError as error:
            refuse(form, error)
        else:
            return redirect("organizations:instructor-page", pk=pk)
    return render(request, "organizations/instructor_form.html", context)


@require_http_methods(["GET", "POST"])
def instructor_retire(request: HttpRequest, pk: int) -> HttpResponse:
    require(request.user, Right.EDIT_REGISTRY)
    instructor = managed(request, pk)
    form = RetireForm(request.POST or None, initial={"on": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        try:
            ended = retire_instructor(instructor=instructor, **form.cleaned_data, by=request.user)
        except ValidationError as error:
            refuse(form, error)
        else:
            messages.success(
                request, f"{instructor.name}已离任,{len(ended)} 家社会组织的联系同时结束。"
            )
            return redirect("organizations:instructor-page", pk=pk)
    context = {"form": form, "instructor": instructor}
    return render(request, "organizations/instructor_retire.html", context)


@require_http_methods(["GET", "POST"])
def instructor_transfer(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand all organizations of one instructor to another."""
    require(request.user, Right.EDIT_REGISTRY)
    giver = managed(request, pk)
    others = candidates(request, giver.township_id).exclude(pk=giver.pk)
    form = TransferForm(
        request.POST or None, candidates=others, initial={"on": timezone.localdate()}
    )
    if request.method == "POST" and form.is_valid():
        taker = form.cleaned_data["taker"]
        try:
            number = transfer_assignments(giver=giver, **form.cleaned_data, by=request.user)
        except ValidationError as error:
            refuse(form, error)
        else:
            messages.success(request, f"已将 {number} 家社会组织转交给{taker.name}。")
            return redirect("organizations:instructor-page", pk=pk)
    context = {"form": form, "instructor": giver}
    return render(request, "organizations/instructor_transfer.html", context)


@require_http_methods(["GET", "POST"])
def instructor_assign(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose organizations for one instructor: those without any first offered."""
    require(request.user, Right.EDIT_REGISTRY)
    instructor = found(request, pk)
    today = timezone.localdate()
    # by itself the page offers who has nobody in the instructor's township, uncovered first
    asked = request.GET if request.GET else {"township": instructor.township_id}
    if not request.GET:
        asked = {**asked, "instructor": "none"}
    rows = SocialOrganization.objects.visible_to(request.user).select_related("township")
    filterset = SocialOrganizationFilter(asked, rows, user=request.user)
    offered = filterset.qs if filterset.is_valid() else filterset.queryset.none()
    page = Paginator(offered.order_by("is_covered", "pinyin", "pk"), PAGE_SIZE).get_page(
        request.GET.get("page")
    )
    form = AssignOrganizationsForm(
        request.POST or None,
        organizations=SocialOrganization.objects.visible_to(request.user),
        initial={"on": today},
    )
    if request.method == "POST" and form.is_valid():
        try:
            made = assign_instructor(instructor=instructor, **form.cleaned_data, by=request.user)
        except ValidationError as error:
            refuse(form, error)
        else:
            messages.success(request, f"已安排{instructor.name}联系 {len(made)} 家社会组织。")
            return redirect("organizations:instructor-page", pk=pk)
    context = {
        "form": form,
        "instructor": instructor,
        "page": page,
        "q": asked.get("q", ""),
        "only_without": asked.get("instructor") == "none",
        "township": asked.get("township", ""),
        "chosen": set(request.POST.getlist("organizations")),
    }
    return render(request, "organizations/instructor_assign.html", context)


@require_http_methods(["GET", "POST"])
def organization_assign(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose an instructor for one organization."""
    require(request.user, Right.EDIT_REGISTRY)
    organization = get_object_or_404(SocialOrganization.objects.visible_to(request.user), pk=pk)
    offered = candidates(request, organization.township_id)
    form = AssignInstructorForm(
        request.POST or None, candidates=offered, initial={"on": timezone.localdate()}
    )
    if request.method == "POST" and form.is_valid():
        instructor = form.cleaned_data["instructor"]
        try:
            assign_instructor(
                instructor=instructor,
                organizations=[organization],
                on=form.cleaned_data["on"],
                by=request.user,
            )
        except ValidationError as error:
            refuse(form, error)
        else:
            messages.success(request, f"已安排{instructor.name}联系。")
            return redirect("organizations:social-organization-page", pk=pk)
    context = {"form": form, "organization": organization, "has_candidates": offered.exists()}
    return render(request, "organizations/organization_assign.html", context)


def assignment_of(request: HttpRequest, pk: int) -> InstructorAssignment:
    rows = InstructorAssignment.objects.visible_to(request.user).select_related(
        "instructor", "social_organization"
    )
    return get_object_or_404(rows, pk=pk)


@require_http_methods(["GET", "POST"])
def assignment_end(request: HttpRequest, pk: int) -> HttpResponse:
    """End an assignment, or take back one that was entered by mistake."""
    require(request.user, Right.EDIT_REGISTRY)
    assignment = assignment_of(request, pk)
    cancels = request.POST.get("verb") == "cancel"
    given = request.POST or None
    end = EndAssignmentForm(None if cancels else given, initial={"on": timezone.localdate()})
    cancel = CancelAssignmentForm(given if cancels else None, prefix="cancel")
    form = cancel if cancels else end
    if request.method == "POST" and form.is_valid():
        act = cancel_assignment if cancels else end_assignment
        try:
            act(assignment=assignment, **form.cleaned_data, by=request.user)
        except ValidationError as error:
            refuse(form, error)
        else:
            words = "已撤销这条联系。" if cancels else "已结束这条联系。"
            messages.success(request, words)
            return redirect(
                "organizations:social-organization-page", pk=assignment.social_organization_id
            )
    context = {"form": form, "end": end, "cancel": cancel, "assignment": assignment}
    return render(request, "organizations/assignment_end.html", context)
