"""A seeded plan of faults, and how each is done to the running suite."""

from __future__ import annotations

import random
import signal
import time
from dataclasses import dataclass

from .metrics import Totals
from .processes import Suite, wait_until

# Those whose redelivery the fences are there for are hit more often.
VICTIMS = ["stream-processor"] * 3 + ["profile-updater"] * 3 + ["collector"] * 2 + ["scorer"] + ["server"]
ZOMBIES = ["stream-processor", "profile-updater"]


@dataclass(frozen=True)
class Fault:
    kind: str  # kill, zombie, redis
    target: str
    delay: float

    def __str__(self) -> str:
        return f"{self.kind} {self.target} after {self.delay * 1000:.0f} ms"


def plan(seed: int, kills: int, redis_signal: str, without: list[str] | None = None) -> list[Fault]:
    """The same seed gives the same faults in the same order."""
    chance = random.Random(seed)
    # Redelivery is what is to be proved: both consumers are hit at least once.
    victims = (ZOMBIES + [chance.choice([v for v in VICTIMS if v not in (without or [])]) for _ in range(kills)])[:kills]
    chance.shuffle(victims)
    faults = [Fault("kill", victim, chance.uniform(0.05, 0.6)) for victim in victims]
    others = [
        Fault("zombie", chance.choice(ZOMBIES), chance.uniform(0.05, 0.3)),
        Fault("redis", redis_signal, chance.uniform(0.05, 0.3)),
    ]
    for fault in others:
        faults.insert(chance.randint(1, len(faults)), fault)
    return faults


class Injector:
    """Does faults to a suite and remembers the counters of the processes that end."""

    def __init__(self, suite: Suite, totals: Totals, zombie_seconds: float, say):
        self._suite = suite
        self._totals = totals
        self._zombie_seconds = zombie_seconds
        self._say = say

    def sample(self) -> None:
        for service in self._suite.services.values():
            self._totals.sample(service.pid, service.admin)

    def inject(self, fault: Fault) -> None:
        """Returns when the suite is whole again."""
        time.sleep(fault.delay)
        {"kill": self._kill, "zombie": self._freeze, "redis": self._restart_redis}[fault.kind](fault.target)
        self.wait_ready()

    def wait_ready(self, limit: float = 90) -> None:
        for service in self._suite.services.values():
            wait_until(service.ready, limit, f"{service.name} is ready again", give_up=(AssertionError,))
        self.sample()

    def _kill(self, name: str) -> None:
        self.sample()
        self._suite.services[name].kill()
        self._suite.services[name].start()

    def _freeze(self, name: str) -> None:
        """Stops a service past its session timeout while a second instance takes its work, then lets it go on."""
        suite = self._suite
        zombie = suite.services[name]
        self.sample()
        zombie.signal(signal.SIGSTOP)
        try:
            spare = suite.spare(name)
            wait_until(spare.ready, self._zombie_seconds + 60, f"the second {name} takes over", pause=0.5)
            time.sleep(self._zombie_seconds)
        finally:
            zombie.signal(signal.SIGCONT)
        wait_until(zombie.ready, 90, f"the zombie {name} finds back", pause=0.5)
        self._totals.sample(spare.pid, spare.admin)
        self._totals.sample(zombie.pid, zombie.admin)
        spare.signal(signal.SIGTERM)
        spare.child.wait(60)

    def _restart_redis(self, way: str) -> None:
        self.sample()
        self._suite.redis.stop(signal.SIGTERM if way == "term" else signal.SIGKILL)
        time.sleep(1)
        self._suite.redis.start()
