from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate

from accounts.protection import SCRIPTS
from accounts.triggers import install


def install_triggers(using: str, **kwargs: Any) -> None:
    install(connections[using], SCRIPTS)


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "账号与权限"

    def ready(self) -> None:
        post_migrate.connect(install_triggers, sender=self)
