from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate, pre_migrate

from accounts.protection import SCRIPTS
from accounts.triggers import install, make_way


def install_triggers(using: str, **kwargs: Any) -> None:
    install(connections[using], SCRIPTS)


def remove_triggers(using: str, plan: Sequence[Any] = (), **kwargs: Any) -> None:
    if plan:
        make_way(connections[using])


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "账号与权限"

    def ready(self) -> None:
        pre_migrate.connect(remove_triggers, sender=self)
        post_migrate.connect(install_triggers, sender=self)
