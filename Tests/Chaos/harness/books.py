"""The books: records in events.* = processed + duplicates + rejected, from durable facts alone.

Records are counted with kcat, processed and duplicates are read out of the per-user states in Redis, rejected are
distinct coordinates on events.rejected.
"""

from __future__ import annotations

from dataclasses import dataclass

from .binary import Bytes
from .redis import Redis
from .topics import Topics

__all__ = ["SIGNALS", "Books", "Topics", "read"]

SIGNALS = ["views", "clicks", "engagement", "conversions", "feedback", "impressions", "users"]


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


def read(topics: Topics, redis: Redis) -> Books:
    processed = duplicates = 0
    for value in redis.mget(redis.scan("{*}:stream")):
        if value is not None:
            one = _stream_counters(value)
            processed, duplicates = processed + one[0], duplicates + one[1]
    records = sum(topics.count(f"events.{signal}") for signal in SIGNALS)
    return Books(records, processed, duplicates, len(topics.sources("events.rejected", stage="stream-processor")))


def _stream_counters(value: bytes) -> tuple[int, int]:
    """Processed and duplicates of a stored state: fence, version 1, two varints, then the session."""
    reader = Bytes(value)
    reader.fence()
    version = reader.byte()
    if version != 1:
        raise AssertionError(f"unknown version {version} of a stream state")
    return reader.varint(), reader.varint()
