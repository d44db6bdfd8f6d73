"""What this room shows on the records' pages of others."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from accounts.rules import Right
from evaluation.dashboard.quality import record_checks
from evaluation.models import StarRating
from evaluation.rules.checks import Subject
from organizations.sections import Section


def social_organization_checks(request: HttpRequest, record: Any) -> Section | None:
    return record_checks(request, record, Subject.SOCIAL, timezone.localdate())


def party_organization_checks(request: HttpRequest, record: Any) -> Section | None:
    return record_checks(request, record, Subject.PARTY, timezone.localdate())


def party_organization_star(request: HttpRequest, record: Any) -> Section | None:
    """The stars of the last years, the running one provisional."""
    if not request.user.may(Right.VIEW_RATINGS):
        return None
    rows = StarRating.objects.visible_to(request.user).current()
    ratings = list(rows.filter(party_organization=record, quarter=0).order_by("-year")[:5])
    if not ratings:
        return None
    more = reverse("evaluation:rating-page", args=[ratings[0].pk])
    context = {"ratings": ratings}
    return Section("达标创星", "evaluation/_record_stars.html", context, more, "为什么")
