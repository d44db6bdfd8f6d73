from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate

from accounts.triggers import install
from evaluation import protection
from evaluation.triggers import SCRIPTS


def install_triggers(using: str, **kwargs: Any) -> None:
    install(connections[using], SCRIPTS)
    install(connections[using], protection.SCRIPTS)


class EvaluationConfig(AppConfig):
    name = "evaluation"
    verbose_name = "覆盖与评价"

    def ready(self) -> None:
        post_migrate.connect(install_triggers, sender=self)
