"""How many requests an asker makes in a minute; counted in the database, without Redis."""

import time

from django.conf import settings
from django.db import connection
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from accounts.models import ThrottleWindow


def count_in_minute(key: str) -> int:
    """Count one more in the running minute; says how many it is now."""
    table = ThrottleWindow._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (key, minute, count) VALUES (%s, %s, 1)"  # noqa: S608
            f" ON CONFLICT (key, minute) DO UPDATE SET count = {table}.count + 1 RETURNING count",
            [key[:80], int(time.time() // 60)],
        )
        return cursor.fetchone()[0]


def forget_old_windows() -> None:
    ThrottleWindow.objects.filter(minute__lt=int(time.time() // 60) - 60).delete()


class RequestThrottle(BaseThrottle):
    """Each token, and each account, may ask so many times a minute."""

    def allow_request(self, request: Request, view: object) -> bool:
        token = getattr(request.auth, "key", None)
        asker = f"token:{token}" if token else f"user:{request.user.pk}"
        return count_in_minute(asker) <= settings.REQUESTS_A_MINUTE

    def wait(self) -> float:
        return 60 - time.time() % 60
