"""The small records: agreements, venues, funds, honours, incidents."""

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.utils import timezone

from accounts import audit
from accounts.access import require
from accounts.models import User
from accounts.rules import Right
from activities.actions.archive import file_source, take_out
from activities.actions.reach import check_reach
from activities.models import Agreement, Fund, Incident, PartyHonour, Venue
from activities.models.filing import filed_as
from activities.rules.vocabulary import IncidentState
from organizations.actions.versions import ChangedMeanwhile

SmallRecord = Agreement | Venue | Fund | PartyHonour | Incident
NOUN: dict[type[models.Model], str] = {
    Agreement: "agreement",
    Venue: "venue",
    Fund: "fund",
    PartyHonour: "party_honour",
    Incident: "incident",
}


@transaction.atomic
def save_record(
    *, record: SmallRecord, values: dict[str, Any], version: int | None = None, by: User | None
) -> SmallRecord:
    """Add a record, or change a stored one; it files itself into the archive.

    Raises ChangedMeanwhile, ValidationError, PermissionDenied outside the own organizations.
    """
    kind = type(record)
    many = {f.name for f in kind._meta.many_to_many}
    own = {name: value for name, value in values.items() if name not in many}
    is_new = record.pk is None
    if is_new:
        stored = record
    else:
        stored = kind._base_manager.select_for_update().get(pk=record.pk)
        check_reach(by, stored.party_organization_id)
        if version is not None and stored.version != version:
            raise ChangedMeanwhile(stored, list(audit.changes(stored, own)[1]))
        if isinstance(stored, Incident) and stored.state != IncidentState.PROPOSED:
            raise ValidationError("已经认定的情形不能再修改。")
    before, after = ({}, own) if is_new else audit.changes(stored, own)
    for name, value in own.items():
        setattr(stored, name, value)
    check_reach(by, stored.party_organization_id)
    if is_new and isinstance(stored, Incident):
        stored.proposed_by = by
    stored.full_clean()
    if not is_new:
        stored.version += 1
    stored.save()
    for name in many & set(values):
        getattr(stored, name).set(values[name])
    _archive(stored)
    noun = NOUN[kind]
    if is_new:
        audit.record(by=by, action=f"{noun}.create", object=stored, after=own)
    elif after or many & set(values):
        audit.record(by=by, action=f"{noun}.change", object=stored, before=before, after=after)
    return stored


def _archive(record: SmallRecord) -> None:
    place = filed_as(record)
    if place is None:
        return
    folder, title, dated_on = place
    file_source(
        party_id=record.party_organization_id,
        source=record,
        folders={folder},
        title=title,
        dated_on=dated_on,
    )


@transaction.atomic
def remove_record(*, record: SmallRecord, reason: str, by: User) -> None:
    """Delete a record entered by mistake; what it said stays in the audit log."""
    kind = type(record)
    stored = kind._base_manager.select_for_update().get(pk=record.pk)
    check_reach(by, stored.party_organization_id)
    if isinstance(stored, Incident) and stored.state != IncidentState.PROPOSED:
        raise ValidationError("已经认定的情形不能删除。")
    if len(reason.strip()) < 4:
        raise ValidationError("请写明删除的理由(至少 4 个字)。")
    names = [f.name for f in kind._meta.concrete_fields if not f.primary_key]
    before = audit.snapshot(stored, [n for n in names if n not in ("created_at", "updated_at")])
    take_out(stored)
    audit.record(
        by=by, action=f"{NOUN[kind]}.delete", object=stored, before=before, reason=reason.strip()
    )
    stored.delete()


@transaction.atomic
def decide_incident(*, incident: Incident, confirm: bool, decision: str, by: User) -> Incident:
    """Confirm or dismiss an incident, with a reason; not by whoever proposed it."""
    require(by, Right.DECIDE_INCIDENTS)
    stored = Incident.objects.select_for_update().get(pk=incident.pk)
    check_reach(by, stored.party_organization_id)
    if stored.state != IncidentState.PROPOSED:
        raise ValidationError("这一情形已经认定过了。")
    if stored.proposed_by_id == by.pk:
        raise PermissionDenied("提出人不能认定自己提出的情形。")
    if len(decision.strip()) < 4:
        raise ValidationError("请写明认定意见(至少 4 个字)。")
    stored.state = (IncidentState.CONFIRMED if confirm else IncidentState.DISMISSED).value
    stored.decided_by, stored.decided_at, stored.decision = by, timezone.now(), decision.strip()
    stored.version += 1
    stored.save()
    audit.record(
        by=by,
        action="incident.confirm" if confirm else "incident.dismiss",
        object=stored,
        after={"state": stored.state},
        reason=decision,
    )
    return stored
