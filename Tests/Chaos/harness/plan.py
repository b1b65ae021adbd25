"""A plan of faults, drawn up front: the same seed gives the same faults in the same order."""

from __future__ import annotations

import random
from dataclasses import dataclass

# What is killed how often. Redelivery is what is to be proved, so the two consumers whose fences guard state get most.
SHARES = {"stream-processor": 40, "profile-updater": 40, "collector": 12, "scorer": 5, "server": 3}
CONSUMERS = ["stream-processor", "profile-updater"]
# How many of each run in a chaos run.
INSTANCES = {"stream-processor": 2, "profile-updater": 2, "collector": 2, "scorer": 1, "server": 1}
REDIS = {
    # power: killed, and what it wrote in its last second is gone, as after a power cut.
    "single": ["power", "kill", "stop", "power", "freeze"],
    "cluster": ["failover", "kill", "freeze", "power", "takeover", "force"],
}
BROKER = ["leaders", "down", "full", "leaders", "down", "all-down"]


@dataclass(frozen=True)
class Fault:
    """One thing to break."""

    # What it strikes; the faults of one lane follow one another, lanes run side by side.
    lane: str
    kind: str
    # Which instance, shard or broker.
    target: int
    # Seconds: from the moment at which the victim is at work to the blow, and how long it lasts where that can be chosen.
    delay: float
    seconds: float
    # It waits until so many faults have struck the two consumers.
    after: int

    def __str__(self) -> str:
        text = f"{self.kind} {self.lane} {self.target}"
        return f"{text} for {self.seconds:.1f} s" if self.seconds else text


@dataclass(frozen=True)
class Size:
    kills: int
    zombies: int
    rebalances: int
    redis: int
    broker: int

    def scaled(self, kills: int) -> Size:
        """As many kills, and everything else in proportion, but at least one of each."""
        part = kills / self.kills
        others = (max(1, round(n * part)) for n in (self.zombies, self.rebalances, self.redis, self.broker))
        return Size(kills, *others)


FULL = Size(kills=200, zombies=10, rebalances=6, redis=12, broker=12)
SHORT = Size(kills=10, zombies=1, rebalances=1, redis=2, broker=2)


def plan(seed: int, size: Size, redis: str = "single", embedded: bool = True) -> list[Fault]:
    """The faults of a run, in the order in which each lane does its own."""
    chance = random.Random(seed)
    kills = shares(size.kills)
    consumers = sum(kills[kind] for kind in CONSUMERS) + size.zombies + size.rebalances
    faults: list[Fault] = []
    for kind in CONSUMERS:
        own = ["kill"] * kills[kind]
        place = CONSUMERS.index(kind)
        others = ["zombie"] * share(size.zombies, place) + ["rebalance"] * share(size.rebalances, 1 - place)
        # Not first: a zombie needs a sibling that is settled.
        own[1:] = shuffled(chance, own[1:] + others)
        faults += [_consumer_fault(chance, kind, what) for what in own]
    for kind in ["collector", "scorer", "server"]:
        for index in range(kills[kind]):
            target = chance.randrange(INSTANCES[kind])
            delay = chance.uniform(0, 0.3)
            faults.append(Fault(kind, "kill", target, delay, 0, _spread(chance, index, kills[kind], consumers)))
    kinds = cycle(chance, REDIS[redis], size.redis)
    for index, what in enumerate(kinds):
        after = _spread(chance, index, size.redis, consumers)
        # Of a power cut: how many of the last seconds are lost. Else: how long Redis stays away.
        seconds = chance.uniform(0.2, 1.0) if what == "power" else chance.uniform(0.5, 3.0)
        faults.append(Fault("redis", what, chance.randrange(3), chance.uniform(0, 0.3), seconds, after))
    kinds = cycle(chance, BROKER if embedded else ["down"], size.broker)
    for index, what in enumerate(kinds):
        after = _spread(chance, index, size.broker, consumers)
        seconds = 0 if what == "leaders" else chance.uniform(1.0, 4.0)
        faults.append(Fault("broker", what, chance.randrange(3), 0, seconds, after))
    return faults


def shares(kills: int) -> dict[str, int]:
    """The kills by service: each gets its share, what is left goes to the consumers."""
    found = {kind: kills * percent // 100 for kind, percent in SHARES.items()}
    for kind in ["collector", "scorer"] + CONSUMERS * kills:
        if sum(found.values()) == kills:
            return found
        found[kind] += 1
    return found


def share(number: int, place: int) -> int:
    """The half of a number that the first (0) or second (1) of two gets."""
    return (number + 1 - place) // 2


def cycle(chance: random.Random, kinds: list[str], count: int) -> list[str]:
    """Each kind as often as the others, as nearly as possible, beginning with the first ones."""
    return shuffled(chance, [kinds[index % len(kinds)] for index in range(count)])


def shuffled(chance: random.Random, values: list[str]) -> list[str]:
    chance.shuffle(values)
    return values


def _consumer_fault(chance: random.Random, kind: str, what: str) -> Fault:
    seconds = chance.uniform(1.0, 3.0) if what in ("zombie", "rebalance") else 0
    return Fault(kind, what, chance.randrange(INSTANCES[kind]), chance.uniform(0, 1.2), seconds, 0)


def _spread(chance: random.Random, index: int, count: int, consumers: int) -> int:
    """Somewhere in the index-th of `count` equal parts of the run, the last tenth left out."""
    part = 0.9 * consumers / count
    return int(part * (index + chance.random()))
