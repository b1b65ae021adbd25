"""Reads whole topics with kcat and looks for ratings in their records."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field

EVENT_ID = re.compile(rb"ml-\d+-\d+")


@dataclass(frozen=True)
class Record:
    headers: bytes
    key: bytes
    value: bytes


@dataclass
class Sighting:
    """The ratings that a topic's records name: by event id anywhere in them, and by user and item."""

    records: int = 0
    event_ids: set[str] = field(default_factory=set)
    pairs: set[tuple[str, str]] = field(default_factory=set)

    def add(self, record: Record) -> None:
        self.records += 1
        for part in (record.headers, record.key, record.value):
            self.event_ids.update(found.decode() for found in EVENT_ID.findall(part))
        try:
            fields = json.loads(record.value)
        except ValueError:
            return
        if isinstance(fields, dict):
            user, item = fields.get("userId", fields.get("user")), fields.get("itemId", fields.get("item"))
            if isinstance(user, str) and isinstance(item, str):
                self.pairs.add((user, item))


def topics(bootstrap: str, prefix: str) -> list[str]:
    """Every topic of the suite."""
    listing = json.loads(_kcat(bootstrap, "-L", "-J"))
    return sorted(topic["topic"] for topic in listing["topics"] if topic["topic"].startswith(prefix))


def sight(bootstrap: str, topic: str) -> Sighting:
    """Reads a topic from its beginning to its end."""
    sighting = Sighting()
    for record in parse(_kcat(bootstrap, "-C", "-t", topic, "-o", "beginning", "-e", "-q", "-f", "%K %S %h\\n%k%s\\n")):
        sighting.add(record)
    return sighting


def parse(output: bytes) -> Iterator[Record]:
    """Takes records apart by the lengths that stand before them; -1 is the length of nothing."""
    position = 0
    while position < len(output):
        end = output.index(b"\n", position)
        key_length, value_length, headers = output[position:end].split(b" ", 2)
        middle = end + 1 + max(0, int(key_length))
        position = middle + max(0, int(value_length))
        yield Record(headers, output[end + 1 : middle], output[middle:position])
        position += 1


def _kcat(bootstrap: str, *arguments: str) -> bytes:
    result = subprocess.run(["kcat", "-b", bootstrap, *arguments], capture_output=True, timeout=180, check=False)
    if result.returncode != 0:
        raise RuntimeError(f"kcat {' '.join(arguments[:3])} …: {result.stderr.decode(errors='replace').strip()}")
    return result.stdout
