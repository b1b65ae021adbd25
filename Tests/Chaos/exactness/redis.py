"""Just enough of the Redis protocol to read binary values."""

from __future__ import annotations

import socket
from urllib.parse import unquote, urlsplit


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
        encoded = [a if isinstance(a, bytes) else str(a).encode() for a in arguments]
        message = b"*%d\r\n" % len(encoded) + b"".join(b"$%d\r\n%s\r\n" % (len(a), a) for a in encoded)
        self._socket.sendall(message)
        return self._reply()

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
        values: list[bytes | None] = []
        for start in range(0, len(keys), 500):
            values += self("MGET", *keys[start : start + 500])
        return values
