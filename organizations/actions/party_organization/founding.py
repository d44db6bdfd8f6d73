"""Founding a party organization with what it covers, correcting its facts, renaming it."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from accounts import audit
from accounts.models import User
from accounts.rules import day_words
from organizations.actions.coverage import cover
from organizations.actions.naming import renamed
from organizations.actions.social_organization.facts import may_register_in
from organizations.actions.versions import (
    apply_values,
    locked,
    not_in_future,
    require_reach,
    stay_in_reach,
)
from organizations.models import PartyOrganization, SocialOrganization
from organizations.rules.terms import usual_term


@transaction.atomic
def found_party_organization(
    *,
    values: dict[str, Any],
    by: User | None,
    organizations: Sequence[SocialOrganization] = (),
    mode: str = "",
) -> PartyOrganization:
    """Found a party organization and let it cover these organizations from its first day.

    Without a code it gets the city's next one; one that elects for terms begins its first.
    """
    party = PartyOrganization(**values)
    if by is not None and not may_register_in(by, party.township_id):
        raise PermissionDenied("只能在本辖区成立党组织。")
    not_in_future(party.founded_on, "founded_on")
    if party.dissolved_on is not None:
        raise ValidationError({"dissolved_on": "新成立的党组织不能已经撤销"})
    if organizations and not mode:
        raise ValidationError({"mode": "请选择组建方式"})
    party.code = party.code or next_code(party.township_id)
    if party.responsible_body_id is None and organizations:
        party.responsible_body = organizations[0].responsible_body
    if party.elects_on(party.founded_on):
        party.term_years = party.term_years or usual_term(party.level)
        party.term_started_on = party.term_started_on or party.founded_on
    party.full_clean()
    party.save()
    stay_in_reach(by, party)
    audit.record(
        by=by,
        action="party_organization.found",
        object=party,
        after={
            "code": party.code,
            **{name: value for name, value in values.items() if value not in (None, "")},
        },
        reason=party.document,
    )
    if organizations:
        cover(
            organizations=organizations,
            party=party,
            mode=mode,
            on=party.founded_on,
            document=party.document,
            by=by,
        )
    return party


def next_code(township: str) -> str:
    """The code after the highest of the city's: six digits of the city and a running number."""
    city = township[:6]
    width = len(city) + 5
    codes = PartyOrganization.objects.filter(code__startswith=city).values_list("code", flat=True)
    numbers = [int(c[len(city) :]) for c in codes if len(c) == width and c[len(city) :].isdigit()]
    return f"{city}{max(numbers, default=0) + 1:05d}"


@transaction.atomic
def change_party_organization(
    *, party: PartyOrganization, values: dict[str, Any], version: int, by: User | None
) -> PartyOrganization:
    """Correct facts; raises ChangedMeanwhile when `version` is not the stored one.

    Kind, level and end have actions of their own and are refused here.
    """
    stored = locked(party)
    require_reach(by, stored)
    _, new = audit.changes(stored, values)
    words = {
        "kind": "类型的变动请用“转为建制性”,日期会记入沿革",
        "level": "层级的变动请用“升格”,日期会记入沿革",
        "dissolved_on": "撤销请用“撤销党组织”,覆盖关系会随之结束",
    }
    if version == stored.version and (wrong := {n: words[n] for n in words if n in new}):
        raise ValidationError(wrong)
    if founded := new.get("founded_on"):
        not_in_future(founded, "founded_on")
        phase = stored.phases.order_by("until").first()
        if phase is not None and founded >= phase.until:
            raise ValidationError({"founded_on": f"须早于沿革中的变动日期{day_words(phase.until)}"})
    if parent := new.get("parent"):
        _refuse_rings(stored, parent)
    before, after = apply_values(stored, values, version)
    stay_in_reach(by, stored)
    if after:
        audit.record(
            by=by, action="party_organization.change", object=stored, before=before, after=after
        )
    return stored


def _refuse_rings(party: PartyOrganization, parent: PartyOrganization) -> None:
    above: int | None = parent.pk
    while above is not None:
        if above == party.pk:
            raise ValidationError({"parent": "上级党组织不能是自己或自己的下级"})
        above = PartyOrganization.objects.values_list("parent", flat=True).get(pk=above)


@transaction.atomic
def rename_party_organization(
    *,
    party: PartyOrganization,
    name: str,
    on: date,
    by: User | None,
    document: str = "",
    reason: str = "",
) -> PartyOrganization:
    """Give it another name from a day on; the name until then is kept and still found."""
    stored = locked(party)
    require_reach(by, stored)
    if stored.dissolved_on and on >= stored.dissolved_on:
        raise ValidationError({"on": f"已于{day_words(stored.dissolved_on)}撤销"})
    before, after = renamed(stored, name, on, document, since=stored.founded_on)
    audit.record(
        by=by,
        action="party_organization.rename",
        object=stored,
        before=before,
        after={**after, "on": on, "document": document},
        reason=reason,
    )
    return stored
