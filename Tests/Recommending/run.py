#!/usr/bin/env python3
"""Drives the scorer's life as a user and an operator see it: lists, cold start, bad models, dying trainers.

    python3 Tests/Recommending/run.py [--binaries .build/release] [--data FOLDER] [--keep]

The five services, a real Redis and the embedded broker; a catalog, and the ratings of some users of MovieLens. Then:
every model of the training plan is seen as a source; `freshet evaluate served` makes the lists of 50 users again; an item
without events and a newcomer's second click show; a permuted model is refused, and when it is forced, the next training
takes its place; a trainer that is killed and two that train at once leave one chain of versions. Exit code 0 means that
everything held.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import threading
import time
import uuid
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(Path(__file__).resolve().parent), str(ROOT / "Tests" / "Chaos")]

import artefact  # noqa: E402
from harness import movielens  # noqa: E402
from harness.http import Client, segment  # noqa: E402
from harness.metrics import scrape  # noqa: E402
from harness.movielens import Event  # noqa: E402
from harness.processes import Service, Suite, binaries, wait_until  # noqa: E402
from harness.redis import Redis  # noqa: E402
from harness.sender import Sender  # noqa: E402

USERS = 150
# The sources that each model of training.yaml stands behind.
SOURCES = {
    "als": {"als"}, "neighbours": {"session", "similar"}, "ease": {"ease"}, "sessions": {"next"},
    "sequences": {"sequence"}, "rules": {"rules"}, "cco": {"cco"}, "content": {"content", "preferences"}, "popularity": {"popular"},
}  # fmt: skip
STARTED = time.monotonic()


def say(text: str) -> None:
    print(f"[{time.monotonic() - STARTED:6.1f} s] {text}", flush=True)


class Checks:
    """Claims that hold or do not."""

    def __init__(self):
        self.passed = self.failed = 0

    def __call__(self, claim: str, holds: object, otherwise: str = "") -> None:
        self.passed, self.failed = self.passed + bool(holds), self.failed + (not holds)
        say(f"{'passed' if holds else 'FAILED'}  {claim}{'' if holds else ': ' + otherwise}")


class Run:
    """The suite with a catalog, users and a model."""

    def __init__(self, suite: Suite, folder: Path, checks: Checks):
        self.suite, self.folder, self.checks = suite, folder, checks
        self.redis = Redis(suite.redis.url)
        self.users: list[str] = []
        self.outages: list[str] = []
        self.asked = self.cached = 0
        # A debug build scores a user in a tenth of a second; what is promised is promised of a release build.
        self.patience = 80 if suite._binaries.name == "debug" else 5

    @property
    def server(self) -> Client:
        """A new connection: one that has been idle may be closed."""
        return Client(self.suite.address("server"))

    def prepare(self) -> None:
        movies = [item.json() for item in movielens.items(self.folder).values()]
        for start in range(0, len(movies), 200):
            status, answer = self.server.request("PUT", "/v1/items", json.dumps(movies[start : start + 200]).encode())
            assert status in (200, 202, 204), answer
        ratings = movielens.events(self.folder, order="file")
        self.users = sorted({event.user for event in ratings}, key=int)[:USERS]
        chosen = sorted((e for e in ratings if e.user in set(self.users)), key=lambda event: event.time)
        Sender(self.suite.address("collector")).send(chosen)
        say(f"{len(movies):,} movies and {len(chosen):,} ratings of {USERS} users are sent")
        wait_until(lambda: self.trained() >= len(chosen), 120, "the matrix holds all ratings", pause=0.5)
        first = self.version()
        wait_until(lambda: self.version() > first, 180, "a model has seen them", pause=0.5)
        wait_until(lambda: self.followed() == len(self.users), 120, "all lists follow", pause=1)
        say(f"version {self.version()} serves")

    def trained(self) -> float:
        return sum(v for k, v in scrape(self.suite.services["scorer"].admin).items() if k.endswith("activities_total"))

    def version(self) -> int:
        value = self.redis("GET", "model:{blend}:version")
        return int(value) if value else 0

    def followed(self) -> int:
        version = self.version()
        return sum(self.list(user)["modelVersion"] == version for user in self.users)

    def list(self, user: str, limit: int = 10) -> dict:
        return self.server.json(f"/v1/recommendations?user={segment(user)}&limit={limit}")

    def ids(self, user: str, limit: int = 10) -> list[str]:
        return [item["id"] for item in self.list(user, limit)["items"]]

    def post(self, user: str, type: str, item: str | None = None, properties: dict | None = None) -> None:
        event = {"eventId": str(uuid.uuid4()), "type": type, "userId": user}
        event |= {"itemId": item} if item else {}
        event |= {"properties": properties} if properties else {}
        status, answer = Client(self.suite.address("collector")).request("POST", "/v1/events", json.dumps(event).encode())
        assert status == 202, answer

    def tool(self, *arguments: str) -> tuple[int, str]:
        command = [str(self.suite._binaries / "freshet"), *arguments]
        done = subprocess.run(command, env=self.suite._environment, capture_output=True, text=True, timeout=180)
        return done.returncode, done.stdout + done.stderr

    # What is claimed.

    def sources(self) -> None:
        """Every model is behind an answer: of known users, of a newcomer, of one who only said what he likes."""
        self.post("newcomer-1", "view", "260")
        self.post("stranger-1", "identify")
        self.post("declared-1", "preferences", properties={"categories": ["Animation", "Children"]})
        seen: dict[str, str] = {}

        def complete() -> bool:
            for user in [*self.users, "newcomer-1", "declared-1", "stranger-1"]:
                answer = self.list(user, 50)
                if answer["fallback"] is None:
                    for item in answer["items"]:
                        seen.setdefault(item["source"], f"{user}/{item['id']}")
            return all(sources & seen.keys() for sources in SOURCES.values())

        try:
            wait_until(complete, 15, "sources", pause=1)
        except AssertionError:
            pass
        missing = [name for name, sources in SOURCES.items() if not sources & seen.keys()]
        self.checks(f"each model is a source in some answer: {', '.join(sorted(seen))}", not missing, f"{missing}")

    def agreement(self) -> None:
        """What is served is what the same code makes of the same artefact."""
        count = 0

        def agrees() -> bool:
            nonlocal count
            code, text = self.tool("evaluate", "served", "--server", self.suite.address("server"), *self.users[:50])
            count = int(text.split(" lists agree")[0].rsplit("\n", 1)[-1]) if " lists agree" in text else 0
            return code == 0 and count == 50 or text

        try:
            wait_until(lambda: agrees() is True, 60, "agreement", pause=1)
        except AssertionError:
            pass
        self.checks("50 served lists are made again item for item", count == 50, str(agrees())[-600:])

    def new_item(self) -> None:
        """An item without any event is in a similar list and in a personal list within five seconds."""
        self.post("fan", "view", "260")
        self.post("fan", "like", "1196")
        wait_until(lambda: self.list("fan")["fallback"] is None, 30, "the fan has a list")
        item = {"id": "brand-new", "title": "Star Wars: The New One", "categories": ["Action", "Adventure", "Sci-Fi"]}
        start = time.monotonic()
        status, answer = self.server.request("PUT", "/v1/items", json.dumps([item]).encode())
        assert status in (200, 202, 204), answer
        similar = personal = None
        while time.monotonic() - start < 90 and not (similar and personal):
            if not personal and "brand-new" in self.ids("fan", 50):
                personal = time.monotonic() - start
            if not similar and any(
                "brand-new" in {i["id"] for i in self.server.json(f"/v1/items/{other}/similar?limit=50")["items"]}
                for other in self.neighbours("brand-new")
            ):
                similar = time.monotonic() - start
            time.sleep(0.05)
        self.checks(f"a new item is in another's similar list ({similar or 99:.1f} s)", similar and similar < self.patience)
        self.checks(f"a new item is in a personal list ({personal or 99:.1f} s)", personal and personal < self.patience)

    def neighbours(self, item: str) -> list[str]:
        return [i["id"] for i in self.server.json(f"/v1/items/{item}/similar?limit=20")["items"]]

    def second_click(self) -> None:
        """A newcomer's list is his own after the first event, and follows the second."""
        self.post("walker", "view", "1")
        wait_until(lambda: self.list("walker")["fallback"] is None, 30, "the first click brings a list")
        first = self.ids("walker")
        revision = self.list("walker")["profileRevision"]
        start = time.monotonic()
        self.post("walker", "view", "1213")
        wait_until(lambda: self.list("walker")["profileRevision"] > revision, 30, "the list follows", pause=0.01)
        took = time.monotonic() - start
        answer = self.list("walker")
        changed = len(set(first) ^ {item["id"] for item in answer["items"]}) // 2
        held = changed >= 3 and answer["fallback"] is None
        self.checks(f"a second click changes {changed} of 10 items ({1000 * took:.0f} ms)", held)

    def watch_lists(self, until: threading.Event) -> threading.Thread:
        """Asks for lists all the time; what is not a user's own list is an outage.

        But for what the server kept of the trending list because Redis took longer than it waits: that is counted.
        """

        def ask() -> None:
            server = Client(self.suite.address("server"))
            while not until.is_set():
                for user in self.users[:5]:
                    answer = server.json(f"/v1/recommendations?user={user}&limit=10")
                    self.asked += 1
                    self.cached += answer["fallback"] == "trending-cached"
                    if answer["fallback"] not in (None, "trending-cached") or len(answer["items"]) != 10:
                        self.outages.append(f"user {user}: {answer['fallback']}, {len(answer['items'])} items")
                time.sleep(0.1)

        thread = threading.Thread(target=ask, daemon=True)
        thread.start()
        return thread

    def damaged(self) -> None:
        """A permuted model is refused; forced into service it does not outlast the next training."""
        good, bad = self.suite.folder / "good.model", self.suite.folder / "bad.model"
        code, text = self.tool("models", "save", str(good))
        assert code == 0, text
        bad.write_bytes(artefact.permuted(good.read_bytes(), 7))
        before = self.version()
        code, text = self.tool("models", "publish", str(bad))
        self.checks("a permuted model is refused", code == 1 and self.version() >= before, text[-500:])
        say(text.strip().splitlines()[-1])
        code, text = self.tool("models", "publish", str(bad), "--force")
        assert code == 0, text
        forced = self.version()
        start = time.monotonic()
        self.post("fan", "view", "1210")
        wait_until(lambda: self.version() > forced, 60, "a training takes the damaged model's place", pause=0.1)
        say(f"version {forced}, damaged and forced, was replaced after {time.monotonic() - start:.1f} s")
        code, text = self.tool("models")
        self.checks("the refusal is on record", "refused:" in text, text[-500:])

    def killed_trainer(self) -> None:
        """Killed in the middle of a training, it leaves what served; the next one goes on."""
        scorer = self.suite.services["scorer"]
        before = self.version()
        self.post("fan", "view", "1198")
        self.wait_for_log(scorer, "training begins")
        time.sleep(0.3)
        scorer.kill()
        between = self.version()
        scorer.start()
        wait_until(scorer.ready, 60, "the scorer is back")
        self.post("fan", "view", "2571")
        wait_until(lambda: self.version() > between, 120, "the next trainer publishes", pause=0.2)
        self.checks(f"a killed trainer leaves version {between}, the next one publishes", between >= before)

    def two_trainers(self) -> None:
        """One is frozen while it trains, another takes over; thawed, the first must not publish over it."""
        first = self.suite.services["scorer"]
        second = self.suite.spare("scorer")
        wait_until(second.ready, 60, "the second scorer is ready")
        time.sleep(3)
        trainer, other = (first, second) if self.is_trainer(first) else (second, first)
        self.post("fan", "view", "318")
        self.wait_for_log(trainer, "training begins")
        trainer.signal(signal.SIGSTOP)
        wait_until(lambda: self.is_trainer(other), 90, "the other one trains", pause=0.5)
        before = self.version()
        self.post("fan", "view", "858")
        self.wait_for_log(other, "training begins")
        trainer.signal(signal.SIGCONT)
        wait_until(lambda: self.version() > before, 120, "one of them publishes", pause=0.2)
        time.sleep(5)
        records = {int(v): json.loads(r) for v, r in pairs(self.redis("HGETALL", "model:{blend}:records"))}
        latest = self.version()
        chain = sorted(records)
        gapless = chain == list(range(chain[0], latest + 1))
        self.checks(f"two trainers leave one chain of versions, {chain[0]} to {latest}", gapless, f"{chain}")
        served = {int(scraped(service, "scorer_model_version")) for service in (first, second)}
        wait_until(
            lambda: {int(scraped(s, "scorer_model_version")) for s in (first, second)} == {self.version()}, 30, f"{served}"
        )
        self.checks("both serve it", True)
        self.suite.retire(second)

    def is_trainer(self, service: Service) -> bool:
        return scraped(service, "scorer_is_trainer") == 1

    def wait_for_log(self, service: Service, text: str) -> None:
        seen = service.log.read_text(errors="replace").count(text)
        wait_until(lambda: service.log.read_text(errors="replace").count(text) > seen, 90, f"{text!r}", pause=0.02)


def scraped(service: Service, name: str) -> float:
    try:
        return next(value for key, value in scrape(service.admin).items() if key.endswith(name))
    except (OSError, StopIteration):
        return -1


def pairs(flat: list) -> list[tuple]:
    return list(zip(flat[::2], flat[1::2]))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binaries", default=binaries(ROOT), help="folder of the suite, %(default)s")
    parser.add_argument("--data", help="folder of movielens-latest-small")
    parser.add_argument("--keep", action="store_true", help="keep the folder with logs and Redis' file")
    options = parser.parse_args()
    folder = movielens.find(options.data)
    checks = Checks()
    plan = str(Path(__file__).resolve().parent / "training.yaml")
    environment = {"TRAINING_PLAN": plan, "MODELS_POLL_INTERVAL": "500ms", "SEGMENTS_INTERVAL": "5s"}
    suite = Suite(Path(options.binaries), environment, keep=options.keep)
    try:
        suite.start()
        say(f"the suite of {options.binaries} runs in {suite.folder}")
        run = Run(suite, folder, checks)
        run.prepare()
        run.sources()
        run.agreement()
        run.new_item()
        run.second_click()
        done = threading.Event()
        watch = run.watch_lists(done)
        run.damaged()
        run.killed_trainer()
        run.two_trainers()
        done.set()
        watch.join(10)
        served = f"lists were served all the time: {run.asked}, {run.cached} of them because Redis was late"
        checks(served, not run.outages and run.cached <= run.asked / 100, f"{run.outages[:3]}")
    except BaseException as error:  # noqa: BLE001 - whatever went wrong, it did not hold
        suite.keep = True
        checks("the run came to its end", False, f"{type(error).__name__}: {error}; the logs stay in {suite.folder}")
        if not isinstance(error, Exception):
            raise
    finally:
        if checks.failed:
            suite.keep = True
            say(f"the logs stay in {suite.folder}")
        suite.stop()
    print(f"{checks.passed} passed, {checks.failed} failed")
    return 1 if checks.failed else 0


if __name__ == "__main__":
    sys.exit(main())
