"""Count everything again and report what had drifted from the published figures."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from evaluation.actions.coverage import drain_coverage, sweep_coverage


class Command(BaseCommand):
    help = "全面核对覆盖情况,报告并修正与记录不一致的公布数"

    def handle(self, *args: Any, **options: Any) -> None:
        drain_coverage()
        sweep = sweep_coverage()
        drain_coverage()
        self.stdout.write(f"已核对 {sweep.township_count} 个镇(街道)。")
        if sweep.drifted:
            raise CommandError(
                f"{len(sweep.drifted)} 个镇(街道)的公布数与记录不一致,已重算:"
                + "、".join(sweep.drifted)
            )
