"""HitRate@k and NDCG@k of lists, and those of the most popular items to compare with."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass
from math import log2

from quality.split import GOOD_STARS, Split


@dataclass(frozen=True)
class Figures:
    """Means over users. Gain is binary, discounted by 1/log2(rank + 1); the ideal list is cut at min(k, hidden)."""

    hit_rate: float
    gain: float

    @staticmethod
    def of(lists: dict[str, list[str]], hidden: dict[str, set[str]], length: int = 10) -> Figures:
        """Judges every user of `hidden`; one without a list counts as a miss."""
        hits, gain = 0, 0.0
        for user, wanted in hidden.items():
            found = [item in wanted for item in lists.get(user, [])[:length]]
            hits += any(found)
            ideal = sum(discount(rank) for rank in range(1, min(length, len(wanted)) + 1))
            gain += sum(discount(rank) for rank, hit in enumerate(found, start=1) if hit) / ideal
        return Figures(hits / len(hidden), gain / len(hidden))

    @staticmethod
    def gains(lists: dict[str, list[str]], hidden: dict[str, set[str]], length: int = 10) -> dict[str, float]:
        """NDCG of every user of `hidden`."""
        return {user: Figures.of(lists, {user: wanted}, length).gain for user, wanted in hidden.items()}

    def __str__(self) -> str:
        return f"{self.hit_rate:10.3f} {self.gain:8.3f}"


def discount(rank: int) -> float:
    return 1 / log2(rank + 1)


@dataclass(frozen=True)
class Difference:
    """How much better one is than another for the same users: the mean, and what 95 % of resamples of users hold."""

    value: float
    low: float
    high: float

    @staticmethod
    def between(ours: dict[str, float], theirs: dict[str, float], resamples: int = 1000, seed: int = 42) -> Difference:
        """Paired bootstrap; both hold the same users."""
        if ours.keys() != theirs.keys():
            raise ValueError("the figures are of different users")
        apart = [ours[user] - theirs[user] for user in sorted(ours)]
        draw = random.Random(seed)
        means = sorted(sum(draw.choices(apart, k=len(apart))) / len(apart) for _ in range(resamples))
        low, high = means[round(0.025 * (resamples - 1))], means[round(0.975 * (resamples - 1))]
        return Difference(sum(apart) / len(apart), low, high)

    @property
    def is_distinguishable(self) -> bool:
        return self.low > 0 or self.high < 0

    def __str__(self) -> str:
        words = "" if self.is_distinguishable else ", not distinguishable"
        return f"{self.value:+.4f} ({self.low:+.4f} to {self.high:+.4f}{words})"


def most_popular(split: Split, length: int = 10) -> dict[str, list[str]]:
    """The items with most good ratings that a user has not rated; ties by ascending id."""
    counts = Counter(event.item for event in split.train if event.value >= GOOD_STARS)
    ranked = sorted(counts, key=lambda item: (-counts[item], int(item)))
    known = split.known_items()
    lists: dict[str, list[str]] = {}
    for user in split.hidden_items():
        unseen = (item for item in ranked if item not in known.get(user, ()))
        lists[user] = [item for item, _ in zip(unseen, range(length))]
    return lists
