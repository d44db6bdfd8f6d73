"""Coverage links: made, ended, transferred, corrected, taken back."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q

from accounts import audit
from accounts.models import User
from accounts.rules import day_words
from organizations.actions.versions import (
    ChangedMeanwhile,
    apply_values,
    locked,
    not_in_future,
    require_reach,
    require_reason,
)
from organizations.models import CoverageLink, PartyOrganization, SocialOrganization
from organizations.rules.vocabulary import Mode, PartyKind

NAMED = ("social_organization", "party_organization", "mode", "valid_from", "valid_to", "document")


@transaction.atomic
def cover(
    *,
    organizations: Sequence[SocialOrganization],
    party: PartyOrganization,
    mode: str,
    on: date,
    by: User | None,
    document: str = "",
    reason: str = "",
) -> list[CoverageLink]:
    """Let a party organization cover these from a day on: all of them, or none."""
    if not organizations:
        raise ValidationError("请先选择社会组织。")
    require_reach(by, party)
    not_in_future(on, "on")
    home = locked(party)
    keys = sorted({one.pk for one in organizations})
    rows = SocialOrganization.objects.select_for_update(of=("self",)).filter(pk__in=keys)
    links = []
    for stored in rows.order_by("pk"):
        require_reach(by, stored)
        links.append(begun(stored, home, mode=mode, on=on, document=document))
    entries = [
        audit.Entry("coverage_link.create", link, None, audit.snapshot(link, NAMED), reason.strip())
        for link in links
    ]
    audit.record_many(entries, by=by)
    return links


def begun(
    organization: SocialOrganization,
    party: PartyOrganization,
    *,
    mode: str,
    on: date,
    document: str = "",
) -> CoverageLink:
    """A saved link of locked records from a day on, or what contradicts it."""
    if (mode == Mode.DUAL) != (party.kind == PartyKind.JOINT):
        raise ValidationError({"mode": "兼合式党组织只以“兼合式”覆盖,其他党组织不用这种方式"})
    link = CoverageLink(
        social_organization=organization,
        party_organization=party,
        mode=mode,
        valid_from=on,
        document=document.strip(),
    )
    check_days(link)
    link.full_clean()
    link.save()
    return link


def check_days(link: CoverageLink) -> None:
    """The link's days fit its two records' lives and the pair's other links."""
    one, party = link.social_organization, link.party_organization
    start, end = link.valid_from, link.valid_to
    if end is not None and end <= start:
        raise ValidationError({"valid_to": "覆盖截止日期须晚于起始日期"})
    if start < one.registered_on:
        raise ValidationError({"valid_from": f"“{one}”在{day_words(one.registered_on)}才成立登记"})
    if one.deregistered_on and (end is None or end > one.deregistered_on):
        raise ValidationError({"valid_from": f"“{one}”已于{day_words(one.deregistered_on)}注销"})
    if start < party.founded_on:
        raise ValidationError({"valid_from": f"“{party}”在{day_words(party.founded_on)}才成立"})
    if party.dissolved_on and (end is None or end > party.dissolved_on):
        raise ValidationError({"valid_from": f"“{party}”已于{day_words(party.dissolved_on)}撤销"})
    pair = CoverageLink.objects.filter(social_organization=one, party_organization=party)
    overlapping = pair.exclude(pk=link.pk).filter(Q(valid_to__isnull=True) | Q(valid_to__gt=start))
    if end is not None:
        overlapping = overlapping.filter(valid_from__lt=end)
    if other := overlapping.first():
        until = f"至{day_words(other.valid_to)}" if other.valid_to else "起,尚未结束"
        raise ValidationError(
            {
                "valid_from": f"“{one}”已由“{party}”覆盖({day_words(other.valid_from)}{until}),不能重复建立"
            }
        )


@transaction.atomic
def end_link(*, link: CoverageLink, on: date, reason: str, by: User | None) -> CoverageLink:
    """Let an open link end on a day: that day it no longer counts."""
    text = require_reason(reason, "请写明结束原因")
    stored = locked(link)
    require_reach(by, stored)
    if stored.valid_to is not None:
        raise ValidationError(f"已于{day_words(stored.valid_to)}结束。日期有误的请用“更正”。")
    not_in_future(on, "on")
    if on <= stored.valid_from:
        raise ValidationError(
            {
                "on": f"须晚于覆盖起始日期{day_words(stored.valid_from)};从未覆盖过的请用“删除登记有误的”"
            }
        )
    before, after = apply_values(stored, {"valid_to": on, "end_reason": text})
    audit.record(
        by=by, action="coverage_link.end", object=stored, before=before, after=after, reason=text
    )
    return stored


@transaction.atomic
def reopen_link(*, link: CoverageLink, reason: str, by: User | None) -> CoverageLink:
    """A link that was ended by mistake goes on as if it had not been."""
    text = require_reason(reason)
    stored = locked(link)
    require_reach(by, stored)
    if stored.valid_to is None:
        raise ValidationError("没有结束,不需要恢复。")
    stored.valid_to = None
    check_days(stored)
    stored.refresh_from_db()
    before, after = apply_values(stored, {"valid_to": None, "end_reason": ""})
    audit.record(
        by=by, action="coverage_link.reopen", object=stored, before=before, after=after, reason=text
    )
    return stored


@transaction.atomic
def transfer_link(
    *,
    link: CoverageLink,
    to: PartyOrganization,
    mode: str,
    on: date,
    reason: str,
    by: User | None,
    document: str = "",
) -> CoverageLink:
    """Another party organization covers from the day on which the old link ends."""
    text = require_reason(reason, "请写明转移原因")
    if to.pk == link.party_organization_id:
        raise ValidationError({"to": "已经由这个党组织覆盖"})
    require_reach(by, to)
    old = end_link(link=link, on=on, reason=f"转由“{to}”覆盖:{text}", by=by)
    return cover(
        organizations=[old.social_organization],
        party=to,
        mode=mode,
        on=on,
        document=document,
        reason=text,
        by=by,
    )[0]


@transaction.atomic
def correct_link(
    *, link: CoverageLink, values: dict[str, Any], version: int, by: User | None, reason: str = ""
) -> CoverageLink:
    """Set right what was entered wrongly: mode, days, document."""
    stored = locked(link)
    require_reach(by, stored)
    if stored.version != version:
        raise ChangedMeanwhile(stored, list(audit.changes(stored, values)[1]))
    for name, value in values.items():
        setattr(stored, name, value)
    for name in ("valid_from", "valid_to"):
        if values.get(name) is not None:
            not_in_future(values[name], name)
    dual = stored.mode == Mode.DUAL
    if dual and stored.party_organization.kind != PartyKind.JOINT and stored.valid_to is None:
        raise ValidationError({"mode": "这个党组织不是兼合式"})
    check_days(stored)
    stored = locked(link)
    if values.get("valid_to") is None and "valid_to" in values:
        values = {**values, "end_reason": ""}
    before, after = apply_values(stored, values)
    if after:
        audit.record(
            by=by,
            action="coverage_link.change",
            object=stored,
            before=before,
            after=after,
            reason=reason,
        )
    return stored


@transaction.atomic
def remove_link(*, link: CoverageLink, reason: str, by: User | None) -> None:
    """Take back a link that never was; the audit log keeps what it said."""
    text = require_reason(reason)
    stored = locked(link)
    require_reach(by, stored)
    audit.record(
        by=by,
        action="coverage_link.delete",
        object=stored,
        before=audit.snapshot(stored, NAMED),
        reason=text,
    )
    stored.delete()


def left_uncovered(links: Sequence[CoverageLink], day: date) -> list[SocialOrganization]:
    """The organizations of these links that nothing else covers on the day, alive then."""
    keys = [link.pk for link in links]
    others = CoverageLink.objects.live_on(day).exclude(pk__in=keys)
    organizations = {link.social_organization_id for link in links}
    rows = SocialOrganization.objects.filter(pk__in=organizations).alive_on(day)
    rows = rows.exclude(pk__in=others.values("social_organization"))
    return list(rows.select_related("township"))
