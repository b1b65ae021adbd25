"""Reads topics with kcat."""

from __future__ import annotations

import re
import subprocess
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

_SOURCE = re.compile(r"(?:^|,)source=(\d+:[a-z]+:\d+:\d+)(?:,|$)")


@dataclass(frozen=True, slots=True)
class Record:
    """A record; key and value are there only when they were asked for."""

    partition: int
    offset: int
    headers: dict[str, str]
    key: str | None = None
    value: str | None = None


class Topics:
    """The topics of an installation."""

    def __init__(self, bootstrap: str, prefix: str = "freshet.", partitions: int = 12):
        self._bootstrap = bootstrap
        self._prefix = prefix
        self._partitions = partitions

    def name(self, topic: str) -> str:
        return self._prefix + topic

    def count(self, topic: str) -> int:
        """Records from the low to the high watermark."""
        return sum(self.highs(topic).values()) - sum(self.lows(topic).values())

    def lows(self, topic: str) -> dict[str, int]:
        return self._offsets(self._prefix + topic, -2)

    def highs(self, topic: str) -> dict[str, int]:
        return self._offsets(self._prefix + topic, -1)

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

    def read_all(self, topics: list[str], values: tuple[str, ...] = ()) -> dict[str, Iterator[Record]]:
        """All records of the topics, in log order within each partition; with keys and values where those are named.

        Keys and values must be without tabs and line feeds, as JSON is. The topics are read side by side, because the
        embedded broker hands out one batch per partition and request.
        """

        def read(topic: str) -> str:
            form = "%p\t%o\t%h\t%k\t%s\n" if topic in values else "%p\t%o\t%h\n"
            return self._kcat("-C", "-t", self._prefix + topic, "-o", "beginning", "-e", "-q", "-f", form)

        with ThreadPoolExecutor(len(topics)) as pool:
            return {topic: self._parse(text) for topic, text in zip(topics, pool.map(read, topics))}

    @staticmethod
    def _parse(output: str) -> Iterator[Record]:
        for line in output.split("\n")[:-1]:
            partition, offset, headers, *rest = line.split("\t")
            pairs = dict(pair.split("=", 1) for pair in headers.split(",") if "=" in pair)
            yield Record(int(partition), int(offset), pairs, *rest)

    def produce(self, topic: str, key: str, value: str) -> None:
        """Sends one record as any app may, beside the collector."""
        command = ["kcat", "-b", self._bootstrap, "-P", "-t", self._prefix + topic, "-k", key]
        command += ["-X", "partitioner=murmur2_random", "-X", "message.timeout.ms=20000"]
        subprocess.run(command, input=value.encode(), capture_output=True, timeout=60, check=False)

    def _kcat(self, *arguments: str) -> str:
        command = ["kcat", "-b", self._bootstrap, *arguments]
        if "-C" in arguments:
            # The embedded broker answers an empty fetch only after all of its wait.
            command += ["-X", "fetch.wait.max.ms=5"]
        result = subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=300, check=False)
        if result.returncode != 0:
            raise RuntimeError(f"{' '.join(command[:6])} …: {result.stderr.strip()}")
        return result.stdout
