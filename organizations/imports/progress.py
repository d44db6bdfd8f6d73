"""How far a batch is, told now and then to whoever keeps it."""

import time
from collections.abc import Callable

INTERVAL_SECONDS = 0.5

Tell = Callable[[str, int, int], None]


class Progress:
    """Counts checked rows; tells stage, rows done and rows in all, at most twice a second."""

    def __init__(self, tell: Tell | None = None) -> None:
        self.tell = tell
        self.stage, self.done, self.total = "", 0, 0
        self._next = 0.0

    def begin(self, stage: str) -> None:
        self.stage = stage
        self._say()

    def step(self) -> None:
        self.done += 1
        if self.done % 200 == 0:
            self.beat()

    def beat(self) -> None:
        """A sign of life; whoever keeps the batch may answer by raising."""
        if time.monotonic() >= self._next:
            self._say()

    def _say(self) -> None:
        if self.tell:
            self.tell(self.stage, self.done, self.total)
        self._next = time.monotonic() + INTERVAL_SECONDS
