"""System checks: a weak or missing setting is named before the portal starts in production."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import Error, Tags, register
from django.core.exceptions import ImproperlyConfigured

from accounts.sealing import keyring


@register(Tags.security)
def production_settings(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[Error]:
    """Only what cannot be right in production; nothing is reported in the other profiles."""
    if not settings.PRODUCTION:
        return []
    found = []

    def wrong(number: int, message: str, hint: str) -> None:
        found.append(Error(message, hint=hint, id=f"portal.E{number:03d}"))

    if not settings.ALLOWED_HOSTS or "*" in settings.ALLOWED_HOSTS:
        wrong(1, "ALLOWED_HOSTS 没有设置,或含有 *。", "请写明平台的域名。")
    database = settings.DATABASES["default"]
    if database["ENGINE"].endswith("sqlite3"):
        wrong(2, "生产环境不能使用内置的 SQLite。", "请设置 DATABASE_URL=postgres://……")
    if settings.JOBS_INLINE or settings.BROKER_URL.startswith("filesystem"):
        wrong(3, "生产环境需要 Redis 作为任务通道。", "请设置 REDIS_URL=redis://……")
    if not settings.SECOND_FACTOR_REQUIRED:
        wrong(4, "没有要求动态口令。", "请去掉 SECOND_FACTOR_REQUIRED=0。")
    try:
        keyring(settings.FIELD_KEYS)
    except ImproperlyConfigured as error:
        wrong(5, str(error), "请用 python3 dev.py secrets 生成,或按 docs/security.md 轮换。")
    return found
