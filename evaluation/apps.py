from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate

from accounts.triggers import install
from evaluation import protection
from evaluation.triggers import MARK, SCRIPTS, TOWNSHIP


def install_triggers(using: str, plan: Sequence[Any] = (), **kwargs: Any) -> None:
    """What migrations changed while triggers were away is counted again, as is a changed count."""
    install(connections[using], SCRIPTS)
    install(connections[using], protection.SCRIPTS)
    tables = connections[using].introspection.table_names()
    if plan and MARK in tables and TOWNSHIP in tables:
        with connections[using].cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {MARK} (township_code, created_at)"  # noqa: S608 - own names
                f" SELECT code, CURRENT_TIMESTAMP FROM {TOWNSHIP}"
            )


class EvaluationConfig(AppConfig):
    name = "evaluation"
    verbose_name = "覆盖与评价"

    def ready(self) -> None:
        post_migrate.connect(install_triggers, sender=self)
