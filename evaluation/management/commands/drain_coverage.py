"""Count marked townships again; needs the database alone, no Redis and no worker."""

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, close_old_connections

from evaluation.actions.coverage import Drained, beat, drain_coverage


class Command(BaseCommand):
    help = "重算有变动的镇(街道)覆盖情况(只需要数据库)"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--budget", type=float, default=50.0, help="最多用时(秒)")
        parser.add_argument("--every", type=float, help="每隔若干秒重复一次,不退出")

    def handle(self, *args: Any, **options: Any) -> None:
        while options["every"]:
            try:
                self.report(drain_coverage(budget=options["budget"]), options["verbosity"])
                beat("timer")
            except DatabaseError as error:
                self.stderr.write(f"数据库暂时不可用,稍后再试:{error}")
            close_old_connections()
            time.sleep(options["every"])
        done = drain_coverage(budget=options["budget"])
        self.report(done, options["verbosity"])
        if done.failed:
            raise CommandError("以下镇(街道)无法重算:" + "、".join(sorted(set(done.failed))))

    def report(self, done: Drained, verbosity: int) -> None:
        if verbosity:
            self.stdout.write(f"已重算 {len(set(done.townships))} 个镇(街道)。")
