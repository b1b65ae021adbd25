"""Just enough of the Redis protocol to read binary values, from one server or all masters of a cluster."""

from __future__ import annotations

import socket
from urllib.parse import unquote, urlsplit


class Redis:
    """One connection; every call is a round trip. Of several seeds (`redis://h1:p1,h2:p2`) the first that answers.

    `scan` and `mget` go over all masters of a cluster; other calls go to the node that the URL names.
    """

    def __init__(self, url: str, timeout: float = 10):
        self._url, self._timeout = url, timeout
        parts = urlsplit(url)
        login, _, seeds = parts.netloc.rpartition("@")
        failure: OSError | None = None
        for seed in seeds.split(","):
            host, _, port = seed.rpartition(":") if ":" in seed else (seed, "", "6379")
            try:
                self._socket = socket.create_connection((host.strip("[]"), int(port)), timeout)
                break
            except OSError as error:
                failure = error
        else:
            raise failure
        self._seed, self._login = host, login
        self._input = self._socket.makefile("rb")
        if login:
            user, _, password = login.partition(":")
            self("AUTH", *([unquote(user)] if user else []), unquote(password))
        if parts.path.strip("/") not in ("", "0"):
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

    def masters(self) -> list["Redis"]:
        """A connection to every master that serves slots; of a single server this one."""
        if b"redis_mode:cluster" not in self("INFO", "server"):
            return [self]
        nodes = {(node[0].decode() or self._seed, node[1]) for _, _, node, *_ in self("CLUSTER", "SLOTS")}
        login = f"{self._login}@" if self._login else ""
        return [Redis(f"redis://{login}{host}:{port}", self._timeout) for host, port in sorted(nodes)]

    def scan(self, pattern: str) -> list[bytes]:
        return sorted({key for master in self.masters() for key in master._scan(pattern)})

    def _scan(self, pattern: str) -> set[bytes]:
        keys: set[bytes] = set()
        cursor: str | bytes = "0"
        while cursor != b"0":
            cursor, page = self("SCAN", cursor, "MATCH", pattern, "COUNT", "1000")
            keys.update(page)
        return keys

    def hashes(self, pattern: str) -> dict[bytes, dict[bytes, bytes]]:
        """Every hash whose key matches."""
        found: dict[bytes, dict[bytes, bytes]] = {}
        for master in self.masters():
            for key in master._scan(pattern):
                if master("TYPE", key) == "hash":
                    fields = master("HGETALL", key)
                    found[key] = dict(zip(fields[::2], fields[1::2]))
        return found

    def mget(self, keys: list[bytes]) -> list[bytes | None]:
        """The values of `keys`; every master is asked for all of them, one `GET` each, and the owner answers."""
        values: dict[bytes, bytes | None] = {}
        masters = self.masters()
        for master in masters:
            missing = [key for key in keys if key not in values]
            for start in range(0, len(missing), 500):
                values |= master._get(missing[start : start + 500])
        if any(key not in values for key in keys):
            raise ConnectionError("slots moved while keys were read")
        return [values[key] for key in keys]

    def _get(self, keys: list[bytes]) -> dict[bytes, bytes | None]:
        """One round trip; keys that another node serves are left out."""
        self._socket.sendall(b"".join(b"*2\r\n$3\r\nGET\r\n$%d\r\n%s\r\n" % (len(key), key) for key in keys))
        values: dict[bytes, bytes | None] = {}
        for key in keys:
            try:
                values[key] = self._reply()
            except RuntimeError as error:
                if not str(error).startswith("MOVED "):
                    raise
        return values

    def close(self) -> None:
        self._input.close()
        self._socket.close()
