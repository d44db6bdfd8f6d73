"""Installing database triggers that PostgreSQL and SQLite both know.

Triggers are put in place by a migration, and again after every `migrate`: SQLite drops them when
Django rebuilds a table. It also refuses to rebuild a table that another table's trigger reads, so
there all triggers make way before tables change.
"""

from collections.abc import Mapping

from django.db.backends.base.base import BaseDatabaseWrapper


def install(connection: BaseDatabaseWrapper, scripts: Mapping[str, list[str]]) -> None:
    """Run this vendor's statements, each of which replaces what was there before."""
    existing = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for statement in scripts[connection.vendor]:
            table = _table_of(statement)
            if table is None or table in existing:
                cursor.execute(statement)


def make_way(connection: BaseDatabaseWrapper) -> None:
    """On SQLite: drop every trigger, before migrations; `install` puts them back after them."""
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        for (name,) in cursor.fetchall():
            cursor.execute(f"DROP TRIGGER {connection.ops.quote_name(name)}")


def _table_of(statement: str) -> str | None:
    """The table a CREATE TRIGGER stands on; such a statement is skipped while there is none."""
    words = [word for word in statement.split() if word != "CONSTRAINT"]
    if words[:2] != ["CREATE", "TRIGGER"]:
        return None
    return words[words.index("ON") + 1].strip('"')
