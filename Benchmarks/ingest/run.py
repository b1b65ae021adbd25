#!/usr/bin/env python3
"""The collector, single events and batches of 100, beside a bare Hummingbird JSON echo and librdkafka alone.

    python3 Benchmarks/ingest/run.py [--seconds 10]

Events of about 500 bytes; users, items and event ids are distinct. "Per core" divides by the processor time of the
process that is measured. At a fixed rate, latencies count from when a request was due.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
import uuid
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

from bench import Suite, Table, compiled, machine, metric, parser, processor_seconds, run  # noqa: E402
from http_load import bare_http, load, request_bytes, write_requests  # noqa: E402

BATCH = 100


def main() -> int:
    options = parser(__doc__)
    options.add_argument("--seconds", type=float, default=10)
    options.add_argument("--events", type=int, default=400_000, help="distinct events that are prepared")
    options.add_argument("--profile", help="file: record the collector there with perf")
    options = options.parse_args()
    print(machine())
    with tempfile.TemporaryDirectory() as folder:
        measure(options, Path(folder))
    return 0


def measure(options, folder: Path) -> None:
    events = [event(number) for number in range(options.events)]
    print(f"{sum(map(len, events)) / len(events):.0f} bytes per event\n")
    single = write_requests(folder / "single", (request_bytes("POST", "/v1/events", one) for one in events[:200_000]))
    echo = write_requests(folder / "echo", (request_bytes("POST", "/echo", one) for one in events[:200_000]))
    bodies = (b"\n".join(events[at : at + BATCH]) for at in range(0, len(events), BATCH))
    batches = write_requests(
        folder / "batches", (request_bytes("POST", "/v1/events", body, "application/x-ndjson") for body in bodies)
    )
    seconds = options.seconds
    suite = Suite(Path(options.binaries))
    try:
        suite.start(["collector"])
        collector = suite.services["collector"]
        address = suite.address("collector")
        table = Table("case", "events/s", "events/s core", "of floor", "p50 ms", "p99 ms", "p99.9 ms", "sent twice")

        def row(name: str, target: str, pid: int, requests: Path, width: int, per: int, rate: float, floor: float):
            accepted = metric(collector, "collector_events_accepted_total")
            before = processor_seconds(pid)
            # The warm-up's work is in the processor time as well: it is left out of neither.
            got = load(target, width, seconds, requests, rate, warm_up=0)
            used = processor_seconds(pid) - before
            if target == address:
                time.sleep(0.2)
                taken = metric(collector, "collector_events_accepted_total") - accepted
                if taken != got.answers * per:
                    raise AssertionError(f"{got.answers * per:,} events answered, {taken:,.0f} accepted")
            core = got.answers * per / used
            ratio = core / floor if floor else 1.0
            table.row(name, got.rate * per, core, ratio, got.p50, got.p99, got.p999, got.repeated)
            return core

        wall, cpu, _ = map(float, run(
            compiled("fill.c", "rdkafka"), suite.bootstrap, suite.prefix, "events", 300_000, 300_000, 1).split())
        kafka = 300_000 / cpu
        table.row("librdkafka alone", 300_000 / wall, kafka, 1.0, "", "", "", 0)
        with bare_http() as (bare, pid):
            load(bare, 32, 1, echo)
            floor = row("bare echo, 32 connections", bare, pid, echo, 32, 1, 0, 0)
        load(address, 32, 1, single)
        row("single, 32 connections", address, collector.pid, single, 32, 1, 0, floor)
        row("single, 500/s", address, collector.pid, single, 32, 1, 500, 0)
        row("batches, 4 connections (floor: librdkafka)", address, collector.pid, batches, 4, BATCH, 0, kafka)
        row("batches, 20,000 events/s", address, collector.pid, batches, 8, BATCH, 200, kafka)
    finally:
        suite.stop()


def event(number: int) -> bytes:
    stamp = int(time.time() * 1000)
    return json.dumps(
        {
            "eventId": str(uuid.UUID(int=(stamp << 64) + number * 0x9E3779B97F4A7C15 % (1 << 64))),
            "type": "view",
            "userId": f"user-{number:07}",
            "anonymousId": f"a-{number:07}",
            "sessionId": f"s-{number:06}",
            "itemId": f"item-{number:07}",
            "timestamp": stamp,
            "context": {"device": "mobile", "os": "ios", "locale": "en-GB", "country": "GB",
                        "page": f"/items/{number:07}", "placement": "home"},
            "recommendation": {"requestId": str(uuid.UUID(int=number << 32)), "position": number % 20, "source": "als"},
            "consent": {"personalization": True, "analytics": True},
            "properties": {"campaign": "autumn", "variant": "b"},
        },
        separators=(",", ":"),
    ).encode()  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
