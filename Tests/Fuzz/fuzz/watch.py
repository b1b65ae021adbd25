"""Watches the suite while it is fuzzed: every process lives, comes back to ready, gets on with its work, stays small."""

from __future__ import annotations

import re
import threading
import time

from harness.http import Client
from harness.metrics import scrape
from harness.processes import Suite

_LAG = re.compile(r'^kafka_consumer_lag_messages\{([^}]*)\} (\S+)', re.MULTILINE)
CONSUMERS = ("stream-processor", "profile-updater", "scorer")


class Watch(threading.Thread):
    """Looks at each service every two seconds; :attr:`complaints` says what was wrong."""

    def __init__(self, suite: Suite, unready_limit: float = 90, stuck_limit: float = 90):
        super().__init__(daemon=True)
        self._suite = suite
        self._unready_limit = unready_limit
        self._stuck_limit = stuck_limit
        self._over = threading.Event()
        self._since: dict[str, float] = {}
        self._progress: dict[str, tuple[float, float]] = {}
        self.complaints: list[str] = []
        self.memory: dict[str, list[tuple[float, int]]] = {name: [] for name in suite.services}
        self.unready: dict[str, float] = {}

    def run(self) -> None:
        while not self._over.wait(2):
            for name, service in self._suite.services.items():
                if not service.alive():
                    self.complaints.append(f"{name} ended with {service.child.returncode}; see {service.log}")
                    self._over.set()
                    return
                self._look(name, service)

    def stop(self) -> None:
        self._over.set()
        self.join()

    def _look(self, name: str, service) -> None:
        now = time.monotonic()
        self.memory[name].append((now, service.resident_kilobytes()))
        status, text = service.readiness()
        if status == 200:
            self._since.pop(name, None)
        elif now - self._since.setdefault(name, now) > self._unready_limit:
            self.complaints.append(f"{name} has been unready for {self._unready_limit:.0f} s: {text[:500]}")
            self._over.set()
        else:
            self.unready[name] = max(self.unready.get(name, 0), now - self._since[name])
        if name not in CONSUMERS:
            return
        samples = scrape(service.admin)
        consumed, lag = samples.get("kafka_consumer_messages_total", 0), samples.get("kafka_consumer_lag_messages", 0)
        key = consumed - lag
        known = self._progress.get(name)
        if lag == 0 or known is None or known[0] != key:
            self._progress[name] = (key, now)
        elif now - known[1] > self._stuck_limit:
            self.complaints.append(f"{name} has not got on for {self._stuck_limit:.0f} s with a lag of {lag:.0f}")
            self._over.set()

    @property
    def is_over(self) -> bool:
        return self._over.is_set()


def lag(suite: Suite) -> float:
    """How many records the slowest consumer is behind; infinite while one does not say."""
    worst = 0.0
    for name in CONSUMERS:
        if name in suite.services:
            samples = scrape(suite.services[name].admin)
            worst = max(worst, samples.get("kafka_consumer_lag_messages", float("inf")))
    return worst


def lags(suite: Suite) -> dict[str, dict[str, float]]:
    """Lag by service and topic's partition, where there is any."""
    found: dict[str, dict[str, float]] = {}
    for name in CONSUMERS:
        status, body = Client(suite.services[name].admin, timeout=5).request("GET", "/metrics")
        found[name] = {labels: float(value) for labels, value in _LAG.findall(body.decode()) if float(value) > 0}
    return found
