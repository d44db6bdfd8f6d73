"""Changes of level and kind. What was before the day stays true of the days before it."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts import audit
from accounts.models import User
from accounts.rules import day_words
from organizations.actions.coverage import begun, end_link
from organizations.actions.versions import apply_values, locked, not_in_future, require_reach
from organizations.models import CoverageLink, PartyOrganization, PartyOrganizationPhase
from organizations.rules.terms import usual_term
from organizations.rules.vocabulary import Level, Mode, PartyKind

CONVERTED = "由兼合式转为建制性"


def _close_phase(stored: PartyOrganization, on: date, document: str) -> None:
    not_in_future(on, "on")
    if stored.dissolved_on is not None:
        raise ValidationError(f"已于{day_words(stored.dissolved_on)}撤销。")
    if on <= stored.founded_on:
        raise ValidationError({"on": f"须晚于成立日期{day_words(stored.founded_on)}"})
    last = stored.phases.order_by("-until").first()
    if last is not None and on <= last.until:
        raise ValidationError({"on": f"上一次变动在{day_words(last.until)},这一次须晚于它"})
    PartyOrganizationPhase.objects.create(
        party_organization=stored,
        kind=stored.kind,
        level=stored.level,
        until=on,
        document=document.strip(),
    )


@transaction.atomic
def upgrade_party_organization(
    *,
    party: PartyOrganization,
    level: str,
    on: date,
    document: str,
    by: User | None,
    name: str = "",
) -> PartyOrganization:
    """Make a branch a general branch or a committee (or back), as approved from a day on."""
    stored = locked(party)
    require_reach(by, stored)
    if level == stored.level:
        raise ValidationError({"level": "已经是这个层级"})
    if not document.strip():
        raise ValidationError({"document": "升格须经上级党组织批准,请填写批准文号"})
    _close_phase(stored, on, document)
    before, after = apply_values(stored, {"level": level})
    audit.record(
        by=by,
        action="party_organization.upgrade",
        object=stored,
        before=before,
        after={**after, "on": on, "document": document},
    )
    return stored


@transaction.atomic
def convert_party_organization(
    *,
    party: PartyOrganization,
    on: date,
    level: str,
    mode: str,
    document: str,
    by: User | None,
) -> PartyOrganization:
    """Make a joint (兼合式) party organization a standing one from a day on.

    What it covers then is covered in another way: each open link ends and goes on in `mode` the same
    day. Its first term of its own begins.
    """
    stored = locked(party)
    require_reach(by, stored)
    if stored.kind != PartyKind.JOINT:
        raise ValidationError("只有兼合式党组织可以转为建制性。")
    if not document.strip():
        raise ValidationError({"document": "转为建制性须经上级党组织批准,请填写批准文号"})
    if mode == Mode.DUAL:
        raise ValidationError({"mode": "建制性党组织不以“兼合式”覆盖"})
    links = list(
        CoverageLink.objects.select_for_update(of=("self",)).filter(
            party_organization=stored, valid_to=None
        )
    )
    if late := next((link for link in links if link.valid_from >= on), None):
        raise ValidationError(
            {"on": f"有覆盖关系自{day_words(late.valid_from)}起,转换日期须晚于它"}
        )
    if mode == Mode.SOLO and len(links) > 1:
        raise ValidationError({"mode": f"现覆盖 {len(links)} 家,不能是“单独组建”"})
    _close_phase(stored, on, document)
    values = {
        "kind": PartyKind.STANDING.value,
        "level": level or stored.level or Level.BRANCH.value,
        "term_started_on": on,
        "term_years": usual_term(level),
        "term_extended_to": None,
    }
    before, after = apply_values(stored, values)
    audit.record(
        by=by,
        action="party_organization.convert",
        object=stored,
        before=before,
        after={**after, "on": on, "document": document},
    )
    entries = []
    for link in links:
        ended = end_link(link=link, on=on, reason=CONVERTED, by=None)
        new = begun(ended.social_organization, stored, mode=mode, on=on, document=document)
        values = {
            "mode": new.mode,
            "valid_from": on,
            "social_organization": ended.social_organization,
        }
        entries.append(audit.Entry("coverage_link.create", new, None, values, CONVERTED))
    if entries:
        audit.record_many(entries, by=by)
    return stored
