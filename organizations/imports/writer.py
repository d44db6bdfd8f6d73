"""Writing what a batch brings, in bulk, and keeping what is needed to take it back."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django.db import models
from django.utils import timezone

from organizations.models import ImportBatch, ImportEffect
from organizations.rules.vocabulary import EffectVerb

CHUNK = 1000
AUTOMATIC = ("version", "updated_at", "pinyin", "initials", "term_ends_on")
# they change by themselves and say nothing of what somebody did
NOT_COMPARED = ("created_at", "updated_at", "pinyin", "initials", "term_ends_on")


class ChangedUnderway(Exception):
    """Somebody else saved a record between the check and the write; nothing was written."""

    def __init__(self, instance: models.Model) -> None:
        super().__init__(str(instance))
        self.instance = instance


def as_stored(value: Any) -> Any:
    """A field's raw value as JSON keeps it; sealed values stay sealed."""
    if isinstance(value, datetime) and value.tzinfo is not None:
        value = value.astimezone(UTC)  # the same moment, wherever it was read
    if isinstance(value, Decimal):
        return str(value)
    return value.isoformat() if isinstance(value, date) else value


def compared_fields(model: type[models.Model]) -> list[str]:
    """Raw field names by which it is seen whether somebody changed a record."""
    fields = model._meta.concrete_fields
    return [f.attname for f in fields if f.name not in NOT_COMPARED and not f.primary_key]


def digest_of(values: Iterable[Any]) -> str:
    text = json.dumps([as_stored(value) for value in values], ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def record_digest(instance: models.Model, names: Sequence[str]) -> str:
    return digest_of(getattr(instance, name) for name in names)


class Writer:
    """Creates and updates records of a batch; every sheet saves through it and through it alone."""

    def __init__(self, record: ImportBatch) -> None:
        self.record = record

    def create(self, instances: Sequence[models.Model]) -> None:
        """Insert new records, all of one model."""
        if not instances:
            return
        model = type(instances[0])
        names = compared_fields(model)
        effects = []
        for part in _parts(instances):
            _round(part)
            model._default_manager.bulk_create(part)
            items = [[one.pk, record_digest(one, names)] for one in part]
            effects.append(self._effect(model, EffectVerb.CREATE, items))
        ImportEffect.objects.bulk_create(effects)

    def update(
        self,
        instances: Sequence[models.Model],
        fields: Sequence[str],
        *,
        expected: Sequence[dict[str, Any]] | None = None,
    ) -> None:
        """Save named fields of stored records, all of one model, and raise their versions.

        `expected` are the values that each was read with; raises ChangedUnderway where the stored
        ones differ by now.
        """
        if not instances:
            return
        model = type(instances[0])
        raw = [model._meta.get_field(name).attname for name in fields]
        present = {field.name for field in model._meta.concrete_fields}
        automatic = [name for name in AUTOMATIC if name in present and name not in fields]
        known = {one.pk: values for one, values in zip(instances, expected or (), strict=False)}
        now = timezone.now()
        effects = []
        for part in _parts(instances):
            _round(part)
            stored = self._locked(model, [one.pk for one in part], raw)
            items = []
            for one in part:
                before = stored.get(one.pk)
                if before is None or any(
                    before[model._meta.get_field(name).attname] != value
                    for name, value in known.get(one.pk, {}).items()
                ):
                    raise ChangedUnderway(one)
                version = None
                if "version" in automatic:
                    version = before["version"] + 1
                    one.version = version  # type: ignore[attr-defined]
                if "updated_at" in automatic:
                    one.updated_at = now  # type: ignore[attr-defined]
                changed = [name for name in raw if before[name] != getattr(one, name)]
                old = {name: as_stored(before[name]) for name in changed}
                new = {name: as_stored(getattr(one, name)) for name in changed}
                items.append([one.pk, old, new, version])
            model._default_manager.bulk_create(
                part,
                update_conflicts=True,
                unique_fields=[model._meta.pk.name],
                update_fields=[*fields, *automatic],
            )
            effects.append(self._effect(model, EffectVerb.CHANGE, items))
        ImportEffect.objects.bulk_create(effects)

    @staticmethod
    def _locked(
        model: type[models.Model], keys: list[Any], names: Sequence[str]
    ) -> dict[Any, dict[str, Any]]:
        has_version = any(field.name == "version" for field in model._meta.concrete_fields)
        wanted = [*names, "version"] if has_version and "version" not in names else list(names)
        rows = model._default_manager.select_for_update().filter(pk__in=keys).order_by("pk")
        return {row["pk"]: row for row in rows.values("pk", *wanted)}

    @contextmanager
    def watching(self, *rows: models.QuerySet) -> Iterator[None]:
        """Keep what happens meanwhile to these rows by other hands than the writer's."""
        before = values_before(rows)
        yield
        effects = [self._effect(*one) for one in what_happened(before)]
        ImportEffect.objects.bulk_create(effects)

    def _effect(self, model: type[models.Model], verb: EffectVerb, items: list) -> ImportEffect:
        return ImportEffect(
            batch=self.record, model=model._meta.label_lower, verb=verb.value, items=items
        )


Before = list[tuple[type[models.Model], dict[Any, dict[str, Any]]]]


def values_before(rows: Iterable[models.QuerySet]) -> Before:
    """All raw values of the rows, to be compared later."""
    return [(one.model, _all_values(one)) for one in rows]


def what_happened(before: Before) -> Iterator[tuple[type[models.Model], EffectVerb, list]]:
    """What became of the rows since: changed ones and deleted ones, as effects keep them."""
    for model, earlier in before:
        later = _all_values(model._default_manager.filter(pk__in=list(earlier)))
        changes, deletions = [], []
        for key, old in earlier.items():
            new = later.get(key)
            if new is None:
                deletions.append([key, old])
            elif new != old:
                names = [name for name in old if old[name] != new[name]]
                told = [{name: side[name] for name in names} for side in (old, new)]
                changes.append([key, *told, None])
        for verb, items in ((EffectVerb.CHANGE, changes), (EffectVerb.DELETE, deletions)):
            if items:
                yield model, verb, items


def _all_values(rows: models.QuerySet) -> dict[Any, dict[str, Any]]:
    """All raw values of rows by key, as JSON keeps them."""
    names = [field.attname for field in rows.model._meta.concrete_fields]
    key = rows.model._meta.pk.attname
    return {
        row[key]: {name: as_stored(value) for name, value in row.items() if name != "updated_at"}
        for row in rows.order_by("pk").values(*names)
    }


def _parts(instances: Sequence[Any]) -> Iterator[list[Any]]:
    for start in range(0, len(instances), CHUNK):
        yield list(instances[start : start + CHUNK])


def _round(instances: Sequence[models.Model]) -> None:
    """Numbers as their columns keep them, so that they are the same when they are read again."""
    fields = [f for f in instances[0]._meta.concrete_fields if isinstance(f, models.DecimalField)]
    for one in instances:
        for field in fields:
            value = getattr(one, field.attname)
            if isinstance(value, Decimal):
                setattr(one, field.attname, round(value, field.decimal_places))
