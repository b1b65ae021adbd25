#!/usr/bin/env python3
"""Proves that nothing is lost and nothing counted twice: replays MovieLens, breaks everything, recomputes everything.

    python3 Tests/Chaos/run.py --seed 7                   # 200 kills, 10 zombies, Redis and brokers broken 12 times each
    python3 Tests/Chaos/run.py --seed 7 --redis cluster   # the same on three masters with replicas
    python3 Tests/Chaos/run.py --seed 7 --no-fences       # the same must fail: fences are what holds
    python3 Tests/Chaos/run.py --short --seed 7           # 10 kills, for CI
    python3 Tests/Chaos/run.py                            # no faults
    python3 Tests/Chaos/run.py --outage redis             # Redis away for 20 s (or: broker)

Needs kcat, redis-server and the built suite, release or debug, whichever is newer. Exit code 0 means exact.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import shlex
import signal
import sys
import threading
import time
from pathlib import Path

from harness import movielens, plan, segments
from harness.books import Topics
from harness.faults import AT_WORK, SEEN_AGAIN, Injector
from harness.http import Client, segment
from harness.metrics import Totals
from harness.outage import Outage
from harness.plan import CONSUMERS, INSTANCES, Fault
from harness.processes import SERVICES, Suite, binaries
from harness.sender import Stream
from harness.spool import SpoolDisks
from harness.traffic import Traffic
from harness.verify import Findings, Verifier
from harness.waiting import wait_until

ROOT = Path(__file__).resolve().parents[2]
STARTED = time.monotonic()
# On the embedded broker: a dead member's partitions come back after this. A real broker allows no less than six seconds.
SESSION = 3.0
REAL_SESSION = 6.0


def say(text: str) -> None:
    print(f"[{time.monotonic() - STARTED:6.1f} s] {text}", flush=True)


def main() -> int:
    # Whoever ends this run ends what it started: SIGTERM goes the way of an error.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended by SIGTERM"))
    options = arguments()
    size = plan.SHORT if options.short else plan.FULL
    if options.kills is not None:
        size = size.scaled(options.kills)
    embedded = not os.environ.get("KAFKA_BOOTSTRAP_SERVERS")
    faults = [] if options.seed is None else plan.plan(options.seed, size, options.redis, embedded)
    if faults:
        say(f"seed {options.seed}, Redis {options.redis}: {len(faults)} faults")
        for lane in dict.fromkeys(fault.lane for fault in faults):
            own = [fault for fault in faults if fault.lane == lane]
            print(f"    {lane}: " + ", ".join(f"{fault.kind} {fault.target}" for fault in own), flush=True)
    run = Run(options, embedded)
    try:
        run.start()
        run.replay(faults)
        run.settle()
        findings = run.verify(faults)
    except BaseException as error:
        run.keep()
        say(f"FAILED: {type(error).__name__}: {error}")
        say(f"the logs are kept in {run.suite.folder}")
        raise
    else:
        if findings.wrong and not options.no_fences:
            run.keep()
            say(f"the logs are kept in {run.suite.folder}")
    finally:
        run.stop()
    return conclude(options, findings, faults)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, help="inject the faults of this seed")
    parser.add_argument("--kills", type=int, help="number of kill -9 (200, short 10), the other faults in proportion")
    parser.add_argument("--short", action="store_true", help="10 kills, one or two of everything else, fewer events")
    parser.add_argument("--rate", type=float, help="events per second (400, short 200)")
    parser.add_argument("--events", type=int, default=40_000, help="without a seed: how many, %(default)s")
    parser.add_argument("--redis", choices=["single", "cluster"], default="single")
    parser.add_argument("--tags", action="store_true", help="give the movies tags, more than a profile keeps")
    parser.add_argument("--no-fences", action="store_true", help="disable the fences; then the check must fail")
    parser.add_argument("--outage", choices=["redis", "broker"], help="take it away for a while instead of faults")
    parser.add_argument("--outage-seconds", type=float, default=20)
    parser.add_argument("--limit", type=float, default=1200, help="seconds in which the faults must be done, %(default)s")
    parser.add_argument("--broker-command", help="with a real cluster: called with 'down N' and 'up N'")
    parser.add_argument("--binaries", default=binaries(ROOT), help="folder of the suite, %(default)s")
    parser.add_argument("--data", help="folder of movielens-latest-small")
    parser.add_argument("--keep", action="store_true", help="keep the folder with logs and Redis' file")
    options = parser.parse_args()
    options.rate = options.rate or (200 if options.short else 400)
    if options.no_fences and options.seed is None:
        parser.error("--no-fences needs the --seed that passes with fences")
    if options.outage and options.seed is not None:
        parser.error("--outage and --seed are two different runs")
    return options


class Run:
    """One run: the suite, the stream of events, its faults."""

    def __init__(self, options: argparse.Namespace, embedded: bool):
        self._options = options
        folder = movielens.find(options.data)
        self._ratings = movielens.events(folder)
        needed = {event.item for event in self._ratings}
        self._catalog = {item.id: item for item in movielens.items(folder, options.tags).values() if item.id in needed}
        self._session = SESSION if embedded else REAL_SESSION
        environment = {
            "KAFKA_PROPERTIES_SESSION_TIMEOUT_MS": str(int(self._session * 1000)),
            "KAFKA_PROPERTIES_HEARTBEAT_INTERVAL_MS": str(int(self._session * 100)),
            "COLLECTOR_DEADLINE": "1s",
        }
        if options.no_fences:
            environment["FRESHET_TEST_DISABLE_FENCES"] = "1"
        self.suite = Suite(
            Path(options.binaries), environment, options.keep, cluster=options.redis == "cluster", brokers=3
        )
        self.suite.set_for_all("SEGMENTS_RULES", segments.write(self.suite.folder))
        self.totals = Totals()
        self.disks = SpoolDisks(self.suite.folder)
        self.outage: Outage | None = None
        self.malformed = 0

    def start(self) -> None:
        suite = self.suite
        several = self._options.seed is not None
        names = [f"{kind}.{n}" if n > 1 else kind for n in (1, 2) for kind in SERVICES if n <= INSTANCES[kind]]
        suite.start(names if several else SERVICES, own=self.disks.environments if several else None)
        say(f"{len(suite.services)} processes of {self._options.binaries} run in {suite.folder}")
        self.topics = Topics(suite.bootstrap, suite.prefix)
        self._load_catalog()
        collectors = [name for name in suite.services if name.startswith("collector")]
        traffic = Traffic(self._ratings, self._options.seed or 0, int(time.time() * 1000))
        source = iter(traffic)
        if not several:
            source = itertools.islice(source, self._options.events)
        rate = self._options.rate if several else 4_000
        self.stream = Stream([suite.address(name) for name in collectors], source, rate, self._options.seed or 0)
        hook = shlex.split(self._options.broker_command or "")
        self.injector = Injector(suite, self.totals, self.stream, self.disks, self._session, say, hook)

    def _load_catalog(self) -> None:
        """Puts the movies in and waits until the server reads some of them."""
        client = Client(self.suite.address("server"))
        items = list(self._catalog.values())
        for start in range(0, len(items), 500):
            body = json.dumps([item.json() for item in items[start : start + 500]]).encode()
            status, answer = client.request("PUT", "/v1/items", body)
            if status not in (200, 202, 204):
                raise AssertionError(f"PUT /v1/items: {status} {answer[:300]!r}")
        redis = self.suite.reader()
        wait_until(lambda: len(redis.scan("item:*")) >= len(items), 120, f"{len(items)} items are stored", pause=0.5)
        for item in items[:: max(1, len(items) // 50)]:
            if set(client.json(f"/v1/items/{segment(item.id)}").get("categories", [])) != set(item.categories):
                raise AssertionError(f"the server's item {item.id} differs")
        say(f"{len(items):,} movies are readable")

    def replay(self, faults: list[Fault]) -> None:
        began = time.monotonic()
        self.stream.start()
        ended = threading.Event()
        direct = threading.Thread(target=self._send_malformed, args=(ended,), daemon=True)
        direct.start()
        try:
            if faults:
                self.injector.run(faults, self._options.limit)
            elif self._options.outage:
                time.sleep(2)
                self.outage = Outage(self.suite, self._options.outage, self._options.outage_seconds, say)
                self.outage.run()
            else:
                self.stream.wait()
        finally:
            ended.set()
        direct.join()
        self.stream.stop()
        seconds = time.monotonic() - began
        delivery = self.stream.delivery
        say(
            f"{len(self.stream.sent):,} events in {seconds:.1f} s, {delivery.acknowledged:,} acknowledgements,"
            f" {delivery.retried_batches} batches repeated, refused {dict(delivery.refused)}"
        )

    def _send_malformed(self, ended: threading.Event) -> None:
        """What no collector lets through, from a producer of its own: to be rejected, and to be in the books."""
        while not ended.wait(5):
            self.malformed += 1
            self.topics.produce("events.clicks", f"u{self.malformed}", f'{{"eventId":"broken-{self.malformed}","type":')

    def settle(self, patience: float = 60) -> None:
        """Waits until every service is ready and no consumer has anything left to do, as long as there is progress."""
        self.injector.wait_ready()
        end = time.monotonic() + patience
        still = 0
        before: tuple = ()
        while still < 4:
            lag = self.injector.sample()
            now = tuple(
                self.totals.of(service.pid).get(AT_WORK[kind], 0)
                for kind in CONSUMERS
                for service in self.suite.instances(kind)
            )
            still = still + 1 if lag == 0 and now == before else 0
            if now != before:
                end = time.monotonic() + patience
            elif time.monotonic() > end:
                raise AssertionError(f"the suite does not come to rest: lag {lag:,.0f}")
            before = now
            time.sleep(0.5)
        say("the suite has come to rest")

    def verify(self, faults: list[Fault]) -> Findings:
        client = Client(self.suite.address("server"))
        self.verifier = Verifier(self.topics, self.suite.reader(), client, self._catalog)
        findings = self.verifier.verify(self.stream.sent, strict_sessions=not faults)
        for line in findings.looked:
            say(line)
        if self.outage:
            findings.check("services tell of the outage", self.outage.complaints)
        if faults:
            self._tell(findings, faults)
        return findings

    def _tell(self, findings: Findings, faults: list[Fault]) -> None:
        evidence, done = self.injector.evidence, self.injector.done
        kills, struck = sum(evidence.kills.values()), sum(evidence.in_flight.values())
        say(f"faults: {', '.join(f'{count} {name}' for name, count in sorted(done.items()))}")
        say(f"kills {kills}, of which with a batch in flight {struck} {dict(evidence.in_flight)}")
        again, fenced = (self.totals.sum(suffix) for suffix in SEEN_AGAIN)
        say(f"redelivered records {again:,} {self.totals.by_name(SEEN_AGAIN[0])}")
        say(f"rejected by fences {fenced:,} {self.totals.by_name(SEEN_AGAIN[1])}")
        say(f"second copies on activity {self.verifier.second_copies:,}")
        if self._options.no_fences:
            return
        missed = len(faults) - sum(done.values())
        wrong = [f"{missed} faults were not done"] if missed else []
        wrong += [] if again else ["nothing was redelivered: the faults hit no batch in flight"]
        wrong += [] if fenced else ["no fence rejected anything"]
        wrong += [] if struck * 2 >= kills else [f"only {struck} of {kills} kills struck a batch in flight"]
        findings.check("the faults were faults", wrong)

    def keep(self) -> None:
        self.suite.keep = True

    def stop(self) -> None:
        self.suite.stop()
        self.disks.close()


def conclude(options: argparse.Namespace, findings: Findings, faults: list[Fault]) -> int:
    for line in findings.wrong[:12]:
        say(f"  WRONG {line}")
    if len(findings.wrong) > 12:
        say(f"  … and {len(findings.wrong) - 12} more")
    seed = f"seed {options.seed}, Redis {options.redis}" if faults else "no faults"
    if options.no_fences:
        failed = "EXPECTED FAILURE: without fences it is wrong" if findings.wrong else "FAILED: fences made no difference"
        say(f"{failed} ({seed})")
        return 0 if findings.wrong else 1
    say(f"FAILED ({seed})" if findings.wrong else f"EXACT ({seed})")
    return 1 if findings.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
