"""HitRate@k and NDCG@k of lists, and those of the most popular items to compare with."""

from __future__ import annotations

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

    def __str__(self) -> str:
        return f"{self.hit_rate:10.3f} {self.gain:8.3f}"


def discount(rank: int) -> float:
    return 1 / log2(rank + 1)


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
