"""From what a user did to how much he wants each item: what the trainer's matrix does (Shared/Training).

Pure functions of one user's events; Spark runs them for all users.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from plan import REJECTING, Plan

AGAINST = "against"


class Event(NamedTuple):
    """One line of an export; `time` is in milliseconds since 1970."""

    item: str
    type: str
    value: float | None
    time: int


class Positive(NamedTuple):
    """An item that a user wants, how much, and the time of his latest signal for it."""

    item: str
    weight: float
    time: int


def strength(event: Event, plan: Plan) -> float | None:
    """How strongly an event speaks for its item, 0 when it speaks against it, None when it says nothing."""
    weight = plan.weights.get(event.type)
    if event.type in REJECTING:
        return 0.0
    if event.type == "rating":
        if (event.value or 0) < plan.positive_stars:
            return 0.0
        weight = None if weight is None else weight * (min(max(event.value, 0), 5) - 2.5) / 2.5
        return weight if weight is not None and weight > 0 else None
    if weight is None or weight == 0:
        return None
    return max(weight, 0.0)


def decay(age: float, half_life: float) -> float:
    """Half after a half-life; the future counts as now."""
    return 2.0 ** (-max(0.0, age) / half_life)


def positives(events: Iterable[Event], plan: Plan, oldest: float = float("-inf")) -> list[Positive]:
    """What a user's events say for items, in the order of items; signals whose latest is before `oldest` do not count.

    Each kind of signal has a sum per item, as of its latest event. The latest opinion decides whether the item counts at
    all. Sums fade with their age before the user's own latest positive, down to the floor.
    """
    sums: dict[tuple[str, str], tuple[float, int]] = {}
    for event in sorted(events, key=lambda event: event.time):
        amount = strength(event, plan)
        if amount is None:
            continue
        kind = plan.kind(event.type) if amount > 0 else AGAINST
        old, time = sums.get((event.item, kind), (0.0, event.time))
        if kind != AGAINST:
            amount += old * decay(event.time - time, plan.indicators[kind].half_life)
        sums[event.item, kind] = (amount, event.time)
    kept = sorted(sums.items(), key=lambda entry: (-entry[1][1], entry[0]))[: plan.items_per_user]
    items: dict[str, dict[str, tuple[float, int]]] = {}
    for (item, kind), (amount, time) in kept:
        if time >= oldest:
            items.setdefault(item, {})[kind] = (amount, time)
    wanted = {}
    for item, kinds in items.items():
        against = kinds.pop(AGAINST, (0.0, float("-inf")))[1]
        latest = max((time for _, time in kinds.values()), default=against)
        # At the same moment the opinion against the item counts.
        if latest > against and any(plan.indicators[kind].weight > 0 for kind in kinds):
            wanted[item] = (kinds, latest)
    own = max((latest for _, latest in wanted.values()), default=0)
    found = []
    for item, (kinds, latest) in sorted(wanted.items()):
        total = 0.0
        for kind, (amount, time) in kinds.items():
            indicator = plan.indicators[kind]
            faded = max(plan.floor, decay(own - time, indicator.half_life))
            total += indicator.weight * min(plan.cap, amount) * faded
        found.append(Positive(item, min(plan.cap, total), latest))
    return found
