"""The shards of item counts, recomputed from the first copies on `activity`.

One hash per partition of `activity`, kind of window and start (`counts:{activity-3}:h:1795230000`), with a field per
metric and item; and the shard's fence, the highest source offset counted per topic.
"""

from __future__ import annotations

from collections import defaultdict

from .binary import Bytes
from .redis import Redis

HOUR, DAY = 3_600_000, 86_400_000
# Length and retention from the start.
WINDOWS = {"h": (HOUR, 48 * HOUR), "d": (DAY, 35 * DAY), "w": (7 * DAY, 26 * 7 * DAY)}
METRICS = {
    "views": "v", "clicks": "c", "engagement": "e", "feedback": "e", "conversions": "k", "impressions": "i", "users": None,
}  # fmt: skip


class Shards:
    """What the shards must hold."""

    def __init__(self):
        self.windows: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        self.fences: dict[int, dict[str, tuple[int, int, int]]] = defaultdict(dict)

    def add(self, partition: int, source: tuple[int, str, int, int], item: str | None, time: int, received: int) -> None:
        """Counts an activity of that partition; `time` is its effective time."""
        generation, topic, at, offset = source
        before = self.fences[partition].get(topic, (0, 0, -1))
        self.fences[partition][topic] = max(before, (generation, at, offset), key=lambda entry: entry[2])
        metric = METRICS[topic]
        if metric is None or item is None:
            return
        for kind, (length, retention) in WINDOWS.items():
            start = time // length * length
            if received - start < retention:
                self.windows[f"counts:{{activity-{partition}}}:{kind}:{start // 1000}"][f"{metric}:{item}"] += 1

    def differences(self, redis: Redis, now: int) -> tuple[list[str], int]:
        """What Redis holds otherwise, and how many windows were compared; those that may have expired are left out."""
        found = {key.decode(): fields for key, fields in redis.hashes("counts:{activity-*}:*").items()}
        expected = {key: dict(fields) for key, fields in self.windows.items() if not _may_be_gone(key, now)}
        wrong = []
        for key in sorted(expected.keys() | {key for key in found if not _may_be_gone(key, now)}):
            want = expected.get(key, {})
            got = {field.decode(): int(amount) for field, amount in found.get(key, {}).items()}
            if want != got:
                off = {f: (got.get(f, 0), want.get(f, 0)) for f in want.keys() | got.keys() if want.get(f) != got.get(f)}
                wrong.append(f"{key}: {len(off)} fields differ, as (found, recomputed): {dict(list(off.items())[:3])}")
        keys = [f"counts:{{activity-{partition}}}:fence".encode() for partition in sorted(self.fences)]
        for key, value in zip(keys, redis.mget(keys)):
            partition = int(key.split(b"-")[1].split(b"}")[0])
            got = Bytes(value).fence() if value else {}
            if got != self.fences[partition]:
                wrong.append(f"{key.decode()} is {got}, recomputed {self.fences[partition]}")
        return wrong, len(expected)


def _may_be_gone(key: str, now: int) -> bool:
    _, _, kind, start = key.split(":")
    return int(start) * 1000 + WINDOWS[kind][1] <= now
