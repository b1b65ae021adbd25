"""An endless stream of events made of real ratings: the same seed and start give the same events in the same order."""

from __future__ import annotations

import itertools
import random
import zlib
from collections import defaultdict
from collections.abc import Iterator

from .movielens import Event

HOUR = 3_600_000
# What stands on the way to a rating, how often, and with which value.
STEPS = [("view", 0.9), ("click", 0.35), ("play", 0.12), ("share", 0.04), ("add_to_cart", 0.15), ("purchase", 0.1)]
# Ratings that a user gives one after the other.
VISIT = 8
OPINIONS = ["like", "dislike", "favorite", "dismiss", "remove_from_cart"]


class Traffic:
    """Ratings of many users at once, with what users do before and after; further rounds have other users.

    Ratings keep their times of long ago. What is around them happens in the last thirty hours, so that the counts per
    hour, day and week get their share too, and no window of theirs ends during a run.
    """

    def __init__(self, ratings: list[Event], seed: int, now: int):
        self._seed = seed
        self._now = now
        self._by_user: dict[str, list[Event]] = defaultdict(list)
        for event in sorted(ratings, key=lambda event: event.time):
            self._by_user[event.user].append(event)

    def __iter__(self) -> Iterator[Event]:
        chance = random.Random(self._seed)
        number = 0
        round = 0
        while True:
            visits = [user for user, events in self._by_user.items() for _ in range(0, len(events), VISIT)]
            chance.shuffle(visits)
            rest = {user: iter(events) for user, events in self._by_user.items()}
            for user in visits:
                for rating in itertools.islice(rest[user], VISIT):
                    for event in self._journey(chance, rating, round, number):
                        yield event
                        number += 1
            round += 1

    def _journey(self, chance: random.Random, rating: Event, round: int, number: int) -> Iterator[Event]:
        user = f"{rating.user}-{round}" if round else rating.user
        spread = 29 * HOUR
        time = self._now - 30 * HOUR + number * 997 % spread

        def event(type: str, value: float | None, time: int) -> Event:
            return Event(f"s{self._seed}-{round}-{rating.user}-{rating.item}-{type}", type, user, rating.item, value, time)

        if only_rates(user):
            yield event("rating", rating.value, rating.time)
            return
        for type, share in STEPS:
            if chance.random() < share:
                value = round_price(chance) if type == "purchase" else None
                # Up to 20 minutes early or late: clocks of apps differ.
                yield event(type, value, time + chance.randint(-1_200_000, 1_200_000))
        if chance.random() < 0.5:
            yield event("rating", rating.value, rating.time)
        if chance.random() < 0.15:
            yield event(chance.choice(OPINIONS), None, time + chance.randint(0, 600_000))


def only_rates(user: str) -> bool:
    """A third of the users use one topic alone, so that the order in which their events are judged is known."""
    return zlib.crc32(user.encode()) % 3 == 0


def round_price(chance: random.Random) -> float:
    return chance.randint(99, 9_999) / 100
