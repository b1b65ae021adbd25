"""Contents of Redis: what the services wrote, mutated, cut, or replaced by another type, while they run."""

from __future__ import annotations

from collections import Counter

from harness.redis import Redis

from .generator import Generator

VERSIONS = [b"", b"abc", b"-1", b"18446744073709551615", b"18446744073709551616", b"0", b"1e3", b"\xff"]


class Contents:
    """Damages the keys of users and items that exist for that, and now and then keys that all share."""

    def __init__(self, url: str, victims: list[str], generator: Generator, counts: Counter):
        self._redis = Redis(url)
        self._victims = victims
        self._generator = generator
        self._counts = counts

    def damage(self) -> None:
        random = self._generator.random
        self._counts["inputs"] += 1
        self._counts["contents of Redis"] += 1
        victim = random.choice(self._victims)
        pick = random.random()
        if pick < 0.75:
            part = random.choice(["profile", "stream", "seen", "recs"])
            key = f"{{{victim}}}:{part}".encode()
        elif pick < 0.95:
            key = random.choice([f"item:victim-item-{random.randrange(50)}", f"similar:victim-item-{random.randrange(50)}"]).encode()
        else:
            key = self._shared()
        if key.endswith(b":version"):
            self._redis("SET", key, random.choice(VERSIONS))
            return
        if random.random() < 0.1:
            self._other_type(key)
            return
        try:
            value = self._redis("GET", key) or b""
        except RuntimeError:
            value = b""
        if not value and b":fence" not in key:
            # As if it were another user's: most of the bytes make sense.
            model = self._redis("RANDOMKEY")
            try:
                value = self._redis("GET", model) or b""
            except RuntimeError:
                value = b""
        self._redis("SET", key, self._generator.mutated(value))

    def _shared(self) -> bytes:
        random = self._generator.random
        windows = self._redis("KEYS", "counts:{activity-11}:[hdw]:*")
        return random.choice(
            [b"trending:all", b"counts:{activity-11}:fence", b"model:{blend}:version", b"progress:freshet.scorer:freshet.profiles.updated-1"]
            + windows[:3]
        )

    def _other_type(self, key: bytes) -> None:
        self._redis("DEL", key)
        kind = self._generator.random.randrange(4)
        if kind == 0:
            self._redis("LPUSH", key, b"x")
        elif kind == 1:
            self._redis("HSET", key, b"v:i1", b"not a number")
        elif kind == 2:
            self._redis("SADD", key, b"x")
        else:
            self._redis("ZADD", key, "1", b"x")

    def repair(self) -> None:
        """What an operator does about keys that all share: takes the damaged ones out."""
        for key in [b"trending:all", b"model:{blend}:version", b"counts:{activity-11}:fence"]:
            self._redis("DEL", key)
        for key in self._redis("KEYS", "counts:{activity-11}:[hdw]:*"):
            self._redis("DEL", key)
