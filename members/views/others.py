"""Mobile members, pledges, an organization's people, endings, parameters."""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import require
from accounts.listing import list_page
from accounts.rules import Right
from members.actions.dissolving import carry_members
from members.actions.group import end_group, form_group
from members.actions.mobile import come_back, note_contact
from members.actions.participation import stop_participating
from members.actions.post import relieve, relieve_social
from members.actions.yearly import remove_record, set_parameter
from members.forms.others import CarryForm, ContactForm, DayForm, GroupForm, ParameterForm
from members.lists import GROUP_MEMBERS, GROUPS, HONOURS, MOBILE, PLEDGES, TRAININGS
from members.models import (
    GroupMember,
    Honour,
    Member,
    Membership,
    MobilePeriod,
    Participation,
    PartyGroup,
    PartyPost,
    RosterParameter,
    SocialPost,
    Training,
)
from members.rules.parameters import DEFAULTS, Parameter
from members.views.acting import acted, tried
from organizations.models import PartyOrganization


@require_http_methods(["GET", "POST"])
def mobile_list(request: HttpRequest) -> HttpResponse:
    require(request.user, Right.VIEW_MEMBERS)
    return list_page(request, MOBILE)


@require_http_methods(["GET", "POST"])
def pledge_list(request: HttpRequest) -> HttpResponse:
    require(request.user, Right.VIEW_MEMBERS)
    return list_page(request, PLEDGES)


@require_http_methods(["GET", "POST"])
def training_list(request: HttpRequest) -> HttpResponse:
    require(request.user, Right.VIEW_MEMBERS)
    return list_page(request, TRAININGS)


@require_http_methods(["GET", "POST"])
def honour_list(request: HttpRequest) -> HttpResponse:
    require(request.user, Right.VIEW_MEMBERS)
    return list_page(request, HONOURS)


@require_http_methods(["GET", "POST"])
def group_list(request: HttpRequest) -> HttpResponse:
    require(request.user, Right.VIEW_MEMBERS)
    return list_page(request, GROUPS)


@require_http_methods(["GET", "POST"])
def group_member_list(request: HttpRequest) -> HttpResponse:
    require(request.user, Right.VIEW_MEMBERS)
    return list_page(request, GROUP_MEMBERS)


@require_http_methods(["GET", "POST"])
def mobile_contact(request: HttpRequest, pk: int) -> HttpResponse:
    require(request.user, Right.EDIT_MEMBERS)
    rows = MobilePeriod.objects.visible_to(request.user).select_related("member")
    period = get_object_or_404(rows, pk=pk)
    form = ContactForm(request.POST or None, initial={"on": timezone.localdate()})
    return acted(
        request,
        form,
        lambda v: note_contact(period=period, by=request.user, **v),
        title="登记联系情况",
        button="登记",
        done="已登记联系。",
        back=reverse("members:member-page", args=[period.member_id]),
        back_words=period.member.name,
    )


# what can be ended on a day: the rows one may see, the words, the action
Ending = tuple[Any, str, Callable[[Any, Any, Any], Any]]
ENDINGS: dict[str, Ending] = {
    "post": (PartyPost, "登记离任", lambda o, on, by: relieve(post=o, on=on, by=by)),
    "social-post": (SocialPost, "登记离任", lambda o, on, by: relieve_social(post=o, on=on, by=by)),
    "participation": (
        Participation,
        "结束双重组织生活",
        lambda o, on, by: stop_participating(participation=o, on=on, by=by),
    ),
    "mobile": (MobilePeriod, "登记返回", lambda o, on, by: come_back(period=o, on=on, by=by)),
    "group": (PartyGroup, "撤销党小组", lambda o, on, by: end_group(group=o, on=on, by=by)),
}


@require_http_methods(["GET", "POST"])
def ending(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """End a dated record on a day."""
    require(request.user, Right.EDIT_MEMBERS)
    if kind not in ENDINGS:
        raise Http404
    model, title, run = ENDINGS[kind]
    record = get_object_or_404(model.objects.visible_to(request.user), pk=pk)
    form = DayForm(request.POST or None)
    if kind == "group" or kind == "participation":
        back = reverse("members:party-people", args=[record.party_organization.code])
        words = record.party_organization.name
    else:
        back, words = reverse("members:member-page", args=[record.member_id]), record.member.name
    return acted(
        request,
        form,
        lambda v: run(record, v["on"], request.user),
        title=title,
        button=title,
        done="已登记。",
        back=back,
        back_words=words,
    )


@require_POST
def record_remove(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Take away a training or an honour that was entered by mistake."""
    require(request.user, Right.EDIT_MEMBERS)
    models: dict[str, Any] = {"training": Training, "honour": Honour}
    if kind not in models:
        raise Http404
    record = get_object_or_404(models[kind].objects.visible_to(request.user), pk=pk)
    member = record.member_id
    reason = request.POST.get("reason", "")
    words = "已删除,变更记录里留有原来的内容。"
    tried(request, lambda: remove_record(record=record, reason=reason, by=request.user), words)
    return redirect("members:member-page", pk=member)


@require_GET
def party_people(request: HttpRequest, code: str) -> HttpResponse:
    """An organization's people: posts, groups, members, and those who take part only."""
    require(request.user, Right.VIEW_MEMBERS)
    user, today = request.user, timezone.localdate()
    party = get_object_or_404(PartyOrganization.objects.visible_to(user), code=code)
    groups = PartyGroup.objects.visible_to(user).filter(party_organization=party).live_on(today)
    places = GroupMember.objects.visible_to(user).live_on(today)
    in_groups: dict[int, list[GroupMember]] = {}
    for place in places.filter(group__in=groups).select_related("member"):
        in_groups.setdefault(place.group_id, []).append(place)
    members = Membership.objects.visible_to(user).live_on(today).filter(party_organization=party)
    parts = Participation.objects.visible_to(user).live_on(today).filter(party_organization=party)
    posts = PartyPost.objects.visible_to(user).live_on(today).filter(party_organization=party)
    own = Member.objects.visible_to(user).belonging_on(today, party_organization=party)
    context = {
        "party": party,
        "groups": [(group, in_groups.get(group.pk, [])) for group in groups],
        "memberships": members.select_related("member").order_by("member__pinyin"),
        "participations": parts.select_related("member").order_by("member__pinyin"),
        "posts": posts.select_related("member"),
        # who takes part here belongs elsewhere, perhaps out of the reader's scope
        "seen": set(
            Member.objects.visible_to(user)
            .filter(pk__in=posts.values("member"))
            .values_list("pk", flat=True)
        ),
        "voters": own.voters_on(today).count(),
        "crossing": list(own.crossing_on(today)),
        "month": f"{today:%Y-%m}",
        "today": today,
    }
    return render(request, "members/party_people.html", context)


@require_http_methods(["GET", "POST"])
def group_create(request: HttpRequest, code: str) -> HttpResponse:
    require(request.user, Right.EDIT_MEMBERS)
    party = get_object_or_404(PartyOrganization.objects.visible_to(request.user), code=code)
    return acted(
        request,
        GroupForm(request.POST or None),
        lambda v: form_group(party=party, by=request.user, **v),
        title="成立党小组",
        button="成立",
        done="已成立党小组;在党员的页面上编入。",
        back=reverse("members:party-people", args=[code]),
        back_words=party.name,
    )


@require_http_methods(["GET", "POST"])
def party_carry(request: HttpRequest, code: str) -> HttpResponse:
    """Everyone moves to another organization on one day, before this one is dissolved or merged."""
    require(request.user, Right.DECIDE_MEMBERS)
    party = get_object_or_404(PartyOrganization.objects.visible_to(request.user), code=code)
    return acted(
        request,
        CarryForm(request.POST or None, user=request.user, party=party),
        lambda v: carry_members(party=party, by=request.user, **v),
        title="党员整体转出",
        button="全部转出",
        done="已全部转出,转出和转入为同一天。",
        back=reverse("members:party-people", args=[code]),
        back_words=party.name,
    )


@require_http_methods(["GET", "POST"])
def parameter_page(request: HttpRequest) -> HttpResponse:
    """Numbers of the roster by year; the city sets them."""
    require(request.user, Right.DECIDE_MEMBERS)
    form = ParameterForm(request.POST or None, initial={"year": timezone.localdate().year})
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        tried(
            request,
            lambda: set_parameter(
                name=Parameter(values["name"]),
                year=values["year"],
                value=values["value"],
                by=request.user,
            ),
            "已设定。",
        )
        return redirect("members:parameter-page")
    stored: dict[str, list[RosterParameter]] = {}
    for row in RosterParameter.objects.visible_to(request.user):
        stored.setdefault(row.name, []).append(row)
    rows = [
        {"name": p.label, "default": DEFAULTS[p], "set": stored.get(p.value, [])} for p in Parameter
    ]
    scope = request.user.scope
    context = {"form": form, "rows": rows, "may_set": scope.is_area and len(scope.code) <= 6}
    return render(request, "members/parameter_page.html", context)
