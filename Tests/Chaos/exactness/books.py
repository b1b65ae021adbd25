"""The books: records in events.* = processed + duplicates + rejected, from durable facts alone.

Records are counted with kcat, processed and duplicates are read out of the per-user states in Redis, rejected are
distinct coordinates on events.rejected.
"""

from __future__ import annotations

import re
import subprocess
from collections import Counter
from dataclasses import dataclass

from .redis import Redis

SIGNALS = ["views", "clicks", "engagement", "conversions", "feedback", "impressions", "users"]
_SOURCE = re.compile(r"(?:^|,)source=(\d+:[a-z]+:\d+:\d+)(?:,|$)")


@dataclass(frozen=True)
class Books:
    records: int
    processed: int
    duplicates: int
    rejected: int

    @property
    def difference(self) -> int:
        return self.records - self.processed - self.duplicates - self.rejected

    def __str__(self) -> str:
        return (
            f"{self.records:,} records = {self.processed:,} processed + {self.duplicates:,} duplicates"
            f" + {self.rejected:,} rejected" + (f" + {self.difference:,} unaccounted" if self.difference else "")
        )


class Topics:
    """Reads topics with kcat."""

    def __init__(self, bootstrap: str, prefix: str = "freshet.", partitions: int = 12):
        self._bootstrap = bootstrap
        self._prefix = prefix
        self._partitions = partitions

    def count(self, topic: str) -> int:
        """Records from the low to the high watermark."""
        name = self._prefix + topic
        high, low = (self._offsets(name, edge) for edge in (-1, -2))
        return sum(high.values()) - sum(low.values())

    def _offsets(self, name: str, edge: int) -> dict[str, int]:
        queries = (argument for p in range(self._partitions) for argument in ("-t", f"{name}:{p}:{edge}"))
        output = self._kcat("-Q", *queries)
        found = dict(re.findall(r"^(\S+ \[\d+\]) offset (\d+)$", output, re.MULTILINE))
        if len(found) != self._partitions:
            raise AssertionError(f"kcat answered for {len(found)} of {self._partitions} partitions of {name}: {output}")
        return {partition: int(offset) for partition, offset in found.items()}

    def sources(self, topic: str, stage: str | None = None) -> Counter:
        """How often each source coordinate stands on a topic, optionally only what one stage wrote."""
        output = self._kcat("-C", "-t", self._prefix + topic, "-o", "beginning", "-e", "-q", "-f", "%h\n")
        found: Counter = Counter()
        for line in output.splitlines():
            if stage is not None and f"stage={stage}" not in line.split(","):
                continue
            source = _SOURCE.search(line)
            found[source[1] if source else "none"] += 1
        return found

    def _kcat(self, *arguments: str) -> str:
        command = ["kcat", "-b", self._bootstrap, *arguments]
        result = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
        if result.returncode != 0:
            raise RuntimeError(f"{' '.join(command[:6])} …: {result.stderr.strip()}")
        return result.stdout


def read(topics: Topics, redis: Redis) -> Books:
    processed = duplicates = 0
    for value in redis.mget(redis.scan("{*}:stream")):
        if value is not None:
            one = _stream_counters(value)
            processed, duplicates = processed + one[0], duplicates + one[1]
    records = sum(topics.count(f"events.{signal}") for signal in SIGNALS)
    return Books(records, processed, duplicates, len(topics.sources("events.rejected", stage="stream-processor")))


def _stream_counters(value: bytes) -> tuple[int, int]:
    """Processed and duplicates of a stored state: fence, version 1, two varints, then the session.

    The fence is a count of entries, each a byte for the topic and varints for generation, partition and offset.
    """
    position = 0

    def byte() -> int:
        nonlocal position
        position += 1
        return value[position - 1]

    def varint() -> int:
        number = shift = 0
        while True:
            digit = byte()
            number |= (digit & 0x7F) << shift
            shift += 7
            if digit < 0x80:
                return number

    for _ in range(byte()):
        byte(), varint(), varint(), varint()
    version = byte()
    if version != 1:
        raise AssertionError(f"unknown version {version} of a stream state")
    return varint(), varint()
