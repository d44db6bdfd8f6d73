"""The two party organizations that the case names for what they did."""

from datetime import date

from organizations.models import CoverageLink, PartyOrganization
from organizations.rules.vocabulary import Level, Mode, PartyKind
from shishi_portal.demo.areas import CITY

FISHING_TOWNSHIP = "350581103"
SWIMMERS, FISHERMEN = f"{CITY}海泳协会", f"{CITY}祥芝渔业协会"
RESCUED, SETTLED = 360, 230
FOUNDED = date(2012, 6, 18)


def tell_the_case() -> tuple[PartyOrganization, PartyOrganization]:
    """Name two branches as the case does; the fishermen's lies in the fishing township."""
    links = CoverageLink.objects.filter(
        mode=Mode.SOLO,
        valid_to__isnull=True,
        party_organization__kind=PartyKind.STANDING,
        party_organization__level=Level.BRANCH,
    ).select_related("party_organization", "social_organization")
    ordered = list(links.order_by("party_organization"))
    fishing = next(
        (one for one in ordered if one.party_organization.township_id == FISHING_TOWNSHIP),
        ordered[-1],
    )
    # the first branch is the demo secretary's
    swimming = next(one for one in ordered[1:] if one.pk != fishing.pk)
    for link, name in ((swimming, SWIMMERS), (fishing, FISHERMEN)):
        organization, party = link.social_organization, link.party_organization
        organization.name = name
        organization.save(update_fields=["name", "pinyin", "initials"])
        party.name = f"{name}党支部"
        party.founded_on = min(party.founded_on, FOUNDED)
        party.save(update_fields=["name", "pinyin", "initials", "founded_on"])
    return swimming.party_organization, fishing.party_organization
