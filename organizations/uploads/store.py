"""Files under MEDIA_ROOT with names that say nothing; written whole or not at all."""

import os
import secrets
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from django.conf import settings

from organizations.uploads.problems import StorageError

FOLDER = "attachments"
ABANDONED_AFTER = 24 * 3600


def path_of(name: str) -> Path:
    return Path(settings.MEDIA_ROOT) / FOLDER / name


def write(content: bytes, suffix: str) -> str:
    """Store the bytes under a random name and return it; raises StorageError, leaving nothing."""
    token = secrets.token_hex(16)
    name = f"{token[:2]}/{token[2:]}{suffix}"
    target = path_of(name)
    part = target.with_suffix(".part")
    try:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with part.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(target)
    except OSError as error:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise StorageError("存储空间不足或不可用,文件没有保存,请稍后再试或联系管理员。") from error
    return name


def remove(name: str) -> None:
    """Take a file away; one that is gone already is no trouble."""
    with suppress(OSError):
        path_of(name).unlink(missing_ok=True)


def abandoned() -> Iterator[tuple[str, Path]]:
    """Names and paths of files older than a day: candidates for what no record names."""
    root = path_of("")
    before = time.time() - ABANDONED_AFTER
    for path in root.glob("*/*") if root.is_dir() else ():
        with suppress(OSError):
            if path.stat().st_mtime < before:
                yield str(path.relative_to(root)), path
