"""The lists of the registry: their columns, in the words of the fields."""

from organizations.lists.areas import BODIES, TOWNSHIPS, UNITS
from organizations.lists.registry import (
    COVERAGE_LINKS,
    ELECTIONS,
    EXTENSIONS,
    HAND_OVERS,
    INSTRUCTORS,
    PARTY_ORGANIZATIONS,
    SOCIAL_ORGANIZATIONS,
    code_column,
    party_column,
    place_column,
)

__all__ = [
    "BODIES",
    "COVERAGE_LINKS",
    "ELECTIONS",
    "EXTENSIONS",
    "HAND_OVERS",
    "INSTRUCTORS",
    "PARTY_ORGANIZATIONS",
    "SOCIAL_ORGANIZATIONS",
    "TOWNSHIPS",
    "UNITS",
    "code_column",
    "party_column",
    "place_column",
]
