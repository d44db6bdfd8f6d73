"""Pages of coverage links: cover one or several, end, reopen, transfer, correct, take back."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_http_methods

from accounts.access import require
from accounts.rules import Right, day_words, whole_number
from organizations.actions.coverage import (
    correct_link,
    cover,
    end_link,
    left_uncovered,
    remove_link,
    reopen_link,
    transfer_link,
)
from organizations.actions.responsibility import adopt_proposals
from organizations.forms import CoverForm, DayForm, LinkForm, LinkTransferForm, ReasonForm
from organizations.gather import SHOWN_FIRST, Offer, cover_offers
from organizations.models import CoverageLink, ResponsibleBody, SocialOrganization
from organizations.rules.candidates import covering_hints
from organizations.rules.coverage import ESTABLISH_MINIMUM
from organizations.views.acting import UPDATED, act

MOST_AT_ONCE = 200


def chosen(request: HttpRequest) -> list[SocialOrganization]:
    """The ticked organizations, all of them in the account's scope, or 404."""
    asked = request.POST if request.method == "POST" else request.GET
    keys = {n for key in asked.getlist("organization") if (n := whole_number(key)) is not None}
    if len(keys) > MOST_AT_ONCE:
        keys = set(sorted(keys)[:MOST_AT_ONCE])
    rows = SocialOrganization.objects.visible_to(request.user).filter(pk__in=keys)
    found = list(rows.select_related("township", "supervising_unit", "responsible_body"))
    if len(found) != len(keys):
        raise Http404
    return found


def day_of(request: HttpRequest) -> date:
    """The day for which candidates are shown: what the form says, else today."""
    given = request.POST.get("on") or request.GET.get("on") or ""
    try:
        return parse_date(given) or timezone.localdate()
    except ValueError:
        return timezone.localdate()


def offers_for(
    request: HttpRequest, organizations: list[SocialOrganization], text: str
) -> list[Offer]:
    """Candidates on the day; today's where the chosen one could not cover on that day yet.

    So the choice stays on the page, and the action says what is wrong with the day.
    """
    offers = cover_offers(request.user, organizations, day_of(request), text)
    chosen_one = request.POST.get("party", "")
    if chosen_one and all(str(offer.party.pk) != chosen_one for offer in offers):
        return cover_offers(request.user, organizations, timezone.localdate(), text)
    return offers


@require_http_methods(["GET", "POST"])
def cover_page(request: HttpRequest) -> HttpResponse:
    """Choose one party organization for the ticked organizations; all are covered, or none."""
    require(request.user, Right.EDIT_REGISTRY)
    organizations = chosen(request)
    if not organizations:
        messages.info(request, "请先在列表中勾选社会组织。")
        return redirect(f"{reverse('organizations:social-organization-list')}?covered=no")
    text = request.GET.get("q", request.POST.get("q", "")).strip()
    offers = offers_for(request, organizations, text)
    form = CoverForm(request.POST or None, user=request.user)

    def run(values: dict[str, Any]) -> list[CoverageLink]:
        values["mode"] = values["mode"] or suggested(offers, values["party"])
        return cover(organizations=organizations, by=request.user, **values)

    several = len(organizations) > 1
    return act(
        request,
        form,
        title=f"为 {len(organizations)} 家社会组织建立覆盖" if several else "建立覆盖",
        button="建立覆盖",
        about=None if several else organizations[0],
        **({"back": reverse("organizations:social-organization-list")} if several else {}),
        template="organizations/cover_page.html",
        organizations=organizations,
        offers=offers,
        shown_offers=shown(request, offers),
        text=text,
        should_found=[o for o in organizations if o.full_member_count >= ESTABLISH_MINIMUM],
        run=run,
        done=lambda links: told(links, organizations),
    )


def shown(request: HttpRequest, offers: list[Offer]) -> list[Offer]:
    """The first dozen, with the chosen one; all of them when asked."""
    if request.GET.get("more"):
        return offers
    chosen_one = request.POST.get("party", "")
    return [
        offer
        for place, offer in enumerate(offers)
        if place < SHOWN_FIRST or str(offer.party.pk) == chosen_one
    ]


def suggested(offers: Sequence[Offer], party: Any) -> str:
    """The mode that the rule gives for this party organization."""
    for offer in offers:
        if offer.party.pk == party.pk:
            return offer.rule.mode.value
    raise ValidationError({"mode": "请选择组建方式"})


def told(links: Sequence[CoverageLink], organizations: Sequence[SocialOrganization]) -> str:
    """What was done, with what the rules say to it."""
    first = links[0]
    party = first.party_organization
    covered = party.coverage_links.filter(valid_to=None).count()
    hints: list[str] = []
    for one in organizations:
        for hint in covering_hints(
            full_members=one.full_member_count,
            mode=first.mode,
            level=party.level,
            covered_after=covered,
        ):
            words = hint if len(organizations) == 1 or "联合" in hint else f"{one.name}{hint}"
            if words not in hints:
                hints.append(words)
    warned = f"请注意:{';'.join(hints[:5])}。" if hints else ""
    return f"已由“{party}”覆盖 {len(links)} 家。{UPDATED}{warned}"


def found(request: HttpRequest, pk: int) -> CoverageLink:
    require(request.user, Right.EDIT_REGISTRY)
    rows = CoverageLink.objects.visible_to(request.user).select_related(
        "social_organization__township", "party_organization"
    )
    return get_object_or_404(rows, pk=pk)


def words_of(link: CoverageLink) -> str:
    start = link.valid_from
    return (
        f"“{link.party_organization}”以“{link.get_mode_display()}”覆盖"
        f"“{link.social_organization}”,自{day_words(start)}起。"
    )


@require_http_methods(["GET", "POST"])
def link_end(request: HttpRequest, pk: int) -> HttpResponse:
    link = found(request, pk)
    alone = bool(left_uncovered([link], timezone.localdate())) and link.valid_to is None
    warning = "结束后这家社会组织没有其他党组织覆盖,将计入未覆盖。" if alone else ""
    return act(
        request,
        DayForm(
            request.POST or None,
            day="结束日期",
            reason="结束原因",
            help_text="这一天起不再计入覆盖",
        ),
        title="结束覆盖关系",
        button="结束覆盖关系",
        about=link.social_organization,
        explain=words_of(link) + warning,
        run=lambda values: end_link(link=link, by=request.user, **values),
        done=f"已结束覆盖关系。误结束的可以在原处恢复。{UPDATED}",
    )


@require_http_methods(["GET", "POST"])
def link_reopen(request: HttpRequest, pk: int) -> HttpResponse:
    link = found(request, pk)
    return act(
        request,
        ReasonForm(request.POST or None),
        title="恢复覆盖关系",
        button="恢复覆盖关系",
        about=link.social_organization,
        explain=words_of(link) + "恢复后视为没有结束过。",
        run=lambda values: reopen_link(link=link, by=request.user, **values),
        done=f"已恢复覆盖关系。{UPDATED}",
    )


@require_http_methods(["GET", "POST"])
def link_transfer(request: HttpRequest, pk: int) -> HttpResponse:
    link = found(request, pk)
    text = request.GET.get("q", request.POST.get("q", "")).strip()
    one = link.social_organization
    offers = offers_for(request, [one], text)
    form = LinkTransferForm(request.POST or None, user=request.user)

    def run(values: dict[str, Any]) -> CoverageLink:
        values["mode"] = values["mode"] or suggested(offers, values["party"])
        return transfer_link(link=link, to=values.pop("party"), by=request.user, **values)

    return act(
        request,
        form,
        title="转移覆盖关系",
        button="转移",
        about=one,
        template="organizations/cover_page.html",
        explain=words_of(link),
        organizations=[one],
        offers=offers,
        shown_offers=shown(request, offers),
        text=text,
        is_transfer=True,
        run=run,
        done=f"已转移,原覆盖关系同日结束。{UPDATED}",
    )


@require_http_methods(["GET", "POST"])
def link_edit(request: HttpRequest, pk: int) -> HttpResponse:
    link = found(request, pk)
    words = words_of(link)
    form = LinkForm(request.POST or None, instance=link)

    def run(values: dict[str, Any]) -> CoverageLink:
        version, reason = values.pop("version"), values.pop("reason")
        return correct_link(
            link=link, values=values, version=version, reason=reason, by=request.user
        )

    return act(
        request,
        form,
        title="更正覆盖关系",
        button="保存更正",
        about=link.social_organization,
        explain=words,
        run=run,
        done=f"已更正。{UPDATED}",
    )


@require_http_methods(["GET", "POST"])
def link_remove(request: HttpRequest, pk: int) -> HttpResponse:
    link = found(request, pk)
    return act(
        request,
        ReasonForm(request.POST or None),
        title="删除登记有误的覆盖关系",
        button="删除这条覆盖关系",
        about=link.social_organization,
        explain=words_of(link) + "只有从未有过的覆盖才删除;有过而结束的,请用“结束”。",
        run=lambda values: remove_link(link=link, by=request.user, **values),
        done=f"已删除,变更记录中仍可查看。{UPDATED}",
    )


@require_http_methods(["GET", "POST"])
def adopt_page(request: HttpRequest) -> HttpResponse:
    """The ticked organizations with the bodies that the rule proposes; one button takes them all."""
    require(request.user, Right.EDIT_REGISTRY)
    organizations = chosen(request)
    back = f"{reverse('organizations:social-organization-list')}?responsibility=gap"
    if not organizations:
        messages.info(request, "请先在列表中勾选社会组织。")
        return redirect(back)
    problems: list[str] = []
    if request.method == "POST":
        try:
            number = adopt_proposals(organizations=organizations, by=request.user)
        except ValidationError as error:
            problems = error.messages
        else:
            messages.success(request, f"已按建议设定 {number} 家的责任主体。")
            return redirect(back)
    keys = [one.pk for one in organizations]
    rows = SocialOrganization.objects.visible_to(request.user).filter(pk__in=keys)
    rows = rows.with_proposed_body().select_related("township", "responsible_body")
    context = {"rows": rows, "problems": problems, "back": back, "bodies": bodies_of(request, rows)}
    return render(request, "organizations/adopt_page.html", context)


def bodies_of(request: HttpRequest, rows: Any) -> dict[int, str]:
    """Names of the proposed bodies, by key."""
    from_rows = {one.proposed_body_id for one in rows} - {None}
    bodies = ResponsibleBody.objects.visible_to(request.user).filter(pk__in=from_rows)
    return dict(bodies.values_list("pk", "name"))
