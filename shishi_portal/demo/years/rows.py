"""Saving many thousand small records at once, without an object for each."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, models

DAYS = (models.DateField,)  # and moments, which are days with a time


def insert(model: type[models.Model], names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Insert rows of values in the order of these fields, which are all that have no default.

    Plain values are for whole numbers, texts and truths; days and moments are put as the database
    wants them.
    """
    columns = [model._meta.get_field(name) for name in names]
    dated = [place for place, one in enumerate(columns) if isinstance(one, DAYS)]
    quote = connection.ops.quote_name
    into = ", ".join(quote(one.column) for one in columns)
    holes = ", ".join(["%s"] * len(columns))
    values = [list(row) for row in rows]
    for place in dated:
        ready = {
            one: columns[place].get_db_prep_save(one, connection)
            for one in {row[place] for row in values}
        }
        for row in values:
            row[place] = ready[row[place]]
    statement = f"INSERT INTO {quote(model._meta.db_table)} ({into}) VALUES ({holes})"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.executemany(statement, values)
