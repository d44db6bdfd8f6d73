"""Paired measurements and their report."""

import os
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db import connection


@dataclass
class Ratio:
    """Our time over the baseline's, pair by pair."""

    name: str
    goal: float
    pairs: list[tuple[float, float]] = field(default_factory=list)
    at_least: bool = False
    note: str = ""

    @property
    def values(self) -> list[float]:
        """ours / baseline; for goals of the kind `at least`, baseline / ours (a speed)."""
        if self.at_least:
            return [base / ours for ours, base in self.pairs]
        return [ours / base for ours, base in self.pairs]

    @property
    def median(self) -> float:
        return statistics.median(self.values)

    @property
    def is_met(self) -> bool:
        return self.median >= self.goal if self.at_least else self.median <= self.goal

    def line(self) -> str:
        values = self.values
        sign = "≥" if self.at_least else "≤"
        ours = statistics.median(o for o, _ in self.pairs) * 1000
        base = statistics.median(b for _, b in self.pairs) * 1000
        return (
            f"{'✓' if self.is_met else '✗'} {self.name}: {self.median:.2f} (goal {sign} {self.goal})"
            f"  [{min(values):.2f} .. {max(values):.2f}, n={len(values)}; "
            f"{ours:.2f} against {base:.2f} ms]{'  ' + self.note if self.note else ''}"
        )


def paired(
    name: str,
    goal: float,
    ours: Callable[[], object],
    base: Callable[[], object],
    *,
    pairs: int = 15,
    clock: Callable[[], float] = time.perf_counter,
    at_least: bool = False,
    note: str = "",
) -> Ratio:
    """Run both sides alternately, ours first in every other pair."""
    ratio = Ratio(name, goal, at_least=at_least, note=note)

    def timed(run: Callable[[], object]) -> float:
        started = clock()
        run()
        return clock() - started

    ours(), base()
    for number in range(pairs):
        if number % 2:
            b = timed(base)
            a = timed(ours)
        else:
            a = timed(ours)
            b = timed(base)
        ratio.pairs.append((a, b))
    return ratio


def control(run: Callable[[], object], pairs: int = 11) -> str:
    """The same thing against itself: how far from 1 a ratio strays on this machine now."""
    same = paired("A/A", 1.1, run, run, pairs=pairs)
    restless = "" if 0.9 <= same.median <= 1.1 else "  -- restless: read the ratios with care"
    load = os.getloadavg()[0]
    return f"  A/A control {same.median:.2f}, load {load:.1f}{restless}"


def cpu_of(pid: int) -> float:
    """CPU seconds that a process has used, from /proc."""
    with open(f"/proc/{pid}/stat") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def execute(sql: str, params: Any = None) -> list:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall() if cursor.description else []
