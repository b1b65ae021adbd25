#!/usr/bin/env python3
"""The scorer alone: users scored per second of its processor time, and how soon a list follows a notice.

    python3 Benchmarks/scoring/run.py [--items 10000,100000] [--users 10000] [--rates 50,200] [--seconds 20]

A real scorer with a Redis of its own and the embedded broker, a synthetic bundle (ALS with 64 factors, neighbours,
sessions, content, popularity) published in the registry, the catalog of its items, and users with 5 to 50 items.
First profiles.updated is filled with a notice for every user before the scorer starts: every list is made once, which is
checked. Then notices come at fixed rates, each for another user, and Redis tells when a list is written. The floor is a C
loop that takes each notice, reads the profile and writes a few bytes.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

from bench import ROOT, Redis, Suite, Table, compiled, machine, metric, parser, processor_seconds  # noqa: E402
from bench import program, redis_seconds, resident_megabytes, run, wait_until  # noqa: E402

PARTITIONS = 12


def main() -> int:
    options = parser(__doc__)
    options.add_argument("--items", default="10000,100000", help="sizes of the bundle, separated by commas")
    options.add_argument("--users", type=int, default=10_000, help="lists made from the full topic")
    options.add_argument("--rates", default="50,200", help="notices per second, separated by commas")
    options.add_argument("--seconds", type=float, default=20, help="how long each rate lasts")
    options.add_argument("--profile", help="folder: record the scorer at the full topic there with perf")
    options = options.parse_args()
    options.rates = [float(rate) for rate in options.rates.split(",") if rate]
    print(machine())
    results = [measure(int(items), options) for items in options.items.split(",")]
    print("\nFrom a full topic:\n")
    table = Table("items", "users/s wall", "users/s core", "floor/s core", "of floor", "us/user", "Redis us/user", "MB")
    for full, _ in results:
        table.row(*full)
    print("\nFrom the notice sent to the list written:\n")
    table = Table("items", "rate/s", "p50 ms", "p99 ms", "floor p50", "floor p99", "x floor p50", "lists")
    for _, paced in results:
        for row in paced:
            table.row(*row)
    return 0


def measure(items: int, options) -> tuple[tuple, list[tuple]]:
    # Whoever was scored before the catalog was read is scored again: one a second, to be left out.
    environment = {"SEGMENTS_TRAINING": "false", "TRAINING_INTERVAL": "3600s", "RESCORE_RATE": "1"}
    suite = Suite(Path(options.binaries), environment)
    try:
        # Topics and their generations are made by the broker; the scorer starts when all is in place.
        suite.start(["scorer"])
        scorer = suite.services["scorer"]
        scorer.signal(15)
        scorer.child.wait(30)
        needed = options.users + sum(int(rate * options.seconds) + 100 for rate in options.rates)
        with tempfile.TemporaryDirectory() as folder:
            artefact = Path(folder) / "artefact"
            run(bundle_writer(), "bundle", items, artefact, timeout=1800)
            run(program("scoring-users"), suite.redis.url, artefact, items, needed)
        for topic in ("triggers", "profiles.updated"):
            run(compiled("notices.c", "rdkafka"), suite.bootstrap, suite.prefix + topic, 0, options.users)
        floor = options.users / float(run(*floor_command(suite, "beginning", options.users)).split()[1])
        # The floor has left its bytes where lists belong.
        redis = Redis(suite.redis.url)
        for key in redis.scan("{*}:recs"):
            redis("DEL", key)
        full = from_full_topic(suite, scorer, items, floor, options)
        return full, at_rates(suite, items, options)
    finally:
        suite.stop()


def bundle_writer() -> Path:
    """The program that fits the bundle; Benchmarks/Recommenders has the recommender library."""
    package = ROOT / "Benchmarks" / "Recommenders"
    path = package / ".build" / "release" / "recommender-benchmarks"
    if not path.exists():
        command = ["swift", "build", "-c", "release", "--package-path", package, "--product", path.name]
        subprocess.run(command, check=True, stdout=sys.stderr)
    return path


def floor_command(suite: Suite, start: str, count: int) -> list[str]:
    port = suite.redis.url.split(":")[2].split("/")[0]
    floor = compiled("notice_floor.c", "rdkafka", "hiredis")
    return [str(part) for part in (floor, suite.bootstrap, PARTITIONS, suite.prefix + "triggers", port, start, count)]


def from_full_topic(suite: Suite, scorer, items: int, floor: float, options) -> tuple:
    """From the first list to the last: wall and processor seconds, starting not counted."""
    users, redis = options.users, Redis(suite.redis.url)
    scorer.start()
    wait_until(lambda: made(scorer) > 0, 120, "the first lists are made", pause=0.005)
    recorder = None
    if options.profile:
        file = Path(options.profile) / f"scorer-{items}.perf"
        command = ["perf", "record", "-q", "-F", "999", "-g", "-o", file, "-p", str(scorer.pid)]
        recorder = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    first = made(scorer)
    begin = (time.monotonic(), processor_seconds(scorer.pid), redis_seconds(redis))
    wait_until(lambda: made(scorer) >= users, 600, "all lists are made", pause=0.02)
    end = (time.monotonic(), processor_seconds(scorer.pid), redis_seconds(redis))
    if recorder:
        recorder.send_signal(2)
        recorder.wait(30)
    wait_until(lambda: len(redis.scan("{*}:recs")) == users, 10, "all lists are written")
    if made(scorer) != users:
        raise AssertionError(f"{made(scorer):.0f} lists of {users} users")
    wall, core, served = ((users - first) / (after - before) for before, after in zip(begin, end))
    return items, wall, core, floor, core / floor, 1e6 / core, 1e6 / served, resident_megabytes(scorer.pid)


def made(scorer) -> float:
    """Lists made for notices."""
    return metric(scorer, "scorer_users_scored_total") - metric(scorer, "scorer_users_rescored_total")


def at_rates(suite: Suite, items: int, options) -> list[tuple]:
    """The floor takes its notices from a topic that nobody else reads."""
    rows, next_user = [], options.users
    for rate in options.rates:
        count = int(rate * options.seconds)
        paced(suite, suite.prefix + "profiles.updated", next_user, 100, 50)
        next_user += 100
        ours = paced(suite, suite.prefix + "profiles.updated", next_user, count, rate)
        floor = subprocess.Popen(floor_command(suite, "end", count), stdout=subprocess.PIPE, text=True)
        floor.stdout.readline()
        bare = paced(suite, suite.prefix + "triggers", next_user, count, rate)
        floor.communicate(timeout=60)
        next_user += count
        rows.append((items, int(rate), percentile(ours, 0.5), percentile(ours, 0.99), percentile(bare, 0.5),
                     percentile(bare, 0.99), percentile(ours, 0.5) / percentile(bare, 0.5), len(ours)))  # fmt: skip
    return rows


def paced(suite: Suite, topic: str, first: int, count: int, rate: float) -> list[float]:
    """Milliseconds from sending each notice until the user's list was written."""
    written: dict[int, float] = {}
    listener = Redis(suite.redis.url, timeout=30)
    Redis(suite.redis.url)("CONFIG", "SET", "notify-keyspace-events", "K$")
    listener("PSUBSCRIBE", "__keyspace@0__:{user-*}:recs")
    wanted = set(range(first, first + count))

    def listen() -> None:
        while wanted - written.keys():
            _, _, channel, _ = listener._reply()
            user = int(channel.split(b"user-")[1].split(b"}")[0])
            written.setdefault(user, time.time())

    thread = threading.Thread(target=listen, daemon=True)
    thread.start()
    sent = run(compiled("notices.c", "rdkafka"), suite.bootstrap, topic, first, count, rate)
    thread.join(30)
    times = dict((int(user), float(at)) for user, at in (line.split() for line in sent.splitlines()))
    if missing := times.keys() - written.keys():
        raise AssertionError(f"{len(missing)} of {count} lists were not written")
    return sorted((written[user] - at) * 1e3 for user, at in times.items())


def percentile(ordered: list[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


if __name__ == "__main__":
    sys.exit(main())
