"""Print a bearer token for an account, and nothing else."""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from accounts.actions.tokens import issue_token
from accounts.models import User


class Command(BaseCommand):
    help = "为账号签发接口令牌,只输出令牌本身"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username", metavar="USER")
        parser.add_argument("--days", type=int, default=90, help="有效天数,1 至 365")
        parser.add_argument("--name", default="命令行签发", help="用途")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(username=options["username"]).first()
        if user is None:
            raise CommandError(f"没有账号“{options['username']}”。")
        try:
            _, text = issue_token(
                owner=user, name=options["name"], lifetime=timedelta(days=options["days"]), by=None
            )
        except ValidationError as error:
            raise CommandError("".join(error.messages)) from error
        self.stdout.write(text)
