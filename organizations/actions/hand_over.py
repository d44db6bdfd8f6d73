"""Handing a social organization over to another township, and taking it."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from accounts.rules import within_areas
from organizations.models import HandOver, ResponsibleBody, SocialOrganization, Township
from organizations.rules.vocabulary import BodyKind, HandOverState


def reaches(user: User, township_code: str) -> bool:
    """May this account write records of the township?"""
    scope = user.scope
    inside = scope.is_area and township_code.startswith(scope.code)
    return inside and within_areas(township_code, scope.areas)


@transaction.atomic
def hand_over(*, organization: SocialOrganization, to: Township, reason: str, by: User) -> HandOver:
    """Offer an organization to another township; it stays where it is until that one accepts.

    Raises PermissionDenied outside the own townships, ValidationError with the cure.
    """
    stored = SocialOrganization.objects.select_for_update().get(pk=organization.pk)
    if not reaches(by, stored.township_id):
        raise PermissionDenied("只能移交本辖区的社会组织。")
    if stored.deregistered_on is not None:
        raise ValidationError("已注销的社会组织不能移交。")
    offer = HandOver(
        organization=stored,
        from_township=stored.township,
        to_township=to,
        reason=reason,
        proposed_by=by,
    )
    offer.full_clean()
    offer.save()
    audit.record(
        by=by,
        action="hand_over.make",
        object=stored,
        after={"to": to},
        reason=reason,
    )
    return offer


@transaction.atomic
def decide_hand_over(*, offer: HandOver, accept: bool, decision: str, by: User) -> None:
    """The receiving township takes it, or sends it back with a reason."""
    stored = HandOver.objects.select_for_update().get(pk=offer.pk)
    if not reaches(by, stored.to_township_id):
        raise PermissionDenied("只有移入的镇(街道)可以办理。")
    if stored.state != HandOverState.PENDING:
        raise ValidationError("这项移交已经办理过了。")
    if not accept and not decision:
        raise ValidationError("退回时请写明理由。")
    organization = SocialOrganization.objects.select_for_update().get(pk=stored.organization_id)
    if accept:
        if organization.township_id != stored.from_township_id:
            raise ValidationError("这家社会组织已不在移出的镇(街道),请对方重新移交。")
        move(organization=organization, to=stored.to_township, reason=stored.reason, by=by)
    stored.state = (HandOverState.ACCEPTED if accept else HandOverState.DECLINED).value
    _close(stored, decision, by)
    if not accept:
        audit.record(by=by, action="hand_over.decline", object=organization, reason=decision)


@transaction.atomic
def withdraw_hand_over(*, offer: HandOver, by: User) -> None:
    """The offering township takes its offer back."""
    stored = HandOver.objects.select_for_update().get(pk=offer.pk)
    if not reaches(by, stored.from_township_id):
        raise PermissionDenied("只有移出的镇(街道)可以撤回。")
    if stored.state != HandOverState.PENDING:
        raise ValidationError("这项移交已经办理过了。")
    stored.state = HandOverState.WITHDRAWN.value
    _close(stored, "", by)
    audit.record(by=by, action="hand_over.withdraw", object=stored.organization)


def _close(offer: HandOver, decision: str, by: User) -> None:
    offer.decided_by, offer.decided_at, offer.decision = by, timezone.now(), decision
    offer.save()


def move(*, organization: SocialOrganization, to: Township, reason: str, by: User) -> None:
    """Put a locked organization into another township; its township committee follows."""
    values: dict[str, object] = {"township": to}
    body = organization.responsible_body
    if body is not None and body.kind == BodyKind.TOWNSHIP:
        own = ResponsibleBody.objects.filter(kind=BodyKind.TOWNSHIP, township=to).first()
        values["responsible_body"] = own
    before, after = audit.changes(organization, values)
    for name, value in values.items():
        setattr(organization, name, value)
    organization.version += 1
    organization.full_clean()
    organization.save()
    audit.record(
        by=by,
        action="social_organization.move",
        object=organization,
        before=before,
        after=after,
        reason=reason,
    )
