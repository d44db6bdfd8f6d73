"""Merging duplicates: find the other one, see what moves, say why."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET, require_http_methods

from accounts.access import require
from accounts.rules import Right
from organizations.actions.social_organization import (
    merge_social_organizations,
    plan_merger,
    undo_merger,
)
from organizations.forms import MergeForm, ReasonForm
from organizations.models import MergedOrganization, SocialOrganization
from organizations.rules.similar import similar_names
from organizations.views.acting import UPDATED, act, address_of
from organizations.views.social_organization import found

SHOWN = 20


@require_GET
def merge_choose(request: HttpRequest, pk: int) -> HttpResponse:
    """The duplicate of this record: the alike of its township, or what is searched."""
    winner = found(request, pk)
    text = request.GET.get("q", "").strip()
    rows = SocialOrganization.objects.visible_to(request.user).exclude(pk=pk)
    rows = rows.select_related("township")
    if text:
        offered = list(rows.named(text)[:SHOWN])
    else:
        near = rows.filter(township=winner.township_id)
        known = dict(near.values_list("pk", "name"))
        keys = [key for key, _ in similar_names(winner.name, known, SHOWN)]
        offered = sorted(rows.filter(pk__in=keys), key=lambda one: keys.index(one.pk))
    context = {"winner": winner, "offered": offered, "text": text}
    return render(request, "organizations/merge_choose.html", context)


@require_http_methods(["GET", "POST"])
def merge_page(request: HttpRequest, pk: int, other: int) -> HttpResponse:
    """What would move from the other record to this one; then the merger itself."""
    require(request.user, Right.EDIT_REGISTRY)
    rows = SocialOrganization.objects.visible_to(request.user)
    rows = rows.select_related("township", "supervising_unit", "responsible_body")
    winner, loser = get_object_or_404(rows, pk=pk), get_object_or_404(rows, pk=other)
    if winner.pk == loser.pk:
        raise Http404

    def run(values: dict[str, Any]) -> SocialOrganization:
        return merge_social_organizations(
            loser=loser, winner=winner, reason=values["reason"], by=request.user
        )

    return act(
        request,
        MergeForm(request.POST or None),
        title="合并重复登记",
        button="合并",
        about=winner,
        template="organizations/merge_page.html",
        plan=plan_merger(loser=loser, winner=winner),
        loser=loser,
        winner=winner,
        run=run,
        done=f"已合并,原记录的内容可在变更记录中查看。{UPDATED}",
        to=address_of,
    )


@require_http_methods(["GET", "POST"])
def merge_undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Two records again, as they were; refused with everything that was changed since."""
    require(request.user, Right.EDIT_REGISTRY)
    rows = MergedOrganization.objects.visible_to(request.user).select_related("winner", "merged_by")
    merged = get_object_or_404(rows, pk=pk)
    return act(
        request,
        ReasonForm(request.POST or None),
        title="撤销合并",
        button="撤销合并",
        about=merged.winner,
        template="organizations/merge_undo.html",
        heading="不能撤销:",
        merged=merged,
        run=lambda values: undo_merger(trace=merged, reason=values["reason"], by=request.user),
        done=f"已撤销合并,“{merged.name}”恢复为单独的记录。{UPDATED}",
        to=address_of,
    )
