#!/usr/bin/env python3
"""Django's command line; uses the project's own environment when called from outside it."""

import os
import sys
from pathlib import Path


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shishi_portal.settings")
    try:
        from django.core.management import execute_from_command_line  # noqa: PLC0415
    except ImportError:
        python = Path(__file__).resolve().parent / ".venv" / "bin" / "python"
        if python.exists() and Path(sys.executable) != python:
            os.execv(python, [str(python), *sys.argv])  # noqa: S606
        raise SystemExit("运行环境尚未准备好,请先运行:python3 dev.py run") from None
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
