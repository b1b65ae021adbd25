#!/usr/bin/env python3
"""Fuzzes the running suite: every HTTP endpoint, every topic, and what stands in Redis.

    python3 Tests/Fuzz/run.py                     # 1,000,000 inputs
    python3 Tests/Fuzz/run.py --inputs 6000       # the short form, for CI
    python3 Tests/Fuzz/run.py --seed 8

Needs kcat, redis-server and the built suite, release or debug, whichever is newer. Exit code 0 means: no process ended,
none got stuck, memory stayed flat, every request had a documented answer, every record is accounted for, and a sane
event still changes a list.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import re
import subprocess
import sys
import time
import traceback
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(Path(__file__).resolve().parent), str(ROOT / "Tests" / "Chaos")]

from fuzz import answers  # noqa: E402
from fuzz.contents import Contents  # noqa: E402
from fuzz.generator import Generator  # noqa: E402
from fuzz.http_inputs import EventBatches, RawSockets, SingleRequests  # noqa: E402
from fuzz.records import SIGNALS, Records  # noqa: E402
from fuzz.watch import Watch, lag, lags  # noqa: E402
from harness import books  # noqa: E402
from harness.http import Client, segment  # noqa: E402
from harness.metrics import scrape  # noqa: E402
from harness.processes import SERVICES, Suite, binaries, wait_until  # noqa: E402
from harness.redis import Redis  # noqa: E402

STARTED = time.monotonic()
VICTIMS = [f"victim-{number}" for number in range(200)]
# The embedded broker keeps 5 MiB per partition: nobody may fall further behind than that.
MOST_LAG = 15_000
# Second half against first half, beside what an allocator keeps.
GROWTH, SLACK_KILOBYTES = 1.15, 48 * 1024


def say(text: str) -> None:
    print(f"[{time.monotonic() - STARTED:6.1f} s] {text}", flush=True)


def main() -> int:
    options = arguments()
    environment = {
        "TRAINING_INTERVAL": "20s", "TRAINING_FACTORS": "16", "TRAINING_ITERATIONS": "3", "LOG_LEVEL": "warning",
        "RESCORE_USERS": "200",
    }  # fmt: skip
    suite = Suite(Path(options.binaries), environment, keep=options.keep)
    try:
        suite.start(SERVICES, limit=90)
        say(f"the suite of {options.binaries} runs in {suite.folder}; seed {options.seed}, {options.inputs:,} inputs")
        wrong = Run(suite, options).run()
    except BaseException:
        suite.keep = True
        say(f"something broke; logs are kept in {suite.folder}")
        raise
    finally:
        if options.keep:
            suite.keep = True
        suite.stop()
    for line in wrong[:20]:
        say(f"  WRONG {line}")
    say("FAILED" if wrong else "PASSED")
    return 1 if wrong else 0


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--inputs", type=int, default=1_000_000, help="how many inputs, %(default)s")
    parser.add_argument("--seed", type=int, default=7, help="where random numbers start, %(default)s")
    parser.add_argument("--binaries", default=binaries(ROOT), help="folder of the suite, %(default)s")
    parser.add_argument("--keep", action="store_true", help="keep the folder with logs")
    return parser.parse_args()


class Tail:
    """Reads the headers of a topic while it is being written: the embedded broker forgets the oldest records."""

    def __init__(self, suite: Suite, topic: str):
        self.path = suite.folder / f"tail.{topic}"
        command = ["kcat", "-b", suite.bootstrap, "-C", "-t", suite.prefix + topic, "-o", "beginning", "-q", "-u"]
        self._child = subprocess.Popen(
            [*command, "-X", "fetch.wait.max.ms=50", "-f", "%h\n"],
            stdin=subprocess.DEVNULL, stdout=open(self.path, "wb"), stderr=subprocess.DEVNULL,
        )  # fmt: skip

    def stop(self) -> list[bytes]:
        self._child.terminate()
        self._child.wait()
        return self.path.read_bytes().split(b"\n")


class Run:
    def __init__(self, suite: Suite, options: argparse.Namespace):
        self._suite = suite
        self._options = options
        self._wrong: list[str] = []
        self._stop = multiprocessing.Event()
        self._pause = multiprocessing.Event()

    def run(self) -> list[str]:
        suite = self._suite
        self._topics = books.Topics(suite.bootstrap, suite.prefix)
        self._before = {name: scrape(suite.services[name].admin) for name in suite.services}
        rejected, activity = Tail(suite, "events.rejected"), Tail(suite, "activity")
        answers.learn(Client(suite.address("collector")).json("/openapi.json"))
        self._load_catalog()
        watch = Watch(suite)
        watch.start()
        began = time.monotonic()
        counts = self._send(watch)
        seconds = time.monotonic() - began
        say(f"{counts['inputs']:,} inputs in {seconds:.0f} s ({counts['inputs'] / seconds:,.0f}/s)")
        self._settle(watch)
        watch.stop()
        self._wrong += watch.complaints
        time.sleep(2)
        rejections, activities = rejected.stop(), activity.stop()
        if not self._wrong:
            self._check_books(counts, rejections, activities)
            self._check_sane()
        self._report(counts, rejections)
        self._check_memory(watch, began, began + seconds)
        return self._wrong

    # Sending

    def _send(self, watch: Watch) -> Counter:
        total = self._options.inputs
        shares = {
            "batches": int(total * 0.53), "records": int(total * 0.425), "single": int(total * 0.03),
            "contents": int(total * 0.015),
        }  # fmt: skip
        results: multiprocessing.Queue = multiprocessing.Queue()
        senders = [
            multiprocessing.Process(target=self._guarded, args=(name, share, results), daemon=True)
            for name, share in shares.items()
        ]
        for sender in senders:
            sender.start()
        counts: Counter = Counter()
        waiting = len(senders)
        told = time.monotonic()
        while waiting:
            try:
                name, part, problem = results.get(timeout=0.5)
                counts.update(part)
                waiting -= 1
                if problem:
                    self._wrong.append(f"{name}: {problem}")
                    self._stop.set()
            except Exception:  # noqa: BLE001 - nothing has come yet
                pass
            if watch.is_over:
                self._stop.set()
            behind = lag(self._suite)
            (self._pause.set if behind > MOST_LAG else self._pause.clear)()
            if time.monotonic() - told > 20:
                told = time.monotonic()
                say(f"at work; the slowest consumer is {behind:,.0f} records behind")
        for sender in senders:
            sender.join()
        return counts

    def _guarded(self, name: str, share: int, results: multiprocessing.Queue) -> None:
        counts: Counter = Counter()
        problem = ""
        try:
            generator = Generator(f"{self._options.seed}-{name}", int(time.time() * 1000))
            getattr(self, f"_send_{name}")(share, generator, counts)
        except BaseException as error:  # noqa: BLE001 - told to the parent
            problem = f"{error or type(error)} at {traceback.format_exc().splitlines()[-3:-1]}"
        results.put((name, counts, problem))

    def _goes_on(self, counts: Counter, share: int) -> bool:
        while self._pause.is_set() and not self._stop.is_set():
            time.sleep(0.05)
        return counts["inputs"] < share and not self._stop.is_set()

    def _send_batches(self, share: int, generator: Generator, counts: Counter) -> None:
        batches = EventBatches(self._suite.address("collector"), generator, counts)
        while self._goes_on(counts, share):
            batches.send(min(share - counts["inputs"], generator.random.choice([10, 100, 200, 400, 600])))

    def _send_single(self, share: int, generator: Generator, counts: Counter) -> None:
        addresses = {"collector": self._suite.address("collector"), "server": self._suite.address("server")}
        addresses |= {f"admin {name}": service.admin for name, service in self._suite.services.items()}
        single = SingleRequests(addresses, VICTIMS, generator, counts)
        raw = RawSockets(addresses, generator, counts)
        while self._goes_on(counts, share):
            (raw if generator.random.random() < 0.05 else single).send()

    def _send_records(self, share: int, generator: Generator, counts: Counter) -> None:
        records = Records(self._suite.bootstrap, self._suite.prefix, VICTIMS, generator, counts)
        while self._goes_on(counts, share):
            for _ in range(min(200, share - counts["inputs"])):
                pick = generator.random.random()
                if pick < 0.78:
                    records.event()
                elif pick < 0.80:
                    records.victim_event()
                elif pick < 0.90:
                    records.activity()
                elif pick < 0.95:
                    records.catalog()
                elif pick < 0.99:
                    records.notice()
                else:
                    records.unread()
        records.producer.flush()

    def _send_contents(self, share: int, generator: Generator, counts: Counter) -> None:
        contents = Contents(self._suite.redis.url, VICTIMS, generator, counts)
        while self._goes_on(counts, share):
            contents.damage()
            # Spread over the whole run.
            if counts["inputs"] % 10 == 0:
                time.sleep(0.2)
        contents.repair()

    # Before and after

    def _load_catalog(self) -> None:
        client = Client(self._suite.address("server"))
        items = [{"id": f"i{n}", "title": f"Title {n}", "categories": [f"c{n % 12}"], "tags": [f"t{n % 5}"]} for n in range(300)]
        items += [{"id": f"sane-{n}", "title": f"Sane {n}", "categories": ["sane"]} for n in range(40)]
        status, body = client.request("PUT", "/v1/items", json.dumps(items).encode())
        if status != 202:
            raise AssertionError(f"PUT /v1/items: {status} {body[:300]!r}")

    def _settle(self, watch: Watch) -> None:
        """Waits until all is read; a partition that does not get on is what fuzzing looks for."""
        end = time.monotonic() + 150
        while time.monotonic() < end and not watch.is_over and not self._wrong:
            if lag(self._suite) == 0:
                return
            time.sleep(0.5)
        if not self._wrong and not watch.complaints:
            self._wrong.append(f"records are left: {lags(self._suite)}")

    def _check_books(self, counts: Counter, rejections: list[bytes], activities: list[bytes]) -> None:
        suite = self._suite
        high = {topic: sum(self._topics._offsets(suite.prefix + topic, -1).values()) for topic in
                [*(f"events.{signal}" for signal in SIGNALS), "activity", "catalog.items"]}  # fmt: skip
        records = sum(high[f"events.{signal}"] for signal in SIGNALS)
        passed = {source for line in activities if (source := _source(line)) and not source.startswith(b"0:")}
        refused: dict[bytes, bytes] = {}
        for line in rejections:
            if b"stage=stream-processor" in line and (source := _source(line)):
                refused[source] = _reason(line)
        processed = duplicates = 0
        redis = Redis(suite.redis.url)
        victims = {f"{{{victim}}}:stream".encode() for victim in VICTIMS}
        for value in redis.mget([key for key in redis.scan("{*}:stream") if key not in victims]):
            one = books._stream_counters(value)
            processed, duplicates = processed + one[0], duplicates + one[1]
        lost = sum(reason == b"unprocessable" for reason in refused.values())
        victims_sent = counts["of victims"]
        sound = records - victims_sent
        balance = sound - processed - duplicates - (len(refused) - lost)
        say(
            f"events.*: {sound:,} records = {processed:,} processed + {duplicates:,} duplicates"
            f" + {len(refused) - lost:,} rejected" + (f" + {balance:,} UNACCOUNTED" if balance else "")
        )
        if balance:
            self._wrong.append("the books of events.* do not balance")
        # A fence that was damaged and still reads can cover what comes after: that much of victims' events may be gone.
        # An event that was passed on before its state turned out to be damaged is rejected all the same.
        both = len(passed & refused.keys())
        gone = records - len(passed) - duplicates - len(refused) + both
        say(f"  of victims, whose states were damaged: {victims_sent:,} records, {lost:,} rejected, {gone:,} behind a false fence")
        if both > lost or not 0 <= gone <= victims_sent - lost:
            self._wrong.append(f"{gone:,} records are neither on activity nor on events.rejected nor duplicates")
        updater = self._delta("profile-updater")
        done = sum(updater.get(f"profile_updater_{what}_total", 0) for what in ("applied", "redelivered", "rejected"))
        say(f"activity: {high['activity']:,} records, {done:,.0f} verdicts, {updater.get('profile_updater_rejected_total', 0):,.0f} rejected")
        if done < high["activity"]:
            self._wrong.append("records of activity have no verdict")
        catalog = self._delta("stream-processor").get("stream_processor_catalog_items_total", 0)
        bad = sum(b"reason=catalog-" in line for line in rejections)
        say(f"catalog.items: {high['catalog.items']:,} records = {catalog:,.0f} entries, of which or beside which {bad:,} rejected")
        if not high["catalog.items"] <= catalog + bad:
            self._wrong.append("records of catalog.items have no verdict")
        self._passed, self._duplicates, self._refused = len(passed), duplicates, refused

    def _delta(self, name: str) -> dict[str, float]:
        now = scrape(self._suite.services[name].admin)
        return {key: value - self._before[name].get(key, 0) for key, value in now.items()}

    def _check_sane(self) -> None:
        """A user's likes make a list; an item that the user rejects leaves it."""
        collector, server = Client(self._suite.address("collector")), Client(self._suite.address("server"))

        def tell(kind: str, item: str) -> None:
            body = json.dumps({"type": kind, "userId": "sane", "itemId": item}).encode()
            status, answer = collector.request("POST", "/v1/events", body)
            if status != 202 or json.loads(answer)["accepted"] != 1:
                raise AssertionError(f"a sane event: {status} {answer[:300]!r}")

        def shown() -> list[str]:
            answer = server.json(f"/v1/recommendations?user={segment('sane')}&limit=50")
            return [] if answer["fallback"] else [entry["id"] for entry in answer["items"]]

        try:
            for item in ("i1", "i2", "i3", "sane-1"):
                tell("like", item)
            first = wait_until(shown, 60, "a sane user has a list of its own")
            tell("dismiss", first[0])
            wait_until(lambda: first[0] not in shown(), 30, "the rejected item leaves the list")
            say(f"a sane event still changes a list ({len(first)} items, {first[0]} left it)")
        except (AssertionError, ValueError) as error:
            self._wrong.append(f"the sane user: {error}")

    # Telling

    def _report(self, counts: Counter, rejections: list[bytes]) -> None:
        for name, number in sorted(counts.items()):
            if name not in ("inputs", "valid", "json"):
                say(f"  {name}: {number:,}")
        reasons = Counter(_reason(line).decode() for line in rejections if b"stage=" in line)
        say("  on events.rejected: " + ", ".join(f"{reason} {number:,}" for reason, number in reasons.most_common()))
        if not hasattr(self, "_refused"):
            return
        # What the collector accepted comes by again in the books.
        direct = self._passed + self._duplicates - counts["valid"]
        not_json = sum(reason.decode() in answers.NOT_JSON for reason in self._refused.values())
        valid = counts["valid"] + max(0, direct)
        parsed = counts["json"] + max(0, direct) + len(self._refused) - not_json
        total = counts["inputs"]
        say(f"passed the JSON parser {parsed:,} ({100 * parsed / total:.1f} %), the validation {valid:,} ({100 * valid / total:.1f} %)")
        if parsed < 0.30 * total:
            self._wrong.append("less than 30 % pass the JSON parser")
        if valid < 0.05 * total:
            self._wrong.append("less than 5 % pass the validation")

    def _check_memory(self, watch: Watch, began: float, ended: float) -> None:
        """The most of the second half against the most of the first, once it has come into its swing."""
        middle = (began + ended) / 2
        for name, samples in watch.memory.items():
            first = [size for at, size in samples if began <= at < middle]
            second = [size for at, size in samples if middle <= at <= ended]
            if not first or not second:
                continue
            say(
                f"  {name}: {first[0] / 1024:.0f} MB at the start, at most {max(first) / 1024:.0f} in the first half,"
                f" {max(second) / 1024:.0f} in the second; unready for at most {watch.unready.get(name, 0):.0f} s"
            )
            if max(second) > GROWTH * max(first) + SLACK_KILOBYTES:
                self._wrong.append(f"{name} grew from {max(first) // 1024} to {max(second) // 1024} MB")


_SOURCE = re.compile(rb"(?:^|,)source=(\d+:[a-z]+:\d+:\d+)(?=,|$)")
_REASON = re.compile(rb"(?:^|,)reason=([a-z0-9-]+)(?=,|$)")


def _source(line: bytes) -> bytes | None:
    found = _SOURCE.findall(line)
    return found[-1] if found else None


def _reason(line: bytes) -> bytes:
    found = _REASON.findall(line)
    return found[-1] if found else b"none"


if __name__ == "__main__":
    sys.exit(main())
