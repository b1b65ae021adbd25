"""The temporal split: the last fifth of each user's good ratings is hidden."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from harness.movielens import Event

GOOD_STARS = 4.0


@dataclass(frozen=True)
class Split:
    """Ratings that are sent, ratings that are not, and per user what to expect and what to leave out.

    The last 20 % (rounded down) of a user's ratings of four stars and more are hidden, by time, ties by the order of
    the file; users with fewer than five of those hide nothing and are not judged.
    """

    train: list[Event] = field(default_factory=list)
    hidden: list[Event] = field(default_factory=list)

    @staticmethod
    def of(events: Iterable[Event]) -> Split:
        """Splits ratings that come in the order of the file; both parts keep it."""
        ratings = list(events)
        good: dict[str, list[int]] = defaultdict(list)
        for index, event in enumerate(ratings):
            if event.value >= GOOD_STARS:
                good[event.user].append(index)
        hidden: set[int] = set()
        for indices in good.values():
            # sorted() is stable: equal times keep the order of the file.
            by_time = sorted(indices, key=lambda index: ratings[index].time)
            hidden.update(by_time[len(by_time) - len(by_time) // 5 :])
        return Split(
            [event for index, event in enumerate(ratings) if index not in hidden],
            [event for index, event in enumerate(ratings) if index in hidden],
        )

    def with_newcomers(self, known: int) -> Split:
        """Every fifth user who is judged becomes a newcomer: of his ratings only the first `known` good ones are sent.

        Newcomers alone are judged; what else they rated belongs to neither part.
        """
        newcomers = set(sorted({event.user for event in self.hidden}, key=int)[::5])
        kept: dict[str, int] = defaultdict(int)
        train = []
        for event in sorted(self.train, key=lambda event: event.time):
            if event.user in newcomers:
                if event.value < GOOD_STARS or kept[event.user] >= known:
                    continue
                kept[event.user] += 1
            train.append(event)
        return Split(train, [event for event in self.hidden if event.user in newcomers])

    def with_cold_items(self) -> Split:
        """Every tenth item loses all its ratings: what users thought of those later is all that is judged."""
        cold = {item for item in {event.item for event in self.hidden} if int(item) % 10 == 0}
        train = [event for event in self.train if event.item not in cold]
        return Split(train, [event for event in self.hidden if event.item in cold])

    def hidden_items(self) -> dict[str, set[str]]:
        """What a list should contain, of the users that are judged."""
        return items_by_user(self.hidden)

    def known_items(self) -> dict[str, set[str]]:
        """What a list must not contain, whatever its stars."""
        return items_by_user(self.train)


def items_by_user(events: Iterable[Event]) -> dict[str, set[str]]:
    items: dict[str, set[str]] = defaultdict(set)
    for event in events:
        items[event.user].add(event.item)
    return dict(items)
