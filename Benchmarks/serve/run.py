#!/usr/bin/env python3
"""The server's GET /v1/recommendations beside a bare Hummingbird "hello" and one raw Redis GET.

    python3 Benchmarks/serve/run.py [--seconds 10]

Every request asks for another user, whose list of 50 stands in Redis (Programs/Sources/SyntheticUsers) and was not read
before; the answer has 20 items with their catalog entries. At a fixed rate, latencies count from when a request was due.
"""

from __future__ import annotations

import csv
import json
import random
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

from bench import Client, Redis, Suite, Table, machine, parser, processor_seconds, program, run  # noqa: E402
from http_load import bare_http, load, request_bytes, write_requests  # noqa: E402


def main() -> int:
    options = parser(__doc__)
    options.add_argument("--seconds", type=float, default=10)
    options.add_argument("--users", type=int, default=100_000)
    options.add_argument("--limit", type=int, default=20, help="items per answer")
    options = options.parse_args()
    print(machine())
    with tempfile.TemporaryDirectory() as folder:
        measure(options, Path(folder))
    return 0


def measure(options, folder: Path) -> None:
    users = list(range(options.users))
    random.Random(1).shuffle(users)
    path = "/v1/recommendations?user=user-{}&limit=" + str(options.limit)
    asked = (request_bytes("GET", path.format(100_000 + user)) for user in users)
    requests = write_requests(folder / "requests", asked)
    hello = write_requests(folder / "hello", [request_bytes("GET", "/hello")])
    suite = Suite(Path(options.binaries))
    try:
        suite.start(["server"])
        address = suite.address("server")
        run(program("synthetic-users"), suite.redis.url, options.users, 50, "month", "plain", 50, "recs,catalog")
        example = Client(address).request("GET", path.format(100_000))
        found = json.loads(example[1])
        if len(found["items"]) != options.limit or found["fallback"] or not found["items"][0]["item"]:
            raise AssertionError(f"not the user's own list: {example[1][:300]!r}")
        print(f"answers of {len(example[1]):,} bytes\n")
        table = Table("case", "requests/s", "per core", "of hello", "p50 ms", "p99 ms", "p99.9 ms", "max ms")
        raw_redis(suite, table)
        floors: dict[float, float] = {}

        def row(name: str, target: str, pid: int, file: Path, width: int, rate: float) -> None:
            before = processor_seconds(pid)
            got = load(target, width, options.seconds, file, rate, warm_up=0)
            core = got.answers / (processor_seconds(pid) - before)
            floor = floors.setdefault(rate, got.rate if not rate else core)
            ratio = (got.rate if not rate else core) / floor
            table.row(name, got.rate, core, ratio, got.p50, got.p99, got.p999, got.worst)

        server = suite.services["server"].pid
        with bare_http() as (bare, pid):
            load(bare, 32, 1, hello)
            load(address, 32, 1, requests)
            row("hello, 32 connections", bare, pid, hello, 32, 0)
            row("server, 32 connections", address, server, requests, 32, 0)
            row("hello, 1,000/s", bare, pid, hello, 32, 1000)
            row("server, 1,000/s", address, server, requests, 32, 1000)
    finally:
        suite.stop()


def raw_redis(suite: Suite, table: Table) -> None:
    """One GET per round trip, as a client without a library would do it."""
    port = suite.redis.url.rsplit(":", 1)[1].split("/")[0]
    output = run("redis-benchmark", "-p", port, "-n", 100_000, "-c", 32, "-t", "get", "-d", 500, "--csv")
    header, values = list(csv.reader(output.splitlines()))[:2]
    found = dict(zip(header, values))
    rate, p50, p99, worst = (float(found[name]) for name in ("rps", "p50_latency_ms", "p99_latency_ms", "max_latency_ms"))
    table.row("raw Redis GET, 32 connections", rate, "", "", p50, p99, "", worst)


if __name__ == "__main__":
    sys.exit(main())
