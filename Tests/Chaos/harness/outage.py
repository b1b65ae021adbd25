"""Redis or the broker away for a while: unready with the reason, no crash, flat memory."""

from __future__ import annotations

import signal
import time

from .processes import Suite, wait_until

# What each service cannot do without.
AFFECTED = {
    "redis": ["stream-processor", "profile-updater", "scorer", "server"],
    "broker": ["collector", "stream-processor", "profile-updater", "scorer"],
}
REASON = {"redis": "redis", "broker": "kafka"}
# Bounded queues fill while nothing drains them.
MEMORY_ALLOWANCE = 64 << 10


class Outage:
    """Takes one thing away and watches the services."""

    def __init__(self, suite: Suite, what: str, seconds: float, say):
        self._suite = suite
        self._what = what
        self._seconds = seconds
        self._say = say
        self.complaints: list[str] = []

    def run(self) -> None:
        """Returns when every service is ready again; what was wrong is in `complaints`."""
        suite = self._suite
        before = {name: service.resident_kilobytes() for name, service in suite.services.items()}
        unready: dict[str, str] = {}
        self._say(f"{self._what} goes away for {self._seconds:.0f} s")
        self._take_away()
        end = time.monotonic() + self._seconds
        peak = dict(before)
        while time.monotonic() < end:
            for name, service in suite.services.items():
                if not service.alive():
                    continue
                peak[name] = max(peak[name], service.resident_kilobytes())
                status, body = service.readiness()
                if status == 503:
                    unready[name] = body
            time.sleep(0.5)
        self._give_back()
        back = time.monotonic()
        for name, service in suite.services.items():
            if not service.alive():
                self.complaints.append(f"{name} ended while {self._what} was away")
                continue
            wait_until(service.ready, 120, f"{name} is ready again")
            growth = peak[name] - before[name]
            self._say(f"{name}: +{growth / 1024:.1f} MiB, unready: {unready.get(name, 'never').strip()[:200]}")
            if growth > MEMORY_ALLOWANCE:
                self.complaints.append(f"{name} grew by {growth // 1024} MiB while {self._what} was away")
        for name in [name for name in AFFECTED[self._what] if name in suite.services]:
            if REASON[self._what] not in unready.get(name, "").lower():
                self.complaints.append(f"{name} did not say that {REASON[self._what]} was away: {unready.get(name)}")
        self._say(f"all ready {time.monotonic() - back:.1f} s after {self._what} came back")

    def _take_away(self) -> None:
        if self._what == "redis":
            self._suite.redis.stop(signal.SIGTERM)
        else:
            self._suite.broker.send_signal(signal.SIGSTOP)

    def _give_back(self) -> None:
        if self._what == "redis":
            self._suite.redis.start()
        else:
            self._suite.broker.send_signal(signal.SIGCONT)
