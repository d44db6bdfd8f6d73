"""What the scoped tables share: which rows an account reaches, validity on a day."""

from datetime import date

from django.apps import apps
from django.db.models import F, Q, QuerySet

from accounts.rules import Scope
from organizations.rules.vocabulary import BodyKind

NOTHING = Q(pk__in=[])


def in_areas(field: str, areas: tuple[str, ...]) -> Q:
    """Rows whose area code starts with one of the prefixes; no prefixes, no limit."""
    within = Q()
    for area in areas:
        within |= Q(**{f"{field}__startswith": area})
    return within


def social_organization_scope(scope: Scope, path: str = "") -> Q:
    """The account's social organizations, seen from a table that reaches them by `path`."""
    match scope.kind:
        case "area":
            own = in_areas(f"{path}township__code", (scope.code,))
        case "unit":
            own = Q(**{f"{path}supervising_unit__code": scope.code})
        case "committee":
            own = Q(**{f"{path}responsible_body__kind": BodyKind.COMMITTEE})
            own &= in_areas(f"{path}township__code", (scope.code,))
        case "party_organization":
            links = apps.get_model("organizations", "CoverageLink").objects.filter(
                party_organization__code=scope.code, valid_to__isnull=True
            )
            own = Q(**{f"{path}pk__in": links.values("social_organization")})
        case _:
            return NOTHING
    return own & in_areas(f"{path}township__code", scope.areas)


def reached(scope: Scope) -> QuerySet:
    """The social organizations of a scope, for tables whose rows are known by belonging to them."""
    table = apps.get_model("organizations", "SocialOrganization")
    return table.objects.filter(social_organization_scope(scope)).order_by()


def party_organization_scope(scope: Scope, path: str = "") -> Q:
    """The account's party organizations, seen from a table that reaches them by `path`."""
    match scope.kind:
        case "area":
            own = in_areas(f"{path}township__code", (scope.code,))
        case "unit":
            links = apps.get_model("organizations", "CoverageLink").objects.filter(
                social_organization__supervising_unit__code=scope.code, valid_to__isnull=True
            )
            own = Q(**{f"{path}pk__in": links.values("party_organization")})
        case "committee":
            own = Q(**{f"{path}responsible_body__kind": BodyKind.COMMITTEE})
            own &= in_areas(f"{path}township__code", (scope.code,))
        case "party_organization":
            own = Q(**{f"{path}code": scope.code})
        case _:
            return NOTHING
    return own & in_areas(f"{path}township__code", scope.areas)


def reached_parties(scope: Scope) -> QuerySet:
    """The party organizations of a scope, as `reached`."""
    table = apps.get_model("organizations", "PartyOrganization")
    return table.objects.filter(party_organization_scope(scope)).order_by()


def city_scope(scope: Scope, field: str = "area_code") -> Q:
    """Rows of the account's own city, which everybody who works in it may know of."""
    match scope.kind:
        case "area" | "committee":
            return in_areas(field, (scope.code[:6],))
        case "unit":
            units = apps.get_model("organizations", "SupervisingUnit").objects
            codes = units.filter(code=scope.code).values_list("area_code", flat=True)
        case "party_organization":
            parties = apps.get_model("organizations", "PartyOrganization").objects
            codes = parties.filter(code=scope.code).values_list("township", flat=True)
        case _:
            return NOTHING
    own = tuple(code[:6] for code in codes)
    return in_areas(field, own) if own else NOTHING


def valid_on(day: date, start: str = "valid_from", end: str = "valid_to") -> Q:
    """Half-open validity: from `start` on, before `end`; an empty end is still open."""
    still_open = Q(**{f"{end}__isnull": True}) | Q(**{f"{end}__gt": day})
    return Q(**{f"{start}__lte": day}) & still_open


def dates_in_order(start: str = "valid_from", end: str = "valid_to") -> Q:
    """An interval does not end before or on its first day."""
    return Q(**{f"{end}__isnull": True}) | Q(**{f"{end}__gt": F(start)})
