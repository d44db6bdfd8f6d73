"""Pages of 组织关系转接: what waits for me, one move, its steps, its letter."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import require
from accounts.history import history_of
from accounts.listing import list_page
from accounts.rules import Right
from members.actions.move import may_take, take_step
from members.lists import MOVES
from members.models import Member, Move
from members.models.parameter import whole
from members.rules.moves import MoveVerb, is_expired, is_expiring
from members.rules.parameters import Parameter
from members.views.acting import tried

DONE = {
    MoveVerb.APPROVE: "已同意转出,请开出介绍信。",
    MoveVerb.ISSUE: "已开出介绍信。",
    MoveVerb.ACCEPT: "已同意转入,登记回执后完成。",
    MoveVerb.COMPLETE: "转接已完成,转出和转入为同一天。",
    MoveVerb.SEND_BACK: "已退回,组织关系不变。",
    MoveVerb.WITHDRAW: "已撤回,组织关系不变。",
}


@require_http_methods(["GET", "POST"])
def move_list(request: HttpRequest) -> HttpResponse:
    require(request.user, Right.VIEW_MEMBERS)
    return list_page(request, MOVES)


def found(request: HttpRequest, pk: int) -> Move:
    rows = Move.objects.visible_to(request.user).select_related(
        "member", "from_party__township", "to_party__township"
    )
    return get_object_or_404(rows, pk=pk)


@require_GET
def move_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One move: where it stands, what comes next and whose turn it is, the letter to print."""
    require(request.user, Right.VIEW_MEMBERS)
    move, today = found(request, pk), timezone.localdate()
    alert = whole(Parameter.LETTER_ALERT_DAYS, today.year)
    context = {
        "move": move,
        "verbs": [verb for verb in MoveVerb if may_take(move, verb, request.user)],
        "expired": is_expired(move.state, move.expires_on, today),
        "expiring": is_expiring(move.state, move.expires_on, today, alert),
        "own": Member.objects.visible_to(request.user).filter(pk=move.member_id).exists(),
        "today": today,
        "history": history_of(move),
    }
    return render(request, "members/move_page.html", context)


@require_POST
def move_take(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    require(request.user, Right.EDIT_MEMBERS)
    move = found(request, pk)
    if verb not in MoveVerb.codes():
        raise Http404
    chosen = MoveVerb(verb)
    tried(
        request,
        lambda: take_step(
            move=move,
            verb=chosen,
            by=request.user,
            note=request.POST.get("note", "").strip()[:200],
            letter_number=request.POST.get("letter_number", "")[:40],
        ),
        DONE[chosen],
    )
    return redirect("members:move-page", pk=pk)
