"""Rate the stored facts of published ratings again; the same must come out, byte for byte."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from evaluation.actions.rating_rows import result_of
from evaluation.models import StarRating
from evaluation.rules.facts import facts_of
from evaluation.rules.rating import Rater
from evaluation.rules.scheme import scheme_of
from evaluation.rules.vocabulary import RatingState


class Command(BaseCommand):
    help = "用存下的事实和方案重算已命名的星级,核对与公布的完全一致"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--year", type=int, help="只核对这一年度")

    def handle(self, *args: Any, **options: Any) -> None:
        rows = StarRating.objects.filter(state=RatingState.PUBLISHED).select_related("scheme")
        if options["year"]:
            rows = rows.filter(year=options["year"])
        raters: dict[int, Rater] = {}
        count, differing = 0, []
        for row in rows.order_by("pk").iterator(chunk_size=500):
            if row.scheme_id not in raters:
                raters[row.scheme_id] = Rater(scheme_of(row.scheme.content))
            facts = facts_of(row.facts)
            result = result_of(facts, raters[row.scheme_id].rate(facts))
            count += 1
            if result != row.result:
                differing.append(f"{row.year} 年度 党组织 {row.party_organization_id}")
        if differing:
            raise CommandError("重算结果与公布的不一致:\n" + "\n".join(differing[:50]))
        self.stdout.write(f"已重算 {count} 个已命名的星级,全部一致。")
