"""Registering, correcting, renaming social organizations, and changing their supervising unit."""

from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from accounts import audit
from accounts.models import User
from accounts.rules import day_words
from organizations.actions.hand_over import reaches
from organizations.actions.naming import renamed
from organizations.actions.responsibility import follows_proposal, proposed_body
from organizations.actions.social_organization.standing import keep_inspection
from organizations.actions.versions import (
    apply_values,
    kept_still,
    locked,
    not_in_future,
    require_reach,
    stay_in_reach,
)
from organizations.models import SocialOrganization, SupervisingUnit
from organizations.rules.similar import similar_names
from organizations.rules.vocabulary import Status


class LooksRegistered(Exception):
    """One or more organizations of the township have the same or nearly the same name."""

    def __init__(self, similar: list[SocialOrganization]) -> None:
        super().__init__("可能已经登记")
        self.similar = similar


@transaction.atomic
def register_social_organization(
    *, values: dict[str, Any], by: User | None, is_another: bool = False
) -> SocialOrganization:
    """Add a social organization; the proposed body answers for it unless one is given.

    Raises LooksRegistered unless `is_another` says that a person has compared the similar ones.
    """
    new = SocialOrganization(**values)
    if new.supervising_unit is not None:
        kept_still(new.supervising_unit)
    if by is not None and new.township_id and not may_register_in(by, new.township_id):
        raise PermissionDenied("只能在本辖区登记社会组织。")
    if new.status == Status.DEREGISTERED:
        raise ValidationError({"status": "新登记的社会组织不能是已注销的"})
    not_in_future(new.registered_on, "registered_on")
    body = proposed_body(new)
    if new.responsible_body_id is None:
        new.responsible_body = body
    elif new.responsible_body != body and not new.responsible_body_reason:
        raise ValidationError(
            {"responsible_body": f"与建议的“{body or '(无)'}”不同,请在登记后设定并写明理由"}
        )
    new.full_clean()
    if not is_another:
        known = dict(
            SocialOrganization.objects.filter(township=new.township_id).values_list("pk", "name")
        )
        keys = [key for key, _ in similar_names(new.name, known)]
        if keys:
            found = SocialOrganization.objects.in_bulk(keys)
            raise LooksRegistered([found[key] for key in keys])
    new.save()
    stay_in_reach(by, new)
    if new.inspection_year and new.inspection_result:
        keep_inspection(new, new.inspection_year, new.inspection_result)
    after = {name: value for name, value in values.items() if value not in (None, "")}
    audit.record(
        by=by,
        action="social_organization.create",
        object=new,
        after={**after, "responsible_body": new.responsible_body},
    )
    return new


def may_register_in(by: User, township: str) -> bool:
    """Officers of the area, and the committee for its city."""
    if by.scope.kind == "committee":
        return township.startswith(by.scope.code)
    return reaches(by, township)


@transaction.atomic
def change_social_organization(
    *, organization: SocialOrganization, values: dict[str, Any], version: int, by: User | None
) -> SocialOrganization:
    """Correct facts; raises ChangedMeanwhile when `version` is not the stored one.

    What has an action of its own is refused here: an end by deregistering, another township except
    by whoever reaches both. Raises ValidationError when the values contradict each other.
    """
    stored = locked(organization)
    require_reach(by, stored)
    _refuse_other_ways(stored, values, by)
    follows = follows_proposal(stored)
    before, after = apply_values(stored, values, version)
    if follows and "responsible_body" not in after:
        body_before, body_after = _follow(stored)
        before, after = {**before, **body_before}, {**after, **body_after}
    if {"inspection_year", "inspection_result"} & after.keys() and stored.inspection_result:
        keep_inspection(stored, stored.inspection_year, stored.inspection_result)
    stay_in_reach(by, stored)
    if after:
        audit.record(
            by=by, action="social_organization.change", object=stored, before=before, after=after
        )
    return stored


def _refuse_other_ways(stored: SocialOrganization, values: dict[str, Any], by: User | None) -> None:
    _, after = audit.changes(stored, values)
    if after.get("status") == Status.DEREGISTERED or after.get("deregistered_on"):
        raise ValidationError({"status": "注销请用“注销登记”,覆盖关系会随之结束"})
    if stored.deregistered_on and {"status", "deregistered_on"} & after.keys():
        raise ValidationError({"status": "已注销的请用“恢复登记”"})
    if "township" in after and by is not None and not reaches(by, after["township"].pk):
        raise ValidationError({"township": "移到其他镇(街道)请用“移交”"})
    if after.get("registered_on"):
        not_in_future(after["registered_on"], "registered_on")


def _follow(stored: SocialOrganization) -> tuple[dict[str, Any], dict[str, Any]]:
    """Let the proposed body answer, when the facts that it follows from have changed."""
    body = proposed_body(stored)
    before, after = audit.changes(stored, {"responsible_body": body})
    if after:
        stored.responsible_body = body
        stored.save()
    return before, after


@transaction.atomic
def rename_social_organization(
    *,
    organization: SocialOrganization,
    name: str,
    on: date,
    by: User | None,
    document: str = "",
    reason: str = "",
) -> SocialOrganization:
    """Give it another name from a day on; the name until then is kept and still found."""
    stored = locked(organization)
    require_reach(by, stored)
    if stored.deregistered_on and on >= stored.deregistered_on:
        raise ValidationError({"on": f"已于{day_words(stored.deregistered_on)}注销"})
    before, after = renamed(stored, name, on, document, since=stored.registered_on)
    audit.record(
        by=by,
        action="social_organization.rename",
        object=stored,
        before=before,
        after={**after, "on": on, "document": document},
        reason=reason,
    )
    return stored


@transaction.atomic
def change_unit(
    *, organization: SocialOrganization, unit: SupervisingUnit | None, reason: str, by: User | None
) -> SocialOrganization:
    """Put it under another supervising unit; the responsible body follows where it was proposed."""
    if unit is not None:
        kept_still(unit)  # before the organization, as a merger of units takes them
    stored = locked(organization)
    require_reach(by, stored)
    if stored.supervising_unit_id == (unit.pk if unit else None):
        raise ValidationError({"unit": "已经是这个业务主管单位"})
    entry = put_under(stored, unit, reason)
    stay_in_reach(by, stored)
    audit.record_many([entry], by=by)
    return stored


def put_under(stored: SocialOrganization, unit: SupervisingUnit | None, reason: str) -> audit.Entry:
    """Give a locked organization another unit, and the body that follows; what the log is to say."""
    follows = follows_proposal(stored)
    before, after = apply_values(stored, {"supervising_unit": unit})
    if follows:
        body_before, body_after = _follow(stored)
        before, after = {**before, **body_before}, {**after, **body_after}
    return audit.Entry("social_organization.change_unit", stored, before, after, reason)
