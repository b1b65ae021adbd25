"""Sends events through the collector and repeats what was not acknowledged."""

from __future__ import annotations

import functools
import http.client
import json
import queue
import random
import threading
import time
import zlib
from collections import Counter
from collections.abc import Iterable

from .http import Client
from .movielens import Event

RETRY_LIMIT = 180.0


class Delivery:
    """Hands batches to the collectors, one after the other until one acknowledges, and counts how that went.

    A batch that got no `202` is sent again as it was: the suite must recognise the repeated events.
    """

    def __init__(self, collectors: list[str]):
        self._collectors = collectors
        self._lock = threading.Lock()
        self.acknowledged = 0
        self.retried_batches = 0
        # Requests that a collector took and never answered, by its address; and answers that were not 202.
        self.broken: Counter[str] = Counter()
        self.refused: Counter[int] = Counter()

    def clients(self, first: int = 0) -> list[Client]:
        """A thread's own connections, beginning with the collector `first`."""
        count = len(self._collectors)
        return [Client(self._collectors[(first + index) % count]) for index in range(count)]

    def deliver(self, clients: list[Client], events: list[Event]) -> None:
        """Returns when the batch is acknowledged."""
        body = b"\n".join(json.dumps(event.json(), separators=(",", ":")).encode() for event in events)
        started = time.monotonic()
        pause = 0.05
        turn = 0
        while True:
            client = clients[turn % len(clients)]
            turn += 1
            try:
                status, answer = client.request("POST", "/v1/events", body, "application/x-ndjson")
            except (OSError, http.client.HTTPException) as error:
                status, answer = 0, str(error).encode()
                if not isinstance(error, ConnectionRefusedError):
                    with self._lock:
                        self.broken[client.base] += 1
            if status == 202:
                outcome = json.loads(answer)
                if outcome["accepted"] != len(events) or outcome["rejected"]:
                    raise AssertionError(f"the collector rejected valid events: {outcome}")
                with self._lock:
                    self.acknowledged += len(events)
                return
            if status not in (0, 429, 500, 502, 503, 504):
                raise AssertionError(f"the collector answered {status}: {answer[:300]!r}")
            if time.monotonic() - started > RETRY_LIMIT:
                raise AssertionError(f"no acknowledgement within {RETRY_LIMIT:.0f} s: {status} {answer[:300]!r}")
            with self._lock:
                self.retried_batches += 1
                if status:
                    self.refused[status] += 1
            time.sleep(pause)
            pause = min(1.0, pause * 2)


class Sender:
    """A few threads; each user belongs to one of them, so that a user's events keep their order."""

    def __init__(self, collector: str, threads: int = 4, batch: int = 100):
        self._delivery = Delivery([collector])
        self._threads = threads
        self._batch = batch
        self._failure: BaseException | None = None

    @property
    def acknowledged(self) -> int:
        return self._delivery.acknowledged

    @property
    def retried_batches(self) -> int:
        return self._delivery.retried_batches

    def send(self, events: list[Event]) -> None:
        """Returns when all are acknowledged."""
        shares: list[list[Event]] = [[] for _ in range(self._threads)]
        for event in events:
            shares[zlib.crc32(event.user.encode()) % self._threads].append(event)
        workers = [threading.Thread(target=self._guarded, args=(share,), daemon=True) for share in shares if share]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        if self._failure is not None:
            raise self._failure

    def _guarded(self, events: list[Event]) -> None:
        try:
            clients = self._delivery.clients()
            for start in range(0, len(events), self._batch):
                if self._failure is not None:
                    return
                self._delivery.deliver(clients, events[start : start + self._batch])
        except BaseException as error:  # noqa: BLE001 - handed to the caller of send()
            self._failure = error


class Stream:
    """Sends from an endless source at a bounded rate until it is told to stop; `sent` is what was taken from the source.

    Now and then a batch is sent once more after its acknowledgement, as clients do that did not see the answer.
    """

    # A user's events must stay in order, so a worker sends one batch at a time.
    THREADS = 6
    BATCH = 50
    LINGER = 0.06
    REPEATED = 0.08

    def __init__(self, collectors: list[str], source: Iterable[Event], rate: float, seed: int):
        self.delivery = Delivery(collectors)
        self.sent: list[Event] = []
        self._source = iter(source)
        self._rate = rate
        self._seed = seed
        self._queues: list[queue.Queue[Event | None]] = [queue.Queue() for _ in range(self.THREADS)]
        self._stopped = threading.Event()
        tasks = [self._feed] + [functools.partial(self._work, number) for number in range(self.THREADS)]
        self._threads = [threading.Thread(target=self._guarded, args=(task,), daemon=True) for task in tasks]
        self.failure: BaseException | None = None
        # While true nothing is taken from the source.
        self.is_held = False

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def wait(self) -> None:
        """Returns when a source that ends has ended."""
        while not self._stopped.wait(0.2) and self.failure is None:
            continue

    def stop(self) -> None:
        """Returns when everything taken from the source is acknowledged."""
        self._stopped.set()
        for thread in self._threads:
            thread.join()
        if self.failure is not None:
            raise self.failure

    def _feed(self) -> None:
        try:
            self._take()
        finally:
            for waiting in self._queues:
                waiting.put(None)

    def _take(self) -> None:
        budget, last = 0.0, time.monotonic()
        while not self._stopped.wait(0.02) and self.failure is None:
            now = time.monotonic()
            # What could not be sent in time is not made up for in a burst.
            budget, last = min(budget + (now - last) * self._rate, self._rate), now
            if self.is_held or sum(waiting.qsize() for waiting in self._queues) > 2 * self._rate:
                continue
            while budget >= 1:
                budget -= 1
                event = next(self._source, None)
                if event is None:
                    self._stopped.set()
                    break
                self.sent.append(event)
                self._queues[zlib.crc32(event.user.encode()) % self.THREADS].put(event)

    def _guarded(self, task) -> None:
        try:
            task()
        except BaseException as error:  # noqa: BLE001 - raised by stop()
            self.failure = self.failure or error

    def _work(self, number: int) -> None:
        chance = random.Random(self._seed * 1_000 + number)
        clients = self.delivery.clients(number)
        waiting = self._queues[number]
        open = True
        while open:
            batch: list[Event] = []
            end = None
            while len(batch) < self.BATCH:
                try:
                    event = waiting.get(timeout=None if end is None else max(0.0, end - time.monotonic()))
                except queue.Empty:
                    break
                if event is None:
                    open = False
                    break
                batch.append(event)
                end = end or time.monotonic() + self.LINGER
            if batch:
                self.delivery.deliver(clients, batch)
                if chance.random() < self.REPEATED:
                    self.delivery.deliver(clients, batch)
