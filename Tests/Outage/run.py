#!/usr/bin/env python3
"""Proves that the collector takes events while Kafka is away: all answers 202, nothing lost, order per user kept.

    python3 Tests/Outage/run.py               # 500 events/s, Kafka away for 60 s, the collector killed in the middle
    python3 Tests/Outage/run.py --short       # away for 8 s, for CI
    python3 Tests/Outage/run.py --take-away 'docker pause kafka' --give-back 'docker unpause kafka'

Every user has one client, which waits for each answer before it sends the next event, and repeats only what was not
answered at all because the collector was killed. The embedded broker is taken away by stopping its process: connections
stay open and nobody answers. With KAFKA_BOOTSTRAP_SERVERS the two commands say how to do it to that cluster.

Needs kcat, redis-server and the built suite, release or debug, whichever is newer. Exit code 0 means that all held.
"""

from __future__ import annotations

import argparse
import http.client
import json
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "Tests" / "Chaos"))

from harness.http import Client  # noqa: E402
from harness.processes import Suite, binaries, wait_until  # noqa: E402

STARTED = time.monotonic()
# Alternating, so that two topics are checked.
KINDS = [("view", "events.views"), ("click", "events.clicks")]


def say(text: str) -> None:
    print(f"[{time.monotonic() - STARTED:6.1f} s] {text}", flush=True)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--short", action="store_true", help="away for 8 s, for CI")
    parser.add_argument("--seconds", type=float, default=None, help="how long Kafka is away (60, short 8)")
    parser.add_argument("--rate", type=float, default=500, help="events per second")
    parser.add_argument("--users", type=int, default=200)
    parser.add_argument("--deadline", default=None, help="collector.deadline (5s, short 1s)")
    parser.add_argument("--no-kill", action="store_true", help="let the collector live")
    parser.add_argument("--take-away", help="command that takes a real cluster away")
    parser.add_argument("--give-back", help="command that brings it back")
    parser.add_argument("--binaries", default=binaries(ROOT), help="folder of the suite, %(default)s")
    parser.add_argument("--keep", action="store_true", help="keep the folder with the logs")
    options = parser.parse_args()
    options.seconds = options.seconds or (8 if options.short else 60)
    options.deadline = options.deadline or ("1s" if options.short else "5s")
    return options


class User(threading.Thread):
    """One user's client: an event every so often, each after the answer to the one before."""

    def __init__(self, number: int, address: str, interval: float, stop: threading.Event):
        super().__init__(daemon=True)
        self.name = f"u{number}"
        self._client = Client(address, timeout=60)
        self._interval = interval
        self._halt = stop
        self.acknowledged = 0
        self.statuses: Counter = Counter()
        self.unanswered = 0
        self.waits: list[tuple[float, float]] = []

    def run(self) -> None:
        due = time.monotonic() + hash(self.name) % 1000 / 1000 * self._interval
        while not self._halt.wait(max(0, due - time.monotonic())):
            self._send(self.acknowledged)
            self.acknowledged += 1
            due += self._interval

    def _send(self, number: int) -> None:
        kind = KINDS[number % 2][0]
        event = {"type": kind, "userId": self.name, "itemId": f"i-{number % 97}", "eventId": f"{self.name}-{number}"}
        body = json.dumps(event).encode()
        began = time.monotonic()
        while True:
            try:
                status, _ = self._client.request("POST", "/v1/events", body)
            except (OSError, http.client.HTTPException):
                self.unanswered += 1
                time.sleep(0.05)
                continue
            self.statuses[status] += 1
            if status == 202:
                self.waits.append((began, time.monotonic() - began))
                return
            time.sleep(0.2)


class Kafka:
    """The broker, which goes away and comes back."""

    def __init__(self, suite: Suite, options: argparse.Namespace):
        self._suite = suite
        self._options = options

    def take_away(self) -> None:
        self._do(self._options.take_away, signal.SIGSTOP)

    def give_back(self) -> None:
        self._do(self._options.give_back, signal.SIGCONT)

    def _do(self, command: str | None, number: int) -> None:
        if self._suite.broker is not None:
            self._suite.broker.send_signal(number)
        elif command:
            subprocess.run(command, shell=True, check=True)
        else:
            raise SystemExit("a real cluster needs --take-away and --give-back")


def metric(suite: Suite, name: str) -> float:
    with urllib.request.urlopen(suite.services["collector"].admin + "/metrics", timeout=5) as answer:
        found = re.search(rf"^{name} (\S+)$", answer.read().decode(), re.MULTILINE)
    return float(found[1]) if found else 0


def first_copies(suite: Suite) -> tuple[dict[tuple[str, str], list[int]], int]:
    """Per topic and user the numbers of the events in the order of their first copies; and how many further copies."""
    first: dict[tuple[str, str], list[int]] = {}
    seen: set[str] = set()
    copies = 0
    for _, topic in KINDS:
        output = subprocess.run(
            ["kcat", "-b", suite.bootstrap, "-C", "-t", suite.prefix + topic, "-o", "beginning", "-e", "-q", "-f", "%h\n"],
            capture_output=True, text=True, timeout=120, check=True,
        ).stdout  # fmt: skip
        for event in re.findall(r"^(?:.*,)?event-id=([^,\n]*)", output, re.MULTILINE):
            if event in seen:
                copies += 1
                continue
            seen.add(event)
            user, number = event.split("-")
            first.setdefault((topic, user), []).append(int(number))
    return first, copies


def verdict(suite: Suite, users: list[User]) -> list[str]:
    wrong: list[str] = []
    statuses = sum((user.statuses for user in users), Counter())
    if set(statuses) != {202}:
        wrong.append(f"answers other than 202: {dict(statuses)}")
    first, copies = first_copies(suite)
    arrived = {name: set() for name in (user.name for user in users)}
    for (_, name), numbers in first.items():
        arrived[name].update(numbers)
    lost = [f"{user.name}-{n}" for user in users for n in range(user.acknowledged) if n not in arrived[user.name]]
    if lost:
        wrong.append(f"{len(lost)} acknowledged events are not in the topics: {lost[:5]}")
    unordered = [place for place, numbers in first.items() if numbers != sorted(numbers)]
    if unordered:
        wrong.append(f"{len(unordered)} of {len(first)} sequences are out of order: {unordered[:5]}")
    say(
        f"answers {dict(statuses)}, {sum(user.unanswered for user in users)} attempts without an answer;"
        f" {sum(len(numbers) for numbers in first.values()):,} events in the topics, {len(lost)} lost,"
        f" {len(unordered)} of {len(first)} sequences out of order, {copies:,} further copies"
    )
    return wrong


def waits(users: list[User], since: float, until: float, what: str) -> None:
    found = sorted(wait for user in users for began, wait in user.waits if since <= began < until)
    if found:
        quantile = lambda share: found[min(len(found) - 1, int(share * len(found)))] * 1000  # noqa: E731
        rate = len(found) / (until - since)
        say(
            f"{what}: {rate:,.0f} events/s, answered after p50 {quantile(0.5):.1f} ms,"
            f" p99 {quantile(0.99):.1f} ms, at most {found[-1] * 1000:,.0f} ms"
        )


def main() -> int:
    options = arguments()
    spool = tempfile.TemporaryDirectory(prefix="freshet-outage-")
    suite = Suite(
        Path(options.binaries), {"SPOOL_DIR": spool.name, "COLLECTOR_DEADLINE": options.deadline}, keep=options.keep
    )
    try:
        suite.start(["collector"])
        collector = suite.services["collector"]
        kafka = Kafka(suite, options)
        say(f"{options.rate:.0f} events/s of {options.users} users; Kafka away for {options.seconds:.0f} s")
        halt = threading.Event()
        users = [
            User(n, suite.address("collector"), options.users / options.rate, halt) for n in range(options.users)
        ]
        before = time.monotonic()
        for user in users:
            user.start()
        calm = min(10, options.seconds / 3)
        time.sleep(calm)
        away = time.monotonic()
        kafka.take_away()
        time.sleep(options.seconds / 2)
        if not options.no_kill:
            say(f"{metric(suite, 'collector_spool_records'):,.0f} events in the spool; the collector is killed")
            collector.kill()
            collector.start()
        time.sleep(max(0, away + options.seconds - time.monotonic()))
        wait_until(collector.ready, 30, "the collector is ready without Kafka", give_up=(AssertionError,))
        status, report = collector.readiness()
        held = metric(suite, "collector_spool_records")
        say(
            f"{held:,.0f} events in {metric(suite, 'collector_spool_bytes'):,.0f} bytes,"
            f" {collector.resident_kilobytes() / 1024:.0f} MiB resident, readiness {status}: {report.strip()}"
        )
        kafka.give_back()
        back = time.monotonic()
        time.sleep(calm)
        halt.set()
        for user in users:
            user.join(60)
        end = time.monotonic()
        wait_until(lambda: metric(suite, "collector_spool_records") == 0, 120, "the spool is drained")
        say(f"drained at the latest {time.monotonic() - back:.1f} s after Kafka came back")
        waits(users, before, away, "before")
        waits(users, away, back, "away  ")
        waits(users, back, end, "after ")
        wrong = verdict(suite, users)
        if held == 0:
            wrong.append("nothing was spooled: Kafka was not away")
    except BaseException:
        suite.keep = True
        say(f"something broke; logs are kept in {suite.folder}")
        raise
    finally:
        suite.stop()
        spool.cleanup()
    for line in wrong:
        say(f"  WRONG {line}")
    say("FAILED" if wrong else "HELD: every event answered with 202 is there, in order per user")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
