"""Sends events through the collector and repeats what was not acknowledged."""

from __future__ import annotations

import http.client
import json
import threading
import time
import zlib

from .http import Client
from .movielens import Event

RETRY_LIMIT = 180.0


class Sender:
    """A few threads; each user belongs to one of them, so that a user's events keep their order.

    A batch that got no `202` is sent again as it was: the suite must recognise the repeated events.
    """

    def __init__(self, collector: str, threads: int = 4, batch: int = 100):
        self._collector = collector
        self._threads = threads
        self._batch = batch
        self._lock = threading.Lock()
        self.acknowledged = 0
        self.retried_batches = 0
        self._failure: BaseException | None = None

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
            client = Client(self._collector)
            for start in range(0, len(events), self._batch):
                if self._failure is not None:
                    return
                self._send_batch(client, events[start : start + self._batch])
        except BaseException as error:  # noqa: BLE001 - handed to the caller of send()
            self._failure = error

    def _send_batch(self, client: Client, events: list[Event]) -> None:
        body = b"\n".join(json.dumps(event.json(), separators=(",", ":")).encode() for event in events)
        started = time.monotonic()
        pause = 0.05
        while True:
            try:
                status, answer = client.request("POST", "/v1/events", body, "application/x-ndjson")
            except (OSError, http.client.HTTPException) as error:
                status, answer = 0, str(error).encode()
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
            time.sleep(pause)
            pause = min(1.0, pause * 2)
