"""One measurement: events at a rate, each followed until the answer to its user has changed."""

from __future__ import annotations

import asyncio
import json
import random
import re
import time
from dataclasses import dataclass, field

from http_pool import Pool

_REVISION = re.compile(rb'"profileRevision":\s*(\d+)')
GIVE_UP = 5.0


@dataclass
class Result:
    """Milliseconds from the collector's 202 until the changed answer was read, and what went wrong."""

    latencies: list[float] = field(default_factory=list)
    polls: list[float] = field(default_factory=list)
    unchanged: int = 0
    late_starts: int = 0

    def percentile(self, share: float) -> float:
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else float("nan")


async def measure(
    collector: str, server: str, users: list[str], rate: float, seconds: float, poll: float, seed: int
) -> Result:
    """Sends `rate` events per second for `seconds`; never two at once for one user.

    An event is a five-star rating of the first item of the user's list. A consumed item leaves the list, so every
    event must change it.
    """
    events, answers = Pool(collector), Pool(server)
    chance = random.Random(seed)
    idle = list(users)
    chance.shuffle(idle)
    result = Result()
    tasks: set[asyncio.Task] = set()

    async def follow(user: str, number: int) -> None:
        try:
            await _follow(events, answers, user, f"bench-{seed}-{number}", poll, result)
        finally:
            idle.insert(chance.randrange(len(idle) + 1), user)

    start = time.perf_counter()
    for number in range(int(rate * seconds)):
        due = start + number / rate
        await asyncio.sleep(max(0, due - time.perf_counter()))
        if time.perf_counter() - due > 0.005:
            result.late_starts += 1
        if not idle:
            result.unchanged += 1
            continue
        task = asyncio.create_task(follow(idle.pop(), number))
        tasks.add(task)
        task.add_done_callback(tasks.discard)
    await asyncio.gather(*tasks)
    events.close()
    answers.close()
    return result


async def _follow(events: Pool, answers: Pool, user: str, id: str, poll: float, result: Result) -> None:
    path = f"/v1/recommendations?user={user}&limit=10"
    status, before = await answers.request("GET", path)
    revision = _REVISION.search(before)
    items = [item["id"] for item in json.loads(before)["items"]] if status == 200 else []
    if revision is None or not items:
        raise AssertionError(f"no list for user {user}: {status} {before[:200]!r}")
    event = {
        "eventId": id,
        "type": "rating",
        "userId": user,
        "itemId": items[0],
        "value": 5,
        "timestamp": int(time.time() * 1000),
    }
    status, answer = await events.request("POST", "/v1/events", json.dumps(event).encode())
    acknowledged = time.perf_counter()
    if status != 202:
        raise AssertionError(f"the collector answered {status}: {answer[:200]!r}")
    asked = acknowledged
    while True:
        _, after = await answers.request("GET", path)
        now = time.perf_counter()
        found = _REVISION.search(after)
        if found is not None and int(found[1]) > int(revision[1]):
            if [item["id"] for item in json.loads(after)["items"]] != items:
                result.latencies.append((now - acknowledged) * 1e3)
                return
        if now - acknowledged > GIVE_UP:
            result.unchanged += 1
            return
        result.polls.append((now - asked) * 1e3)
        asked = now
        await asyncio.sleep(poll)
