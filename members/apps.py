from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate

from accounts.triggers import install
from members.triggers import SCRIPTS


def install_triggers(using: str, **kwargs: Any) -> None:
    install(connections[using], SCRIPTS)


class MembersConfig(AppConfig):
    name = "members"
    verbose_name = "党员"

    def ready(self) -> None:
        post_migrate.connect(install_triggers, sender=self)
