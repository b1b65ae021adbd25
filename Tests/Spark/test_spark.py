"""Tests of the Spark job without Spark: python3 -m unittest discover Tests/Spark

`sample.freshmdl` is what the writer makes of a small bundle; a Swift test (`SparkArtefactTests`) reads the same file. After
a change of the format: UPDATE_SAMPLE=1 python3 -m unittest discover Tests/Spark
"""

import json
import os
import sys
import tempfile
import unittest
from array import array
from dataclasses import replace
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "deploy" / "spark"))

import artefact  # noqa: E402
import plan as plans  # noqa: E402
from plan import DAY, Plan  # noqa: E402
from signals import Event, positives, strength  # noqa: E402


def sample() -> dict[str, bytes]:
    parameters = artefact.ALSParameters(factors=2, iterations=10, regularization=0.1, alpha=2)
    als = artefact.als_section(parameters, array("f", [1, 0, 0, 1, 0, 0]))
    info = {"plan": "spark-sample", "trainedAt": "2026-11-21T12:00:00.000Z", "users": 1, "items": 3, "interactions": 2}
    ids = ["1", 'a "quoted", one', "ü"]
    return artefact.bundle(ids, als, artefact.popularity_section([2, 1, 0]), info)


class ArtefactTests(unittest.TestCase):
    def test_the_bytes_are_those_that_the_scorer_is_tested_with(self):
        data = artefact.encode(sample())
        if os.environ.get("UPDATE_SAMPLE"):
            artefact.write(HERE / "sample.freshmdl", data)
        self.assertEqual(data, (HERE / "sample.freshmdl").read_bytes())

    def test_what_is_written_is_read(self):
        sections = sample()
        self.assertEqual(artefact.decode(artefact.encode(sections)), sections)
        self.assertEqual(artefact.item_ids(sections), ["1", 'a "quoted", one', "ü"])

    def test_damaged_bytes_are_refused(self):
        data = artefact.encode(sample())
        damaged = [b"", b"FRESHMDL", data[:-1], data[:40] + b"?" + data[41:], b"?" + data[1:]]
        for bytes in damaged:
            with self.assertRaises(artefact.ArtefactError):
                artefact.decode(bytes)

    def test_parts_that_do_not_fit_are_refused(self):
        parameters = artefact.ALSParameters(factors=2, iterations=1, regularization=1, alpha=1)
        with self.assertRaises(artefact.ArtefactError):
            artefact.als_section(parameters, array("f", [1, 2, 3]))
        with self.assertRaises(artefact.ArtefactError):
            artefact.bundle(["a", "a"], b"", b"", {})

    def test_a_base_keeps_its_other_models(self):
        base = {"als-2": b"old", "als-8-bit": b"old", "ranker": b"of the old", "item-knn": b"stays"}
        self.assertEqual(artefact.replacing(base, {"als-2": b"new"}), {"als-2": b"new", "item-knn": b"stays"})

    def test_a_file_is_replaced_as_a_whole(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "model"
            path.write_bytes(b"old")
            artefact.write(path, b"new")
            self.assertEqual(path.read_bytes(), b"new")
            self.assertEqual(os.listdir(folder), ["model"])


class SignalTests(unittest.TestCase):
    def weights(self, *events: Event, plan: Plan = Plan(), oldest: float = float("-inf")) -> dict[str, float]:
        return {positive.item: round(positive.weight, 6) for positive in positives(events, plan, oldest)}

    def test_types_have_their_strengths(self):
        for type, value, expected in [
            ("view", None, 1), ("purchase", None, 6), ("rating", 5, 5), ("rating", 3, 1), ("rating", 9, 5),
            ("rating", 2.5, 0), ("rating", None, 0), ("dislike", None, 0), ("remove_from_cart", None, 0), ("scroll", None, None),
        ]:  # fmt: skip
            self.assertEqual(strength(Event("a", type, value, 0), Plan()), expected, (type, value))

    def test_strengths_add_up_with_decay_whatever_their_order_each_kind_by_itself(self):
        # The numbers of ActivityMatrixTests.
        events = [
            Event("a", "add_to_cart", None, 0), Event("a", "purchase", None, 30 * DAY),
            Event("a", "purchase", None, 0), Event("a", "view", None, 0),
        ]  # fmt: skip
        self.assertEqual(self.weights(*events), {"a": 11.5})
        self.assertEqual(self.weights(*reversed(events)), {"a": 11.5})

    def test_the_later_opinion_decides_whether_an_item_is_a_positive(self):
        events = [
            Event("kept", "like", None, 1), Event("disliked", "view", None, 2), Event("disliked", "dislike", None, 3),
            Event("bad", "rating", 2.5, 4), Event("again", "dismiss", None, 5), Event("again", "purchase", None, 6),
            Event("both", "purchase", None, 7), Event("both", "dismiss", None, 7),
        ]  # fmt: skip
        self.assertEqual(sorted(self.weights(*events)), ["again", "kept"])

    def test_old_signals_fade_before_the_users_latest_down_to_the_floor(self):
        events = [Event("a", "view", None, 0), Event("b", "view", None, 30 * DAY), Event("c", "view", None, 3000 * DAY)]
        self.assertEqual(self.weights(*events[:2]), {"a": 0.5, "b": 1})
        self.assertEqual(self.weights(*events), {"a": 0.1, "b": 0.1, "c": 1})

    def test_an_item_counts_at_most_the_cap(self):
        self.assertEqual(self.weights(*[Event("a", "purchase", None, time) for time in range(9)]), {"a": 20})

    def test_window_and_limit_leave_old_signals_out(self):
        events = [Event(str(time), "view", None, time) for time in range(5)]
        self.assertEqual(sorted(self.weights(*events, oldest=3)), ["3", "4"])
        self.assertEqual(sorted(self.weights(*events, plan=replace(Plan(), items_per_user=2))), ["3", "4"])


class PlanTests(unittest.TestCase):
    def read(self, content: dict, **options) -> Plan:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "plan.json"
            path.write_text(json.dumps(content))
            return plans.read(path, **options)

    def test_the_events_of_a_kind_are_all_that_it_has(self):
        plan = self.read({"indicators": {"engagement": {"half.life": "12h", "events": {"click": 9, "view": 2}}}})
        self.assertEqual((plan.kind("view"), plan.weights["click"]), ("engagement", 9))
        self.assertNotIn("play", plan.weights)
        self.assertEqual(plan.weights["purchase"], 6)
        self.assertEqual(plan.indicators["engagement"].half_life, DAY / 2)

    def test_settings_and_models_are_read(self):
        plan = self.read({"window": "180d", "models": {"als": {"factors": 8}}}, signal_weights="view=0.5,clap=3")
        self.assertEqual((plan.window, plan.factors, plan.weights["view"], plan.kind("clap")), (180 * DAY, 8, 0.5, "engagement"))
        self.assertNotEqual(plan.fingerprint, Plan().fingerprint)

    def test_what_is_wrong_is_named(self):
        for content, named in [
            ({"intervall": "1s"}, "intervall"), ({"indicators": {"clicks": {}}}, "clicks"),
            ({"window": "soon"}, "soon"), ({"models": {"als": False}}, "als"),
        ]:  # fmt: skip
            with self.assertRaisesRegex(plans.PlanError, named):
                self.read(content)


if __name__ == "__main__":
    unittest.main()
