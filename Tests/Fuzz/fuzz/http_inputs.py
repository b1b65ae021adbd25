"""Inputs over HTTP: bodies of events, every other endpoint, and bytes that are no HTTP."""

from __future__ import annotations

import gzip
import http.client
import json
import socket
import time
from collections import Counter
from urllib.parse import quote, urlsplit

from .answers import NOT_JSON, Undocumented, events, problem
from .generator import BAD_IDS, ODD_IDS, PIECES, Generator

RETRY = (429, 503)


class Connection:
    """A kept-alive connection that sends any header, also wrong ones."""

    def __init__(self, base: str):
        self.address = urlsplit(base).hostname, urlsplit(base).port
        self._connection: http.client.HTTPConnection | None = None

    def request(self, method: str, path: str, body: bytes | None = None, headers: dict | None = None):
        """Status, headers, body; a documented 503 or 429 is tried again for a minute."""
        end = time.monotonic() + 60
        cuts = 0
        while True:
            try:
                answer = self._once(method, path, body, headers or {})
            except (BrokenPipeError, ConnectionResetError, http.client.RemoteDisconnected):
                # A refused body need not be read to its end, and the connection may go while it is being sent.
                cuts += 1
                if cuts > 5:
                    raise
                continue
            if answer[0] not in RETRY or time.monotonic() > end:
                return answer
            problem(*answer, f"{method} {path}")
            time.sleep(0.2)

    def _once(self, method: str, path: str, body: bytes | None, headers: dict):
        if self._connection is None:
            self._connection = http.client.HTTPConnection(*self.address, timeout=30)
        connection = self._connection
        try:
            connection.putrequest(method, path, skip_accept_encoding=True, skip_host="Host" in headers)
            if body is not None and "Transfer-Encoding" not in headers:
                connection.putheader("Content-Length", str(len(body)))
            for name, value in headers.items():
                connection.putheader(name, value)
            connection.endheaders(body)
            response = connection.getresponse()
            said = response.status, response.headers, response.read()
            if response.will_close:
                self.close()
            return said
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


class EventBatches:
    """Bodies of many events to the collector."""

    def __init__(self, base: str, generator: Generator, counts: Counter):
        self._connection = Connection(base)
        self._generator = generator
        self._counts = counts

    def send(self, count: int) -> None:
        """One body of about `count` events, each an input."""
        random = self._generator.random
        if random.random() < 0.75:
            lines = [self._generator.any_event().replace(b"\n", b" ") for _ in range(count)]
            body, kind = b"\n".join(lines), "application/x-ndjson"
            expected = sum(1 for line in lines if line.strip(b" \t\r"))
        else:
            # A byte out of place makes the whole array no JSON, so broken ones are seldom.
            parts = [
                self._generator.encoded(self._generator.event()) if random.random() < 0.6 else self._generator.wrong_event()
                for _ in range(count)
            ]
            if random.random() < 0.03:
                parts[random.randrange(count)] = self._generator.broken_event()
            body, kind, expected = b"[" + b",".join(parts) + b"]", "application/json", None
        headers = {"Content-Type": kind}
        if random.random() < 0.1:
            body = gzip.compress(body, 1)
            headers["Content-Encoding"] = "gzip"
        if random.random() < 0.05:
            body = _chunked(body, random)
            headers["Transfer-Encoding"] = "chunked"
        status, said, answer = self._connection.request("POST", "/v1/events", body, headers)
        accepted, reasons = events(status, said, answer, expected, f"a body of {count} events")
        self._counts["inputs"] += count
        self._counts["valid"] += accepted
        self._counts["json"] += accepted + sum(n for reason, n in reasons.items() if reason not in NOT_JSON)
        self._counts[f"status {status}"] += 1
        for reason, number in reasons.items():
            self._counts[f"rejected {reason}"] += number


class SingleRequests:
    """One input a request: events by themselves, wrong types, bombs, paths, queries and headers of all endpoints."""

    def __init__(self, addresses: dict[str, str], victims: list[str], generator: Generator, counts: Counter):
        self._collector = Connection(addresses["collector"])
        self._server = Connection(addresses["server"])
        self._admin = [Connection(address) for name, address in addresses.items() if name.startswith("admin ")]
        self._generator = generator
        self._counts = counts
        self._victims = victims
        self._bombs = [
            gzip.compress(b" " * 20_000_000, 9), gzip.compress(b"[" * 5_000_000, 9),
            gzip.compress(b"", 9) * 20_000, gzip.compress(b"{}" * 1000)[:-9],
        ]  # fmt: skip

    def send(self) -> None:
        pick = self._generator.random.random()
        self._counts["inputs"] += 1
        self._counts["single requests"] += 1
        if pick < 0.45:
            self._event()
        elif pick < 0.60:
            self._odd_body()
        elif pick < 0.92:
            self._read()
        elif pick < 0.97:
            self._catalog()
        else:
            self._health()

    def _event(self) -> None:
        kind = self._generator.random.choice(["application/json", "text/plain;charset=UTF-8", "application/x-ndjson"])
        body = self._generator.any_event()
        status, said, answer = self._collector.request("POST", "/v1/events", body, {"Content-Type": kind})
        accepted, reasons = events(status, said, answer, None, f"an event {body[:300]!r}")
        self._note(status, accepted, reasons)

    def _note(self, status: int, accepted: int, reasons: dict[str, int]) -> None:
        """Counts one request as one input, however many events its body may have had."""
        self._counts["valid"] += accepted > 0
        self._counts["json"] += accepted > 0 or any(reason not in NOT_JSON for reason in reasons)
        self._counts[f"status {status}"] += 1

    def _odd_body(self) -> None:
        random = self._generator.random
        headers = {"Content-Type": "application/json"}
        choose = random.randrange(7)
        body = self._generator.encoded(self._generator.event())
        if choose == 0:
            headers["Content-Type"] = random.choice(
                ["", ";", "text/html", "application/xml", "json", "application/json; charset=latin-1", "a" * 5000, "é", "/"]
            )
        elif choose == 1:
            headers["Content-Encoding"] = random.choice(["deflate", "br", "gzip, gzip", "x" * 100, "zstd", "identity"])
        elif choose == 2:
            headers["Content-Encoding"] = "gzip"
            body = random.choice(self._bombs)
        elif choose == 3:
            headers["Content-Encoding"] = "gzip"
            body = self._generator.mutated(gzip.compress(body))
        elif choose == 4:
            body = random.choice([b"", b" ", b"\n\n", b"[" * 400_000, b"9" * 500_000, b'"' + b"a" * 511_999, b"\x00" * 1000])
        elif choose == 5:
            body = random.choice([b"[]", b"{}", b"[{}]", b"[" + b",".join([b"{}"] * 2501) + b"]", b"{}\n" * 2501])
        else:
            body = random.randbytes(random.choice([10, 1000, 100_000, 600_000]))
        status, said, answer = self._collector.request("POST", "/v1/events", body, headers)
        accepted, reasons = events(status, said, answer, None, f"{headers} {body[:60]!r}")
        self._note(status, accepted, reasons)

    def _read(self) -> None:
        random = self._generator.random
        identity = quote(random.choice(self._victims + ODD_IDS + BAD_IDS + ["u1", "u2", "i1", "i2"]), safe="")
        identity = random.choice([identity, identity, identity, "%ff", "%", "%zz", "%00", "..%2f..", "a" * 3000, "%C3"])
        limit = random.choice(["", "&limit=5", "&limit=0", "&limit=101", "&limit=x", "&limit=99999999999999999999", "&limit="])
        path = random.choice(
            [
                f"/v1/recommendations?user={identity}{limit}", f"/v1/recommendations?anonymous={identity}{limit}",
                f"/v1/recommendations?user={identity}&anonymous={identity}", f"/v1/recommendations?user=u1&placement={identity}",
                f"/v1/trending?x=1{limit}", f"/v1/items/{identity}", f"/v1/items/{identity}/similar?x{limit}",
                f"/v1/users/{identity}", "/openapi.json", "/v1/recommendations", "/v1/nothing", f"/{identity}", "/demo", "//",
                "/v1/items//similar", "/v1/recommendations?" + "a=b&" * 500, "/?" + "%" * 50,
            ]
        )  # fmt: skip
        method = random.choice(["GET"] * 8 + ["POST", "DELETE", "PATCH", "OPTIONS", "HEAD", "TRACE", "BREW"])
        headers = random.choice(
            [{}, {}, {}, {"Host": "evil.example"}, {"Authorization": "Bearer x"}, {"Accept": "x" * 3000}, {"X-A": "é\x01"},
             {"If-None-Match": '"'}, {"Range": "bytes=-1"}, {"Origin": "null"}, {"Expect": "100-continue"}]
        )  # fmt: skip
        if method == "DELETE" and path.startswith("/v1/items/i"):
            method = "GET"
        try:
            status, said, answer = self._server.request(method, path, None, headers)
        except (http.client.InvalidURL, ValueError):
            return
        allowed = {200, 202, 204, 400, 401, 404, 405, 413, 421}
        # A profile whose stored bytes were damaged on purpose is the one documented 500.
        if path.startswith("/v1/users/"):
            allowed.add(500)
        # What is no HTTP is refused before anybody could write a body.
        is_http = method != "BREW" and "X-A" not in headers
        self._check(status, said, answer, allowed, f"{method} {path} {headers}", has_body=method != "HEAD" and is_http)

    def _catalog(self) -> None:
        random = self._generator.random
        parts = [self._generator.any_item() for _ in range(random.choice([0, 1, 1, 5]))]
        kind = random.choice(["application/json", "application/x-ndjson", "text/csv", ""])
        body = b"\n".join(part.replace(b"\n", b" ") for part in parts) if "ndjson" in kind else b"[" + b",".join(parts) + b"]"
        status, said, answer = self._server.request("PUT", "/v1/items", body, {"Content-Type": kind})
        self._check(status, said, answer, {202, 400, 413, 415}, f"PUT /v1/items {kind} {body[:200]!r}")
        if status == 202:
            json.loads(answer)["accepted"]

    def _health(self) -> None:
        random = self._generator.random
        path = random.choice(["/health/live", "/health/ready", "/metrics", "/", "/health", "/metrics/x", "/%00", "/health/ready?x=1"])
        method = random.choice(["GET", "GET", "POST", "DELETE", "HEAD"])
        status, said, answer = random.choice(self._admin).request(method, path, b"x" if method == "POST" else None)
        self._check(status, said, answer, {200, 404, 405, 503}, f"admin {method} {path}", has_body=method != "HEAD" and status != 503)

    def _check(self, status: int, headers, body: bytes, allowed: set[int], where: str, has_body: bool = True) -> None:
        self._counts[f"status {status}"] += 1
        if status not in allowed:
            raise Undocumented(f"{where}: status {status} {body[:200]!r}")
        if status >= 400 and has_body:
            problem(status, headers, body, where)


class RawSockets:
    """Bytes that are no HTTP, or nearly: each is answered with a 4xx or the end of the connection."""

    def __init__(self, addresses: dict[str, str], generator: Generator, counts: Counter):
        self._addresses = [(urlsplit(address).hostname, urlsplit(address).port) for address in addresses.values()]
        self._generator = generator
        self._counts = counts

    def send(self) -> None:
        random = self._generator.random
        self._counts["inputs"] += 1
        self._counts["raw sockets"] += 1
        body = b'{"type":"search","userId":"u1"}'
        head = b"POST /v1/events HTTP/1.1\r\nHost: localhost\r\n"
        message = random.choice(
            [
                random.randbytes(random.randrange(1, 2000)), b"GET / HTTP/9.9\r\n\r\n", b"GET\r\n\r\n", b"\r\n\r\n", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
                b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + random.randbytes(300), b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\n\r\n",
                head + b"X: " + b"a" * 200_000 + b"\r\n\r\n", head + b"X: a\r\n" * 5000 + b"\r\n",
                head + b"Content-Length: -1\r\n\r\n" + body, head + b"Content-Length: 99999999999999999999999\r\n\r\n" + body,
                head + b"Content-Length: 5\r\nContent-Length: 50\r\n\r\n" + body,
                head + b"Content-Length: 31\r\nTransfer-Encoding: chunked\r\n\r\n" + body,
                head + b"Transfer-Encoding: chunked\r\n\r\nZZ\r\n" + body, head + b"Transfer-Encoding: chunked\r\n\r\nffffffffffffffff1\r\n",
                head + b"Content-Length: 100\r\n\r\n" + body, head + b"Expect: 200-ok\r\nContent-Length: 1\r\n\r\n",
                b"GET http://localhost/v1/events HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", head.replace(b"HTTP", b"http") + b"\r\n",
                head + random.choice(PIECES) + b": x\r\n\r\n", b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n" * 50,
            ]
        )  # fmt: skip
        with socket.create_connection(random.choice(self._addresses), 10) as connection:
            connection.settimeout(10)
            answer = b""
            try:
                connection.sendall(message)
                connection.shutdown(socket.SHUT_WR)
                while part := connection.recv(65_536):
                    answer += part
            except (BrokenPipeError, ConnectionResetError):
                pass
            except TimeoutError:
                raise Undocumented(f"no answer and no end within 10 s to {message[:100]!r}") from None
        if answer and not answer.startswith((b"HTTP/1.1 2", b"HTTP/1.1 4", b"HTTP/1.0 4", b"HTTP/1.1 100")):
            raise Undocumented(f"{message[:100]!r} was answered with {answer[:200]!r}")


def _chunked(body: bytes, random) -> bytes:
    parts, at = [], 0
    while at < len(body):
        size = random.choice([1, 100, 8192, 65_536])
        part = body[at : at + size]
        parts.append(b"%x\r\n%s\r\n" % (len(part), part))
        at += size
    return b"".join(parts) + b"0\r\n\r\n"
