"""Which kills struck while something was in flight, judged by what came after."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable


class Evidence:
    """For each kill a number that rises only if the killed instance had something unfinished.

    For a consumer that is what the group saw again or refused at a fence; for a collector the requests that it took and did
    not answer. A kill is judged by how the number rose until the next fault that might move it too.
    """

    def __init__(self):
        self._lock = threading.Lock()
        self._open: dict[str, tuple[Callable[[], int], int]] = {}
        self.kills: Counter[str] = Counter()
        self.in_flight: Counter[str] = Counter()

    def begin(self, lane: str, number: Callable[[], int]) -> None:
        """Counts a kill in `lane` that is about to happen."""
        with self._lock:
            self.kills[lane] += 1
            self._open[lane] = (number, number())

    def close(self, lane: str | None = None) -> None:
        """Judges the last kill of `lane`, or of all lanes: another fault is about to move the numbers."""
        with self._lock:
            for name in [lane] if lane else list(self._open):
                if name in self._open:
                    number, before = self._open.pop(name)
                    self.in_flight[name] += number() > before
