"""Request files for load/http_load.c, its runs, and the bare Hummingbird beside it."""

from __future__ import annotations

import signal
import struct
import subprocess
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Iterable, Iterator

from bench import Client, compiled, free_port, program, run, wait_until


@dataclass
class Load:
    """What one run of http_load saw; latencies in milliseconds."""

    answers: int
    seconds: float
    processor: float
    bad: int
    repeated: int
    p50: float
    p90: float
    p99: float
    p999: float
    worst: float

    @property
    def rate(self) -> float:
        return self.answers / self.seconds


def request_bytes(method: str, path: str, body: bytes = b"", content_type: str = "application/json") -> bytes:
    head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    if body:
        head += f"Content-Type: {content_type}\r\nContent-Length: {len(body)}\r\n"
    return head.encode() + b"\r\n" + body


def write_requests(path: Path, requests: Iterable[bytes]) -> Path:
    with open(path, "wb") as file:
        for request in requests:
            file.write(struct.pack("<I", len(request)) + request)
    return path


def load(address: str, connections: int, seconds: float, requests: Path, rate: float = 0, warm_up: float = 1) -> Load:
    """Sends requests for `seconds`, after a warm-up that is not counted."""
    tool = compiled("http_load.c")
    target = address.removeprefix("http://")
    found = run(tool, target, connections, seconds, rate, requests, warm_up, timeout=seconds + warm_up + 60).split()
    numbers = [float(part) for part in found]
    result = Load(int(numbers[0]), numbers[1], numbers[2], int(numbers[3]), int(numbers[4]), *numbers[5:])
    if result.bad:
        raise AssertionError(f"{result.bad} of {result.answers} answers of {address} were not 2xx")
    return result


@contextmanager
def bare_http() -> Iterator[tuple[str, int]]:
    """Address and process id of a running bare Hummingbird."""
    port = free_port()
    child = subprocess.Popen([program("bare-http"), str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        wait_until(lambda: Client(address, 2).request("GET", "/hello")[0] == 200, 20, "bare-http answers", pause=0.02)
        yield address, child.pid
    finally:
        child.send_signal(signal.SIGTERM)
        child.wait(20)
