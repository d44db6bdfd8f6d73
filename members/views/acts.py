"""One page for everything that happens to a member: which form, which right, which action."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.access import require
from accounts.rules import Right
from members.actions.affiliation import leave, move_member, restore, resume
from members.actions.dues import set_base
from members.actions.full import extend_probation, note_event, turn_full
from members.actions.group import place_in_group
from members.actions.mobile import register_mobile
from members.actions.move import apply_move
from members.actions.participation import participate
from members.actions.post import appoint, appoint_social
from members.actions.yearly import add_honour, add_training, save_pledge
from members.forms import acts as forms
from members.models import Member
from members.rules.vocabulary import (
    EventKind,
    Exit,
    MemberStatus,
    PartyDuty,
    Payer,
    SocialDuty,
)
from members.views.acting import acted

EDIT, DECIDE = Right.EDIT_MEMBERS, Right.DECIDE_MEMBERS


@dataclass(frozen=True)
class Act:
    """Title, form, action (called with member, values and actor), who may, and for which status."""

    title: str
    form: Any
    run: Callable[[Member, dict[str, Any], Any], Any]
    done: str
    right: Right = EDIT
    statuses: tuple[str, ...] = (MemberStatus.FULL, MemberStatus.PROBATIONARY)
    button: str = "保存"

    @property
    def route(self) -> str:
        return "members:member-act" if self.right == EDIT else "members:member-decide"

    def is_open_to(self, member: Member, user: Any) -> bool:
        return member.status in self.statuses and user.may(self.right)


def _pledge(member: Member, values: dict[str, Any], by: Any) -> Any:
    rest = {name: value for name, value in values.items() if name != "year"}
    return save_pledge(member=member, year=values["year"], values=rest, by=by)


PROBATION = (MemberStatus.PROBATIONARY,)
GONE = (MemberStatus.LEFT, MemberStatus.DIED, MemberStatus.SUSPENDED, MemberStatus.TRANSFERRED)
ACTS = {
    "transfer": Act(
        "申请转接组织关系",
        forms.TransferForm,
        lambda m, v, by: apply_move(member=m, by=by, **v),
        "已提交转接申请;完成之前仍在原党组织计入。",
        button="提交申请",
    ),
    "move": Act(
        "直接调整所在党组织",
        forms.MoveForm,
        lambda m, v, by: move_member(member=m, by=by, **v),
        "已调整,转出和转入为同一天。",
        right=DECIDE,
        button="调整",
    ),
    "turn-full": Act(
        "转为正式党员",
        forms.TurnFullForm,
        lambda m, v, by: turn_full(member=m, by=by, **v),
        "已转为正式党员,转正日期为预备期满之日。",
        right=DECIDE,
        statuses=PROBATION,
        button="转正",
    ),
    "extend": Act(
        "延长预备期",
        forms.ExtendForm,
        lambda m, v, by: extend_probation(member=m, by=by, **v),
        "已延长预备期。",
        right=DECIDE,
        statuses=PROBATION,
        button="延长",
    ),
    "leave": Act(
        "登记离开",
        forms.LeaveForm,
        lambda m, v, by: leave(member=m, by=by, **{**v, "exit": Exit(v["exit"])}),
        "已登记离开,从所填日期起不再计入。",
        right=DECIDE,
        button="登记离开",
    ),
    "died": Act(
        "登记去世",
        forms.DiedForm,
        lambda m, v, by: leave(member=m, exit=Exit.DIED, by=by, **v),
        "已登记去世,从所填日期起不再计入。",
        button="登记",
    ),
    "restore": Act(
        "更正误登的离开",
        forms.RestoreForm,
        lambda m, v, by: restore(member=m, by=by, **v),
        "已更正,如同没有离开过。",
        right=DECIDE,
        statuses=GONE,
        button="更正",
    ),
    "resume": Act(
        "恢复党籍、转回",
        forms.ResumeForm,
        lambda m, v, by: resume(member=m, by=by, **v),
        "已恢复,从所填日期起计入。",
        right=DECIDE,
        statuses=(MemberStatus.SUSPENDED, MemberStatus.TRANSFERRED),
        button="恢复",
    ),
    "watch": Act(
        "登记留党察看",
        forms.WatchForm,
        lambda m, v, by: note_event(member=m, kind=EventKind.WATCHED, by=by, **v),
        "已登记;期间不计入有表决权的人数。",
        right=DECIDE,
        statuses=(MemberStatus.FULL,),
    ),
    "event": Act(
        "登记失去或恢复联系",
        forms.EventForm,
        lambda m, v, by: note_event(member=m, by=by, **{**v, "kind": EventKind(v["kind"])}),
        "已登记。",
    ),
    "participate": Act(
        "参加双重组织生活",
        forms.ParticipateForm,
        lambda m, v, by: participate(member=m, by=by, **v),
        "已登记;组织关系和人数不变。",
    ),
    "appoint": Act(
        "党内任职",
        forms.AppointForm,
        lambda m, v, by: appoint(member=m, by=by, **{**v, "duty": PartyDuty(v["duty"])}),
        "已登记任职。",
    ),
    "appoint-social": Act(
        "社会组织任职",
        forms.AppointSocialForm,
        lambda m, v, by: appoint_social(member=m, by=by, **{**v, "duty": SocialDuty(v["duty"])}),
        "已登记任职。",
    ),
    "group": Act(
        "编入党小组",
        forms.GroupPlaceForm,
        lambda m, v, by: place_in_group(member=m, by=by, **v),
        "已编入党小组。",
    ),
    "away": Act(
        "登记为流动党员",
        forms.MobileForm,
        lambda m, v, by: register_mobile(member=m, by=by, **v),
        "已登记;组织关系不变,请定期记录联系情况。",
    ),
    "pledge": Act("承诺、践诺、评诺", forms.PledgeForm, _pledge, "已保存。"),
    "training": Act(
        "登记教育培训",
        forms.TrainingForm,
        lambda m, v, by: add_training(member=m, values=v, by=by),
        "已登记。",
    ),
    "honour": Act(
        "登记荣誉",
        forms.HonourForm,
        lambda m, v, by: add_honour(member=m, values=v, by=by),
        "已登记。",
    ),
    "base": Act(
        "核定党费基数",
        forms.BaseForm,
        lambda m, v, by: set_base(member=m, by=by, **{**v, "payer": Payer(v["payer"])}),
        "已核定;当年还没有缴纳的月份按新的基数计算。",
    ),
}
# the order and the groups of the buttons on a member's page
GROUPS = [
    ("组织关系", ["transfer", "move", "participate", "away", "event"]),
    ("职务和党小组", ["appoint", "appoint-social", "group"]),
    ("预备期和出口", ["turn-full", "extend", "watch", "leave", "died", "restore", "resume"]),
    ("年度记录", ["pledge", "training", "honour", "base"]),
]


def open_acts(member: Member, user: Any) -> list[tuple[str, list[dict[str, str]]]]:
    """The buttons that would not be refused, in groups."""
    groups = []
    for title, names in GROUPS:
        shown = [
            {
                "title": ACTS[name].title,
                "url": reverse(ACTS[name].route, args=[member.pk, name]),
            }
            for name in names
            if ACTS[name].is_open_to(member, user)
        ]
        if shown:
            groups.append((title, shown))
    return groups


@require_http_methods(["GET", "POST"])
def member_act(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """What the own organization may enter."""
    require(request.user, EDIT)
    return _page(request, pk, act, EDIT)


@require_http_methods(["GET", "POST"])
def member_decide(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """What a superior organization decides."""
    require(request.user, DECIDE)
    return _page(request, pk, act, DECIDE)


def _page(request: HttpRequest, pk: int, act: str, right: Right) -> HttpResponse:
    chosen = ACTS.get(act)
    if chosen is None or chosen.right != right:
        raise Http404
    member = get_object_or_404(Member.objects.visible_to(request.user), pk=pk)
    if member.status not in chosen.statuses:
        now = member.get_status_display()
        messages.error(request, f"{member.name}现在是“{now}”,不能办理“{chosen.title}”。")
        return redirect("members:member-page", pk=pk)
    form = chosen.form(request.POST or None, member=member, user=request.user)
    return acted(
        request,
        form,
        lambda values: chosen.run(member, values, request.user),
        title=chosen.title,
        button=chosen.button,
        done=chosen.done,
        back=reverse("members:member-page", args=[pk]),
        back_words=member.name,
        draft=f"member-{act}",
        key=pk,
    )
