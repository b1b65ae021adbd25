"""Counters of the services, summed over the lives of their processes."""

from __future__ import annotations

import re
from collections import defaultdict

from .http import Client

_SAMPLE = re.compile(r"^([a-zA-Z_:][a-zA-Z0-9_:]*)(\{.*\})?\s+(\S+)")


def scrape(admin: str) -> dict[str, float]:
    """The samples at `<admin>/metrics` by name, summed over their labels; empty when nobody answers."""
    try:
        status, body = Client(admin, timeout=2).request("GET", "/metrics")
    except Exception:  # noqa: BLE001 - a service that is down has no metrics
        return {}
    samples: dict[str, float] = defaultdict(float)
    for line in body.decode(errors="replace").splitlines() if status == 200 else []:
        match = _SAMPLE.match(line)
        if match and not line.startswith("#"):
            samples[match[1]] += float(match[3])
    return dict(samples)


class Totals:
    """Sums counters across restarts: the last sample of each process counts.

    What a process counted between its last sample and `kill -9` is missed, so sums are lower bounds.
    """

    def __init__(self):
        self._last: dict[int, dict[str, float]] = {}

    def sample(self, pid: int, admin: str) -> None:
        samples = scrape(admin)
        if samples:
            self._last[pid] = samples

    def sum(self, suffix: str) -> int:
        return int(
            sum(value for samples in self._last.values() for name, value in samples.items() if name.endswith(suffix))
        )

    def by_name(self, suffix: str) -> dict[str, int]:
        totals: dict[str, int] = defaultdict(int)
        for samples in self._last.values():
            for name, value in samples.items():
                if name.endswith(suffix):
                    totals[name] += int(value)
        return dict(totals)
