"""Turning tables into what the rules about coverage ask for."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q

from accounts.rules import Scope
from organizations.models import (
    CoverageLink,
    PartyOrganization,
    SocialOrganization,
    SupervisingUnit,
    Township,
)
from organizations.rules.candidates import Candidate, candidate
from organizations.rules.vocabulary import Mode, PartyKind

SHOWN, SHOWN_FIRST = 60, 12


@dataclass(frozen=True)
class Offer:
    """A party organization that may cover, with the number it covers now and what the rule says."""

    party: Any
    covered: int
    rule: Candidate
    is_proposed: bool


def cover_offers(
    user: Any, organizations: Sequence[SocialOrganization], day: date, text: str = ""
) -> list[Offer]:
    """Party organizations in the account's scope that may cover all of these, best first.

    With a text also those that the rule does not propose, marked as such. Three queries at most.
    """
    places = {one.township_id for one in organizations}
    units = {one.supervising_unit_id for one in organizations} - {None}
    keys = [one.pk for one in organizations]
    live = CoverageLink.objects.live_on(day).filter(party_organization=OuterRef("pk"))
    kin = live.filter(social_organization__supervising_unit__in=units)
    found: Any = PartyOrganization.objects.visible_to(user).alive_on(day)
    found = found.exclude(
        Exists(live.filter(social_organization__in=keys, valid_to__isnull=True))
        if len(keys) == 1
        else Q(pk__in=[])
    )
    if text:
        found = found.named(text)
    else:
        near = Q(township__in=places) | Q(responsible_body__supervising_unit__in=units)
        found = found.filter(near | Exists(kin)) if units else found.filter(township__in=places)
    found = found.annotate(is_kin=Exists(kin)) if units else found
    found = found.with_coverage_count_on(day).select_related("township", "responsible_body")
    offers = []
    for party in found.order_by("pinyin")[:800]:
        body = party.responsible_body
        line = getattr(party, "is_kin", False) or (
            body is not None and body.supervising_unit_id in units
        )
        rule = candidate(
            kind=party.kind,
            level=party.level,
            covered=party.covered_count,
            same_township=places == {party.township_id},
            same_line=bool(line) and len(units) == 1,
            adding=len(organizations),
        )
        if rule is not None:
            offers.append(Offer(party, party.covered_count, rule, True))
        elif text:
            offers.append(Offer(party, party.covered_count, unusual(party), False))
    offers.sort(
        key=lambda o: (
            *(not o.is_proposed, o.rule.rank, -o.rule.why.count("同"), o.covered),
            o.party.pinyin,
        )
    )
    return offers[:SHOWN]


def unusual(party: PartyOrganization) -> Candidate:
    """What a person may still choose against the rule, and what to mind then."""
    mode = {PartyKind.JOINT: Mode.DUAL, PartyKind.AFFILIATED: Mode.ATTACHED}.get(
        PartyKind(party.kind), Mode.AREA_JOINT
    )
    return Candidate(mode, "", "规则不建议:不同镇(街道)、不同主管单位,或已单独组建、已满 5 家", 9)


def scope_names(scopes: Collection[Scope]) -> dict[Scope, str]:
    """What the scopes of accounts are called; a code that names nothing is missing.

    For administrators, who decide about scopes and reach no records. Four queries at most.
    """
    codes: dict[str, set[str]] = {"area": set(), "unit": set(), "party_organization": set()}
    for scope in scopes:
        codes.setdefault("area" if scope.kind == "committee" else scope.kind, set()).add(scope.code)
    sources: list[tuple[str, Any]] = [
        ("area", Township.objects),
        ("unit", SupervisingUnit.objects),
        ("party_organization", PartyOrganization.objects),
    ]
    names: dict[tuple[str, str], str] = {}
    for kind, rows in sources:
        found = rows.filter(code__in=codes[kind]) if codes[kind] else rows.none()
        names |= {(kind, code): name for code, name in found.values_list("code", "name")}
    wider = sorted(code for code in codes["area"] if ("area", code) not in names)
    counts = {str(n): Count("pk", filter=Q(code__startswith=c)) for n, c in enumerate(wider)}
    totals = Township.objects.aggregate(**counts) if counts else {}
    for place, code in enumerate(wider):
        if number := totals[str(place)]:
            names["area", code] = f"全部 {number} 个镇(街道)"
    kinds = {"committee": "area"}
    told = {scope: names.get((kinds.get(scope.kind, scope.kind), scope.code)) for scope in scopes}
    return {scope: name for scope, name in told.items() if name}
