"""The roster and a person's record."""

from copy import copy
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import audit
from accounts.access import require
from accounts.forms import refuse
from accounts.history import history_of
from accounts.listing import list_page
from accounts.rules import Right
from members.actions.affiliation import add_member
from members.actions.person import change_member
from members.actions.private import TooManyReveals, reveal_private, save_private
from members.forms.person import MemberForm, NewMemberForm, PrivateForm, RevealForm
from members.lists import MEMBERS
from members.models import (
    DuesBase,
    DuesMonth,
    Honour,
    LifeEvent,
    Member,
    Membership,
    MobilePeriod,
    Pledge,
    SocialPost,
    Training,
)
from members.models.parameter import whole
from members.rules.parameters import Parameter
from members.rules.vocabulary import Entry
from members.views.acts import open_acts
from organizations.actions.versions import ChangedMeanwhile
from organizations.forms import rebased

MONTHS_SHOWN = 12


@require_http_methods(["GET", "POST"])
def member_list(request: HttpRequest) -> HttpResponse:
    require(request.user, Right.VIEW_MEMBERS)
    return list_page(request, MEMBERS)


def found(request: HttpRequest, pk: int) -> Member:
    rows = Member.objects.visible_to(request.user).select_related("private")
    return get_object_or_404(rows, pk=pk)


def hours_parameter(posts: Any, today: date) -> Parameter:
    """Whoever holds a post has the leaders' hours to reach."""
    live = any(one.valid_to is None or one.valid_to > today for one in posts)
    return Parameter.LEADER_HOURS if live else Parameter.TRAINING_HOURS


def page_of(
    request: HttpRequest, member: Member, shown: dict[str, str] | None = None, status: int = 200
) -> HttpResponse:
    user, today = request.user, timezone.localdate()
    stays = list(
        Membership.objects.visible_to(user)
        .filter(member=member)
        .select_related("party_organization")
        .order_by("-valid_from")
    )
    parts = member.participations.select_related("party_organization").order_by("-valid_from")
    posts = member.party_posts.select_related("party_organization").order_by("-valid_from")
    social = SocialPost.objects.visible_to(user).filter(member=member)
    mobile = MobilePeriod.objects.visible_to(user).filter(member=member)
    trainings = list(Training.objects.visible_to(user).filter(member=member))
    hours = sum(t.hours for t in trainings if t.on.year == today.year)
    groups = member.group_members.select_related("group").order_by("-valid_from")
    dues = DuesMonth.objects.visible_to(user).filter(member=member).order_by("-month")
    context = {
        "member": member,
        "private": getattr(member, "private", None),
        "shown": shown,
        "memberships": stays,
        "current": next((s for s in stays if s.valid_to is None), None),
        "participations": parts,
        "posts": posts,
        "social_posts": social.select_related("social_organization").order_by("-valid_from"),
        "groups": groups,
        "events": LifeEvent.objects.visible_to(user).filter(member=member).order_by("-on", "-pk"),
        "mobile": mobile.prefetch_related("contacts"),
        "pledges": Pledge.objects.visible_to(user).filter(member=member),
        "trainings": trainings,
        "hours": hours,
        "target": whole(hours_parameter(posts, today), today.year),
        "year": today.year,
        "honours": Honour.objects.visible_to(user).filter(member=member),
        "dues": dues[:MONTHS_SHOWN],
        "base": DuesBase.objects.visible_to(user).filter(member=member).first(),
        "acts": open_acts(member, user),
        "history": history_of(member),
        "form": RevealForm(),
    }
    return render(request, "members/member_page.html", context, status=status)


@require_GET
def member_page(request: HttpRequest, pk: int) -> HttpResponse:
    """A person's record; looking at it is noted."""
    require(request.user, Right.VIEW_MEMBERS)
    member = found(request, pk)
    audit.record(by=request.user, action="member.view", object=member)
    return page_of(request, member)


@require_http_methods(["GET", "POST"])
def member_create(request: HttpRequest) -> HttpResponse:
    require(request.user, Right.EDIT_MEMBERS)
    form = NewMemberForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        cleaned = form.cleaned_data
        try:
            member = add_member(
                values={**form.facts, "status": cleaned["status"]},
                party=cleaned["party"],
                on=cleaned["on"],
                entry=Entry(cleaned["entry"]),
                by=request.user,
            )
        except ValidationError as error:
            refuse(form, error)
        else:
            messages.success(request, f"已登记党员{member.name}。")
            return redirect("members:member-page", pk=member.pk)
    return render(request, "members/member_edit.html", {"form": form, "title": "登记党员"})


@require_http_methods(["GET", "POST"])
def member_edit(request: HttpRequest, pk: int) -> HttpResponse:
    require(request.user, Right.EDIT_MEMBERS)
    member = found(request, pk)
    form = MemberForm(request.POST or None, instance=member, user=request.user)
    context: dict[str, Any] = {"form": form, "member": copy(member), "title": "修改党员信息"}
    if request.method == "POST" and form.is_valid():
        try:
            change_member(
                member=member,
                values=form.facts,
                version=form.cleaned_data["version"] or 0,
                by=request.user,
            )
        except ChangedMeanwhile as conflict:
            context["conflict"] = rebased(form, conflict)
            return render(request, "members/member_edit.html", context, status=409)
        except ValidationError as error:
            refuse(form, error)
        else:
            messages.success(request, "已保存。")
            return redirect("members:member-page", pk=pk)
    return render(request, "members/member_edit.html", context)


@require_POST
def member_reveal(request: HttpRequest, pk: int) -> HttpResponse:
    """The full numbers, on this answer only; it is not kept by browser or proxy."""
    require(request.user, Right.REVEAL)
    member = found(request, pk)
    form = RevealForm(request.POST)
    if not form.is_valid():
        messages.error(request, "请写明查看的理由(至少 4 个字)。")
        return page_of(request, member, status=400)
    try:
        shown = reveal_private(member=member, reason=form.cleaned_data["reason"], by=request.user)
    except TooManyReveals:
        messages.error(request, "一小时内查看次数已达上限,请稍后再试。")
        return page_of(request, member, status=429)
    return page_of(request, member, shown)


@require_http_methods(["GET", "POST"])
def member_private(request: HttpRequest, pk: int) -> HttpResponse:
    """Write the sealed values anew; what is stored is not shown."""
    require(request.user, Right.EDIT_MEMBERS)
    member = found(request, pk)
    form = PrivateForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            save_private(member=member, by=request.user, **form.cleaned_data)
        except ValidationError as error:
            refuse(form, error)
        else:
            messages.success(request, "已加密保存。")
            return redirect("members:member-page", pk=pk)
    return render(request, "members/member_private.html", {"form": form, "member": member})
