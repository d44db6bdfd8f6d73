from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate
from django.utils.module_loading import import_string


def install_first_rows(sender: AppConfig, using: str, **kwargs: Any) -> None:
    """Give a new database, and one emptied between tests, the vocabularies to begin with."""
    tables = connections[using].introspection.table_names()
    if sender.get_model("ArchiveFolder")._meta.db_table in tables:
        # named, not imported: models are known only once all applications are loaded
        import_string("activities.actions.vocabulary.install_vocabulary")()


class ActivitiesConfig(AppConfig):
    name = "activities"
    verbose_name = "组织生活"

    def ready(self) -> None:
        post_migrate.connect(install_first_rows, sender=self)
