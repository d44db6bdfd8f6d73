"""Is this process of the portal well? For health checks: exit code 0 or 1."""

import urllib.error
import urllib.request
from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from evaluation.models import Heartbeat

OLDEST_BEAT = timedelta(seconds=120)


class Command(BaseCommand):
    help = "健康检查:web 问网页,worker、timer 看最近一次运行的时间"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("process", choices=["web", "worker", "timer"])
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *args: Any, **options: Any) -> None:
        if options["process"] == "web":
            self.check_web(options["port"])
        else:
            self.check_beat(options["process"])
        self.stdout.write("正常")

    def check_web(self, port: int) -> None:
        host = next((name for name in settings.ALLOWED_HOSTS if name != "*"), "localhost")
        asked = urllib.request.Request(
            f"http://127.0.0.1:{port}/healthz", headers={"Host": host.lstrip(".")}
        )
        try:
            with urllib.request.urlopen(asked, timeout=10):  # noqa: S310
                return
        except OSError as error:
            raise CommandError(f"网页没有应答:{error}") from error

    def check_beat(self, name: str) -> None:
        beat = Heartbeat.objects.filter(name=name).first()
        if beat is None:
            raise CommandError("还没有运行过。")
        age = timezone.now() - beat.at
        if age > OLDEST_BEAT:
            raise CommandError(f"已有 {age.total_seconds():.0f} 秒没有运行。")
