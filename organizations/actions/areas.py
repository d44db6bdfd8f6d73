"""Townships and supervising units: a city's own vocabulary, kept by those who write all of it.

What people call a place or an office stands in many records, which name it by its code; so a new
name is right everywhere at once, and marks (evaluation/triggers.py) have the figures drawn again.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.utils import timezone

from accounts import audit
from accounts.access import require_city_office
from accounts.models import AccountProposal, User
from accounts.rules import ProposalState, Right, Role
from organizations.actions.versions import (
    apply_values,
    joined,
    kept_still,
    require_reach,
    require_reason,
)
from organizations.models import FormerUnitName, ResponsibleBody, SupervisingUnit, Township
from organizations.rules.cells import header_key, text_of

CITY_ONLY = "镇(街道)和业务主管单位由市级统一维护。"
CODE = re.compile(r"[0-9A-Z-]{1,20}")


def require_city(by: User | None, *records: Any) -> None:
    """Staff of the whole city that these records lie in. The command line has no limit."""
    if by is not None:
        require_city_office(by, Right.EDIT_STANDARDS, CITY_ONLY)
        require_reach(by, *records)


def _within(by: User | None, code: str, field: str) -> None:
    if by is not None and not code.startswith(by.scope.code):
        raise ValidationError({field: f"“{code}”不在您的管辖范围({by.scope.code} 开头)"})


def _renamed_bodies(
    bodies: Iterable[ResponsibleBody], old: str, new: str, *, anywhere: bool = False
) -> list[audit.Entry]:
    """Call the bodies that are named after a unit or township by its new name.

    One whose new name another body of the city bears already stays as it is called.
    """
    entries = []
    for body in bodies:
        if not (old in body.name if anywhere else body.name.startswith(old)):
            continue
        name = body.name.replace(old, new, 1)
        others = ResponsibleBody.objects.filter(area_code=body.area_code, name=name)
        if name == body.name or others.exclude(pk=body.pk).exists():
            continue
        before, after = audit.changes(body, {"name": name})
        body.name = name
        body.full_clean()
        body.save(update_fields=["name"])
        entries.append(audit.Entry("responsible_body.change", body, before, after))
    return entries


# --- townships ----------------------------------------------------------------------------------


@transaction.atomic
def save_townships(*, townships: Sequence[dict[str, Any]], by: User | None) -> tuple[int, int]:
    """Add and rename townships by code; returns how many were new and how many changed.

    Names may go round among them; in the end each is the only one of its city.
    """
    require_city(by)
    locked = Township.objects.select_for_update(no_key=True).order_by("pk")
    stored = locked.in_bulk([row["code"] for row in townships])
    entries: list[audit.Entry] = []
    new = changed = 0
    for row in townships:
        _within(by, row["code"], "code")
        township = stored.get(row["code"])
        if township is None:
            entries.append(_added(row))
            new += 1
        elif told := _changed(township, row):
            entries += told
            changed += 1
    for entry in entries:
        if isinstance(entry.object, Township) and "name" in (entry.after or {}):
            _free_township_name(entry.object.name, entry.object.code)
    if entries:
        audit.record_many(entries, by=by)
    return new, changed


def _added(row: dict[str, Any]) -> audit.Entry:
    code = row["code"]
    if not (len(code) == 9 and code.isascii() and code.isdigit()):
        raise ValidationError({"code": "统计用区划代码应为 9 位数字"})
    township = Township(**row)
    township.full_clean()
    township.save()
    return audit.Entry("township.create", township, None, row)


def _changed(
    township: Township, values: dict[str, Any], version: int | None = None
) -> list[audit.Entry]:
    """Save the values of a locked township; nothing to tell when they are the stored ones."""
    old = township.name
    before, after = apply_values(township, values, version)
    if not after:
        return []
    entries = [audit.Entry("township.change", township, before, after)]
    if "name" in after:
        own = township.responsiblebody_set.select_for_update(of=("self",)).order_by("pk")
        entries += _renamed_bodies(own, old, township.name, anywhere=True)
    return entries


def _free_township_name(name: str, code: str) -> str:
    """The name as it is kept; rows of ledgers name townships by it, so a city has it once."""
    kept = text_of(name)
    # locked, so that two who give the same name follow each other
    for other in Township.objects.in_city_of(code).select_for_update(no_key=True).order_by("pk"):
        if other.pk != code and header_key(other.name) == header_key(kept):
            raise ValidationError({"name": f"本市已有“{other.name}”({other.code}),不能重名"})
    return kept


@transaction.atomic
def create_township(*, code: str, name: str, by: User | None) -> Township:
    """Add one township, as import_townships adds many; a code that is taken is refused."""
    require_city(by)
    _within(by, code, "code")
    row = {"code": code, "name": _free_township_name(name, code)}
    if Township.objects.filter(pk=code).exists():
        raise ValidationError({"code": "这个区划代码已有镇(街道)"})
    save_townships(townships=[row], by=by)
    return Township.objects.get(pk=code)


@transaction.atomic
def rename_township(
    *, township: Township, name: str, by: User | None, version: int | None = None
) -> Township:
    """Give a township another name; its code never changes.

    Its own committee is renamed with it where it is named after it (西岭镇两新组织党委), since imports
    find it by that name. Party organizations are renamed by decision only, on their own pages.
    Raises ChangedMeanwhile when `version` is not the stored one.
    """
    require_city(by, township)
    free = _free_township_name(name, township.code)
    stored = kept_still(township)
    entries = _changed(stored, {"name": free}, version)
    if entries:
        audit.record_many(entries, by=by)
    return stored


# --- supervising units --------------------------------------------------------------------------


def _free_unit_name(name: str, area_code: str, own: Any = None) -> str:
    """The name as it is kept, once in a city; a former name still means the unit that bore it."""
    kept = text_of(name)
    # locked, so that two who give the same name follow each other
    units = SupervisingUnit.objects.select_for_update(no_key=True).filter(area_code=area_code)
    for other in units.order_by("pk"):
        if other.pk != own and text_of(other.name) == kept:
            words = f"本市已有业务主管单位“{other.name}”({other.code}),不能重名"
            raise ValidationError({"name": words})
    former = FormerUnitName.objects.filter(area_code=area_code, name=kept).exclude(unit=own)
    if found := former.select_related("unit").first():
        words = f"“{kept}”是“{found.unit}”的曾用名,台账里写它的都归入该单位。请换一个名称,或先在该单位的页面停用这个曾用名"
        raise ValidationError({"name": words})
    return kept


@transaction.atomic
def create_unit(
    *, name: str, by: User | None, area_code: str = "", code: str = ""
) -> SupervisingUnit:
    """Enter a supervising unit of a city, the account's own unless told.

    Without a code it gets the next one of its city, as an import gives it.
    """
    require_city(by)
    city = area_code or (by.scope.code if by is not None else settings.CITY_CODE)
    if not re.fullmatch(r"[0-9]{6}", city):
        raise ValidationError({"area_code": "请写明所在市的 6 位区划代码"})
    _within(by, city, "area_code")
    code = text_of(code).upper()
    if code and not CODE.fullmatch(code):
        raise ValidationError({"code": "编码由数字、字母和短横线组成,不超过 20 个"})
    kept = _free_unit_name(name, city)
    values = {"code": code or next(SupervisingUnit.free_codes(city)), "name": kept}
    unit = SupervisingUnit(**values, area_code=city)
    unit.full_clean()
    try:
        with transaction.atomic():
            unit.save()
    except IntegrityError as error:  # an import brought one at the same moment
        raise ValidationError("刚刚另有单位新增,请再保存一次。") from error
    audit.record(by=by, action="supervising_unit.create", object=unit, after=values)
    return unit


@transaction.atomic
def rename_unit(
    *, unit: SupervisingUnit, name: str, by: User | None, version: int | None = None
) -> SupervisingUnit:
    """Give a unit another name; its code and whoever works for it stay.

    The name until now is kept as a former one, by which ledgers still find the unit. Its party body
    is renamed with it where it is named after it (市民政局党组). Party organizations are renamed by
    decision only, on their own pages. Raises ChangedMeanwhile when `version` is not the stored one.
    """
    require_city(by, unit)
    kept = _free_unit_name(name, unit.area_code, own=unit.pk)
    stored = kept_still(unit)
    old = stored.name
    before, after = apply_values(stored, {"name": kept}, version)
    if not after:
        return stored
    stored.former_names.filter(name=kept).delete()
    keep_former_names(stored, [old])
    entries = [audit.Entry("supervising_unit.rename", stored, before, after)]
    own = ResponsibleBody.objects.select_for_update(of=("self",)).filter(supervising_unit=stored)
    entries += _renamed_bodies(own, old, kept)
    audit.record_many(entries, by=by)
    return stored


def keep_former_names(unit: SupervisingUnit, names: Sequence[str]) -> None:
    """From today on these are names that the unit once had."""
    today = timezone.localdate()
    for name in names:
        FormerUnitName.objects.update_or_create(
            area_code=unit.area_code, name=text_of(name), defaults={"unit": unit, "until": today}
        )


@transaction.atomic
def release_former_name(
    *, unit: SupervisingUnit, name: str, reason: str, by: User | None
) -> SupervisingUnit:
    """Let a former name go, as when an office that was merged away is set up again.

    From then on a ledger that says it means another unit, which may be entered under it.
    """
    require_city(by, unit)
    text = require_reason(reason)
    stored, kept = kept_still(unit), text_of(name)
    number, _ = stored.former_names.filter(name=kept).delete()
    if not number:
        raise ValidationError({"name": f"“{kept}”不是“{stored}”的曾用名"})
    stored.version += 1
    stored.save()
    before = {"name": kept}
    action = "supervising_unit.release_name"
    audit.record(by=by, action=action, object=stored, before=before, reason=text)
    return stored


def accounts_of(unit: SupervisingUnit) -> list[str]:
    """Who works for the unit, or is proposed to: accounts stay, whether they are in use or not."""
    mine = {"role": Role.UNIT_STAFF.value, "scope_code": unit.code}
    accounts = [f"{one.name}({one.username})" for one in User.objects.filter(**mine)]
    pending = AccountProposal.objects.filter(**mine, state=ProposalState.PENDING.value)
    return accounts + [f"{one.username}(待审批的账号事项)" for one in pending]


def refuse_with_accounts(unit: SupervisingUnit) -> list[str]:
    """What to do about the accounts, if there are any."""
    if names := accounts_of(unit):
        return [f"这些账号的管辖范围是“{unit}”,请先由系统管理员调整到别的单位:{joined(names)}"]
    return []


def uses_of(record: models.Model, *ours: type[models.Model]) -> list[str]:
    """Which kinds of records refer to this one, and how many; `ours` go with it."""
    told = []
    for relation in record._meta.related_objects:
        kind: Any = relation.related_model
        rows = kind._base_manager.filter(**{relation.field.name: record.pk})
        if kind not in ours and (number := rows.count()):
            told.append(f"{kind._meta.verbose_name} {number} 条")
    return told


@transaction.atomic
def remove_unit(*, unit: SupervisingUnit, reason: str, by: User | None) -> None:
    """Remove a unit that nothing refers to, and its party body where nothing refers to that either.

    An organization that has ended counts as well: its record still says who supervised it.
    """
    require_city(by, unit)
    stored = kept_still(unit)
    own = ResponsibleBody.objects.select_for_update(no_key=True).filter(supervising_unit=stored)
    bodies = list(own.order_by("pk"))
    _require_unused(stored, bodies)
    audit.record_many([removed(body, reason) for body in [*bodies, stored]], by=by)
    # whoever wrote before us has finished, since all wait for the log: what did they write?
    _require_unused(stored, bodies)
    for one in [*bodies, stored]:
        one.delete()


def _require_unused(unit: SupervisingUnit, bodies: Iterable[ResponsibleBody]) -> None:
    refusals = refuse_with_accounts(unit)
    if uses := uses_of(unit, ResponsibleBody, FormerUnitName):
        cure = "请先变更它们的业务主管单位,或把这个单位并入正确的单位。"
        refusals.append(f"还有{'、'.join(uses)}(含已注销的)属于“{unit}”,{cure}")
    for body in bodies:
        if uses := uses_of(body):
            refusals.append(f"还有{'、'.join(uses)}由“{body}”负责,请先改由别的责任主体负责。")
    if refusals:
        raise ValidationError(refusals)


def removed(record: Any, reason: str) -> audit.Entry:
    """What the audit log says of a unit or body that goes."""
    noun = "supervising_unit" if isinstance(record, SupervisingUnit) else "responsible_body"
    names = ("code", "name") if isinstance(record, SupervisingUnit) else ("name",)
    before = {name: getattr(record, name) for name in names}
    return audit.Entry(f"{noun}.delete", record, before, None, reason.strip())
