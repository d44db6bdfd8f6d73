"""Reading settings from the environment: addresses of services, secrets from files or variables."""

import base64
import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured


def secret(name: str) -> str:
    """The value of NAME, of the file that NAME_FILE names, or of the file `name` in SECRETS_DIR."""
    path = os.environ.get(f"{name}_FILE")
    if not path and name not in os.environ and (folder := os.environ.get("SECRETS_DIR")):
        own = Path(folder) / name.lower()
        path = str(own) if own.exists() else None
    if path:
        try:
            return Path(path).read_text().strip()
        except OSError as error:
            raise ImproperlyConfigured(f"{name} 的密钥文件无法读取:{error}") from error
    return os.environ.get(name, "")


def local_secret(path: Path, name: str) -> str:
    """A secret made on this machine on first use, readable by its owner only."""
    try:
        return path.read_text().strip()
    except FileNotFoundError:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:  # a sibling process was faster
            return path.read_text().strip()
        value = secrets.token_urlsafe(48)
        if name == "FIELD_KEYS":
            value = "k1:" + base64.b64encode(secrets.token_bytes(32)).decode()
        with os.fdopen(handle, "w") as file:
            file.write(value)
        return value


SHORTEST_SECRET = 40


def weak_secrets(values: dict[str, str]) -> dict[str, str]:
    """Which secrets are missing, too short, too simple, or the same as another; and why."""
    found = {}
    for name, value in values.items():
        others = [other for key, other in values.items() if key != name]
        if not value:
            found[name] = "没有设置"
        elif len(value) < SHORTEST_SECRET or len(set(value)) < 12:
            found[name] = f"太短或太简单,请使用 {SHORTEST_SECRET} 个以上的随机字符"
        elif value in others:
            found[name] = "与另一项相同,每项应各用一个"
    return found


def addresses(name: str) -> list[str]:
    return [part.strip() for part in os.environ.get(name, "").split(",") if part.strip()]


def database(url: str, embedded: Path) -> dict[str, Any]:
    """Django's DATABASES entry for a postgres:// or sqlite:/// address; SQLite when empty."""
    if not url or url.startswith("sqlite:"):
        path = Path(url.removeprefix("sqlite:///")) if url else embedded
        if url and not path.name:
            raise ImproperlyConfigured(
                "DATABASE_URL 缺少文件路径,例如 sqlite:////srv/portal.sqlite3"
            )
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": path,
            "OPTIONS": {
                # writers queue instead of failing half-way through a read-then-write
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": (
                    "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;PRAGMA foreign_keys=ON;"
                    "PRAGMA cache_size=-65536;"
                ),
            },
            "TEST": {"NAME": path.with_name("test.sqlite3")},
        }
    parts = urlsplit(url)
    if parts.scheme not in ("postgres", "postgresql"):
        raise ImproperlyConfigured(
            f"DATABASE_URL 的类型“{parts.scheme}”不支持,请使用 postgres:// 或 sqlite:///"
        )
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or "postgres",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or "") or secret("DATABASE_PASSWORD"),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            "connect_timeout": 5,
            "keepalives": 1,
            "keepalives_idle": 30,
            "keepalives_interval": 10,
            "keepalives_count": 3,
            "options": "-c lock_timeout=10s -c idle_in_transaction_session_timeout=120s",
            **dict(parse_qsl(parts.query)),
        },
    }


def broker_options(url: str, folder: Path, *, is_worker: bool) -> dict[str, Any]:
    """How a process talks to the broker: a worker waits patiently, a request hardly at all."""
    if url.startswith("filesystem"):
        queue, control = folder / "broker" / "queue", folder / "broker" / "control"
        for one in (queue, control):
            one.mkdir(mode=0o700, parents=True, exist_ok=True)
        return {
            "data_folder_in": str(queue),
            "data_folder_out": str(queue),
            "control_folder": str(control),
        }
    if is_worker:
        return {
            "visibility_timeout": 3600,
            "socket_connect_timeout": 5,
            "socket_timeout": 30,
            "socket_keepalive": True,
            "health_check_interval": 25,
        }
    return {
        "visibility_timeout": 3600,
        "socket_connect_timeout": 0.3,
        "socket_timeout": 0.4,
        "retry_on_timeout": False,
        "max_retries": 0,
        "interval_start": 0,
        "interval_step": 0,
        "interval_max": 0,
        "connect_retries_timeout": 0.4,
    }
