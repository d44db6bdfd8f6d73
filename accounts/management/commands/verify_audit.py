"""Walk the audit chain; finds a flipped byte, a deleted, reordered or truncated row."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts import audit
from accounts.models import AuditEvent


class Command(BaseCommand):
    help = "核对审计记录的完整性;可附上此前日志中的链头(序号:链值)作为外部凭据"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--anchor", action="append", default=[], metavar="SEQUENCE:DIGEST")

    def handle(self, *args: Any, **options: Any) -> None:
        found = audit.verify()
        problems = list(found.problems)
        for anchor in options["anchor"]:
            sequence, _, digest = anchor.partition(":")
            if not AuditEvent.objects.filter(sequence=sequence, digest=digest).exists():
                problems.append(f"与外部凭据 {sequence} 不符")
        if problems:
            raise CommandError("审计记录不完整:\n" + "\n".join(problems))
        self.stdout.write(f"已核对 {found.event_count} 条审计记录,完整无缺。")
