"""Waits for a model that has seen everything, as the scorer's metrics and the registry's notices tell."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from harness.metrics import scrape


@dataclass(frozen=True)
class Scorer:
    """What a running scorer says of itself."""

    admin: str
    log: Path

    def metric(self, name: str) -> float:
        samples = scrape(self.admin)
        values = [value for sample, value in samples.items() if sample.endswith(name)]
        if not values:
            raise LookupError(f"the scorer shows no {name}")
        return values[0]

    def wait_for_matrix(self, activities: int, limit: float, say: Callable[[str], None]) -> None:
        """Returns when the matrix holds so many activities."""
        end = time.monotonic() + limit
        while (applied := self._applied()) < activities:
            if time.monotonic() > end:
                raise AssertionError(f"the matrix has {applied:,.0f} of {activities:,} activities after {limit:.0f} s")
            time.sleep(0.5)
        say(f"the scorer's matrix holds {applied:,.0f} activities")

    def _applied(self) -> float:
        try:
            return self.metric("scorer_matrix_activities_total")
        except LookupError:
            return 0

    def _is_training(self) -> bool:
        text = self.log.read_text(errors="replace")
        return text.count("training begins") > text.count("training ends") + text.count("a training failed")

    def wait_for_whole_model(self, interval: float, limit: float) -> int:
        """The version of a model that has seen everything; to be called when the matrix is complete.

        A training under way may have begun with less, so the second model from now on has seen everything for sure.
        So has the latest when no other comes although the interval has passed: whatever is new makes one due.
        """
        end = time.monotonic() + limit
        first, version, since = None, 0, time.monotonic()
        while time.monotonic() < end:
            try:
                now = int(self.metric("scorer_model_version"))
                quiet = interval + 2 * self.metric("scorer_training_duration_seconds") + 5
            except LookupError:
                time.sleep(0.5)
                continue
            first = now if first is None else first
            if now != version or self._is_training():
                version, since = now, time.monotonic()
            if (version >= first + 2 and not self._is_training()) or (version > 0 and time.monotonic() - since > quiet):
                return version
            time.sleep(0.5)
        raise AssertionError(f"no model of everything after {limit:.0f} s; the latest is {version}")
