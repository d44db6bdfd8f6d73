"""What people keep of lists, and the record of what they carry out of the portal."""

from collections.abc import Sequence

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import QueryDict
from stdnum.cn import ric

from accounts import audit
from accounts.models import SavedFilter, User

MOST_FILTERS = 200


def names_a_person(text: str) -> bool:
    """Does it look like an identity number or a mobile phone? Those are kept nowhere in the clear."""
    compact = "".join(text.split()).upper()
    is_phone = len(compact) == 11 and compact.isdigit() and compact.startswith("1")
    return is_phone or ric.is_valid(compact)


def _check(saved: SavedFilter) -> None:
    values = QueryDict(saved.query)
    if any(names_a_person(value) for name in values for value in values.getlist(name)):
        raise ValidationError("条件中有完整的身份证号或电话,不能保存。")
    saved.full_clean()


def _office(saved: SavedFilter, is_shared: bool, owner: User) -> None:
    saved.is_shared = is_shared
    saved.office_role = owner.role if is_shared else ""
    saved.office_scope = owner.scope_code if is_shared else ""


@transaction.atomic
def save_filter(*, route: str, name: str, query: str, is_shared: bool, by: User) -> SavedFilter:
    """Keep a list's question under a name; raises ValidationError with the cure."""
    if SavedFilter.objects.owned_by(by).count() >= MOST_FILTERS:
        raise ValidationError(f"常用筛选最多 {MOST_FILTERS} 个,请先删除不用的。")
    saved = SavedFilter(owner=by, route=route, name=name.strip(), query=query)
    _office(saved, is_shared, by)
    _check(saved)
    saved.save()
    audit.record(by=by, action="saved_filter.create", object=saved, after=_told(saved))
    return saved


@transaction.atomic
def change_filter(*, saved: SavedFilter, name: str, is_shared: bool, by: User) -> None:
    """Rename it, share it with the own office or take it back; only its owner may."""
    stored = _own(saved, by)
    before = _told(stored)
    stored.name = name.strip()
    _office(stored, is_shared, by)
    _check(stored)
    stored.save()
    audit.record(
        by=by, action="saved_filter.change", object=stored, before=before, after=_told(stored)
    )


@transaction.atomic
def delete_filter(*, saved: SavedFilter, by: User) -> None:
    stored = _own(saved, by)
    audit.record(by=by, action="saved_filter.delete", object=stored, before=_told(stored))
    stored.delete()


def _own(saved: SavedFilter, by: User) -> SavedFilter:
    stored = SavedFilter.objects.select_for_update().get(pk=saved.pk)
    if stored.owner_id != by.pk:
        raise PermissionDenied("只有保存人可以改动。")
    return stored


def _told(saved: SavedFilter) -> dict[str, object]:
    return audit.snapshot(saved, ("name", "route", "query", "is_shared"))


@transaction.atomic
def choose_columns(*, route: str, names: Sequence[str], by: User) -> None:
    """Remember the columns; none stands for the list's own. A taste, not a fact: not audited."""
    stored = User.objects.select_for_update().get(pk=by.pk)
    chosen = {key: value for key, value in stored.list_columns.items() if key != route}
    by.list_columns = stored.list_columns = chosen | ({route: list(names)} if names else {})
    stored.save(update_fields=["list_columns"])
