"""Just enough of the Redis protocol to read binary values, from one server or from the masters of a cluster."""

from __future__ import annotations

import socket
from collections import defaultdict
from urllib.parse import unquote, urlsplit


def connect(url: str) -> Redis | RedisCluster:
    """A reader of the server, or of the cluster, at `redis://host:port[,host:port…]`."""
    first = Redis(url.split(",")[0])
    if "redis_mode:cluster" not in first("INFO", "server").decode():
        return first
    return RedisCluster(first)


class Redis:
    """One connection; every call is a round trip."""

    def __init__(self, url: str, timeout: float = 10):
        parts = urlsplit(url)
        self._socket = socket.create_connection((parts.hostname, parts.port or 6379), timeout)
        self._input = self._socket.makefile("rb")
        if parts.password:
            login = [unquote(parts.username)] if parts.username else []
            self("AUTH", *login, unquote(parts.password))
        if parts.path.strip("/"):
            self("SELECT", parts.path.strip("/"))

    def __call__(self, *arguments: str | bytes):
        self._socket.sendall(_message(arguments))
        return self._reply()

    def pipeline(self, commands: list[tuple]) -> list:
        """The replies to many commands, 500 per round trip."""
        replies: list = []
        for start in range(0, len(commands), 500):
            part = commands[start : start + 500]
            self._socket.sendall(b"".join(_message(command) for command in part))
            replies += [self._reply() for _ in part]
        return replies

    def close(self) -> None:
        self._input.close()
        self._socket.close()

    def _reply(self):
        line = self._input.readline()
        if not line:
            raise ConnectionError("Redis closed the connection")
        kind, rest = line[:1], line[1:-2]
        if kind == b"-":
            raise RuntimeError(rest.decode())
        if kind == b":":
            return int(rest)
        if kind == b"+":
            return rest.decode()
        if kind == b"$":
            return None if rest == b"-1" else self._input.read(int(rest) + 2)[:-2]
        return None if rest == b"-1" else [self._reply() for _ in range(int(rest))]

    def scan(self, pattern: str) -> list[bytes]:
        keys: set[bytes] = set()
        cursor = "0"
        while True:
            cursor, page = self("SCAN", cursor, "MATCH", pattern, "COUNT", "1000")
            keys.update(page)
            if cursor == b"0":
                return sorted(keys)

    def mget(self, keys: list[bytes]) -> list[bytes | None]:
        return self.pipeline([("GET", key) for key in keys])

    def hashes(self, pattern: str) -> dict[bytes, dict[bytes, bytes]]:
        """Every hash whose key matches."""
        keys = [key for key in self.scan(pattern) if self("TYPE", key) == "hash"]
        replies = self.pipeline([("HGETALL", key) for key in keys])
        return {key: dict(zip(reply[::2], reply[1::2])) for key, reply in zip(keys, replies)}


class RedisCluster:
    """Reads from all masters; the layout is the one of the moment of connecting."""

    def __init__(self, node: Redis):
        self._masters = []
        for first, last, master, *_ in node("CLUSTER", "SLOTS"):
            address = f"redis://{master[0].decode()}:{master[1]}"
            if address not in [known for known, _ in self._masters]:
                self._masters.append((address, Redis(address)))

    def scan(self, pattern: str) -> list[bytes]:
        return sorted(key for keys in self._keys(pattern).values() for key in keys)

    def mget(self, keys: list[bytes]) -> list[bytes | None]:
        wanted = set(keys)
        found: dict[bytes, bytes | None] = defaultdict(lambda: None)
        for redis, present in self._keys("*").items():
            here = [key for key in present if key in wanted]
            found.update(zip(here, redis.mget(here)))
        return [found[key] for key in keys]

    def hashes(self, pattern: str) -> dict[bytes, dict[bytes, bytes]]:
        return {key: fields for _, redis in self._masters for key, fields in redis.hashes(pattern).items()}

    def _keys(self, pattern: str) -> dict[Redis, list[bytes]]:
        return {redis: redis.scan(pattern) for _, redis in self._masters}


def _message(arguments) -> bytes:
    encoded = [a if isinstance(a, bytes) else str(a).encode() for a in arguments]
    return b"*%d\r\n" % len(encoded) + b"".join(b"$%d\r\n%s\r\n" % (len(a), a) for a in encoded)
