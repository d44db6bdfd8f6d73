"""An embedded database of an earlier release is brought up to date with its records."""

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow


def test_an_earlier_sqlite_database_migrates_and_its_figures_are_counted_again(
    tmp_path: Path,
) -> None:
    env = {**os.environ, "PORTAL_ENV": "local", "LOCAL_DIR": str(tmp_path), "DATABASE_URL": ""}

    def migrate(*target: str) -> None:
        command = [sys.executable, "manage.py", "migrate", "-v0", *target]
        done = subprocess.run(command, env=env, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr[-2000:]

    migrate("organizations", "0002")
    migrate("evaluation", "0004")  # puts triggers on tables that later migrations rebuild
    database = next(path for path in tmp_path.iterdir() if path.suffix in (".sqlite3", ".db"))
    with sqlite3.connect(database) as connection:
        connection.execute(
            "INSERT INTO organizations_township (code, name, tile_height, tile_width)"
            " VALUES ('990101001', '东风街道', 1, 1)"
        )
        connection.execute("DELETE FROM evaluation_coveragemark")
    migrate()
    with sqlite3.connect(database) as connection:
        marks = "SELECT township_code FROM evaluation_coveragemark"
        assert connection.execute(marks).fetchall() == [("990101001",)]
        connection.execute("UPDATE organizations_township SET name = '东风镇'")
        assert len(connection.execute(marks).fetchall()) > 1
