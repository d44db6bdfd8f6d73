"""Count marked townships again; needs the database alone, no Redis and no worker."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from evaluation.actions.coverage import drain_coverage


class Command(BaseCommand):
    help = "重算有变动的镇(街道)覆盖情况(只需要数据库)"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--budget", type=float, default=50.0, help="最多用时(秒)")

    def handle(self, *args: Any, **options: Any) -> None:
        done = drain_coverage(budget=options["budget"])
        if options["verbosity"]:
            self.stdout.write(f"已重算 {len(set(done.townships))} 个镇(街道)。")
        if done.failed:
            raise CommandError("以下镇(街道)无法重算:" + "、".join(sorted(set(done.failed))))
