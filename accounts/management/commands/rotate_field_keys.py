"""Seal every encrypted field again with the current key; old keys may go afterwards."""

from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import models, transaction

from accounts import audit
from accounts.sealing import EncryptedField, conceal, keyring, reveal

CHUNK = 500


class Command(BaseCommand):
    help = "用 FIELD_KEYS 第一行的密钥重新加密全部敏感字段"

    def handle(self, *args: Any, **options: Any) -> None:
        current, _ = keyring(settings.FIELD_KEYS)
        total = 0
        for model in apps.get_models():
            names = [f.name for f in model._meta.concrete_fields if isinstance(f, EncryptedField)]
            for name in names:
                total += self.rotate(model, name, current)
        audit.record(by=None, action="audit.rotate_keys", after={"key": current, "count": total})
        self.stdout.write(f"已用密钥“{current}”重新加密 {total} 个值。")

    @staticmethod
    def rotate(model: type[models.Model], name: str, current: str) -> int:
        """Row by row under a lock, so that a value written meanwhile is not lost."""
        rows = model._default_manager.exclude(**{name: ""}).exclude(
            **{f"{name}__startswith": f"{current}:"}
        )
        keys = list(rows.values_list("pk", flat=True))
        for start in range(0, len(keys), CHUNK):
            with transaction.atomic():
                part = model._default_manager.select_for_update().filter(
                    pk__in=keys[start : start + CHUNK]
                )
                for row in part:
                    conceal(row, name, reveal(row, name))
                    row.save(update_fields=[name])
        return len(keys)
