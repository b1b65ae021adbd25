"""The verifier: from the logs of Kafka, what is in Redis and what was sent, without a line of the Swift code.

(a) `activity`, the first copy per source coordinate, is the deduplicated input as a set, contents included;
(b) profiles and count shards are the fold of those first copies in log order;
(c) the books balance.
"""

from __future__ import annotations

import json
import time
from collections import defaultdict
from dataclasses import dataclass, field

from . import books, compare
from .books import SIGNALS, Books
from .counts import Shards
from .fold import Profile
from .http import Client, segment
from .movielens import Event, Item, milliseconds
from .redis import Redis
from .topics import Topics

Source = tuple[int, str, int, int]


@dataclass
class Findings:
    """What is wrong, and what was looked at."""

    wrong: list[str] = field(default_factory=list)
    looked: list[str] = field(default_factory=list)

    def check(self, claim: str, wrong: list[str]) -> None:
        self.looked.append(f"{'WRONG ' if wrong else 'exact '} {claim}")
        self.wrong += wrong


class Verifier:
    """Looks at a suite that has come to rest."""

    def __init__(self, topics: Topics, redis: Redis, server: Client, catalog: dict[str, Item]):
        self._topics = topics
        self._redis = redis
        self._server = server
        self._catalog = catalog
        self.profiles: dict[str, Profile] = {}
        self.second_copies = 0

    def verify(self, sent: list[Event], strict_sessions: bool) -> Findings:
        """With `strict_sessions` no activity was judged twice, so sessions must follow the order of the log."""
        found = Findings()
        events = {event.id: event for event in sent}
        found.check("no log was cut short", self._cut_logs())
        names = [f"events.{signal}" for signal in SIGNALS] + ["activity"]
        self._records = self._topics.read_all(names, values=("activity",))
        firsts, duplicates, malformed = self._read_input(events, found)
        copies = self._read_activity(events, firsts, found)
        self._fold(copies, events, found, strict_sessions)
        self._compare_profiles(found)
        wrong, windows = self._shards.differences(self._redis, int(time.time() * 1000))
        total = sum(sum(fields.values()) for fields in self._shards.windows.values())
        found.check(f"{windows:,} windows of counts that add up to {total:,}, and their fences", wrong)
        self._check_books(len(firsts), duplicates, malformed, found)
        return found

    def _cut_logs(self) -> list[str]:
        names = [f"events.{signal}" for signal in SIGNALS] + ["activity", "events.rejected"]
        return [f"{name} begins above 0: {self._topics.lows(name)}" for name in names if any(self._topics.lows(name).values())]

    def _read_input(self, events: dict[str, Event], found: Findings) -> tuple[dict[Source, str], int, set[str]]:
        """The first record of each event id with its coordinates, the number of later ones, and what is no event."""
        firsts: dict[tuple[str, str], tuple[int, int]] = {}
        malformed: set[tuple[str, int, int]] = set()
        duplicates = 0
        wrong: list[str] = []
        for signal in SIGNALS:
            for record in self._records[f"events.{signal}"]:
                identity = record.headers.get("event-id")
                if identity is None:
                    malformed.add((signal, record.partition, record.offset))
                elif identity not in events:
                    wrong.append(f"events.{signal} {record.partition}@{record.offset}: {identity} was never sent")
                elif (before := firsts.get((signal, identity))) is None:
                    firsts[signal, identity] = (record.partition, record.offset)
                else:
                    duplicates += 1
                    if before[0] != record.partition:
                        wrong.append(f"{identity} stands on partitions {before[0]} and {record.partition} of {signal}")
        missing = events.keys() - {identity for _, identity in firsts}
        wrong += [f"{identity} was acknowledged and is not on events.*" for identity in sorted(missing)]
        found.check(f"{len(events):,} events sent are on events.*, {duplicates:,} of them again", wrong)
        generations = self._generations()
        coordinates = {(generations[s], s, *place): identity for (s, identity), place in firsts.items()}
        return coordinates, duplicates, {f"{generations[s]}:{s}:{p}:{o}" for s, p, o in malformed}

    def _generations(self) -> dict[str, int]:
        """From `generation:<topic>`: a number, a space or colon, the cluster."""
        keys = [f"generation:{self._topics.name(f'events.{signal}')}".encode() for signal in SIGNALS]
        values = self._redis.mget(keys)
        return {signal: _leading_number(value) for signal, value in zip(SIGNALS, values)}

    def _read_activity(self, events: dict[str, Event], firsts: dict[Source, str], found: Findings) -> list[tuple]:
        """The first copies in log order; checks them against the input."""
        copies: dict[Source, tuple] = {}
        wrong: list[str] = []
        self.second_copies = 0
        for record in self._records["activity"]:
            parts = record.headers["source"].split(":")
            source = (int(parts[0]), parts[1], int(parts[2]), int(parts[3]))
            if source in copies:
                self.second_copies += 1
                continue
            activity = json.loads(record.value)
            start = milliseconds(activity["session"]["start"])
            received = milliseconds(activity["receivedAt"])
            copies[source] = (record.partition, source, activity["eventId"], received, start)
            event = events.get(firsts.get(source, ""))
            if event is None:
                wrong.append(f"activity has {source}, which is not the first record of an event: {record.value[:200]}")
            elif differing := self._contents(record, activity, event):
                wrong.append(f"activity {source}: {differing}")
        missing = firsts.keys() - copies.keys()
        wrong += [f"activity has no {source} ({firsts[source]})" for source in sorted(missing)]
        claim = f"activity, {len(copies):,} first copies (and {self.second_copies:,} later ones), is the input as a set"
        found.check(claim, wrong)
        return list(copies.values())

    def _contents(self, record, activity: dict, event: Event) -> str | None:
        """What differs from the event as it was sent; key, headers and the catalog's facts included."""
        got = (
            activity["eventId"], activity["type"], activity.get("userId"), activity.get("itemId"), activity.get("value"),
            milliseconds(activity["timestamp"]), record.key, record.headers.get("event-id"), record.headers.get("event-type"),
            int(record.headers["received-at"]),
        )  # fmt: skip
        received = milliseconds(activity["receivedAt"])
        want = (
            event.id, event.type, event.user, event.item, event.value, event.time, event.user, event.id, event.type, received,
        )  # fmt: skip
        if got != want:
            return f"{got} instead of {want}"
        item, facts = self._catalog[event.item], activity.get("item", {})
        if tuple(facts.get("categories", ())) != item.categories or tuple(facts.get("tags", ())) != item.tags:
            return f"facts {facts} instead of {item}"
        return None

    def _fold(self, copies: list[tuple], events: dict[str, Event], found: Findings, strict_sessions: bool) -> None:
        self.profiles = {}
        self._shards = Shards()
        topics: dict[str, set[str]] = defaultdict(set)
        for partition, source, identity, received, start in copies:
            event = events.get(identity)
            if event is None:
                continue
            profile = self.profiles.setdefault(event.user, Profile())
            profile.apply(event, self._catalog.get(event.item), received, start)
            topics[event.user].add(source[1])
            self._shards.add(partition, source, event.item, min(event.time, received), received)
        judged = {user for user in self.profiles if strict_sessions or len(topics[user]) == 1}
        wrong = [
            f"user {user}: {self.profiles[user].other_sessions} activities have another session than their order gives"
            for user in sorted(judged)
            if self.profiles[user].other_sessions
        ]
        found.check(f"the sessions of {len(judged):,} users, recomputed from times alone", wrong)

    def _compare_profiles(self, found: Findings) -> None:
        wrong: list[str] = []
        for user, profile in self.profiles.items():
            before = int(time.time() * 1000)
            status, body = self._server.request("GET", f"/v1/users/{segment(user)}")
            if status == 200:
                asked = (before, int(time.time() * 1000) + 1)
                wrong += compare.differences(user, profile, json.loads(body), asked)
            else:
                wrong.append(f"GET /v1/users/{user}: {status} {body[:100]!r}")
        agree = len(self.profiles) - len({line.split(":")[0] for line in wrong})
        found.check(f"{agree:,} of {len(self.profiles):,} profiles are the fold of their first copies in log order", wrong)

    def _check_books(self, firsts: int, duplicates: int, malformed: set[str], found: Findings) -> None:
        self.books = books.read(self._topics, self._redis)
        wrong = []
        expected = Books(firsts + duplicates + len(malformed), firsts, duplicates, len(malformed))
        if self.books != expected:
            wrong.append(f"the books say {self.books}; the logs say {expected}")
        rejected = set(self._topics.sources("events.rejected", stage="stream-processor"))
        if rejected != malformed:
            wrong.append(f"events.rejected has {len(rejected)} coordinates, {len(malformed)} records are no events")
        found.check(f"the books: {self.books}", wrong)


def _leading_number(value: bytes) -> int:
    digits = ""
    for character in value.decode(errors="replace"):
        if not character.isdigit():
            break
        digits += character
    return int(digits)
