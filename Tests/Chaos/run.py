#!/usr/bin/env python3
"""Proves that nothing is lost and nothing counted twice: replays MovieLens, breaks things, recomputes every profile.

    python3 Tests/Chaos/run.py                     # clean: the ratings twice, no faults
    python3 Tests/Chaos/run.py --seed 7            # with 20 kills, a zombie and a Redis restart
    python3 Tests/Chaos/run.py --seed 7 --no-fences   # the same must fail: fences are what holds
    python3 Tests/Chaos/run.py --outage redis      # Redis away for 20 s (or: broker)
    python3 Tests/Chaos/run.py --short --seed 7    # 10,000 ratings, 5 kills, for CI

Needs kcat, redis-server and the built suite, release or debug, whichever is newer. Exit code 0 means exact.
"""

from __future__ import annotations

import argparse
import json
import sys
import threading
import time
from pathlib import Path

from exactness import books, compare, faults, fold, movielens
from exactness.books import Books, Topics
from exactness.http import Client, segment
from exactness.metrics import Totals
from exactness.outage import Outage
from exactness.processes import SERVICES, Suite, binaries, wait_until
from exactness.redis import Redis
from exactness.sender import Sender

ROOT = Path(__file__).resolve().parents[2]
STARTED = time.monotonic()


def say(text: str) -> None:
    print(f"[{time.monotonic() - STARTED:6.1f} s] {text}", flush=True)


def main() -> int:
    options = arguments()
    folder = movielens.find(options.data)
    catalog = movielens.items(folder, options.tags)
    events = movielens.events(folder, options.ratings, options.order)
    needed = {event.item for event in events}
    expected = fold.profiles(events, catalog)
    say(f"recomputed {len(expected)} profiles of {len(events):,} ratings from {folder.name}")

    environment = {"FRESHET_TEST_DISABLE_FENCES": "1"} if options.no_fences else {}
    suite = Suite(Path(options.binaries), environment, keep=options.keep)
    try:
        suite.start([name for name in SERVICES if name not in options.without])
        say(f"the suite of {options.binaries} runs in {suite.folder}")
        load_catalog(suite, [item for item in catalog.values() if item.id in needed])
        run = Run(suite, events, options)
        run.replay()
        found = run.settle(expected)
        wrong = verdict(run, expected, found)
    except BaseException:
        suite.keep = True
        say(f"something broke; logs are kept in {suite.folder}")
        raise
    finally:
        suite.stop()
    if options.no_fences:
        say("EXPECTED FAILURE: without fences the profiles are wrong" if wrong else "FAILED: fences made no difference")
        return 0 if wrong else 1
    say("FAILED" if wrong else "EXACT: every profile agrees and the books balance")
    return 1 if wrong else 0


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, help="inject the faults of this seed")
    parser.add_argument("--kills", type=int, help="number of kill -9 (20, short 5)")
    parser.add_argument("--ratings", type=int, help="only the first so many ratings of the file")
    parser.add_argument("--short", action="store_true", help="10,000 ratings, 5 kills")
    parser.add_argument("--order", choices=["time", "file"], default="time", help="order of sending")
    parser.add_argument("--tags", action="store_true", help="give the movies tags, more than a profile keeps")
    parser.add_argument("--redis", choices=["term", "kill"], default="term", help="how Redis is restarted")
    parser.add_argument("--no-fences", action="store_true", help="disable the fences; then the check must fail")
    parser.add_argument("--outage", choices=["redis", "broker"], help="take it away for a while instead of kills")
    parser.add_argument("--outage-seconds", type=float, default=20)
    parser.add_argument("--zombie-seconds", type=float, default=14, help="longer than session.timeout.ms")
    parser.add_argument("--binaries", default=binaries(ROOT), help="folder of the suite, %(default)s")
    parser.add_argument("--data", help="folder of movielens-latest-small")
    parser.add_argument("--api-key", help="the server's API key, where one is configured")
    parser.add_argument("--without", action="append", default=[], help="leave a service out; may be repeated")
    parser.add_argument("--keep", action="store_true", help="keep the folder with logs and Redis' file")
    options = parser.parse_args()
    if options.short:
        options.ratings = options.ratings or 10_000
    if options.kills is None:
        options.kills = 5 if options.short else 20
    if options.no_fences and options.seed is None:
        parser.error("--no-fences needs the --seed that passes with fences")
    if options.outage and options.seed is not None:
        parser.error("--outage and --seed are two different runs")
    return options


def load_catalog(suite: Suite, items: list[movielens.Item]) -> None:
    """Puts the movies in and waits until the server reads each of them."""
    client = Client(suite.address("server"))
    for start in range(0, len(items), 200):
        body = json.dumps([item.json() for item in items[start : start + 200]]).encode()
        status, answer = client.request("PUT", "/v1/items", body)
        if status not in (200, 202, 204):
            raise AssertionError(f"PUT /v1/items: {status} {answer[:300]!r}")
    redis = Redis(suite.redis.url)
    wait_until(lambda: len(redis.scan("item:*")) >= len(items), 120, f"{len(items)} items are stored", pause=0.5)
    for item in items[:: max(1, len(items) // 200)]:
        if set(client.json(f"/v1/items/{segment(item.id)}").get("categories", [])) != set(item.categories):
            raise AssertionError(f"the server's item {item.id} differs")
    say(f"{len(items):,} movies are readable")


class Run:
    """One replay of the events, twice over, with its faults."""

    def __init__(self, suite: Suite, events: list[movielens.Event], options: argparse.Namespace):
        self._suite = suite
        self._events = events
        self._options = options
        self.totals = Totals()
        self.injector = faults.Injector(suite, self.totals, options.zombie_seconds, say)
        self.sender = Sender(suite.address("collector"))
        self.topics = Topics(suite.bootstrap, suite.prefix)
        self.outage: Outage | None = None

    def replay(self) -> None:
        options = self._options
        twice = self._events + self._events
        plan = [] if options.seed is None else faults.plan(options.seed, options.kills, options.redis, options.without)
        if plan:
            say(f"seed {options.seed}: {len(plan)} faults")
        if options.outage:
            self.outage = Outage(self._suite, options.outage, options.outage_seconds, say)
        stages = len(plan) or (2 if options.outage else 1)
        began = time.monotonic()
        for stage in range(stages):
            part = twice[len(twice) * stage // stages : len(twice) * (stage + 1) // stages]
            sending = threading.Thread(target=self._send, args=(part,))
            sending.start()
            if plan:
                self.injector.inject(plan[stage])
            elif self.outage and stage == 1:
                self.outage.run()
            sending.join()
            if self._send_failure:
                raise self._send_failure
            if plan:
                say(f"{self.sender.acknowledged:,} of {len(twice):,} events; fault {stage + 1}: {plan[stage]}")
        seconds = time.monotonic() - began
        say(
            f"{self.sender.acknowledged:,} events acknowledged in {seconds:.1f} s"
            f" ({self.sender.acknowledged / seconds:,.0f}/s), {self.sender.retried_batches} batches repeated"
        )

    _send_failure: BaseException | None = None

    def _send(self, events: list[movielens.Event]) -> None:
        try:
            self.sender.send(events)
        except BaseException as error:  # noqa: BLE001 - raised in replay()
            self._send_failure = error

    def settle(self, expected: dict[str, fold.Profile]) -> dict[str, dict]:
        """Waits until nothing moves any more and returns the printed profiles."""
        self.injector.wait_ready()
        redis = Redis(self._suite.redis.url)
        previous: tuple = ()
        still = 0
        end = time.monotonic() + 300
        while time.monotonic() < end:
            self.injector.sample()
            try:
                now = books.read(self.topics, redis)
            except (OSError, RuntimeError):
                redis = Redis(self._suite.redis.url)
                continue
            printed = self._profiles(expected)
            revisions = sum(profile["revision"] for profile in printed.values())
            whole = now.difference == 0 and revisions == now.processed and len(printed) == len(expected)
            still = still + 1 if (now, revisions) == previous else 0
            if (whole and still >= 3) or still >= 20:
                break
            previous = (now, revisions)
            time.sleep(1)
        self.books = now
        say(f"settled: {now}; the profiles' revisions add up to {revisions:,}")
        return printed

    def _profiles(self, expected: dict[str, fold.Profile]) -> dict[str, dict]:
        client = Client(self._suite.address("server"), token=self._options.api_key)
        printed: dict[str, dict] = {}
        for user in expected:
            status, body = client.request("GET", f"/v1/users/{segment(user)}")
            if status == 200:
                printed[user] = json.loads(body)
            elif status != 404:
                raise AssertionError(f"GET /v1/users/{user}: {status} {body[:200]!r}")
        return printed


def verdict(run: Run, expected: dict[str, fold.Profile], printed: dict[str, dict]) -> bool:
    """Prints what was found; true when anything is wrong."""
    wrong: list[str] = []
    for user, profile in expected.items():
        if user in printed:
            wrong += compare.differences(user, profile, printed[user])
        else:
            wrong.append(f"user {user} has no profile")
    agree = len(expected) - len({line.split(":")[0] for line in wrong})
    say(f"{agree} of {len(expected)} profiles agree with the recomputed ones")
    wrong += check_books(run.books, run, sum(profile.revision for profile in expected.values()))
    if run.outage:
        wrong += run.outage.complaints
    for line in wrong[:12]:
        say(f"  WRONG {line}")
    if len(wrong) > 12:
        say(f"  … and {len(wrong) - 12} more")
    return bool(wrong)


def check_books(found: Books, run: Run, ratings: int) -> list[str]:
    wrong = []
    if found.difference:
        wrong.append(f"the books do not balance: {found}")
    if found.processed != ratings:
        wrong.append(f"{found.processed:,} processed, {ratings:,} distinct events were sent")
    if found.records < 2 * ratings:
        wrong.append(f"{found.records:,} records on events.*, at least {2 * ratings:,} were acknowledged")
    activity = run.topics.sources("activity")
    copies = sum(activity.values()) - len(activity)
    if len(activity) != ratings:
        wrong.append(f"{len(activity):,} distinct coordinates on activity, {ratings:,} expected")
    redelivered, fenced = run.totals.sum("_redelivered_total"), run.totals.sum("_fence_rejected_total")
    say(f"redelivered records {redelivered:,} {run.totals.by_name('_redelivered_total')}")
    say(f"rejected by fences {fenced:,} {run.totals.by_name('_fence_rejected_total')}")
    say(f"second copies on activity {copies:,}")
    if run.totals.by_name("") and run._options.seed is not None and not run._options.no_fences:
        if not redelivered:
            wrong.append("nothing was redelivered: the faults hit no batch in flight")
        if not fenced:
            wrong.append("no fence rejected anything")
    return wrong


if __name__ == "__main__":
    sys.exit(main())
