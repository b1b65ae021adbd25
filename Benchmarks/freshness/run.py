#!/usr/bin/env python3
"""Freshness: how long after the collector's 202 the server's answer has changed.

    python3 Benchmarks/freshness/run.py [--binaries .build/release] [--seconds 20] [--rates 1,100,1000,5000]

Starts the suite of Tests/Chaos (private Redis, embedded broker, five services), trains it on MovieLens with all
times shifted so that the newest is now, and measures at each rate, idle and while a model trains. Beyond 100 events/s
the client follows 50 of them per second; the others are posted by http_load in batches of ten, each by another user.
The floor is what the same broker needs for three bare hops, measured in the same run by three_hops.c.
"""

from __future__ import annotations

import argparse
import asyncio
import dataclasses
import itertools
import json
import platform
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(Path(__file__).resolve().parent), str(ROOT / "Benchmarks" / "support"), str(ROOT / "Tests" / "Chaos")]

from harness import books, movielens  # noqa: E402
from harness.books import Topics  # noqa: E402
from harness.http import Client  # noqa: E402
from harness.processes import Suite, wait_until  # noqa: E402
from harness.redis import Redis  # noqa: E402
from harness.sender import Sender  # noqa: E402
from bench import compiled, metric  # noqa: E402
from http_load import request_bytes, write_requests  # noqa: E402
from measure import Result, measure  # noqa: E402

# Of the events at a high rate, those per second that are followed; how many of the others share a body.
FOLLOWED = 50
CROWD_BATCH = 10


def main() -> int:
    options = arguments()
    hops = build_floor()
    folder = movielens.find(options.data)
    catalog = movielens.items(folder)
    events = shifted(movielens.events(folder, options.ratings))
    users = sorted({event.user for event in events})
    suite = Suite(Path(options.binaries), {"TRAINING_INTERVAL": "3600s"})
    try:
        suite.start()
        prepare(suite, catalog, events)
        rates = [float(rate) for rate in options.rates.split(",")]
        print(f"{platform.processor() or platform.machine()}, {len(users)} users, {len(events):,} ratings\n")
        print(f"{'':24}{'p50 ms':>9}{'p99 ms':>9}{'x floor':>9}{'events':>8}{'unchanged':>11}{'late':>6}{'poll ms':>9}")
        for rate in rates:
            floor = floors(hops, suite, rate, options.seconds)
            print(f"{f'three hops {rate:g}/s':24}{floor[0]:9.2f}{floor[1]:9.2f}{1:9.1f}{floor[2]:8}", flush=True)
            report(f"idle {rate:g}/s", run(suite, users, rate, options, seed=1), floor[0])
        retrain(suite)
        for rate in [float(rate) for rate in options.training_rates.split(",") if rate]:
            floor = floors(hops, suite, rate, options.seconds)
            report(f"training {rate:g}/s", run(suite, users, rate, options, seed=2), floor[0])
    finally:
        suite.stop()
    return 0


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binaries", default=str(ROOT / ".build" / "release"))
    parser.add_argument("--data", help="folder of movielens-latest-small")
    parser.add_argument("--ratings", type=int, help="only the first so many ratings")
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--rates", default="1,100,1000,5000", help="events per second, separated by commas")
    parser.add_argument("--training-rates", default="1,100", help="the rates that are measured while a model trains")
    parser.add_argument("--poll", type=float, default=0.001, help="seconds between two questions to the server")
    return parser.parse_args()


def build_floor() -> Path:
    folder = ROOT / ".build-bench"
    folder.mkdir(exist_ok=True)
    source = Path(__file__).resolve().parent / "three_hops.c"
    command = ["cc", "-O2", "-o", folder / "three_hops", source, "-lrdkafka", "-lpthread"]
    subprocess.run(command, check=True)
    return folder / "three_hops"


def shifted(events: list[movielens.Event]) -> list[movielens.Event]:
    shift = int(time.time() * 1000) - max(event.time for event in events)
    return [dataclasses.replace(event, time=event.time + shift) for event in events]


def prepare(suite: Suite, catalog: dict[str, movielens.Item], events: list[movielens.Event]) -> None:
    """Catalog, ratings, a trained model and a list for everybody."""
    server = Client(suite.address("server"))
    needed = sorted({event.item for event in events})
    for start in range(0, len(needed), 200):
        body = json.dumps([catalog[item].json() for item in needed[start : start + 200]]).encode()
        status, answer = server.request("PUT", "/v1/items", body)
        if status not in (200, 202, 204):
            raise AssertionError(f"PUT /v1/items: {status} {answer[:300]!r}")
    redis = Redis(suite.redis.url)
    wait_until(lambda: len(redis.scan("item:*")) >= len(needed), 120, "the catalog is stored", pause=0.5)
    Sender(suite.address("collector")).send(events)
    topics = Topics(suite.bootstrap, suite.prefix)
    wait_until(lambda: books.read(topics, redis).processed == len(events), 120, "all is processed", pause=1)
    retrain(suite, "1s")
    last = events[-1].user
    path = f"/v1/recommendations?user={last}&limit=10"
    wait_until(lambda: server.json(path)["modelVersion"] and not server.json(path)["fallback"], 180, "a model serves")
    restart_scorer(suite, "3600s")
    # A scorer trains once when the first new event comes; what it does after that is not idling.
    asyncio.run(measure(suite.address("collector"), suite.address("server"), [last], 1, 1, 0.001, seed=3))
    scorer = suite.services["scorer"]
    wait_until(lambda: metric(scorer, "scorer_trainings_total") >= 1, 180, "the scorer has trained")
    wait_until(lambda: is_announced(redis), 180, "all lists of the model are written", pause=0.5)
    time.sleep(5)


def is_announced(redis: Redis) -> bool:
    """Whether nothing of a publication is left to do."""
    return redis("GET", "model:{blend}:version") == redis("GET", "model:{blend}:announced")


def retrain(suite: Suite, interval: str = "1s") -> None:
    """Lets the scorer train again and again."""
    restart_scorer(suite, interval)
    time.sleep(5)


def restart_scorer(suite: Suite, interval: str) -> None:
    scorer = suite.services["scorer"]
    scorer.signal(signal.SIGTERM)
    scorer.child.wait(60)
    scorer.environment = {**scorer.environment, "TRAINING_INTERVAL": interval}
    scorer.start()
    wait_until(scorer.ready, 120, "the scorer is ready")


def floors(hops: Path, suite: Suite, rate: float, seconds: float) -> tuple[float, float, int]:
    names = [f"bench.{rate:g}.hop-{hop}" for hop in "abc"]
    wait = suite.services["scorer"].environment.get("KAFKA_PROPERTIES_FETCH_WAIT_MAX_MS", "500")
    command = [str(hops), suite.bootstrap, str(rate), str(seconds), wait, *names]
    output = subprocess.run(command, capture_output=True, text=True, timeout=seconds + 60, check=True).stdout
    result = Result([float(line) for line in output.split()])
    return result.percentile(0.5), result.percentile(0.99), len(result.latencies)


def run(suite: Suite, users: list[str], rate: float, options: argparse.Namespace, seed: int) -> Result:
    collector, server = suite.address("collector"), suite.address("server")
    warm = measure(collector, server, users, rate=20, seconds=2, poll=options.poll, seed=seed * 1000 + int(rate))
    asyncio.run(warm)
    followed = rate if rate <= 100 else FOLLOWED
    with tempfile.TemporaryDirectory() as folder:
        crowd = others(collector, rate - followed, options.seconds + 2, Path(folder), seed) if rate > followed else None
        time.sleep(2 if crowd else 0)
        result = asyncio.run(
            measure(collector, server, users, followed, options.seconds, options.poll, seed * 100 + int(rate))
        )
        if crowd:
            crowd.wait(60)
    return result


def others(collector: str, rate: float, seconds: float, folder: Path, seed: int) -> subprocess.Popen:
    """Starts posting events of other users at a rate, in batches of ten."""
    count = int(rate * seconds / CROWD_BATCH)
    stamp = int(time.time() * 1000)
    lines = (
        json.dumps({"eventId": f"crowd-{seed}-{stamp}-{n}", "type": "view", "userId": f"crowd-{seed}-{n}",
                    "itemId": str(1 + n % 500), "timestamp": stamp, "properties": {"filler": "x" * 300}}).encode()
        for n in range(count * CROWD_BATCH)
    )  # fmt: skip
    bodies = (b"\n".join(itertools.islice(lines, CROWD_BATCH)) for _ in range(count))
    requests = write_requests(
        folder / "crowd", (request_bytes("POST", "/v1/events", body, "application/x-ndjson") for body in bodies)
    )
    target = collector.removeprefix("http://")
    command = [compiled("http_load.c"), target, "16", str(seconds), str(rate / CROWD_BATCH), requests]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL)


def report(name: str, result: Result, floor: float) -> None:
    median = result.percentile(0.5)
    poll = statistics.median(result.polls) if result.polls else float("nan")
    print(
        f"{name:24}{median:9.2f}{result.percentile(0.99):9.2f}{median / floor:9.1f}{len(result.latencies):8}"
        f"{result.unchanged:11}{result.late_starts:6}{poll:9.2f}",
        flush=True,
    )


if __name__ == "__main__":
    sys.exit(main())
