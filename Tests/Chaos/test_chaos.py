"""Tests of the second opinion itself: python3 -m unittest discover Tests/Chaos"""

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from harness import compare, fold, movielens, plan, segments  # noqa: E402
from harness.binary import Bytes  # noqa: E402
from harness.counts import Shards  # noqa: E402
from harness.evidence import Evidence  # noqa: E402
from harness.movielens import Event, Item  # noqa: E402
from harness.sender import Stream  # noqa: E402
from harness.traffic import Traffic, only_rates  # noqa: E402

MINUTE, DAY = 60_000, 86_400_000
CATALOG = {"1": Item("1", "One", ("Drama", "Comedy")), "2": Item("2", "Two", ("Drama",), ("slow",), "Ada")}


def event(number: int, type: str, item: str, time: int, value: float | None = None) -> Event:
    return Event(f"e{number}", type, "u", item, value, time)


def folded(*events: Event) -> fold.Profile:
    return fold.profiles(list(events), CATALOG)["u"]


class FoldTests(unittest.TestCase):
    def test_affinities_halve_in_thirty_days(self):
        profile = folded(event(1, "rating", "1", 0, 5.0), event(2, "rating", "2", 30 * DAY, 0.5))
        self.assertEqual(profile.affinities["categories"]["Drama"].sums(30 * DAY), (2.5, 4.0))
        self.assertEqual(profile.affinities["categories"]["Comedy"].sums(30 * DAY), (2.5, 0.0))
        self.assertEqual(profile.affinities["creators"]["Ada"].sums(30 * DAY), (0.0, 4.0))

    def test_repeated_event_ids_count_once(self):
        first = event(1, "rating", "1", 0, 5.0)
        self.assertEqual(folded(first, event(2, "view", "2", 1), first).revision, 2)

    def test_sessions_end_after_thirty_minutes_and_late_events_open_their_own(self):
        times = [100, 130, 161, 60, 191, 20]
        profile = folded(*(event(n, "view", "1", t * MINUTE) for n, t in enumerate(times)))
        # 100-130 is one session, 161 opens the next, 60 is late, 191 belongs to the second, 20 is late again.
        self.assertEqual(profile.sessions, 2)
        self.assertEqual(profile.open_session, (161 * MINUTE, 191 * MINUTE))

    def test_an_item_keeps_its_strongest_signal_until_an_opinion_changes(self):
        entry = folded(event(1, "favorite", "1", 1), event(2, "view", "1", 2)).items["1"]
        self.assertEqual((entry.signal, entry.strength, entry.last_time, entry.count), ("favorite", 5.0, 2, 2))
        entry = folded(event(1, "favorite", "1", 1), event(2, "dislike", "1", 2)).items["1"]
        self.assertEqual((entry.signal, entry.consumed, entry.rejected), ("dislike", True, True))
        entry = folded(event(1, "dislike", "1", 5), event(2, "view", "1", 2)).items["1"]
        self.assertEqual((entry.signal, entry.rejected, entry.last_time), ("dislike", True, 5))

    def test_types_without_strength_only_count(self):
        profile = folded(event(1, "search", "1", 1))
        self.assertEqual((dict(profile.counters), profile.items, profile.sessions), ({"search": 1}, {}, 1))

    def test_the_smallest_of_too_many_names_goes(self):
        names = tuple(f"n{index:03}" for index in range(101))
        catalog = {"a": Item("a", "A", names[:100]), "b": Item("b", "B", names[100:])}
        profile = fold.profiles([event(1, "view", "b", 0), event(2, "like", "a", 0)], catalog)["u"]
        self.assertEqual(sorted(profile.affinities["categories"]), list(names[:100]))
        profile = fold.profiles([event(1, "like", "a", 0), event(2, "favorite", "b", 0)], catalog)["u"]
        self.assertNotIn("n099", profile.affinities["categories"])


class CompareTests(unittest.TestCase):
    def printed(self) -> dict:
        return {
            "user": "u", "revision": 2, "firstSeen": "1970-01-01T00:00:00.000Z", "lastSeen": "1970-01-01T00:00:01.000Z",
            "sessions": 1, "counters": {"rating": 2},
            "affinities": {
                "asOf": "1970-01-01T00:00:01.000Z",
                "categories": [
                    {"name": "Drama", "affinity": 5 + 5 * 2.0 ** (-1 / 2_592_000), "disliked": 0,
                     "liked": 5 + 5 * 2.0 ** (-1 / 2_592_000)},
                    {"name": "Comedy", "affinity": 5 * 2.0 ** (-1 / 2_592_000), "disliked": 0,
                     "liked": 5 * 2.0 ** (-1 / 2_592_000)},
                ],
                "tags": [{"name": "slow", "affinity": 5, "liked": 5, "disliked": 0}],
                "creators": [{"name": "Ada", "affinity": 5, "liked": 5, "disliked": 0}],
            },
            "items": [
                {"id": id, "signal": "rating", "strength": 5, "lastTime": f"1970-01-01T00:00:0{time}.000Z",
                 "count": 1, "consumed": True, "rejected": False} for id, time in (("2", 1), ("1", 0))
            ],
            "rfm": {"recencyDays": None, "frequency": 0, "monetary": 0},
            "segments": {"names": ["cluster-2"], "modelVersion": 1},
        }  # fmt: skip

    def setUp(self):
        self.expected = folded(event(1, "rating", "1", 0, 5.0), event(2, "rating", "2", 1_000, 5.0))

    def test_agreement_is_silent(self):
        self.assertEqual(compare.differences("u", self.expected, self.printed()), [])

    def test_every_difference_is_found(self):
        def changed(change) -> list[str]:
            printed = self.printed()
            change(printed)
            return compare.differences("u", self.expected, printed)

        changes = [
            lambda p: p.update(revision=3),
            lambda p: p.update(sessions=2),
            lambda p: p.update(lastSeen="1970-01-01T00:00:01.001Z"),
            lambda p: p["counters"].update(view=1),
            lambda p: p["affinities"]["categories"].pop(),
            lambda p: p["affinities"]["tags"][0].update(liked=5 * (1 + 3e-9)),
            lambda p: p["affinities"]["categories"].reverse(),
            lambda p: p["items"].pop(),
            lambda p: p["items"][0].update(count=2),
            lambda p: p["items"][0].update(consumed=False),
            lambda p: p["rfm"].update(frequency=1),
            lambda p: p["segments"]["names"].append("drama"),
        ]
        for number, change in enumerate(changes):
            self.assertTrue(changed(change), f"change {number} went unnoticed")


    def test_rule_segments_follow_their_windows(self):
        happened = [(day * DAY, "view", ("Drama", "War")) for day in (0, 1, 2, 3)]
        self.assertEqual(segments.names(happened, 3 * DAY, 1), ["category-fan", "drama"])
        self.assertEqual(segments.names(happened, 30 * DAY, 1), ["drama"])
        self.assertEqual(segments.names(happened, 90 * DAY, 1), [])
        self.assertEqual(segments.names(happened + [(3 * DAY, "page", ())], 3 * DAY + 5, 1)[0], "busy-week")

    def test_recency_counts_to_the_moment_of_asking(self):
        profile = folded(event(1, "purchase", "1", DAY, 9.5))
        printed = {"recencyDays": 2.0, "frequency": 1, "monetary": 9.5}
        found: list = []

        def check(what: str, want: object, got: object) -> None:
            if want != got:
                found.append(what)

        compare._compare_rfm(profile, printed, (3 * DAY - 5, 3 * DAY + 5), check)
        self.assertEqual(found, [])
        compare._compare_rfm(profile, printed, (4 * DAY, 4 * DAY), check)
        self.assertEqual(found, ["rfm.recencyDays"])


class CountTests(unittest.TestCase):
    def test_windows_begin_where_they_should_and_old_ones_are_left_out(self):
        shards = Shards()
        hour, day = 3_600_000, 24 * 3_600_000
        time = 20_000 * day + 5 * hour + 1
        shards.add(3, (1, "views", 3, 7), "a", time, time + 1)
        shards.add(3, (1, "views", 3, 8), "a", time, time + 48 * hour)
        shards.add(3, (1, "users", 3, 2), None, time, time)
        self.assertEqual(
            {key: dict(fields) for key, fields in shards.windows.items()},
            {
                f"counts:{{activity-3}}:h:{(time - 1) // 1000}": {"v:a": 1},
                f"counts:{{activity-3}}:d:{20_000 * day // 1000}": {"v:a": 2},
                f"counts:{{activity-3}}:w:{20_000 // 7 * 7 * day // 1000}": {"v:a": 2},
            },
        )
        self.assertEqual(shards.fences[3], {"views": (1, 3, 8), "users": (1, 3, 2)})

    def test_a_fence_is_read(self):
        fence = bytes([2, 1, 1, 3, 0xAC, 0x02, 5, 2, 3, 9])
        self.assertEqual(Bytes(fence).fence(), {"views": (1, 3, 300), "feedback": (2, 3, 9)})


class TrafficTests(unittest.TestCase):
    def first(self, seed: int, count: int = 3_000) -> list[Event]:
        ratings = [event(n, "rating", str(n % 40), n * DAY, 4.0) for n in range(200)]
        for number, rating in enumerate(ratings):
            ratings[number] = Event(rating.id, "rating", f"u{number % 7}", f"{number // 7}", 4.0, rating.time)
        source = iter(Traffic(ratings, seed, 1_795_230_000_000))
        return [next(source) for _ in range(count)]

    def test_a_seed_is_a_stream(self):
        self.assertEqual(self.first(7), self.first(7))
        self.assertNotEqual(self.first(7), self.first(8))

    def test_no_id_comes_twice_and_some_users_only_rate(self):
        events = self.first(7)
        self.assertEqual(len({e.id for e in events}), len(events))
        raters = {e.user for e in events if only_rates(e.user)}
        self.assertTrue(raters)
        self.assertEqual({e.type for e in events if e.user in raters}, {"rating"})

    def test_what_is_counted_happened_in_windows_that_stay(self):
        for e in self.first(7):
            if e.type != "rating":
                self.assertTrue(31 * 3_600_000 > 1_795_230_000_000 - e.time > 0, e)


class StreamTests(unittest.TestCase):
    def stream(self, source) -> Stream:
        stream = Stream(["http://127.0.0.1:1"], source, 50_000, seed=1)
        stream.delivery.deliver = lambda clients, batch: self.delivered.append(batch)
        self.delivered: list[list[Event]] = []
        stream.start()
        stream.wait()
        return stream

    def test_all_that_was_taken_is_delivered_in_each_users_order(self):
        events = [Event(f"e{n}", "view", f"u{n % 5}", "1", None, n) for n in range(500)]
        stream = self.stream(iter(events))
        stream.stop()
        self.assertEqual(stream.sent, events)
        for user in {event.user for event in events}:
            seen = list(dict.fromkeys(e.id for batch in self.delivered for e in batch if e.user == user))
            self.assertEqual(seen, [e.id for e in events if e.user == user])

    def test_a_source_that_fails_ends_the_stream(self):
        def source():
            yield event(1, "view", "1", 1)
            raise ValueError("no more")

        with self.assertRaises(ValueError):
            self.stream(source()).stop()


class PlanTests(unittest.TestCase):
    def test_a_seed_is_a_plan(self):
        self.assertEqual(plan.plan(7, plan.FULL), plan.plan(7, plan.FULL))
        self.assertNotEqual(plan.plan(7, plan.FULL), plan.plan(8, plan.FULL))

    def test_a_plan_has_what_the_size_says(self):
        for redis in ("single", "cluster"):
            for size in (plan.SHORT, plan.FULL, plan.FULL.scaled(50)):
                faults = plan.plan(7, size, redis)
                kinds = [fault.kind for fault in faults if fault.lane in plan.SHARES]
                self.assertEqual(kinds.count("kill"), size.kills)
                self.assertEqual((kinds.count("zombie"), kinds.count("rebalance")), (size.zombies, size.rebalances))
                self.assertEqual(sum(fault.lane == "redis" for fault in faults), size.redis)
                self.assertEqual(sum(fault.lane == "broker" for fault in faults), size.broker)

    def test_every_way_of_breaking_occurs(self):
        kinds = {fault.kind for fault in plan.plan(7, plan.FULL, "cluster")}
        self.assertLessEqual({"power", "failover", "takeover", "force", "freeze", "full", "all-down", "leaders"}, kinds)

    def test_both_consumers_are_killed_and_their_first_fault_is_a_kill(self):
        for seed in range(50):
            faults = plan.plan(seed, plan.SHORT)
            for lane in plan.CONSUMERS:
                self.assertEqual([fault.kind for fault in faults if fault.lane == lane][0], "kill", f"seed {seed}")

    def test_other_lanes_spread_over_the_run(self):
        for fault in plan.plan(7, plan.FULL):
            self.assertLess(fault.after, 176)


class EvidenceTests(unittest.TestCase):
    def test_a_kill_counts_when_its_number_rose_before_the_next_fault(self):
        evidence, number = Evidence(), [5]
        evidence.begin("a", lambda: number[0])
        evidence.close("a")
        evidence.begin("a", lambda: number[0])
        number[0] += 1
        evidence.close()
        number[0] += 1
        evidence.close()
        self.assertEqual((evidence.kills["a"], evidence.in_flight["a"]), (2, 1))


class TextTests(unittest.TestCase):
    def test_times_survive_their_text(self):
        for time in (0, 1, 999, 964_982_703_000, 1_795_230_000_123):
            self.assertEqual(movielens.milliseconds(movielens.rfc3339(time)), time)


if __name__ == "__main__":
    unittest.main()
