"""Dissolving a party organization, and taking a mistaken dissolution back."""

from datetime import date

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.module_loading import import_string

from accounts import audit
from accounts.models import User
from accounts.rules import day_words
from organizations.actions.coverage import check_days
from organizations.actions.versions import (
    apply_values,
    joined,
    locked,
    not_in_future,
    require_reach,
    require_reason,
)
from organizations.models import CoverageLink, PartyOrganization
from organizations.rules.vocabulary import ENDED_BY_DISSOLUTION


def links_ended_by(party: PartyOrganization, on: date) -> list[CoverageLink]:
    """The links that a dissolution on this day would end."""
    lasting = CoverageLink.objects.filter(party_organization=party).filter(
        Q(valid_to__isnull=True) | Q(valid_to__gt=on)
    )
    return list(lasting.select_related("social_organization__township"))


@transaction.atomic
def dissolve_party_organization(
    *, party: PartyOrganization, on: date, reason: str, by: User | None, document: str = ""
) -> list[CoverageLink]:
    """End it on a day, and what it covers with it; returns the links that ended.

    Rooms above may object (settings.DISSOLUTION_OBSTACLES): members who still belong to it.
    """
    text = require_reason(reason, "请写明撤销原因")
    stored = locked(party)
    require_reach(by, stored)
    if stored.dissolved_on is not None:
        raise ValidationError(f"已于{day_words(stored.dissolved_on)}撤销。")
    not_in_future(on, "on")
    if on <= stored.founded_on:
        raise ValidationError({"on": f"须晚于成立日期{day_words(stored.founded_on)}"})
    last = stored.phases.order_by("-until").first()
    if last is not None and on <= last.until:
        raise ValidationError({"on": f"沿革中{day_words(last.until)}有变动,撤销须晚于它"})
    below = stored.children.filter(dissolved_on=None)
    if below.exists():
        raise ValidationError(f"还有下级党组织:{joined(below)}。请先调整它们的上级党组织。")
    objections = [
        words
        for path in settings.DISSOLUTION_OBSTACLES
        for words in import_string(path)(stored, on)
    ]
    if objections:
        raise ValidationError(objections)
    ended = links_ended_by(stored, on)
    if late := next((link for link in ended if link.valid_from >= on), None):
        raise ValidationError(
            {
                "on": f"对“{late.social_organization}”的覆盖自{day_words(late.valid_from)}起,撤销须晚于它"
            }
        )
    entries = []
    for link in ended:
        link = locked(link)
        before, after = apply_values(link, {"valid_to": on, "end_reason": ENDED_BY_DISSOLUTION})
        entries.append(audit.Entry("coverage_link.end", link, before, after, ENDED_BY_DISSOLUTION))
    values = {"dissolved_on": on, "dissolution_reason": text}
    before, after = apply_values(stored, values)
    told = {**after, "document": document} if document else after
    entries.append(audit.Entry("party_organization.dissolve", stored, before, told, text))
    audit.record_many(entries, by=by)
    return ended


@transaction.atomic
def restore_party_organization(
    *, party: PartyOrganization, reason: str, by: User | None
) -> list[CoverageLink]:
    """Take a mistaken dissolution back with the links that ended by it; returns those reopened."""
    text = require_reason(reason)
    stored = locked(party)
    require_reach(by, stored)
    ended_on = stored.dissolved_on
    if ended_on is None:
        raise ValidationError("没有撤销,不需要恢复。")
    before, after = apply_values(stored, {"dissolved_on": None, "dissolution_reason": ""})
    entries = [audit.Entry("party_organization.restore", stored, before, after, text)]
    reopened = []
    ended = CoverageLink.objects.select_for_update(of=("self",)).filter(
        party_organization=stored, valid_to=ended_on, end_reason=ENDED_BY_DISSOLUTION
    )
    for link in ended.select_related("social_organization", "party_organization"):
        try:
            link.valid_to = None
            check_days(link)
        except ValidationError:  # deregistered meanwhile: that link stays ended
            continue
        link.valid_to = ended_on
        before, after = apply_values(link, {"valid_to": None, "end_reason": ""})
        entries.append(audit.Entry("coverage_link.reopen", link, before, after, text))
        reopened.append(link)
    audit.record_many(entries, by=by)
    return reopened
