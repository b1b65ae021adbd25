"""Inputs over Kafka: records of every topic, with any bytes as key, value, headers and time."""

from __future__ import annotations

from collections import Counter

from .generator import BAD_IDS, PIECES, TOPICS, Generator
from .producer import Producer

SIGNALS = ["views", "clicks", "engagement", "conversions", "feedback", "impressions", "users"]
# Nobody reads these but the operator's tools; they must not mind either.
UNREAD = [
    "models.published", "recommendations.updated", "segments.updated", "triggers", "privacy.requests", "events.rejected",
]  # fmt: skip
TIMES = [0, -1, 1, 9223372036854775807, -9223372036854775808, 253402300799999, 253402300800000, 10**15]


class Records:
    """Sends records; a forged activity's coordinates are of generation 0, which the true ones leave behind."""

    def __init__(self, bootstrap: str, prefix: str, victims: list[str], generator: Generator, counts: Counter):
        self.producer = Producer(bootstrap)
        self._prefix = prefix
        self._generator = generator
        self._counts = counts
        self._victims = victims
        self._forged = 0

    def event(self) -> None:
        """A record of `events.*`: valid, wrong, broken, or in the wrong place."""
        random = self._generator.random
        self._counts["inputs"] += 1
        self._counts["events.*"] += 1
        pick = random.random()
        topic, key, value = random.choice(SIGNALS), b"u1", b""
        if pick < 0.45:
            event = self._generator.event()
            topic, key, value = TOPICS[event["type"]], _key(event), self._generator.encoded(event)
            if pick < 0.01:
                topic = random.choice(SIGNALS)
            elif pick < 0.02:
                key = random.choice([None, b"", b"other", key + b"x", b"\xff\xfe", b"k" * 100_000])
        elif pick < 0.75:
            value = self._generator.wrong_event()
        elif pick < 0.997:
            value = self._generator.broken_event()
        else:
            value = self._generator.huge_event() * random.choice([1, 1, 8])
            key = random.choice([b"u1", b"k" * 300_000, b"\x00" * 900_000])
        if random.random() < 0.001:
            value = None
        self.producer.send(self._prefix + "events." + topic, key, value, self._headers(), self._timestamp())

    def victim_event(self) -> None:
        """A valid event, with an id of its own, of a user whose state is being damaged."""
        self._counts["inputs"] += 1
        self._counts["events.*"] += 1
        self._counts["of victims"] += 1
        event = self._generator.event(self._generator.random.choice(self._victims))
        event.pop("anonymousId", None)
        if event["type"] == "alias":
            event["anonymousId"] = "a1"
        event["timestamp"] = max(event["timestamp"], 1) if isinstance(event["timestamp"], int) else event["timestamp"]
        value = self._generator.encoded(event)
        self.producer.send(self._prefix + "events." + TOPICS[event["type"]], _key(event), value)

    def activity(self) -> None:
        """A record of `activity` that no stream-processor wrote."""
        random = self._generator.random
        self._counts["inputs"] += 1
        self._counts["activity"] += 1
        self._forged += 1
        event = self._generator.event(f"forged-{random.randrange(200)}")
        event.update(receivedAt=event["timestamp"], session={"id": "s1", "start": event["timestamp"]})
        if random.random() < 0.5:
            event["item"] = {"categories": ["c1"] * random.choice([1, 150]), "tags": ["t"], "creator": "é"}
        if random.random() < 0.1:
            event[random.choice(["value", "itemId", "items", "session", "receivedAt", "item", "userId"])] = random.choice(
                [1e308, -1e308, "x" * 3000, ["a"] * 300, {"id": "s", "start": -1}, None, 5, {"tags": ["y" * 9000] * 90}]
            )
        value = self._generator.encoded(event)
        if random.random() < 0.3:
            value = self._generator.mutated(value)
        elif random.random() < 0.01:
            value = value[:-1] + b',"x":"' + b"z" * random.choice([200_000, 900_000, 1_500_000]) + b'"}'
        source = b"0:%s:%d:%d" % (random.choice(SIGNALS).encode(), random.randrange(12), self._forged)
        source = random.choice([source] * 20 + [b"", b"0:views:1", b"x", b"0:views:0:9223372036854775807", b"0:nope:1:1", b"\xff"])
        key = random.choice([_key(event)] * 9 + [None, b"k" * 900_000])
        headers = [(b"source", source)] if random.random() < 0.98 else self._headers()
        self.producer.send(self._prefix + "activity", key, value, headers, self._timestamp())

    def catalog(self) -> None:
        """A record of `catalog.items`: entries, deletions, and anything else."""
        random = self._generator.random
        self._counts["inputs"] += 1
        self._counts["catalog.items"] += 1
        item = self._generator.item(random.choice([None, None, "victim-item-%d" % random.randrange(50)]))
        key, value = item["id"].encode(), self._generator.encoded(item)
        pick = random.random()
        if pick < 0.3:
            value = self._generator.wrong_item()
        elif pick < 0.4:
            value = self._generator.mutated(value)
        elif pick < 0.45:
            value = None
            key = random.choice(["gone", *BAD_IDS]).encode()
        elif pick < 0.5:
            key = random.choice([None, b"", b"\xff", b"x" * 100_000])
            value = random.choice([None, value])
        self.producer.send(self._prefix + "catalog.items", key, value, self._headers(), self._timestamp())

    def notice(self) -> None:
        """A record of `profiles.updated`: the scorer looks every user up."""
        random = self._generator.random
        self._counts["inputs"] += 1
        self._counts["profiles.updated"] += 1
        key = random.choice(
            [random.choice(self._victims).encode(), b"nobody-%d" % random.randrange(500), None, b"", b"\xff\xc0", b"k" * 500_000]
            + [random.choice(self._victims).encode()] * 4
        )
        value = random.choice([b'{"user":"u","revision":1}', None, b"", random.randbytes(50), b"[" * 5000])
        self.producer.send(self._prefix + "profiles.updated", key, value, self._headers(), self._timestamp())

    def unread(self) -> None:
        """A record of a topic that no service reads."""
        random = self._generator.random
        self._counts["inputs"] += 1
        self._counts["other topics"] += 1
        topic = random.choice(UNREAD[:-1])
        self.producer.send(self._prefix + topic, random.choice([None, b"blend", b"\xff"]), random.randbytes(random.randrange(200)))

    def _headers(self) -> list[tuple[bytes, bytes | None]]:
        random = self._generator.random
        if random.random() < 0.7:
            return []
        names = [b"received-at", b"event-id", b"event-type", b"schema-version", b"reason", b"stage", b"x\xff", b"h" * 300]
        values = [
            b"0", b"-1", b"9223372036854775807", b"-9223372036854775808", b"9223372036854775808", b"1e3", b"", None, b"\xff\xfe",
            b"253402300799999", b"253402300800000", b"1" * 5000, random.choice(PIECES),
        ]  # fmt: skip
        return [(random.choice(names), random.choice(values)) for _ in range(random.choice([1, 1, 2, 50]))]

    def _timestamp(self) -> int | None:
        random = self._generator.random
        return random.choice(TIMES) if random.random() < 0.02 else None


def _key(event: dict) -> bytes:
    user = event.get("userId")
    return (user if user is not None else "~" + event.get("anonymousId", "")).encode() if isinstance(user, (str, type(None))) else b"u1"
