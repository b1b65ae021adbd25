"""Tests of the judge itself: python3 -m unittest discover Tests/Quality"""

import sys
import unittest
from math import log2
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parent), str(Path(__file__).resolve().parents[1] / "Chaos")]

from harness.movielens import Event  # noqa: E402
from quality.figures import Difference, Figures, most_popular  # noqa: E402
from quality.records import Sighting, parse  # noqa: E402
from quality.split import Split  # noqa: E402


def rating(user: str, item: str, stars: float, time: int) -> Event:
    return Event(f"ml-{user}-{item}", "rating", user, item, stars, time)


class SplitTests(unittest.TestCase):
    def test_the_last_fifth_of_the_good_ratings_is_hidden(self):
        good = [rating("1", str(item), 4, time) for item, time in enumerate([50, 10, 30, 40, 20, 60, 5, 70, 80, 90])]
        split = Split.of([*good, rating("1", "99", 3.5, 1000)])
        self.assertEqual(split.hidden_items(), {"1": {"8", "9"}})
        self.assertIn("99", split.known_items()["1"])

    def test_among_equal_times_the_later_in_the_file_is_hidden(self):
        split = Split.of([rating("1", str(item), 5, 7) for item in range(9)])
        self.assertEqual(split.hidden_items(), {"1": {"8"}})

    def test_four_good_ratings_hide_nothing(self):
        self.assertEqual(Split.of([rating("1", str(item), 5, item) for item in range(4)]).hidden, [])


class FiguresTests(unittest.TestCase):
    def test_the_gain_is_that_of_the_ideal_list(self):
        figures = Figures.of({"1": ["a", "b", "c"], "2": ["a"]}, {"1": {"b", "x"}, "2": {"y"}})
        self.assertEqual(figures.hit_rate, 0.5)
        self.assertAlmostEqual(figures.gain, 1 / log2(3) / (1 + 1 / log2(3)) / 2)

    def test_hits_after_the_end_of_the_list_do_not_count(self):
        self.assertEqual(Figures.of({"1": ["a", "b"]}, {"1": {"b"}}, length=1), Figures(0, 0))

    def test_the_most_popular_leaves_out_what_is_known(self):
        others = [rating(user, item, 5, 0) for user in "234" for item in ("10", "20", "9")]
        own = [rating("1", str(item), 5, item) for item in (10, 31, 32, 33, 34)]
        self.assertEqual(most_popular(Split.of(others + own), length=3)["1"], ["9", "20"])


class DifferenceTests(unittest.TestCase):
    def test_what_is_better_for_everybody_is_better(self):
        theirs = {str(user): user / 100 for user in range(50)}
        difference = Difference.between({user: gain + 0.1 for user, gain in theirs.items()}, theirs)
        for value in (difference.value, difference.low, difference.high):
            self.assertAlmostEqual(value, 0.1)
        self.assertTrue(difference.is_distinguishable)

    def test_what_is_better_for_half_of_the_users_is_not_distinguishable(self):
        ours = {str(user): (-1) ** user * 0.1 for user in range(50)}
        difference = Difference.between(ours, dict.fromkeys(ours, 0.0))
        self.assertFalse(difference.is_distinguishable)
        self.assertEqual(difference, Difference.between(ours, dict.fromkeys(ours, 0.0)))

    def test_gains_are_those_of_the_mean(self):
        lists, hidden = {"1": ["a", "b"], "2": ["c"]}, {"1": {"b"}, "2": {"d"}}
        self.assertEqual(sum(Figures.gains(lists, hidden).values()) / 2, Figures.of(lists, hidden).gain)


class RecordsTests(unittest.TestCase):
    def test_records_with_line_feeds_and_without_key_or_value_are_taken_apart(self):
        records = list(parse(b"1 3 event-id=ml-1-2,a=b\nka\nb\n-1 -1 \n\n2 0 x=y\nkk\n"))
        self.assertEqual([(r.headers, r.key, r.value) for r in records][0], (b"event-id=ml-1-2,a=b", b"k", b"a\nb"))
        self.assertEqual([(r.key, r.value) for r in records][1:], [(b"", b""), (b"kk", b"")])

    def test_ratings_are_seen_by_event_id_and_by_user_and_item(self):
        sighting = Sighting()
        for record in parse(b"1 29 event-id=ml-1-2\nk" + b'{"userId":"3","itemId":"44"} \n'):
            sighting.add(record)
        self.assertEqual((sighting.event_ids, sighting.pairs), ({"ml-1-2"}, {("3", "44")}))


if __name__ == "__main__":
    unittest.main()
