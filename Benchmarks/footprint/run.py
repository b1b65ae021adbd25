#!/usr/bin/env python3
"""Memory in Redis per user, and of each service: resident memory, idle processor time, start-up time.

    python3 Benchmarks/footprint/run.py [--users 100000] [--only redis|services]

Redis: synthetic users with 50 events each, folded and written by the services' own functions and stores
(Programs/Sources/SyntheticUsers says what a user does). Bytes are those of MEMORY USAGE, and for all families together
of used_memory, in a private Redis. The floor is the same number of keys with a time to live and one byte each.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

from bench import SERVICES, Redis, RedisServer, Suite, Table, compiled, machine, metric  # noqa: E402
from bench import parser, processor_seconds, program, redis_info, resident_megabytes, run, wait_until  # noqa: E402

FAMILIES = ["profile", "stream", "seen", "recs"]
VARIANTS = [
    ("four weeks, two categories per item", "month", "plain"),
    ("all within a day", "day", "plain"),
    ("with creator and three tags per item", "month", "rich"),
]


def main() -> int:
    options = parser(__doc__)
    options.add_argument("--users", type=int, default=100_000)
    options.add_argument("--events", type=int, default=50, help="per user")
    options.add_argument("--list", type=int, default=50, help="recommendations per user")
    options.add_argument("--idle", type=float, default=30, help="seconds of idleness that are measured")
    options.add_argument("--only", choices=["redis", "services"])
    options = options.parse_args()
    print(machine())
    if options.only != "services":
        redis_memory(options)
    if options.only != "redis":
        services(options)
    return 0


# Redis


def redis_memory(options) -> None:
    print(f"\nBytes in Redis per user, {options.users:,} users, {options.events} events, lists of {options.list}\n")
    table = Table("users", *FAMILIES, "sum", "used_memory", "floor")
    for name, span, facts in VARIANTS:
        users = options.users if span == "month" and facts == "plain" else options.users // 10
        with tempfile.TemporaryDirectory() as folder:
            server = RedisServer(Path(folder))
            try:
                redis = Redis(server.url)
                floor = bare_keys(redis, users)
                before = used(redis)
                run(program("synthetic-users"), server.url, users, options.events, span, facts, options.list,
                    "profile,stream,recs")  # fmt: skip
                forget_old_ids(redis)
                total = (used(redis) - before) / users
                sums = {family: family_bytes(redis, family, users) for family in FAMILIES}
                table.row(name, *(sums[family] for family in FAMILIES), sum(sums.values()), total, floor)
            finally:
                server.stop()


def used(redis: Redis) -> int:
    redis("MEMORY", "PURGE")
    return int(redis_info(redis, "memory")["used_memory"])


def bare_keys(redis: Redis, users: int) -> float:
    before = used(redis)
    script = "for i = ARGV[1], ARGV[2] do redis.call('SET', '{user-' .. i .. '}:' .. ARGV[3], '1', 'EX', 999999) end"
    for family in ["profile", "stream", "recs"]:
        for start in range(0, users, 10_000):
            redis("EVAL", script, "0", str(start), str(min(start + 10_000, users) - 1), family)
    floor = (used(redis) - before) / users
    redis("FLUSHALL")
    return floor


def forget_old_ids(redis: Redis) -> None:
    """Takes out the event ids of users whose last event is older than 25 hours: Redis has done so by then."""
    limit = time.time() - 25 * 3600
    for key in redis.scan("{*}:seen"):
        if int.from_bytes(redis("GETRANGE", key, "-4", "-1"), "little") < limit:
            redis("DEL", key)


def family_bytes(redis: Redis, family: str, users: int) -> float:
    """By MEMORY USAGE of a sample of the keys."""
    keys = redis.scan("{*}:" + family)
    sample = keys[:: max(1, len(keys) // 2000)]
    return sum(redis("MEMORY", "USAGE", key, "SAMPLES", "0") for key in sample) / max(1, len(sample)) * len(keys) / users


# Services


def services(options) -> None:
    """Twice: with the services' own settings, as against a real broker, and as `freshet up` runs them."""
    own = {"KAFKA_PROPERTIES_FETCH_WAIT_MAX_MS": "500", "KAFKA_PROPERTIES_HEARTBEAT_INTERVAL_MS": "1000"}
    for title, environment in [("own settings", own), ("settings of `freshet up`: 1,000 fetches per second", {})]:
        suite = Suite(Path(options.binaries), environment)
        try:
            started = time.monotonic()
            suite.start()
            ready = time.monotonic() - started
            print(f"\nServices, {title}; suite ready after {ready:.1f} s, broker and Redis included\n")
            measure_services(suite, options)
        finally:
            suite.stop()


def measure_services(suite: Suite, options) -> None:
    startup = {name: startup_seconds(suite, name) for name in SERVICES}
    time.sleep(10)
    before = {name: processor_seconds(suite.services[name].pid) for name in SERVICES}
    time.sleep(options.idle)
    idle = {name: processor_seconds(suite.services[name].pid) - before[name] for name in SERVICES}
    resident = {name: resident_megabytes(suite.services[name].pid) for name in SERVICES}
    run(compiled("fill.c", "rdkafka"), suite.bootstrap, suite.prefix, "events", 200_000, 50_000, 4)
    updater = suite.services["profile-updater"]
    wait_until(lambda: metric(updater, "profile_updater_applied_total") >= 200_000, 180, "all is folded in", 0.5)
    time.sleep(2)
    table = Table("service", "start to ready s", "idle % of core", "idle MB", "after load MB")
    for name in SERVICES:
        after = resident_megabytes(suite.services[name].pid)
        table.row(name, startup[name], idle[name] / options.idle * 100, resident[name], after)


def startup_seconds(suite: Suite, name: str) -> float:
    """From exec to ready, on a suite that is running."""
    service = suite.services[name]
    service.signal(15)
    service.child.wait(60)
    started = time.monotonic()
    service.start()
    wait_until(service.ready, 60, f"{name} is ready", pause=0.01)
    return time.monotonic() - started


if __name__ == "__main__":
    sys.exit(main())
