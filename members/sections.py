"""What the record pages of the registry show of members."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from accounts.rules import Right
from members.models import Membership, Participation, PartyPost
from organizations.models import PartyOrganization
from organizations.sections import Section


def people_section(request: HttpRequest, party: PartyOrganization) -> Section | None:
    """How many belong, how many take part, who holds a post; nothing for whoever may not see it."""
    if not request.user.may(Right.VIEW_MEMBERS):
        return None
    user, today = request.user, timezone.localdate()
    members = Membership.objects.visible_to(user).live_on(today)
    parts = Participation.objects.visible_to(user).live_on(today)
    posts = PartyPost.objects.visible_to(user).live_on(today)
    context = {
        "party": party,
        "members": members.filter(party_organization=party).count(),
        "participants": parts.filter(party_organization=party).count(),
        "posts": posts.filter(party_organization=party).select_related("member"),
    }
    more = reverse("members:party-people", args=[party.code])
    return Section("党员", "members/_party_section.html", context, more, "党员、党小组、党费")
