"""Make an account from the server's command line; prints its one-time password and nothing else."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from accounts.actions.accounts import create_account
from accounts.rules import Role


class Command(BaseCommand):
    help = "建立账号并输出一次性密码(首次登录须修改)"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username", metavar="USER")
        roles = ";".join(f"{role.value} {role.label}" for role in Role)
        parser.add_argument("--role", required=True, help=roles)
        parser.add_argument("--scope", default="", help="管辖范围的编码;市级角色默认为本市")
        parser.add_argument("--name", default="", help="姓名")

    def handle(self, *args: Any, **options: Any) -> None:
        role, scope = options["role"], options["scope"]
        city_wide = {Role.CITY_STAFF, Role.LEADER, Role.COMMITTEE_STAFF}
        if not scope and role in city_wide:
            scope = settings.CITY_CODE
        try:
            _, password = create_account(
                username=options["username"],
                role=role,
                scope_code=scope,
                display_name=options["name"],
                by=None,
            )
        except ValidationError as error:
            raise CommandError("".join(error.messages)) from error
        self.stderr.write(f"账号 {options['username']} 已建立,一次性密码如下,首次登录后须修改:")
        self.stdout.write(password)
