"""The page of a party organization, and the events of its life."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from accounts.access import require
from accounts.history import history_of
from accounts.rules import Right, day_words, whole_number
from organizations.actions.coverage import left_uncovered
from organizations.actions.party_organization import (
    change_party_organization,
    convert_party_organization,
    dissolve_party_organization,
    extend_term,
    found_party_organization,
    links_ended_by,
    record_election,
    rename_party_organization,
    restore_party_organization,
    upgrade_party_organization,
)
from organizations.forms import (
    ConvertForm,
    DissolveForm,
    ElectionForm,
    ExtensionForm,
    FoundForm,
    PartyOrganizationForm,
    ReasonForm,
    RenameForm,
    UpgradeForm,
)
from organizations.models import CoverageLink, PartyOrganization, SocialOrganization
from organizations.rules.candidates import founding_hints
from organizations.rules.terms import latest_extension
from organizations.rules.vocabulary import Level, PartyKind
from organizations.sections import sections_of
from organizations.views.acting import UPDATED, act, address_of

FOUND_AT_ONCE = 30


@require_GET
def party_organization_page(request: HttpRequest, pk: int) -> HttpResponse:
    require(request.user, Right.VIEW_REGISTRY)
    rows = PartyOrganization.objects.visible_to(request.user)
    party = get_object_or_404(rows.select_related("township", "responsible_body", "parent"), pk=pk)
    links = CoverageLink.objects.visible_to(request.user).filter(party_organization=party)
    links = links.select_related("social_organization__township").order_by("-valid_from")
    is_open = party.dissolved_on is None
    today = timezone.localdate()
    elects = party.elects_on(today)
    due = party.term_extended_to or party.term_ends_on
    may_edit = request.user.may(Right.EDIT_REGISTRY)
    own = PartyOrganization.objects.visible_to(request.user)
    context = {
        "party": party,
        "parent_is_own": own.filter(pk=party.parent_id or 0).exists(),
        "children": own.filter(parent=party).order_by("pinyin"),
        "open_links": [link for link in links if link.valid_to is None],
        "ended_links": [link for link in links if link.valid_to is not None],
        "former_names": party.former_names.all(),
        "phases": party.phases.all(),
        "elections": party.elections.all(),
        "extensions": party.term_extensions.all(),
        "due": due,
        "elects": elects,
        "is_overdue": bool(due and due < today and is_open and elects),
        "sections": sections_of("party_organization", request, party),
        "history": history_of(party, also=list(links)),
        "may_edit": may_edit,
        "may_change": may_edit and is_open,
        "may_elect": may_edit and is_open and elects,
        "may_extend": may_edit and is_open and elects and party.term_ends_on is not None,
        "may_convert": may_edit and is_open and party.kind == PartyKind.JOINT,
    }
    return render(request, "organizations/party_organization_page.html", context)


def found(request: HttpRequest, pk: int) -> PartyOrganization:
    require(request.user, Right.EDIT_REGISTRY)
    rows = PartyOrganization.objects.visible_to(request.user)
    return get_object_or_404(rows.select_related("township", "responsible_body", "parent"), pk=pk)


@require_http_methods(["GET", "POST"])
def party_organization_found(request: HttpRequest) -> HttpResponse:
    """Found a party organization; what it is to cover is ticked, and searched, on the same page."""
    require(request.user, Right.EDIT_REGISTRY)
    visible = SocialOrganization.objects.visible_to(request.user)
    asked = request.POST if request.method == "POST" else request.GET
    ticked = request.POST.getlist("organizations") or request.GET.getlist("organization")
    keys = [n for key in ticked if (n := whole_number(key)) is not None][:200]
    text = asked.get("find", "").strip()
    searching = request.method == "POST" and "search" in request.POST
    matches: list[int] = []
    if text:
        alive = visible.alive_on(timezone.localdate())
        matches = list(alive.named(text).values_list("pk", flat=True)[:FOUND_AT_ONCE])
    first = visible.filter(pk__in=keys).select_related("township").first()
    initial: dict[str, Any] = {"organizations": keys, "founded_on": timezone.localdate()}
    if first is not None:
        word = "联合党支部" if len(keys) > 1 else "党支部"
        initial |= {"township": first.township_id, "name": f"{first.name}{word}"}
        initial |= {"kind": PartyKind.STANDING.value, "mode": "solo" if len(keys) == 1 else ""}
        initial["level"] = (Level.JOINT_BRANCH if len(keys) > 1 else Level.BRANCH).value
    if searching:  # what was typed stands there again, unjudged
        initial |= {**request.POST.dict(), "organizations": keys}
    bound = request.POST if request.method == "POST" and not searching else None
    form = FoundForm(bound, user=request.user, offered=[*keys, *matches], initial=initial)

    def run(values: dict[str, Any]) -> PartyOrganization:
        organizations = list(values.pop("organizations"))
        mode = values.pop("mode")
        values.pop("find")
        return found_party_organization(
            values=values, organizations=organizations, mode=mode, by=request.user
        )

    context = {
        "title": "成立党组织",
        "template": "organizations/party_organization_found.html",
        "draft": ("party-organization-new",),
        "hints": hints_of(visible.filter(pk__in=keys), asked),
    }
    if searching:
        template = context.pop("template")
        context |= {"form": form, "button": "成立", "back": "/registry/party-organizations/"}
        return render(request, template, context)
    return act(
        request,
        form,
        button="成立",
        about=None,
        back="/registry/party-organizations/",
        run=run,
        done=f"已成立。{UPDATED}",
        to=address_of,
        **context,
    )


def hints_of(organizations: Any, asked: Any) -> list[str]:
    """What the rules say to what stands in the form so far."""
    rows = list(organizations)
    if not rows and not asked.get("kind"):
        return []
    level = asked.get("level") or (Level.JOINT_BRANCH if len(rows) > 1 else Level.BRANCH)
    return founding_hints(
        kind=asked.get("kind") or PartyKind.STANDING.value,
        level=level,
        full_members=sum(one.full_member_count for one in rows),
        units=len(rows),
        document=asked.get("document", ""),
    )


@require_http_methods(["GET", "POST"])
def party_organization_edit(request: HttpRequest, pk: int) -> HttpResponse:
    party = found(request, pk)
    form = PartyOrganizationForm(request.POST or None, instance=party, user=request.user)

    def run(values: dict[str, Any]) -> PartyOrganization:
        version = values.pop("version")
        return change_party_organization(
            party=party, values=values, version=version, by=request.user
        )

    return act(
        request,
        form,
        title="修改党组织",
        button="保存党组织",
        about=party,
        run=run,
        done=f"已保存。{UPDATED}",
        draft=("party-organization-edit", pk),
        cancel="不保存,返回",
    )


@require_http_methods(["GET", "POST"])
def party_organization_rename(request: HttpRequest, pk: int) -> HttpResponse:
    party = found(request, pk)
    return act(
        request,
        RenameForm(request.POST or None, initial={"on": timezone.localdate()}),
        title="更名",
        button="更名",
        about=party,
        explain=f"现名称:{party.name}。",
        run=lambda values: rename_party_organization(party=party, by=request.user, **values),
        done="已更名,按曾用名仍能找到。",
    )


@require_http_methods(["GET", "POST"])
def party_organization_upgrade(request: HttpRequest, pk: int) -> HttpResponse:
    party = open_one(request, pk)
    form = UpgradeForm(request.POST or None, initial={"on": timezone.localdate()})
    return act(
        request,
        form,
        title="变更层级",
        button="变更层级",
        about=party,
        explain=f"现层级:{party.get_level_display() or '未填'}。党员一般超过 50 名设党总支,"
        "超过 100 名设党委;工作需要并经上级批准的除外。",
        run=lambda values: upgrade_party_organization(party=party, by=request.user, **values),
        done="已变更层级;名称需要改的,请再用“更名”。",
    )


@require_http_methods(["GET", "POST"])
def party_organization_convert(request: HttpRequest, pk: int) -> HttpResponse:
    party = open_one(request, pk)
    if party.kind != PartyKind.JOINT:
        raise Http404
    form = ConvertForm(request.POST or None, initial={"on": timezone.localdate()})
    return act(
        request,
        form,
        title="转为建制性党组织",
        button="转为建制性",
        about=party,
        explain="现有的兼合式覆盖同日结束,并以新的组建方式继续;第一届任期自这一天起。",
        run=lambda values: convert_party_organization(party=party, by=request.user, **values),
        done=f"已转为建制性党组织。{UPDATED}",
    )


@require_http_methods(["GET", "POST"])
def party_organization_election(request: HttpRequest, pk: int) -> HttpResponse:
    party = open_one(request, pk)
    if not party.elects_on(timezone.localdate()):
        raise Http404
    return act(
        request,
        ElectionForm(request.POST or None, party=party),
        title="登记换届选举",
        button="登记换届选举",
        about=party,
        explain=f"本届{_until(party)}。" if party.term_ends_on else "",
        draft=("election", pk),
        run=lambda values: record_election(party=party, by=request.user, **values),
        done="已登记换届选举。",
    )


@require_http_methods(["GET", "POST"])
def party_organization_extension(request: HttpRequest, pk: int) -> HttpResponse:
    party = open_one(request, pk)
    if not party.elects_on(timezone.localdate()) or party.term_ends_on is None:
        raise Http404
    latest = latest_extension(party.term_ends_on)
    return act(
        request,
        ExtensionForm(request.POST or None),
        title="登记延期换届",
        button="登记延期",
        about=party,
        explain=f"本届{_until(party)}。延期须经上级党组织批准,一般不超过 12 个月"
        f"(最晚 {day_words(latest)})。",
        run=lambda values: extend_term(party=party, by=request.user, **values),
        done="已登记延期。",
    )


def _until(party: PartyOrganization) -> str:
    end = party.term_ends_on
    return f"任期届满日期 {day_words(end)}" if end else ""


@require_http_methods(["GET", "POST"])
def party_organization_dissolve(request: HttpRequest, pk: int) -> HttpResponse:
    """Who would be uncovered stands above the form."""
    party = open_one(request, pk)
    today = timezone.localdate()
    ending = links_ended_by(party, today)
    keys = {link.pk for link in ending}
    seen = CoverageLink.objects.visible_to(request.user).filter(pk__in=keys)
    seen = list(seen.select_related("social_organization__township"))
    bare = {one.pk for one in left_uncovered(ending, today)}
    return act(
        request,
        DissolveForm(request.POST or None, initial={"on": today}),
        title="撤销党组织",
        button="撤销党组织",
        about=party,
        template="organizations/party_organization_dissolve.html",
        links=seen,
        bare=bare,
        bare_count=len(bare),
        elsewhere=len(keys) - len(seen),
        run=lambda values: dissolve_party_organization(party=party, by=request.user, **values),
        done=lambda links: f"已撤销,{len(links)} 条覆盖关系同日结束。{UPDATED}",
    )


@require_http_methods(["GET", "POST"])
def party_organization_restore(request: HttpRequest, pk: int) -> HttpResponse:
    party = found(request, pk)
    if party.dissolved_on is None:
        raise Http404
    day = party.dissolved_on
    return act(
        request,
        ReasonForm(request.POST or None),
        title="恢复党组织",
        button="恢复党组织",
        about=party,
        explain=f"误登记为 {day_words(day)} 撤销的,可以恢复;"
        "随撤销结束的覆盖关系一并恢复,社会组织已注销的除外。",
        run=lambda values: restore_party_organization(party=party, by=request.user, **values),
        done=lambda links: f"已恢复,同时恢复 {len(links)} 条覆盖关系。{UPDATED}",
    )


def open_one(request: HttpRequest, pk: int) -> PartyOrganization:
    """A party organization that still exists: only such a one has a future."""
    party = found(request, pk)
    if party.dissolved_on is not None:
        raise PermissionDenied("已撤销的党组织不能再变动,误撤销的请先恢复。")
    return party
