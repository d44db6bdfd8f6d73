"""Handing a social organization over to another township, and taking it."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from accounts.rules import within_areas
from organizations.actions.responsibility import follows_proposal, proposed_body
from organizations.actions.versions import apply_values
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
def withdraw_hand_over(*, offer: HandOver, by: User, reason: str = "") -> None:
    """The offering township takes its offer back."""
    stored = HandOver.objects.select_for_update().get(pk=offer.pk)
    if not reaches(by, stored.from_township_id):
        raise PermissionDenied("只有移出的镇(街道)可以撤回。")
    if stored.state != HandOverState.PENDING:
        raise ValidationError("这项移交已经办理过了。")
    stored.state = HandOverState.WITHDRAWN.value
    _close(stored, reason, by)
    audit.record(by=by, action="hand_over.withdraw", object=stored.organization, reason=reason)


@transaction.atomic
def move_at_once(*, organization: SocialOrganization, to: Township, reason: str, by: User) -> None:
    """Whoever reaches both townships moves an organization without asking itself."""
    stored = SocialOrganization.objects.select_for_update().get(pk=organization.pk)
    if not (reaches(by, stored.township_id) and reaches(by, to.code)):
        raise PermissionDenied("移入的镇(街道)不在您的管辖范围,请用“移交”。")
    if not reason.strip():
        raise ValidationError({"reason": "请写明移交理由"})
    if stored.township_id == to.code:
        raise ValidationError({"to": "已经在这个镇(街道)"})
    if stored.deregistered_on is not None:
        raise ValidationError("已注销的社会组织不能移交。")
    if HandOver.objects.pending().filter(organization=stored).exists():
        raise ValidationError("有一项移交等待对方接收,请先在“移交”中办理或撤回。")
    move(organization=stored, to=to, reason=reason.strip(), by=by)


def _close(offer: HandOver, decision: str, by: User) -> None:
    offer.decided_by, offer.decided_at, offer.decision = by, timezone.now(), decision
    offer.save()


def move(*, organization: SocialOrganization, to: Township, reason: str, by: User) -> None:
    """Put a locked organization into another township; a proposed body or its committee follows."""
    follows = follows_proposal(organization)
    body = organization.responsible_body
    values: dict[str, object] = {"township": to}
    organization.township = to
    if follows:
        values["responsible_body"] = proposed_body(organization)
    elif body is not None and body.kind == BodyKind.TOWNSHIP:
        own = ResponsibleBody.objects.filter(kind=BodyKind.TOWNSHIP, township=to).first()
        values["responsible_body"] = own
    organization.refresh_from_db(fields=["township"])
    before, after = apply_values(organization, values)
    audit.record(
        by=by,
        action="social_organization.move",
        object=organization,
        before=before,
        after=after,
        reason=reason,
    )
