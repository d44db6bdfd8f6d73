"""Which body answers for a social organization: proposed by rule, set by a person with a reason."""

from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts import audit
from accounts.models import User
from organizations.actions.versions import apply_values, locked, require_reach, stay_in_reach
from organizations.models import ResponsibleBody, SocialOrganization
from organizations.rules.responsibility import proposed_line
from organizations.rules.vocabulary import BodyKind


def proposed_body(organization: SocialOrganization) -> ResponsibleBody | None:
    """The body that the rule proposes for this organization as it stands, saved or not."""
    bodies = ResponsibleBody.objects.order_by("pk")
    line = None
    if organization.supervising_unit_id:
        line = bodies.filter(
            kind=BodyKind.LINE, supervising_unit=organization.supervising_unit_id
        ).first()
    city = organization.township_id[:6]
    committee = bodies.filter(kind=BodyKind.COMMITTEE, area_code=city).first()
    own = bodies.filter(kind=BodyKind.TOWNSHIP, township=organization.township_id).first()
    chosen = proposed_line(
        category=organization.category,
        has_line=line is not None,
        has_committee=committee is not None,
        has_township=own is not None,
    )
    return {BodyKind.LINE: line, BodyKind.COMMITTEE: committee, BodyKind.TOWNSHIP: own}.get(
        chosen  # type: ignore[arg-type]
    )


def follows_proposal(organization: SocialOrganization) -> bool:
    """Is the body the proposed one, not one that a person set against it?"""
    if organization.responsible_body_reason:
        return False
    body = proposed_body(organization)
    return organization.responsible_body_id == (body.pk if body else None)


@transaction.atomic
def set_responsible_body(
    *, organization: SocialOrganization, body: ResponsibleBody, reason: str, by: User | None
) -> SocialOrganization:
    """Make a body answer for it. Against the proposal that takes a reason, which stays visible."""
    stored = locked(organization)
    require_reach(by, stored)
    proposal = proposed_body(stored)
    agrees = proposal is not None and proposal.pk == body.pk
    if not agrees and not reason.strip():
        words = f"与建议的“{proposal}”不同,请写明理由" if proposal else "请写明理由"
        raise ValidationError({"reason": words})
    if body.township_id and body.township_id != stored.township_id:
        raise ValidationError({"body": f"“{body}”只对本镇(街道)的社会组织负责"})
    if body.area_code != stored.township_id[:6]:
        raise ValidationError({"body": f"“{body}”不在本市"})
    kept = "" if agrees else reason.strip()
    values = {"responsible_body": body, "responsible_body_reason": kept}
    before, after = apply_values(stored, values)
    stay_in_reach(by, stored)
    if after:
        audit.record(
            by=by,
            action="social_organization.set_body",
            object=stored,
            before=before,
            after=after,
            reason=reason.strip(),
        )
    return stored


@transaction.atomic
def adopt_proposals(*, organizations: Sequence[SocialOrganization], by: User | None) -> int:
    """Let the proposed bodies answer for all of these; returns how many changed. All or nothing."""
    keys = [one.pk for one in organizations]
    rows = SocialOrganization.objects.select_for_update(of=("self",)).filter(pk__in=keys)
    entries = []
    for stored in rows.order_by("pk"):
        require_reach(by, stored)
        body = proposed_body(stored)
        if body is None:
            raise ValidationError(f"“{stored}”没有可以建议的责任主体,请先建立相应的党组织。")
        values = {"responsible_body": body, "responsible_body_reason": ""}
        before, after = apply_values(stored, values)
        stay_in_reach(by, stored)
        if after:
            entries.append(audit.Entry("social_organization.set_body", stored, before, after))
    if entries:
        audit.record_many(entries, by=by)
    return len(entries)
