"""Pages of the roster."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import audit
from accounts.access import require
from accounts.forms import refuse
from accounts.history import history_of
from accounts.listing import list_page
from accounts.rules import Right
from members.actions.private import TooManyReveals, reveal_private, save_private
from members.forms import PrivateForm, RevealForm
from members.lists import MEMBERS
from members.models import Member, Membership


@require_http_methods(["GET", "POST"])
def member_list(request: HttpRequest) -> HttpResponse:
    require(request.user, Right.VIEW_MEMBERS)
    rows = Member.objects.visible_to(request.user).with_party_organization()
    return list_page(request, MEMBERS, rows)


def found(request: HttpRequest, pk: int) -> Member:
    rows = Member.objects.visible_to(request.user).select_related("private")
    return get_object_or_404(rows, pk=pk)


def page_of(
    request: HttpRequest, member: Member, shown: dict[str, str] | None = None, status: int = 200
) -> HttpResponse:
    memberships = Membership.objects.visible_to(request.user).filter(member=member)
    context = {
        "member": member,
        "private": getattr(member, "private", None),
        "shown": shown,
        "memberships": memberships.select_related("party_organization").order_by("-valid_from"),
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
