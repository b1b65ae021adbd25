"""Seeded inputs: events, catalog entries and bodies, from valid to random bytes.

The same seed makes the same decisions; times count from `now`, which is the start of the run.
"""

from __future__ import annotations

import json
import random
from datetime import datetime, timezone

TOPICS = {
    "view": "views", "page": "views", "click": "clicks", "scroll": "engagement", "dwell": "engagement",
    "play": "engagement", "search": "engagement", "share": "engagement", "add_to_cart": "conversions",
    "remove_from_cart": "conversions", "purchase": "conversions", "subscribe": "conversions", "rating": "feedback",
    "like": "feedback", "dislike": "feedback", "dismiss": "feedback", "favorite": "feedback", "review": "feedback",
    "impression": "impressions", "identify": "users", "alias": "users", "preferences": "users", "consent": "users",
}  # fmt: skip
TYPES = list(TOPICS)
ODD_IDS = ["{a}", "%7B", "~~", "a%b~c}", "é", "字", "😀", " ", "a b", "'\"\\", "x" * 255, "..", "a/b?c#d", "\u202e"]
BAD_IDS = ["", "x" * 257, "a\x00b", "a\x1fb", "\x7f", "\u0085", "é" * 129]
BAD_TIMES = [
    "yesterday", "2026-02-30T00:00:00Z", "2026-01-01", "2026-01-01T24:00:00Z", "10000-01-01T00:00:00Z", -1e300, 1e30,
    9223372036854775807, -9223372036854775808, 253402300800000, 1.5, True, [], {}, "2026-01-01T00:00:00",
    "9999-12-31T23:59:60+23:59", "", "\x00",
]  # fmt: skip
ODD_TIMES = [0, -1, 1, "1970-01-01T00:00:00Z", "0000-01-01T00:00:00Z", "2016-12-31t23:59:60.123456789z"]
ODD_NUMBERS = ["1e308", "-1e308", "1e999", "-1e999", "5e-324", "1E400", "9007199254740993", "0.1e1", "-0", "0", "18446744073709551616"]
BAD_NUMBERS = ["NaN", "Infinity", "01", "+1", ".5", "1.", "0x10", "1e", "--1", "1_000"]
WRONG = [None, True, 0, 1.5, "", "x", [], {}, [[]], {"a": 1}, ["x", 1], -1, 1e18]
FIELDS = [
    "eventId", "type", "userId", "anonymousId", "sessionId", "itemId", "items", "value", "timestamp", "context",
    "recommendation", "consent", "properties",
]  # fmt: skip
PIECES = [
    b"\x00", b"\x01", b"\x1f", b"\x7f", b"\x80", b"\xff", b"\xc0\x80", b"\xe0\x80\xaf", b"\xed\xa0\x80", b"\xed\xbf\xbf",
    b"\xf4\x90\x80\x80", b"\xf8\x88\x80\x80\x80", b"\xfe\xff", b"\xef\xbb\xbf", b"\xe9", b"\\ud800", b"\\udc00\\ud800",
    b"\\u12", b"\\x41", b"\\", b'"', b"{", b"}", b"[", b"]", b",", b":", b",,", b"null", b"nul", b"//x", b"/**/", b"'",
    b"\r", b"\t", b"\x0b", b"1e999999999", b"-", b"\xe2\x80\xa8",
]  # fmt: skip


class Generator:
    """Makes inputs from one stream of random numbers."""

    def __init__(self, seed: str, now: int, users: int = 1000, items: int = 300):
        self.random = random.Random(seed)
        self._now = now
        self._prefix = seed
        self._count = 0
        self._last: dict | None = None
        self._users = [f"u{number}" for number in range(users)] + ODD_IDS
        self._items = [f"i{number}" for number in range(items)] + ODD_IDS

    # Events

    def event(self, user: str | None = None) -> dict:
        """A valid event; one of a named user is never a client's retry."""
        pick = self.random.random
        # A client's retry, sometimes.
        if self._last is not None and user is None and pick() < 0.02:
            return dict(self._last)
        self._count += 1
        kind = TYPES[int(pick() * len(TYPES))]
        event: dict = {"type": kind, "eventId": f"{self._prefix}-{self._count}"}
        who = user or self._users[int(pick() * pick() * len(self._users))]
        if kind != "identify" and kind != "alias" and user is None and pick() < 0.2:
            event["anonymousId"] = who[:255] if len(who.encode()) < 256 else "a"
        else:
            event["userId"] = who if not who.startswith("~") else "t" + who
        if kind == "alias":
            event["anonymousId"] = "a1"
        item = self._items[int(pick() * pick() * len(self._items))]
        if kind == "impression":
            wanted = 200 if pick() < 0.02 else 1 + int(pick() * 10)
            event["items"] = [f"i{int(pick() * 300)}" for _ in range(wanted)]
        elif kind not in ("page", "search", "identify", "preferences", "consent", "scroll", "subscribe"):
            event["itemId"] = item
        if kind == "rating":
            event["value"] = int(pick() * 11) / 2
        elif kind in ("purchase", "dwell", "play") and pick() < 0.7:
            event["value"] = round(pick() * 100, 2)
        if kind == "consent":
            event["consent"] = {"personalization": pick() < 0.5}
        event["timestamp"] = self._time()
        if pick() < 0.3:
            event["context"] = {"device": "mobile", "locale": "en-GB", "page": "/m/17", "placement": "home"}
        if pick() < 0.1:
            event["recommendation"] = {"requestId": "q", "position": 3, "source": "als", "propensity": 0.2}
        if pick() < 0.2:
            event["properties"] = {"any": ["thing", {"n": 1.5e3}], "k": "é😀"}
        if user is None:
            self._last = dict(event)
        return event

    def _time(self):
        at = self._now - int(self.random.random() ** 3 * 40 * 86_400_000)
        if self.random.random() < 0.01:
            return self.random.choice(ODD_TIMES)
        if self.random.random() < 0.5:
            return at
        return datetime.fromtimestamp(at / 1000, timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.123Z")

    def encoded(self, event: dict) -> bytes:
        return json.dumps(event, ensure_ascii=self.random.random() < 0.5, separators=(",", ":")).encode()

    def wrong_event(self) -> bytes:
        """JSON, and yet, mostly, no event that may enter the stream."""
        event = self.event()
        choose = self.random.randrange(13)
        pick = self.random.choice
        if choose == 0:
            for field in self.random.sample(list(event), 1 + self.random.randrange(3)):
                event.pop(field, None)
        elif choose == 1:
            event[pick(FIELDS)] = pick(WRONG)
        elif choose == 2:
            event[pick(["eventId", "userId", "anonymousId", "itemId", "sessionId"])] = pick(BAD_IDS)
        elif choose == 3:
            event["timestamp"] = pick(BAD_TIMES)
        elif choose == 4:
            event["type"] = pick(["", "VIEW", "views", "x" * 5000, "é", "bookmark", " view", "view\x00"])
        elif choose == 5:
            text = json.dumps(event, separators=(",", ":"))
            return (text[:-1] + f',"value":{pick(ODD_NUMBERS)}}}').encode()
        elif choose == 6:
            text = json.dumps(event, separators=(",", ":"))
            field = pick(list(event))
            return (text[:-1] + f",{json.dumps(field)}:{json.dumps(event[field])}}}").encode()
        elif choose == 7:
            depth = self.random.randrange(1, 62)
            event["properties"] = {}
            text = json.dumps(event, separators=(",", ":"))
            return text.replace('"properties":{}', '"properties":' + '{"a":' * depth + "1" + "}" * depth).encode()
        elif choose == 8:
            event["items"] = [str(number) for number in range(self.random.choice([0, 199, 200, 201, 1000]))]
        elif choose == 9:
            event["context"] = {"page": "x" * self.random.choice([2048, 2049, 9000]), "device": pick(WRONG)}
        elif choose == 10:
            event["recommendation"] = {"position": pick([-1, 1 << 62, 1 << 63, 0.5]), "propensity": pick([0, -1, 2, 1e-300])}
        elif choose == 11:
            event = {self.random.choice([key.upper(), key + " ", "\u0000" + key, key]): value for key, value in event.items()}
        else:
            event["timestamp"] = self._now + self.random.choice([3_600_000, 86_000_000, 90_000_000, 10**12])
        return self.encoded(event)

    def broken_event(self) -> bytes:
        """Bytes that, mostly, are no JSON."""
        body = self.encoded(self.event())
        choose = self.random.randrange(12)
        if choose == 0:
            return body[: self.random.randrange(len(body))]
        if choose == 1:
            at = self.random.randrange(len(body))
            return body[:at] + self.random.choice(PIECES) + body[at:]
        if choose == 2:
            at = self.random.randrange(len(body))
            return body[:at] + bytes([self.random.randrange(256)]) + body[at + 1 :]
        if choose == 3:
            at, to = sorted(self.random.randrange(len(body)) for _ in range(2))
            return body[:at] + body[to:]
        if choose == 4:
            return self.random.randbytes(self.random.randrange(1, 200))
        if choose == 5:
            text = body.decode()
            return text.encode(self.random.choice(["utf-16", "utf-16-be", "utf-32", "utf-16-le"]))
        if choose == 6:
            return body.decode().replace("e", "é").encode("latin-1", "replace")
        if choose == 7:
            opening = self.random.choice([b"[", b'{"a":', b'{"properties":{"a":['])
            return opening * self.random.choice([63, 64, 65, 100, 3000])
        if choose == 8:
            return body.replace(b":", b": " + self.random.choice(BAD_NUMBERS).encode() + b" ", 1)
        if choose == 9:
            return body + self.random.choice([b"}", b"{}", b",", b" x", b"\x00", body])
        if choose == 10:
            return self.random.choice([b"null", b"1", b'"x"', b"[]", b"true", b"[[[]]]", b"{}", b"-0", b'"\\ud800"'])
        return b"\xef\xbb\xbf" + body

    def huge_event(self) -> bytes:
        event = self.event()
        size = self.random.choice([2_000, 20_000, 32_768, 40_000, 120_000])
        event[self.random.choice(["properties", "eventId", "itemId", "unknown"])] = {"x": "y" * size}
        return self.encoded(event)

    def any_event(self) -> bytes:
        """Two fifths valid, two fifths JSON that is wrong, the rest broken; a few are huge."""
        pick = self.random.random()
        if pick < 0.40:
            return self.encoded(self.event())
        if pick < 0.76:
            return self.wrong_event()
        if pick < 0.998:
            return self.broken_event()
        return self.huge_event()

    # Catalog

    def item(self, identity: str | None = None) -> dict:
        pick = self.random.random
        item = {"id": identity or f"i{int(pick() * 300)}", "title": f"Title {int(pick() * 1000)}"}
        if pick() < 0.8:
            item["categories"] = [f"c{int(pick() * 12)}" for _ in range(1 + int(pick() * 3))]
        if pick() < 0.5:
            item["tags"] = [f"t{int(pick() * 30)}" for _ in range(int(pick() * 5))]
        if pick() < 0.3:
            item.update(creator="é", price=round(pick() * 50, 2), url="https://x/1")
        if pick() < 0.03:
            item["available"] = False
        return item

    def wrong_item(self) -> bytes:
        item = self.item()
        choose = self.random.randrange(7)
        if choose == 0:
            item.pop(self.random.choice(list(item)))
        elif choose == 1:
            item[self.random.choice(["id", "title", "categories", "tags", "price", "available", "createdAt"])] = (
                self.random.choice(WRONG)
            )
        elif choose == 2:
            item["id"] = self.random.choice(BAD_IDS)
        elif choose == 3:
            item["categories"] = ["c"] * self.random.choice([0, 100, 101, 5000])
        elif choose == 4:
            item["description"] = "d" * self.random.choice([16_384, 16_385, 70_000])
        elif choose == 5:
            body = self.encoded(item)
            return body[: self.random.randrange(len(body))]
        else:
            body = self.encoded(item)
            at = self.random.randrange(len(body))
            return body[:at] + self.random.choice(PIECES) + body[at:]
        return self.encoded(item)

    def any_item(self) -> bytes:
        return self.encoded(self.item()) if self.random.random() < 0.4 else self.wrong_item()

    # Bytes

    def mutated(self, value: bytes) -> bytes:
        """A stored value with changed bytes, cut, doubled, or replaced."""
        choose = self.random.randrange(7)
        if choose == 0 or not value:
            return self.random.randbytes(self.random.choice([0, 1, 8, 16, 100, 5000]))
        if choose == 1:
            return value[: self.random.randrange(len(value))]
        if choose == 2:
            return value + self.random.randbytes(1 + self.random.randrange(20))
        bytes_ = bytearray(value)
        for _ in range(1 + self.random.randrange(3)):
            at = self.random.randrange(len(bytes_))
            if choose == 3:
                bytes_[at] ^= 1 << self.random.randrange(8)
            elif choose == 4:
                bytes_[at : at + 9] = b"\xff" * 9
            elif choose == 5:
                bytes_[at : at + 10] = b"\xff" * 9 + b"\x01"
            else:
                bytes_[at] = self.random.choice([0, 1, 127, 128, 255])
        return bytes(bytes_)
