"""The page of a social organization, and the events of its life."""

from typing import Any

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from accounts.access import require
from accounts.history import history_of
from accounts.rules import Right, day_words
from organizations.actions.hand_over import move_at_once, reaches
from organizations.actions.responsibility import proposed_body, set_responsible_body
from organizations.actions.social_organization import (
    LooksRegistered,
    change_social_organization,
    change_unit,
    deregister_social_organization,
    register_social_organization,
    rename_social_organization,
    restore_social_organization,
)
from organizations.forms import (
    BodyForm,
    DayForm,
    MoveForm,
    ReasonForm,
    RegisterForm,
    RenameForm,
    SocialOrganizationForm,
    UnitForm,
    plain_code,
)
from organizations.models import (
    CoverageLink,
    Instructor,
    InstructorAssignment,
    MergedOrganization,
    PartyOrganization,
    SocialOrganization,
)
from organizations.rules.charter import STEPS
from organizations.rules.vocabulary import UncoveredReason
from organizations.sections import sections_of
from organizations.views.acting import UPDATED, act, address_of
from organizations.views.hand_over import what_stays


@require_GET
def social_organization_page(request: HttpRequest, pk: int) -> HttpResponse:
    require(request.user, Right.VIEW_REGISTRY)
    today = timezone.localdate()
    rows = SocialOrganization.objects.visible_to(request.user).with_coverage_on(today)
    rows = rows.with_uncovered_reason().with_proposed_body()
    rows = rows.select_related("township", "supervising_unit", "responsible_body")
    organization = rows.filter(pk=pk).first()
    if organization is None:
        merged = get_object_or_404(
            MergedOrganization.objects.visible_to(request.user), former_id=pk
        )
        return redirect("organizations:social-organization-page", pk=merged.winner_id)
    links = CoverageLink.objects.visible_to(request.user).filter(social_organization=organization)
    links = list(links.select_related("party_organization").order_by("-valid_from"))
    assignments = InstructorAssignment.objects.visible_to(request.user).filter(
        social_organization=organization
    )
    own = set(
        PartyOrganization.objects.visible_to(request.user)
        .filter(coverage_links__social_organization=organization)
        .values_list("pk", flat=True)
    )
    may_edit = request.user.may(Right.EDIT_REGISTRY)
    steps = ("charter_drafted_on", "charter_voted_on", "charter_on")
    context = {
        "organization": organization,
        "links": links,
        "open_links": [link for link in links if link.valid_to is None],
        "own_parties": own,
        "own_instructors": set(
            Instructor.objects.visible_to(request.user)
            .filter(assignments__social_organization=organization)
            .values_list("pk", flat=True)
        ),
        "assignments": assignments.select_related("instructor").order_by("-valid_from"),
        "reason": dict(UncoveredReason.choices()).get(organization.uncovered_reason, ""),
        "proposal": proposed_body(organization),
        "charter": [(s.label, getattr(organization, n)) for s, n in zip(STEPS, steps, strict=True)],
        "former_names": organization.former_names.all(),
        "merged": organization.merged.all(),
        "inspections": organization.inspections.all(),
        "sections": sections_of("social_organization", request, organization),
        "history": history_of(organization, also=links),
        "may_edit": may_edit,
        "may_cover": may_edit and organization.deregistered_on is None,
        "may_hand_over": may_edit
        and reaches(request.user, organization.township_id)
        and organization.deregistered_on is None,
        "may_move": may_edit
        and reaches(request.user, organization.township_id[:6])
        and organization.deregistered_on is None,
    }
    return render(request, "organizations/social_organization_page.html", context)


def found(request: HttpRequest, pk: int) -> SocialOrganization:
    require(request.user, Right.EDIT_REGISTRY)
    rows = SocialOrganization.objects.visible_to(request.user)
    rows = rows.select_related("township", "supervising_unit", "responsible_body")
    return get_object_or_404(rows, pk=pk)


@require_http_methods(["GET", "POST"])
def social_organization_register(request: HttpRequest) -> HttpResponse:
    require(request.user, Right.EDIT_REGISTRY)
    form = RegisterForm(request.POST or None, user=request.user)
    similar: list[SocialOrganization] = []
    if request.method == "POST" and not form.is_valid():
        code = plain_code(str(form.data.get("credit_code") or ""))
        same = SocialOrganization.objects.visible_to(request.user).filter(credit_code=code)
        similar = list(same.select_related("township")) if code else []

    def run(values: dict[str, Any]) -> SocialOrganization:
        is_another = values.pop("is_another")
        return register_social_organization(values=values, is_another=is_another, by=request.user)

    try:
        return act(
            request,
            form,
            title="登记社会组织",
            button="登记",
            about=None,
            back="/registry/social-organizations/",
            run=run,
            done=f"已登记。{UPDATED}",
            to=address_of,
            template="organizations/social_organization_register.html",
            similar=similar,
            draft=("social-organization-new",),
        )
    except LooksRegistered as warning:
        form.data = form.data.copy()
        form.data["is_another"] = "on"
        keys = [one.pk for one in warning.similar]
        rows = SocialOrganization.objects.visible_to(request.user).filter(pk__in=keys)
        context = {
            "form": form,
            "title": "登记社会组织",
            "button": "确认不是同一家,登记",
            "back": "/registry/social-organizations/",
            "similar": rows.select_related("township"),
            "asks": True,
            "draft": ("social-organization-new",),
        }
        return render(request, "organizations/social_organization_register.html", context)


@require_http_methods(["GET", "POST"])
def social_organization_edit(request: HttpRequest, pk: int) -> HttpResponse:
    organization = found(request, pk)
    form = SocialOrganizationForm(request.POST or None, instance=organization, user=request.user)

    def run(values: dict[str, Any]) -> bool:
        version = values.pop("version")
        saved = change_social_organization(
            organization=organization, values=values, version=version, by=request.user
        )
        return saved.version != version

    return act(
        request,
        form,
        title="修改登记情况",
        button="保存登记情况",
        about=organization,
        run=run,
        done=lambda is_changed: f"已保存。{UPDATED}" if is_changed else "没有改动,不需要保存。",
        draft=("social-organization-edit", pk),
        cancel="不保存,返回",
    )


@require_http_methods(["GET", "POST"])
def social_organization_rename(request: HttpRequest, pk: int) -> HttpResponse:
    organization = found(request, pk)
    form = RenameForm(request.POST or None, initial={"on": timezone.localdate()})
    return act(
        request,
        form,
        title="更名",
        button="更名",
        about=organization,
        explain=f"现名称:{organization.name}。以它命名的党组织不会随之更名。",
        run=lambda values: rename_social_organization(
            organization=organization, by=request.user, **values
        ),
        done="已更名,按曾用名仍能找到。",
    )


@require_http_methods(["GET", "POST"])
def social_organization_move(request: HttpRequest, pk: int) -> HttpResponse:
    organization = found(request, pk)
    form = MoveForm(request.POST or None, user=request.user, organization=organization)
    return act(
        request,
        form,
        title="移到其他镇(街道)",
        button="移交并接收",
        about=organization,
        explain=f"现属{organization.township}。移出、移入都在您的管辖范围,不需要等待接收。",
        template="organizations/social_organization_move.html",
        **what_stays(request, organization),
        run=lambda values: move_at_once(organization=organization, by=request.user, **values),
        done=f"已移交。{UPDATED}",
    )


@require_http_methods(["GET", "POST"])
def social_organization_unit(request: HttpRequest, pk: int) -> HttpResponse:
    organization = found(request, pk)
    form = UnitForm(request.POST or None, user=request.user)
    return act(
        request,
        form,
        title="变更业务主管单位",
        button="变更主管单位",
        about=organization,
        explain=f"现业务主管单位:{organization.supervising_unit or '无'}。"
        "责任主体按规则建议的,会随主管单位变动。",
        run=lambda values: change_unit(organization=organization, by=request.user, **values),
        done=f"已变更业务主管单位。{UPDATED}",
    )


@require_http_methods(["GET", "POST"])
def social_organization_body(request: HttpRequest, pk: int) -> HttpResponse:
    organization = found(request, pk)
    proposal = proposed_body(organization)
    initial = {
        "body": organization.responsible_body or proposal,
        "reason": organization.responsible_body_reason,
    }
    form = BodyForm(
        request.POST or None, initial=initial, user=request.user, organization=organization
    )
    return act(
        request,
        form,
        title="设定责任主体",
        button="设定责任主体",
        about=organization,
        explain=f"现责任主体:{organization.responsible_body or '(无)'};"
        f"按规则建议:{proposal or '(没有可以建议的)'}。"
        "业务主管单位有党组织的归口管理,其余由综合党委专门管理,镇(街道)兜底。",
        run=lambda values: set_responsible_body(
            organization=organization, by=request.user, **values
        ),
        done="已设定责任主体。",
    )


@require_http_methods(["GET", "POST"])
def social_organization_deregister(request: HttpRequest, pk: int) -> HttpResponse:
    organization = found(request, pk)
    if organization.deregistered_on is not None:
        raise Http404
    today = timezone.localdate()
    still = Q(valid_to=None) | Q(valid_to__gt=today)
    links = CoverageLink.objects.visible_to(request.user).filter(
        still, social_organization=organization
    )
    helped = InstructorAssignment.objects.visible_to(request.user).filter(
        still, social_organization=organization
    )
    return act(
        request,
        DayForm(
            request.POST or None,
            day="注销日期",
            reason="注销原因",
            help_text="登记管理机关准予注销之日;这一天起不再计入",
        ),
        title="注销登记",
        button="注销登记",
        about=organization,
        template="organizations/social_organization_deregister.html",
        links=links.select_related("party_organization"),
        assignments=helped.select_related("instructor"),
        run=lambda values: deregister_social_organization(
            organization=organization, by=request.user, **values
        ),
        done=f"已注销,覆盖关系和指导员联系同日结束。{UPDATED}",
    )


@require_http_methods(["GET", "POST"])
def social_organization_restore(request: HttpRequest, pk: int) -> HttpResponse:
    organization = found(request, pk)
    if organization.deregistered_on is None:
        raise Http404
    day = organization.deregistered_on
    return act(
        request,
        ReasonForm(request.POST or None),
        title="恢复登记",
        button="恢复登记",
        about=organization,
        explain=f"误登记为 {day_words(day)} 注销的,可以恢复;"
        "随注销结束的覆盖关系和指导员联系一并恢复,党组织已撤销的除外。",
        run=lambda values: restore_social_organization(
            organization=organization, by=request.user, **values
        ),
        done=lambda links: f"已恢复登记,同时恢复 {len(links)} 条覆盖关系。{UPDATED}",
    )
