"""What this room shows on the pages of party organizations."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from accounts.rules import Right
from activities.models import Activity
from organizations.sections import Section


def life_section(request: HttpRequest, record: Any) -> Section | None:
    """The latest records of a party organization, and the way to its year."""
    if not request.user.may(Right.VIEW_ACTIVITIES) or record.kind == "affiliated":
        return None
    rows = Activity.objects.visible_to(request.user).filed().filter(party_organization=record)
    year = timezone.localdate().year
    return Section(
        title="组织生活",
        template="activities/_life_section.html",
        context={"records": rows.with_types()[:5], "party": record, "year": year},
        more=reverse("activities:life-page", args=[record.pk]),
        more_words=f"{year}年逐期情况",
    )
