"""Profiles as docs/profiles.md defines them, computed plainly from the events of one user in log order.

Nothing here was taken from the Swift code: sums are exact (`math.fsum`) over all contributions, without landmarks.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field

from .movielens import Event, Item

HALF_LIFE = 30 * 86_400_000
SESSION_GAP = 30 * 60_000
MAX_NAMES = 100
MAX_ITEMS = 4_096
DAY = 86_400_000

WEIGHTS = {
    "view": 1, "click": 2, "dwell": 1, "play": 2, "share": 3, "add_to_cart": 4, "remove_from_cart": -2,
    "purchase": 6, "subscribe": 6, "rating": 5, "like": 4, "dislike": -4, "dismiss": -3, "favorite": 5, "review": 3,
}  # fmt: skip
CONSUMES = {"play", "purchase", "subscribe", "rating", "like", "favorite", "review"}
REJECTS = {"dislike", "dismiss", "remove_from_cart"}


def strength(event: Event) -> float | None:
    weight = WEIGHTS.get(event.type)
    if weight is None:
        return None
    return weight * (event.value - 2.5) / 2.5 if event.type == "rating" else float(weight)


@dataclass
class ItemEntry:
    signal: str
    strength: float
    last_time: int
    count: int = 1
    consumed: bool = False
    rejected: bool = False


@dataclass
class Affinity:
    """Every contribution as (time, strength); sums are taken as of a moment."""

    contributions: list[tuple[int, float]] = field(default_factory=list)

    def sums(self, moment: int) -> tuple[float, float]:
        def decayed(sign: int) -> float:
            return math.fsum(
                abs(s) * 2.0 ** (-(moment - t) / HALF_LIFE) for t, s in self.contributions if s * sign > 0
            )

        return decayed(1), decayed(-1)


@dataclass
class Profile:
    revision: int = 0
    first_seen: int | None = None
    last_seen: int | None = None
    counters: Counter = field(default_factory=Counter)
    sessions: int = 0
    affinities: dict[str, dict[str, Affinity]] = field(
        default_factory=lambda: {"categories": {}, "tags": {}, "creators": {}}
    )
    items: dict[str, ItemEntry] = field(default_factory=dict)
    purchases: list[tuple[int, float]] = field(default_factory=list)
    # What rule segments count: time, type, the item's categories.
    happened: list[tuple[int, str, tuple[str, ...]]] = field(default_factory=list)
    open_session: tuple[int, int] | None = None
    latest_session_start: int | None = None
    # Activities whose session is another one than their order in the log gives.
    other_sessions: int = 0

    def apply(
        self, event: Event, item: Item | None, received_at: int | None = None, session_start: int | None = None
    ) -> None:
        """Folds the next event in; without a session of its own it gets the one that the order of events gives."""
        time = event.time if received_at is None else min(event.time, received_at)
        self.revision += 1
        self.first_seen = time if self.first_seen is None else min(self.first_seen, time)
        self.last_seen = time if self.last_seen is None else max(self.last_seen, time)
        self.counters[event.type] += 1
        self._count_session(time, session_start)
        self.happened.append((time, event.type, tuple(item.categories) if item is not None else ()))
        if event.type == "purchase":
            self.purchases.append((time, event.value or 0.0))
        weight = strength(event)
        if weight is None:
            return
        if item is not None:
            self._add_affinity("categories", item.categories, time, weight)
            self._add_affinity("tags", item.tags, time, weight)
            self._add_affinity("creators", (item.creator,) if item.creator else (), time, weight)
        if event.item is not None:
            self._add_item(event.item, event.type, weight, time)

    def _count_session(self, time: int, given: int | None) -> None:
        start = self._session_start(time)
        if given is not None and given != start:
            self.other_sessions += 1
            start = given
        if self.latest_session_start is None or start > self.latest_session_start:
            self.sessions += 1
            self.latest_session_start = start

    def _session_start(self, time: int) -> int:
        if self.open_session is not None:
            start, last = self.open_session
            if time < start - SESSION_GAP:
                return time
            if time <= last + SESSION_GAP:
                self.open_session = (start, max(last, time))
                return start
        self.open_session = (time, time)
        return time

    def _add_affinity(self, dimension: str, names: tuple[str, ...], time: int, weight: float) -> None:
        table = self.affinities[dimension]
        for name in names:
            table.setdefault(name, Affinity()).contributions.append((time, weight))
        while len(table) > MAX_NAMES:
            smallest = {name: sum(entry.sums(self.last_seen)) for name, entry in table.items()}
            least = min(smallest.values())
            del table[max((n for n, value in smallest.items() if value == least), key=lambda n: n.encode())]

    def _add_item(self, name: str, signal: str, weight: float, time: int) -> None:
        entry = self.items.get(name)
        if entry is None:
            entry = ItemEntry(signal, weight, time)
            self.items[name] = entry
        else:
            self._merge(entry, signal, weight, time)
        entry.consumed = entry.consumed or signal in CONSUMES
        if time >= entry.last_time:
            if signal in REJECTS:
                entry.rejected = True
            elif weight > 0:
                entry.rejected = False
        entry.last_time = max(entry.last_time, time)
        while len(self.items) > MAX_ITEMS:
            oldest = min(entry.last_time for entry in self.items.values())
            del self.items[max((n for n, e in self.items.items() if e.last_time == oldest), key=lambda n: n.encode())]

    @staticmethod
    def _merge(entry: ItemEntry, signal: str, weight: float, time: int) -> None:
        is_later = time >= entry.last_time
        if entry.strength >= 0 and weight >= 0:
            wins = weight > entry.strength or (weight == entry.strength and is_later)
        else:
            wins = is_later
        if wins:
            entry.signal, entry.strength = signal, weight
        entry.count += 1


def profiles(events: list[Event], catalog: dict[str, Item]) -> dict[str, Profile]:
    """Every user's profile; the first event of an id counts, later ones are duplicates."""
    folded: dict[str, Profile] = {}
    seen: set[str] = set()
    for event in events:
        if event.id in seen:
            continue
        seen.add(event.id)
        if event.user not in folded:
            folded[event.user] = Profile()
        folded[event.user].apply(event, catalog.get(event.item))
    return folded
