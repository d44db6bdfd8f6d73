"""Noticing that a record was saved by somebody else after it was read; whose record it is."""

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.utils import timezone

from accounts import audit
from accounts.models import User

Record = TypeVar("Record", bound=models.Model)


class ChangedMeanwhile(Exception):
    """Somebody else saved the record after it was read; nothing was written.

    `current` is the stored record, `fields` the names of what differs from the values at hand.
    """

    def __init__(self, current: Any, fields: list[str]) -> None:
        super().__init__("记录已被他人修改")
        self.current, self.fields = current, fields


def locked(record: Record) -> Record:
    """The stored record, locked until the transaction ends."""
    manager: Any = type(record)._default_manager
    return manager.select_for_update().get(pk=record.pk)


def kept_still(record: Any) -> Any:
    """The stored township or unit, locked; raises ValidationError when it is gone by now.

    Who only names it in a record of theirs, as an import does, neither waits for us nor we for them.
    """
    stored = type(record).objects.select_for_update(no_key=True).filter(pk=record.pk).first()
    if stored is None:
        raise ValidationError(f"“{record}”已被删除或合并,请返回列表重新打开。")
    return stored


def require_reach(by: User | None, *records: Any) -> None:
    """Every record lies in the account's scope, or PermissionDenied. The command line has no limit.

    Asked before a change; stay_in_reach asks after it, so that nobody moves a record out of their
    area or into it.
    """
    if by is None:
        return
    for record in records:
        if not type(record).objects.visible_to(by).filter(pk=record.pk).exists():
            raise PermissionDenied(f"“{record}”不在您的管辖范围。")


def stay_in_reach(by: User | None, record: Any) -> None:
    """After a change: the record still lies in the account's scope; nothing is moved out of it."""
    if by is not None and not type(record).objects.visible_to(by).filter(pk=record.pk).exists():
        raise ValidationError(f"保存后“{record}”将不在您的管辖范围,请由上级办理。")


def apply_values(
    stored: Any, values: Mapping[str, Any], version: int | None = None
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Set and check the values on a locked record and save it; what changed, before and after.

    Raises ChangedMeanwhile when `version` is given and is not the stored one.
    """
    before, after = audit.changes(stored, values)
    if version is not None and stored.version != version:
        raise ChangedMeanwhile(stored, list(after))
    for name, value in values.items():
        setattr(stored, name, value)
    stored.full_clean()
    if after:
        stored.version += 1
        stored.save()
    return before, after


def require_reason(reason: str, words: str = "请写明理由") -> str:
    text = reason.strip()
    if not text:
        raise ValidationError({"reason": words})
    return text


def not_in_future(day: Any, field: str) -> None:
    if day > timezone.localdate():
        raise ValidationError({field: "日期晚于今天,请在实际发生后登记"})


def joined(names: Iterable[Any], most: int = 5) -> str:
    """Names for a message; only the first few of many."""
    listed = [str(name) for name in names]
    more = f" 等 {len(listed)} 家" if len(listed) > most else ""
    return "、".join(listed[:most]) + more
