"""Elections and approved extensions."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts import audit
from accounts.models import User
from accounts.rules import day_words
from organizations.actions.versions import (
    apply_values,
    locked,
    not_in_future,
    require_reach,
    require_reason,
)
from organizations.models import Election, PartyOrganization, TermExtension
from organizations.rules.terms import begun_term, is_quorate, latest_extension


def _require_terms(stored: PartyOrganization, on: date) -> None:
    if not stored.elects_on(on):
        raise ValidationError(f"{stored.get_kind_display()}党组织不按期换届。")
    if stored.dissolved_on is not None:
        raise ValidationError(f"已于{day_words(stored.dissolved_on)}撤销。")


@transaction.atomic
def record_election(
    *,
    party: PartyOrganization,
    held_on: date,
    entitled: int,
    present: int,
    secretary: str,
    term_years: int,
    by: User | None,
    outcome: str = "",
    document: str = "",
) -> Election:
    """Record a valid election; a new term begins on its day when it is the latest one."""
    stored = locked(party)
    require_reach(by, stored)
    _require_terms(stored, held_on)
    not_in_future(held_on, "held_on")
    if held_on < stored.founded_on:
        raise ValidationError({"held_on": f"早于成立日期{day_words(stored.founded_on)}"})
    if present > entitled:
        raise ValidationError({"present": "实到人数不能多于应到人数"})
    if not is_quorate(entitled, present):
        needed = -(-entitled * 4 // 5)
        raise ValidationError(
            {"present": f"到会不足应到的五分之四(至少 {needed} 人),选举无效,请重新召开"}
        )
    election = Election(
        party_organization=stored,
        held_on=held_on,
        entitled=entitled,
        present=present,
        secretary=secretary.strip(),
        outcome=outcome,
        term_years=term_years,
        document=document.strip(),
    )
    election.full_clean()
    election.save()
    before: dict[str, object] = {}
    after: dict[str, object] = {}
    if values := begun_term(vars(stored), held_on, term_years, secretary.strip()):
        before, after = apply_values(stored, values)
    audit.record(
        by=by,
        action="party_organization.elect",
        object=stored,
        before=before,
        after={**after, "held_on": held_on, "entitled": entitled, "present": present},
        reason=document,
    )
    return election


@transaction.atomic
def extend_term(
    *,
    party: PartyOrganization,
    until: date,
    approved_on: date,
    document: str,
    reason: str,
    by: User | None,
) -> TermExtension:
    """Put the election off with approval, at most twelve months after the term's end."""
    text = require_reason(reason, "请写明延期理由")
    stored = locked(party)
    require_reach(by, stored)
    _require_terms(stored, approved_on)
    end = stored.term_ends_on
    if end is None:
        raise ValidationError("还没有登记本届起始日期和任期,请先补填。")
    not_in_future(approved_on, "approved_on")
    if approved_on < (stored.term_started_on or stored.founded_on):
        raise ValidationError({"approved_on": "早于本届起始日期"})
    if until <= end:
        raise ValidationError({"until": f"须晚于任期届满日期 {end}"})
    if until > (latest := latest_extension(end)):
        raise ValidationError({"until": f"延期一般不超过 12 个月,最晚 {latest}"})
    if not document.strip():
        raise ValidationError({"document": "延期换届须经上级党组织批准,请填写批准文号"})
    extension = TermExtension(
        party_organization=stored,
        until=until,
        approved_on=approved_on,
        document=document.strip(),
        reason=text,
    )
    extension.full_clean()
    extension.save()
    before, after = apply_values(stored, {"term_extended_to": until})
    audit.record(
        by=by,
        action="party_organization.extend",
        object=stored,
        before=before,
        after={**after, "approved_on": approved_on, "document": document},
        reason=text,
    )
    return extension
