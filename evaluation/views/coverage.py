"""The coverage page, what its figures mean, and when they were computed."""

import hashlib
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.contrib.messages import get_messages
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.access import require
from accounts.conditional import is_held
from accounts.rules import Right
from evaluation.charts import Point, trend_chart
from evaluation.dashboard.coverage import (
    NO_UNIT,
    WITHOUT_UNIT,
    Group,
    Report,
    Selection,
    State,
    coverage_report,
    state_of,
)
from evaluation.forms.coverage import CoverageForm
from evaluation.models import CoverageSweep, PublishedCoverage
from evaluation.rules.coverage import Coverage
from evaluation.rules.indicators import INDICATORS
from organizations.models import SupervisingUnit, Township
from organizations.rules.vocabulary import Category, Mode, PartyKind, Removal, UncoveredReason

# a new release draws its pages anew
STARTED = timezone.now().isoformat()
BREAKDOWNS = [("township",), ("category",), ("supervising_unit",), ("mode",), ("month",)]
FILTERS = {"township": "镇(街道)", "category": "类别", "supervising_unit": "业务主管单位"}
# lower ends of the tints of the tile map, in per cent
TILE_BANDS = (90, 85, 80, 70)


@require_GET
def coverage_page(request: HttpRequest) -> HttpResponse:
    """The figures of a day. A page that did not change is not drawn, nor sent, again."""
    require(request.user, Right.VIEW_COVERAGE)
    state = state_of(request.user)
    etag = page_etag(request, state)
    if is_held(request, etag):
        return with_etag(HttpResponse(status=304), etag)
    form = CoverageForm(request.GET, user=request.user)
    context: dict[str, Any] = {"form": form, "today": timezone.localdate()}
    if not form.is_valid():
        return render(request, "evaluation/coverage_page.html", context, status=400)
    selection = form.selection()
    context |= {
        "selection": selection,
        "active": active_filters(request, selection),
        **coverage_figures(request, selection, state),
    }
    return with_etag(render(request, "evaluation/coverage_page.html", context), etag)


def active_filters(request: HttpRequest, selection: Selection) -> list[dict[str, str]]:
    """What narrows the page, in words, each with the address of the page without it."""
    user, links = request.user, Links(selection)
    found = []
    for name, label in FILTERS.items():
        value = getattr(selection, name)
        if not value:
            continue
        match name:
            case "township":
                named = Township.objects.visible_to(user).filter(code=value).first()
                words = named.name if named else f"区划代码 {value} 开头"
            case "category":
                words = dict(Category.choices())[value]
            case _:
                unit = SupervisingUnit.objects.visible_to(user).filter(code=value).first()
                words = unit.name if unit else NO_UNIT
        rest = {key: text for key, text in links.common.items() if key != name}
        found.append({"label": label, "words": words, "url": "?" + urlencode(rest)})
    return found


def page_etag(request: HttpRequest, state: State) -> str:
    """Names the drawn page: its figures, its reader, the secret behind its form."""
    if not state.key or len(get_messages(request)):
        return ""
    user, secret = request.user, request.META.get("CSRF_COOKIE", "")
    parts = (STARTED, state.key, user.pk, user.role, user.name, secret, request.get_full_path())
    return f'"{digest(*parts)[:32]}"'


def with_etag(response: HttpResponse, etag: str) -> HttpResponse:
    if etag:
        response["ETag"] = etag
        response["Cache-Control"] = "private, no-cache"
    return response


def coverage_figures(request: HttpRequest, selection: Selection, state: State) -> dict[str, Any]:
    """The body of the page, drawn once a question and state of the records."""
    lists = request.user.may(Right.VIEW_REGISTRY)
    key = digest("coverage-page", state.key, selection, lists) if state.key else ""
    kept = cache.get(key) if key else None
    if kept is None:
        report = coverage_report(request.user, selection, BREAKDOWNS, state=state)
        context = page_context(request, report)
        kept = {
            "figures": render_to_string("evaluation/_coverage_figures.html", context),
            "is_published": report.is_published,
            "pending": report.pending,
            "computed_at": report.computed_at,
        }
        if key:
            cache.set(key, kept, 3600)
    return kept


def digest(*parts: object) -> str:
    return hashlib.sha256(repr(parts).encode()).hexdigest()


class Links:
    """Addresses of the lists behind the figures, for the report's day and filters."""

    def __init__(self, selection: Selection) -> None:
        self.common = {"as_of": selection.day.isoformat()}
        for name in FILTERS:
            if value := getattr(selection, name):
                self.common[name] = value
        self.organizations = reverse("organizations:social-organization-list")
        self.parties = reverse("organizations:party-organization-list")

    def to_organizations(self, **extra: str) -> str:
        return f"{self.organizations}?{urlencode(self.common | extra)}"

    def to_parties(self, **extra: str) -> str:
        return f"{self.parties}?{urlencode(self.common | extra)}"


def line(links: Links, codes: dict[str, str], label: str, coverage: Coverage) -> dict[str, Any]:
    """A row of a breakdown with the addresses behind its numbers."""
    keys = dict(codes)
    if keys.get("supervising_unit") == "":
        keys["supervising_unit"] = WITHOUT_UNIT
    return {
        "label": label,
        "coverage": coverage,
        "all_url": links.to_organizations(**keys),
        "covered_url": links.to_organizations(**keys, covered="yes"),
        "uncovered_url": links.to_organizations(**keys, covered="no"),
        "work_url": links.to_organizations(**keys, work="yes"),
        "page_url": "?" + urlencode(links.common | keys),
    }


def page_context(request: HttpRequest, report: Report) -> dict[str, Any]:
    selection, total = report.selection, report.total
    links = Links(selection)
    # a group's own code takes the place of the same filter of the page
    lines = {
        names[0]: [line(links, g.codes, g.label, g.coverage) for g in report.groups[names]]
        for names in BREAKDOWNS[:4]
    }
    townships = Township.objects.visible_to(request.user)
    if selection.township:
        townships = townships.filter(code__startswith=selection.township)
    lines["township"] = with_empty_townships(links, townships, report.groups[("township",)])
    modes = {g.codes["mode"]: g.coverage for g in report.groups[("mode",)]}
    everyone = total.social_organization_count
    lines["mode"] = [
        line(links, {"mode": mode.value}, mode.label, modes.get(mode.value, Coverage(everyone)))
        for mode in Mode
    ]
    return {
        "selection": selection,
        "total": total,
        "everything": line(links, {}, "合计", total),
        "reduced": total.reduced,
        "reduced_urls": {
            "all": links.to_organizations(base="reduced"),
            "covered": links.to_organizations(base="reduced", covered="yes"),
            "work": links.to_organizations(base="reduced", work="yes"),
        },
        "instructor_only_url": links.to_organizations(covered="no", work="yes"),
        "no_work_url": links.to_organizations(work="no"),
        "reasons": [
            {
                "label": REASON_WORDS[reason],
                "number": getattr(total, reason.value),
                "url": links.to_organizations(reason=reason.value),
            }
            for reason in UncoveredReason
        ],
        "removals": [
            {
                "label": removal.label,
                "number": getattr(total, f"removed_{removal.value}"),
                "url": links.to_organizations(removal=removal.value),
            }
            for removal in Removal
        ],
        "parties": [
            {
                "label": kind.label,
                "number": report.party_organizations[kind.value],
                "url": links.to_parties(kind=kind.value),
            }
            for kind in PartyKind
        ],
        "party_count": sum(report.party_organizations.values()),
        "party_url": links.to_parties(),
        "lines": lines,
        **tile_map(lines["township"]),
        "trend": trend_figure(links, report.groups[("month",)], selection),
        "csv_url": reverse("api-coverage")
        + "?"
        + urlencode({**links.common, "group_by": "township", "format": "csv"}),
    }


REASON_WORDS = {
    UncoveredReason.SHOULD_ESTABLISH: "应建未建(有 3 名以上正式党员)",
    UncoveredReason.TOO_FEW_MEMBERS: "有党员,不符合单独组建条件",
    UncoveredReason.NO_MEMBERS: "没有党员",
}


def with_empty_townships(links: Links, townships: Any, groups: list[Group]) -> list[dict[str, Any]]:
    """A line a township, also for one where nothing is registered yet."""
    counted = {group.codes["township"]: group.coverage for group in groups}
    return [
        {
            **line(links, {"township": t.code}, t.name, counted.get(t.code, Coverage())),
            "township": t,
        }
        for t in townships
    ]


def tile_map(lines: list[dict[str, Any]]) -> dict[str, Any]:
    """The tiles, the darker the higher their band, and the grid that they are placed in, if any."""
    tiles = []
    for one in lines:
        coverage = one["coverage"]
        share = coverage.covered_count * 100 / max(coverage.social_organization_count, 1)
        tone = 5 - next((n for n, low in enumerate(TILE_BANDS) if share >= low), len(TILE_BANDS))
        tiles.append({**one, "tone": tone})
    placed = [one["township"] for one in lines]
    has_map = bool(placed) and all(t.tile_row and t.tile_column for t in placed)
    columns = max((t.tile_column + t.tile_width - 1 for t in placed), default=1) if has_map else 0
    return {"tiles": tiles, "has_map": has_map, "tile_columns": columns}


def trend_figure(links: Links, groups: list[Group], selection: Selection) -> dict[str, Any]:
    """The trend as two drawings (wide and narrow) and as a table."""
    rows, points = [], []
    for place, group in enumerate(groups):
        day = selection.day if place == len(groups) - 1 else _last_day(group.codes["month"])
        own = Links(
            Selection(day, selection.township, selection.category, selection.supervising_unit)
        )
        row = line(own, {}, group.label, group.coverage)
        row["day"] = day
        row["page_url"] = "?" + urlencode(own.common)
        rows.append(row)
        if group.coverage.social_organization_count:
            counts = group.coverage
            value = counts.covered_count * 100 / counts.social_organization_count
            words = (
                f"{group.label} {counts.percent} %"
                f"({counts.covered_count} / {counts.social_organization_count})"
            )
            points.append(Point(f"{day:%y}.{day.month}", value, words, row["page_url"]))
    return {
        "rows": rows,
        "wide": trend_chart(points, width=470, height=190, every=1) if points else "",
        "narrow": trend_chart(points, width=300, height=170, every=3) if points else "",
    }


def _last_day(month: str) -> date:
    year, number = map(int, month.split("-"))
    following = date(year + number // 12, number % 12 + 1, 1)
    return following.fromordinal(following.toordinal() - 1)


@require_GET
def definitions_page(request: HttpRequest) -> HttpResponse:
    require(request.user, Right.VIEW_COVERAGE)
    return render(request, "evaluation/definitions_page.html", {"indicators": INDICATORS})


@require_GET
def runs_page(request: HttpRequest) -> HttpResponse:
    """When each township was counted, what failed, and what the sweeps found."""
    require(request.user, Right.VIEW_RUNS)
    published = PublishedCoverage.objects.visible_to(request.user).order_by("township_code")
    names = dict(Township.objects.visible_to(request.user).values_list("code", "name"))
    rows = [{"row": row, "name": names.get(row.pk, row.pk)} for row in published]
    sweeps = CoverageSweep.objects.visible_to(request.user)[:20]
    return render(request, "evaluation/runs_page.html", {"rows": rows, "sweeps": sweeps})
