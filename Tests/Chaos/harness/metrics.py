"""Counters of the services, summed over the lives of their processes."""

from __future__ import annotations

import re
import threading
from collections import defaultdict

from .http import Client

_SAMPLE = re.compile(r"^([a-zA-Z_:][a-zA-Z0-9_:]*)(\{.*\})?\s+(\S+)")


def scrape(admin: str, timeout: float = 2) -> dict[str, float]:
    """The samples at `<admin>/metrics` by name, summed over their labels; empty when nobody answers."""
    try:
        client = Client(admin, timeout=timeout)
        status, body = client.request("GET", "/metrics")
        client.close()
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
        self._lock = threading.Lock()
        self._last: dict[int, tuple[str, dict[str, float]]] = {}

    def sample(self, pid: int, admin: str, kind: str = "") -> dict[str, float]:
        samples = scrape(admin)
        if samples:
            with self._lock:
                self._last[pid] = (kind, samples)
        return samples

    def of(self, pid: int) -> dict[str, float]:
        """The last sample of a process."""
        with self._lock:
            return self._last.get(pid, ("", {}))[1]

    def sum(self, suffix: str, kind: str | None = None) -> int:
        return sum(self.by_name(suffix, kind).values())

    def by_name(self, suffix: str, kind: str | None = None) -> dict[str, int]:
        totals: dict[str, int] = defaultdict(int)
        with self._lock:
            for service, samples in self._last.values():
                for name, value in samples.items():
                    if name.endswith(suffix) and kind in (None, service):
                        totals[name] += int(value)
        return dict(totals)
