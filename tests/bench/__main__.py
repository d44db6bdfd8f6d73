"""Set up a database of its own on the PostgreSQL server, run the parts, drop it again."""

import os
import sys
from urllib.parse import urlsplit, urlunsplit

import psycopg2


def main() -> None:
    server = os.environ["DATABASE_URL"]
    name = f"portal_bench_{os.getpid()}"
    admin = psycopg2.connect(server)
    admin.autocommit = True
    with admin.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
    parts = urlsplit(server)
    os.environ["DATABASE_URL"] = urlunsplit(parts._replace(path=f"/{name}"))
    os.environ["PORTAL_ENV"] = "test"
    os.environ["DJANGO_SETTINGS_MODULE"] = "shishi_portal.settings"
    try:
        import django  # noqa: PLC0415

        django.setup()
        from tests.bench.parts import run  # noqa: PLC0415 - needs the settings above

        passed = run(sys.argv[1:])
    finally:
        from django.db import connections  # noqa: PLC0415

        connections.close_all()
        with admin.cursor() as cursor:
            cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")
    sys.exit(0 if passed else 1)


main()
