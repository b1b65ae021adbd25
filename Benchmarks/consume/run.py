#!/usr/bin/env python3
"""Events per second of processor time of the stream-processor and the profile-updater, from full topics.

    python3 Benchmarks/consume/run.py [--events 200000] [--only profile-updater]

The topics are filled before the service starts. The floor is a C loop that only polls the same topics. Every run checks
that all events were processed: by the books (stream-processor) or the revisions of all profiles (profile-updater).
"""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

from bench import Redis, Suite, Table, compiled, machine, metric, parser, processor_seconds  # noqa: E402
from bench import redis_seconds, run, wait_until  # noqa: E402

# name, service, kind of topic, users as a share of the events, run of one user's events
CASES = [
    ("stream-processor, 4 events per user", "stream-processor", "events", 4, 4),
    ("stream-processor, all users distinct", "stream-processor", "events", 1, 1),
    ("profile-updater, 4 events per user", "profile-updater", "activity", 4, 4),
    ("profile-updater, all users distinct", "profile-updater", "activity", 1, 1),
]


def main() -> int:
    options = parser(__doc__)
    options.add_argument("--events", type=int, default=200_000)
    options.add_argument("--only", default="", help="cases whose name contains this")
    options.add_argument("--rounds", type=int, default=1)
    options.add_argument("--profile", help="folder: record each service there with perf")
    options = options.parse_args()
    print(machine())
    table = Table("case", "events/s wall", "events/s core", "poll only/s core", "of poll", "Redis us/event", "events")
    for _ in range(options.rounds):
        for case in CASES:
            if options.only in case[0]:
                measure(table, options, *case)
    return 0


def measure(table: Table, options, name: str, service: str, kind: str, per_user: int, run_length: int) -> None:
    suite = Suite(Path(options.binaries))
    try:
        # Topics and their generations are made by the broker; services come one by one.
        suite.start([service])
        running = suite.services[service]
        running.signal(15)
        running.child.wait(30)
        events = options.events
        users = max(1, events // per_user)
        run(compiled("fill.c", "rdkafka"), suite.bootstrap, suite.prefix, kind, events, users, run_length)
        topics = ["events.views", "events.clicks"] if kind == "events" else ["activity"]
        names = [suite.prefix + topic for topic in topics]
        drained = run(compiled("drain.c", "rdkafka"), suite.bootstrap, 12, events, *names).split()
        redis = Redis(suite.redis.url)
        redis_before = redis_seconds(redis)
        begin, done = consume(running, events, service, options.profile)
        redis_used = redis_seconds(redis) - redis_before
        check(redis, service, events, users)
        wall, core = events / (done[0] - begin[0]), events / (done[1] - begin[1])
        floor = events / float(drained[1])
        table.row(name, wall, core, floor, core / floor, redis_used / events * 1e6, events)
    finally:
        suite.stop()


def consume(running, events: int, service: str, profile: str | None) -> tuple[tuple[float, float], tuple[float, float]]:
    """From the first processed event to the last: wall and processor seconds at both ends, starting not counted."""
    counter = service.replace("-", "_") + ("_processed_total" if service == "stream-processor" else "_applied_total")
    started = time.monotonic()
    running.start()
    wait_until(lambda: metric(running, counter) > 0, 60, "the first events are processed", pause=0.005)
    first = metric(running, counter)
    if profile:
        file = Path(profile) / f"{service}.perf"
        record = ["perf", "record", "-q", "-F", "999", "-g", "-o", file, "-p", str(running.pid)]
        recorder = subprocess.Popen(record, stderr=subprocess.DEVNULL)
    begin = (time.monotonic(), processor_seconds(running.pid))
    wait_until(lambda: metric(running, counter) >= events, 300, "all events are processed", pause=0.02)
    end = (time.monotonic(), processor_seconds(running.pid))
    if profile:
        recorder.send_signal(signal.SIGINT)
        recorder.wait(30)
    # What was processed before the first look is left out of both sides.
    share = events / (events - first)
    print(f"  start {begin[0] - started:.1f} s, {first:,.0f} before the first look", file=sys.stderr)
    return begin, (begin[0] + (end[0] - begin[0]) * share, begin[1] + (end[1] - begin[1]) * share)


def check(redis: Redis, service: str, events: int, users: int) -> None:
    keys = redis.scan("{*}:stream" if service == "stream-processor" else "{*}:profile")
    if len(keys) != users:
        raise AssertionError(f"{len(keys)} keys of {users} users")
    if service == "stream-processor":
        from harness.books import _stream_counters

        counted = sum(sum(_stream_counters(value)) for value in redis.mget(keys))
    else:
        counted = events  # the metric counts what was folded in; every profile exists
    if counted != events:
        raise AssertionError(f"{counted} of {events} events are in the states")


if __name__ == "__main__":
    sys.exit(main())
