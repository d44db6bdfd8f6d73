"""Facts about what an organization has, and what people decided of it."""

from collections import defaultdict
from itertools import compress
from typing import Any

from django.db.models import Count, Q

from activities.gather import folders_with_records
from activities.models import (
    Agreement,
    ArchiveDocument,
    ArchiveFolder,
    Fund,
    Incident,
    PartyHonour,
    Venue,
    YearPlan,
)
from activities.rules.vocabulary import (
    AgreementKind,
    FundKind,
    HonourKind,
    HonourLevel,
    IncidentKind,
    PlanState,
)
from evaluation.gather.span import Keys, Span
from evaluation.models import StarRating, VetoDecision
from evaluation.rules.vocabulary import RatingState, Verdict
from organizations.models.scoping import valid_on

VETO_CODES = {
    IncidentKind.DISCIPLINE: "V1",
    IncidentKind.ACCIDENT: "V2",
    IncidentKind.CREDIT: "V3",
    IncidentKind.INACTIVE: "V4",
    IncidentKind.OVERDUE: "V5",
    IncidentKind.FRAUD: "V6",
    IncidentKind.IDEOLOGY: "V7",
}
PROMOTING = (HonourLevel.CITY, HonourLevel.PROVINCE, HonourLevel.NATION)


def venues(keys: Keys, span: Span) -> dict[int, dict[str, Any]]:
    """What the own venues and those shared with it have, together."""
    names = [column.name for column in Venue._meta.fields if column.name.startswith("has_")]
    features = [name.removeprefix("has_") for name in names]
    own = Venue.objects.filter(
        valid_on(span.as_of, "opened_on", "closed_on"), party_organization__among=keys
    )
    shared = Venue.shared_with.through._default_manager.filter(
        valid_on(span.as_of, "venue__opened_on", "venue__closed_on"), partyorganization__among=keys
    )
    of_shared = [f"venue__{name}" for name in names]
    found: dict[int, set[str]] = defaultdict(set)
    for rows in (
        own.order_by().values_list("party_organization", *names),
        shared.order_by().values_list("partyorganization", *of_shared),
    ):
        for party, *there in rows:
            found[party].update(compress(features, there))
    return {pk: {"venue_features": tuple(sorted(there))} for pk, there in found.items()}


def funds(keys: Keys, span: Span) -> dict[int, dict[str, Any]]:
    granted = Q(kind__in=(FundKind.BUDGET, FundKind.REFUND))
    rows = (
        Fund.objects.filter(
            party_organization__among=keys, year=span.period.year, dated_on__lt=span.end
        )
        .order_by()
        .values("party_organization")
        .annotate(
            granted=Count("pk", filter=granted),
            spent=Count("pk", filter=Q(kind=FundKind.SPENT)),
        )
    )
    return {
        row["party_organization"]: {
            "has_fund": bool(row["granted"]),
            "has_expense": bool(row["spent"]),
        }
        for row in rows
    }


def live_agreements(span: Span) -> Any:
    """Agreements in force at some day of the span."""
    still = Q(valid_to__isnull=True) | Q(valid_to__gt=span.first)
    return Agreement.objects.filter(still, signed_on__lt=span.end).order_by()


LIFTING = (AgreementKind.NEW_WITH_OLD, AgreementKind.WEAK_WITH_STRONG)


def agreements(keys: Keys, span: Span) -> dict[int, dict[str, Any]]:
    """Has an agreement; and has a partner, helped along, whose star rose last year."""
    either = Q(party_organization__among=keys) | Q(partner_organization__among=keys)
    rows = list(
        live_agreements(span)
        .filter(either)
        .values_list("kind", "party_organization", "partner_organization")
    )
    found: dict[int, dict[str, Any]] = defaultdict(dict)
    helped: dict[int, set[int]] = defaultdict(set)
    for kind, party, partner in rows:
        found[party]["has_agreement"] = True
        if partner is not None:
            found[partner]["has_agreement"] = True
            if kind in LIFTING:
                helped[party].add(partner)
    year = span.period.year
    partners = {one for ones in helped.values() for one in ones}
    rows_of_partners = StarRating.objects.filter(
        party_organization__in=partners, quarter=0, year__in=(year - 1, year - 2)
    ).exclude(final_star=None)
    names = ("party_organization", "year", "final_star")
    stars = {(pk, of): star for pk, of, star in rows_of_partners.values_list(*names)}
    for party, ones in helped.items():
        rose = any(stars.get((one, year - 1), 0) > stars.get((one, year - 2), 9) for one in ones)
        found[party]["has_lifted_partner"] = rose
    return found


def plans(keys: Keys, span: Span) -> dict[int, dict[str, Any]]:
    rows = YearPlan.objects.filter(
        party_organization__among=keys, year=span.period.year, state=PlanState.FILED
    ).filter(filed_on__lte=span.as_of)
    return {
        party: {"plan_filed_on": filed, "has_brand_plan": bool(feature)}
        for party, filed, feature in rows.values_list("party_organization", "filed_on", "feature")
    }


def papers_of(span: Span) -> Q:
    """Documents of the year up to the last day; for a later quarter, those since it began."""
    found = Q(year=span.period.year, dated_on__lt=span.end)
    return found & Q(dated_on__gte=span.first) if span.first.month > 1 else found


def folders(keys: Keys, span: Span) -> dict[int, dict[str, Any]]:
    """Folders with a document of the period, or a record that stands there by itself."""
    rows = ArchiveDocument.objects.filter(
        papers_of(span), party_organization__among=keys, folder__is_active=True
    )
    found: dict[int, set[int]] = defaultdict(set)
    for party, number in (
        rows.order_by().values_list("party_organization", "folder__number").distinct()
    ):
        found[party].add(number)
    active = set(ArchiveFolder.objects.filter(is_active=True).values_list("number", flat=True))
    for party, number in folders_with_records(keys, span.period.start, span.end):
        found[party].add(number)
    return {party: {"folder_count": len(numbers & active)} for party, numbers in found.items()}


def honours(keys: Keys, span: Span) -> dict[int, dict[str, Any]]:
    found: dict[int, dict[str, Any]] = defaultdict(
        lambda: {"honours": (), "is_model": False, "promoted_count": 0, "teaching_count": 0}
    )
    rows = PartyHonour.objects.filter(**span.within("awarded_on"), party_organization__among=keys)
    names = ("party_organization", "kind", "level", "matter", "title")
    for party, kind, level, matter, title in rows.order_by("awarded_on", "pk").values_list(*names):
        values = found[party]
        match kind:
            case HonourKind.AWARD:
                values["honours"] += ((matter or title, level),)
            case HonourKind.MODEL:
                values["is_model"] = True
            case HonourKind.SPREAD:
                values["promoted_count"] += level in PROMOTING
            case HonourKind.TEACHING:
                values["teaching_count"] += 1
    return found


def vetoes(keys: Keys, span: Span) -> dict[int, dict[str, Any]]:
    """Codes that people confirmed: incidents of the year, and suggestions of the records."""
    found: dict[int, set[str]] = defaultdict(set)
    incidents = Incident.objects.confirmed().filter(
        **span.within("happened_on"), party_organization__among=keys
    )
    for party, kind in incidents.values_list("party_organization", "kind"):
        found[party].add(VETO_CODES[IncidentKind(kind)])
    decisions = VetoDecision.objects.filter(
        party_organization__among=keys, year=span.period.year, verdict=Verdict.CONFIRMED
    )
    for party, code in decisions.values_list("party_organization", "code"):
        found[party].add(code)
    return {pk: {"confirmed_vetoes": tuple(sorted(codes))} for pk, codes in found.items()}


def earlier_stars(keys: Keys, span: Span) -> dict[int, dict[str, Any]]:
    """The star of the latest earlier year that was named; none means that it was never rated."""
    rows = (
        StarRating.objects.filter(
            party_organization__among=keys,
            quarter=0,
            year__lt=span.period.year,
            state=RatingState.PUBLISHED,
            final_star__isnull=False,
        )
        .order_by("year")
        .values_list("party_organization", "final_star")
    )
    return {party: {"last_star": star, "was_rated": True} for party, star in rows}
