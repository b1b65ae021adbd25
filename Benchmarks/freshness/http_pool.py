"""A minimal asynchronous HTTP/1.1 client: kept-alive connections, one request at a time on each."""

from __future__ import annotations

import asyncio
from urllib.parse import urlsplit


class Connection:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, host: str):
        self._reader = reader
        self._writer = writer
        self._host = host

    @classmethod
    async def open(cls, base: str) -> Connection:
        address = urlsplit(base)
        reader, writer = await asyncio.open_connection(address.hostname, address.port)
        return cls(reader, writer, address.netloc)

    async def request(self, method: str, path: str, body: bytes = b"") -> tuple[int, bytes]:
        head = f"{method} {path} HTTP/1.1\r\nHost: {self._host}\r\nContent-Length: {len(body)}\r\n"
        if body:
            head += "Content-Type: application/json\r\n"
        self._writer.write(head.encode() + b"\r\n" + body)
        answer = await self._reader.readuntil(b"\r\n\r\n")
        status = int(answer[9:12])
        lower = answer.lower()
        if b"transfer-encoding: chunked" in lower:
            return status, await self._chunks()
        start = lower.find(b"content-length:")
        length = int(lower[start + 15 : lower.index(b"\r\n", start)]) if start >= 0 else 0
        return status, await self._reader.readexactly(length)

    async def _chunks(self) -> bytes:
        body = b""
        while True:
            size = int((await self._reader.readuntil(b"\r\n")).split(b";")[0], 16)
            body += (await self._reader.readexactly(size + 2))[:-2]
            if size == 0:
                return body

    def close(self) -> None:
        self._writer.close()


class Pool:
    """As many connections as there are requests at once."""

    def __init__(self, base: str):
        self._base = base
        self._idle: list[Connection] = []

    async def request(self, method: str, path: str, body: bytes = b"") -> tuple[int, bytes]:
        connection = self._idle.pop() if self._idle else await Connection.open(self._base)
        answer = await connection.request(method, path, body)
        self._idle.append(connection)
        return answer

    def close(self) -> None:
        for connection in self._idle:
            connection.close()
        self._idle = []
