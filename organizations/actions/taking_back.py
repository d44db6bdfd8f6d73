"""Taking back what was done to many records at once: exactly, or not at all."""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import models
from django.utils import timezone
from django.utils.dateparse import parse_date

from accounts import audit
from accounts.models import AuditEvent
from organizations.imports.sheet import chunks
from organizations.imports.writer import AUTOMATIC, as_stored, compared_fields, record_digest
from organizations.models import ImportEffect, ResponsibleBody, SupervisingUnit
from organizations.rules.vocabulary import EffectVerb

# made on the way; they stay when something else has come to use them
BYPRODUCTS = (SupervisingUnit, ResponsibleBody)

Key = tuple[type[models.Model], Any]


class UndoRefused(Exception):
    """Records were changed since; nothing was written. `rows` say which, by whom and when."""

    def __init__(self, rows: list[dict[str, Any]]) -> None:
        super().__init__(f"{len(rows)}")
        self.rows = rows


def contents(instance: models.Model) -> str:
    """A digest of everything that a record says; saving it unchanged does not alter it."""
    names = [name for name in compared_fields(type(instance)) if name != "version"]
    return record_digest(instance, names)


class TakingBack:
    """Walks the effects of something back from the last.

    `since` is when it was done and `reason` what the audit log is to say of what is restored.
    """

    def __init__(
        self, effects: Iterable[ImportEffect], *, since: datetime | None, reason: str
    ) -> None:
        self.effects = list(effects)
        self.since, self.reason = since, reason
        self.now = self._stored_records()
        self.created: dict[type[models.Model], list[Any]] = {}
        self.restored: dict[Key, dict[str, tuple[Any, Any]]] = {}
        self.changed: dict[Key, str] = {}
        self.deleted: list[tuple[type[models.Model], dict[str, Any]]] = []
        self.gone: set[Key] = set()
        self.entries: list[audit.Entry] = []

    def _stored_records(self) -> dict[Key, models.Model]:
        keys: dict[type[models.Model], set[Any]] = {}
        for effect in self.effects:
            model = apps.get_model(effect.model)
            keys.setdefault(model, set()).update(item[0] for item in effect.items)
        found: dict[Key, models.Model] = {}
        for model, wanted in keys.items():
            for part in chunks(sorted(wanted)):
                rows = model._default_manager.select_for_update().filter(pk__in=part)
                found |= {(model, one.pk): one for one in rows.order_by("pk")}
        return found

    def walk_back(self) -> None:
        """Go through the effects from the last, comparing what is stored with what each left."""
        for effect in self.effects:
            model = apps.get_model(effect.model)
            names = compared_fields(model)
            for item in effect.items:
                key = (model, item[0])
                instance = self.now.get(key)
                if effect.verb == EffectVerb.DELETE:
                    if instance is None:
                        self.deleted.append((model, item[1]))
                elif instance is None:
                    if model not in BYPRODUCTS:
                        self.changed[key] = "已被删除"
                elif effect.verb == EffectVerb.CREATE:
                    self._walk_creation(key, instance, item, names)
                else:
                    self._walk_change(key, instance, item)
        self._find_lost_byproducts()

    def _find_lost_byproducts(self) -> None:
        """What would come back may name a unit or body that somebody has removed or merged since."""
        back = [(key, {n: old for n, (_, old) in v.items()}) for key, v in self.restored.items()]
        back += [((model, v[model._meta.pk.attname]), v) for model, v in self.deleted]
        named: dict[type[models.Model], dict[Any, list[Key]]] = {}
        for key, values in back:
            for field in key[0]._meta.concrete_fields:
                value = values.get(field.attname)
                if value is not None and field.related_model in BYPRODUCTS:
                    named.setdefault(field.related_model, {}).setdefault(value, []).append(key)
        for model, users in named.items():
            there = set(model._base_manager.filter(pk__in=users).values_list("pk", flat=True))
            for lost in users.keys() - there:
                words = f"它原来的{model._meta.verbose_name}已被删除或合并"
                self.changed.update(dict.fromkeys(users[lost], words))

    def _walk_creation(
        self, key: Key, instance: models.Model, item: list, names: list[str]
    ) -> None:
        # what was made before its kind had versions was told without one
        if item[1] in (record_digest(instance, names), contents(instance)):
            self.created.setdefault(key[0], []).append(key[1])
        elif key[0] not in BYPRODUCTS:
            self.changed[key] = "此后又被修改"

    def _walk_change(self, key: Key, instance: models.Model, item: list) -> None:
        _, before, after, version, *digest = item
        same = all(as_stored(getattr(instance, name)) == value for name, value in after.items())
        if digest:
            same = same and contents(instance) == digest[0]
        if not same or (version is not None and instance.version != version):  # type: ignore[attr-defined]
            self.changed[key] = "此后又被修改"
            return
        fields = self.restored.setdefault(key, {})
        for name, value in before.items():
            old = _as_python(key[0], name, value)
            latest = fields[name][0] if name in fields else getattr(instance, name)
            fields[name] = (latest, old)
            setattr(instance, name, old)
        if version is not None:
            instance.version = version - 1  # type: ignore[attr-defined]

    def refuse_if_changed(self) -> None:
        if self.changed:
            raise UndoRefused(_told(self.since, self.now, self.changed))

    def restore(self) -> None:
        """Save the fields as they were, of all records that stay."""
        by_model: dict[type[models.Model], list[Key]] = {}
        for key in self.restored:
            if key not in self.gone:
                by_model.setdefault(key[0], []).append(key)
        for model, keys in by_model.items():
            self._save(model, keys)
        for model, values in self.deleted:
            again = model(**{name: _as_python(model, name, old) for name, old in values.items()})
            model._default_manager.bulk_create([again])
            # inserting says that it was made today
            fields = [f for f in model._meta.concrete_fields if getattr(f, "auto_now_add", False)]
            made = {f.attname: _as_python(model, f.attname, values[f.attname]) for f in fields}
            if made:
                model._default_manager.filter(pk=again.pk).update(**made)
            self._note("create", again, None, values)

    def _save(self, model: type[models.Model], keys: list[Key]) -> None:
        fields = {field.attname: field.name for field in model._meta.concrete_fields}
        names = {fields[name] for key in keys for name in self.restored[key]}
        automatic = set(AUTOMATIC) & set(fields.values())
        for part in chunks(keys):
            instances: list[Any] = [self.now[key] for key in part]
            latest = (
                dict(
                    model._default_manager.filter(pk__in=[k[1] for k in part]).values_list(
                        "pk", "version"
                    )
                )
                if "version" in automatic
                else {}
            )
            for instance in instances:
                if "version" in automatic:
                    instance.version = latest[instance.pk] + 1
                if "updated_at" in automatic:
                    instance.updated_at = timezone.now()
            model._default_manager.bulk_create(
                instances,
                update_conflicts=True,
                unique_fields=[model._meta.pk.name],
                update_fields=sorted(names | automatic),
            )
        for key in keys:
            changed = self.restored[key]
            self._note(
                "change",
                self.now[key],
                {fields[name]: latest for name, (latest, _) in changed.items()},
                {fields[name]: old for name, (_, old) in changed.items()},
            )

    def remove(self) -> None:
        """Delete what the batch brought; raises UndoRefused when something else has come to use it."""
        ours = {model: keys for model, keys in self.created.items() if model not in BYPRODUCTS}
        used = {
            (model, key): f"已被{user}使用"
            for model, keys in ours.items()
            for key, user in self._uses(model, keys)
        }
        if used:
            raise UndoRefused(_told(self.since, self.now, used))
        for model, keys in ours.items():
            self._delete(model, keys)

    def remove_byproducts(self) -> None:
        """Delete the units and bodies that the batch made and nothing uses."""
        for model in reversed(BYPRODUCTS):  # a body may stand on a unit
            keys = self.created.get(model, [])
            used = {key for key, _ in self._uses(model, keys)}
            self._delete(model, [key for key in keys if key not in used])

    def _delete(self, model: type[models.Model], keys: list[Any]) -> None:
        names = compared_fields(model)
        for key in keys:
            instance = self.now[(model, key)]
            values = {name: getattr(instance, name) for name in names}
            before = {name: value for name, value in values.items() if value not in (None, "")}
            self._note("delete", instance, before, None)
        for part in chunks(keys):
            rows = model._default_manager.filter(pk__in=part)
            rows._raw_delete(rows.db)
            self.gone.update((model, key) for key in part)

    def _uses(self, model: type[models.Model], keys: list[Any]) -> Iterator[tuple[Any, str]]:
        """Which of these records something refers to that stays as it is, and what that is."""
        for relation in model._meta.related_objects:
            if relation.many_to_many:
                continue
            other, field = relation.related_model, relation.field
            ours = set(self.created.get(other, ())) if model not in BYPRODUCTS else set()
            for part in chunks(keys):
                rows = other._base_manager.filter(**{f"{field.name}__in": part})
                for pk, used in rows.values_list("pk", field.attname):
                    if pk not in ours and field.attname not in self.restored.get((other, pk), {}):
                        yield used, f"{other._meta.verbose_name}(编号 {pk})"

    def _note(self, verb: str, instance: models.Model, before: Any, after: Any) -> None:
        noun = re.sub(r"(?<!^)(?=[A-Z])", "_", type(instance).__name__).lower()
        self.entries.append(audit.Entry(f"{noun}.{verb}", instance, before, after, self.reason))


def _as_python(model: type[models.Model], name: str, value: Any) -> Any:
    """A value that JSON kept, as the field holds it."""
    if isinstance(value, str):
        field = next(f for f in model._meta.concrete_fields if f.attname == name)
        if isinstance(field, models.DateTimeField | models.DecimalField):
            return field.to_python(value)
        if isinstance(field, models.DateField):
            return parse_date(value)
    return value


def _told(
    since: datetime | None, now: dict[Key, models.Model], changed: dict[Key, str]
) -> list[dict[str, Any]]:
    """What stands in the way: which record, why, changed by whom and when."""
    rows = []
    last = _last_events(since, changed)
    for (model, key), why in changed.items():
        instance = now.get((model, key))
        event = last.get((model._meta.label_lower, str(key)))
        rows.append(
            {
                "model": model._meta.label_lower,
                "kind": str(model._meta.verbose_name),
                "key": key,
                "label": str(instance or (event.object_label if event else "")),
                "why": why,
                "by": event.actor_name if event else "",
                "at": event.at.isoformat() if event else "",
                "reason": event.reason if event else "",
            }
        )
    return rows


def _last_events(since: datetime | None, changed: dict[Key, str]) -> dict[tuple[str, str], Any]:
    """The newest event of each record since then."""
    found: dict[tuple[str, str], Any] = {}
    by_type: dict[str, list[str]] = {}
    for model, key in changed:
        by_type.setdefault(model._meta.label_lower, []).append(str(key))
    for label, keys in by_type.items():
        for part in chunks(keys):
            events = AuditEvent.objects.filter(object_type=label, object_id__in=part).with_names()
            if since:
                events = events.filter(at__gt=since)
            for event in events.order_by("sequence"):
                found[label, event.object_id] = event
    return found
