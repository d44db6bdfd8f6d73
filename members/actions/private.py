"""Sensitive facts of members: written sealed, revealed with a reason."""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import transaction
from django.utils import timezone
from stdnum.cn import ric
from stdnum.exceptions import ValidationError as NumberError

from accounts import audit
from accounts.access import require
from accounts.models import AuditEvent, User
from accounts.rules import AuditResult, Right
from accounts.sealing import conceal, reveal, search_digest
from members.models import Member, MemberPrivate
from members.rules.dates import contradicts_identity

MOST_REVEALS_AN_HOUR = 30
ACTION = "member.reveal"
# the same words whether the number is used inside or outside the asker's scope
TAKEN = "身份证号未能通过核对,请检查是否录入有误;如确认无误,请联系上级党组织。"
REFUSED = "member.refuse_id_number"
MOST_TAKEN_AN_HOUR = 5
TOO_MANY = "身份证号多次未能通过核对,请一小时后再试,或联系上级党组织。"
check_phone = RegexValidator(r"^[0-9+\- ]{6,20}$", "电话应为 6 至 20 位数字。")


class TooManyReveals(Exception):
    """The account has revealed as much as an hour allows."""


def clean_id_number(text: str) -> str:
    """The number in its compact form; raises ValidationError when its check digit is wrong."""
    try:
        return ric.validate(text)
    except NumberError as error:
        raise ValidationError("身份证号不正确(应为 18 位且校验位相符)。") from error


def id_digest(id_number: str) -> str:
    return search_digest(id_number, "member.id_number")


def phone_digest(phone: str) -> str:
    return search_digest(phone, "member.phone")


def save_private(*, member: Member, id_number: str, phone: str, by: User | None) -> MemberPrivate:
    """Replace the sealed values; empty removes. Raises ValidationError naming the field.

    A number that belongs to somebody else is refused in words that do not say so; such tries are
    noted and limited, or the refusal would tell who is in the roster.
    """
    if by is not None and _recent(REFUSED, by) >= MOST_TAKEN_AN_HOUR:
        raise ValidationError({"id_number": TOO_MANY})
    try:
        return _save_private(member=member, id_number=id_number, phone=phone, by=by)
    except ValidationError as error:
        if TAKEN in getattr(error, "message_dict", {}).get("id_number", []):
            audit.record(by=by, action=REFUSED, object=member, result=AuditResult.REFUSED.value)
        raise


def _recent(action: str, by: User) -> int:
    """How often the account has done this in the last hour."""
    hour = timezone.now() - timedelta(hours=1)
    return AuditEvent.objects.filter(actor=by.username, action=action, at__gte=hour).count()


@transaction.atomic
def _save_private(*, member: Member, id_number: str, phone: str, by: User | None) -> MemberPrivate:
    problems: dict[str, list[str]] = {}
    if id_number:
        try:
            id_number = clean_id_number(id_number)
        except ValidationError as error:
            problems["id_number"] = error.messages
        else:
            if wrong := contradicts_identity(id_number, member.born_on, member.gender):
                problems["id_number"] = wrong
    if phone:
        try:
            check_phone(phone)
        except ValidationError as error:
            problems["phone"] = error.messages
    digest = id_digest(id_number) if id_number and "id_number" not in problems else None
    if digest and MemberPrivate.objects.filter(id_digest=digest).exclude(pk=member.pk).exists():
        problems["id_number"] = [TAKEN]
    if problems:
        raise ValidationError(problems)
    private = MemberPrivate.objects.select_for_update().filter(pk=member.pk).first()
    private = private or MemberPrivate(member=member)
    before = {name: reveal(private, name) for name in ("id_number", "phone")}
    after = {"id_number": id_number, "phone": phone}
    changed = {name for name in after if before[name] != after[name]}
    if not changed:
        return private
    for name in changed:
        conceal(private, name, after[name])
    private.id_digest = digest
    private.phone_digest = phone_digest(phone) if phone else ""
    private.save()
    audit.record(
        by=by,
        action="member.change_private",
        object=member,
        before={name: before[name] for name in changed},
        after={name: after[name] for name in changed},
    )
    return private


@transaction.atomic
def reveal_private(*, member: Member, reason: str, by: User) -> dict[str, str]:
    """The full values, noted with the reason; raises TooManyReveals after thirty in an hour."""
    require(by, Right.REVEAL)
    if len(reason.strip()) < 4:
        raise ValidationError("请写明查看的理由(至少 4 个字)。")
    if _recent(ACTION, by) >= MOST_REVEALS_AN_HOUR:
        raise TooManyReveals
    private = MemberPrivate.objects.filter(pk=member.pk).first()
    shown = {name: reveal(private, name) if private else "" for name in ("id_number", "phone")}
    audit.record(by=by, action=ACTION, object=member, reason=reason.strip())
    return shown
