"""The fuzzer's own tests: the same seed makes the same inputs, of the shares that are promised."""

import json
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from fuzz.generator import BAD_IDS, TOPICS, Generator  # noqa: E402

NOW = 1_795_206_459_000


class GeneratorTests(unittest.TestCase):
    def test_the_same_seed_makes_the_same_inputs(self):
        first, second = Generator("7", NOW), Generator("7", NOW)
        self.assertEqual([first.any_event() for _ in range(2000)], [second.any_event() for _ in range(2000)])
        self.assertNotEqual(Generator("8", NOW).any_event(), Generator("7", NOW).any_event())

    def test_at_least_a_third_is_json(self):
        generator = Generator("7", NOW)
        read = 0
        for _ in range(3000):
            try:
                read += isinstance(json.loads(generator.any_event()), dict)
            except (ValueError, RecursionError):
                pass
        self.assertGreater(read, 2000)
        self.assertLess(read, 2900)

    def test_valid_events_have_what_their_type_needs(self):
        generator = Generator("7", NOW)
        for _ in range(2000):
            event = generator.event()
            self.assertIn(event["type"], TOPICS)
            user = event.get("userId", event.get("anonymousId"))
            self.assertTrue(user and user not in BAD_IDS)
            if event["type"] == "rating":
                self.assertTrue(0 <= event["value"] <= 5)

    def test_mutations_are_bounded(self):
        generator = Generator("7", NOW)
        for _ in range(2000):
            self.assertLessEqual(len(generator.mutated(b"x" * 100)), 5000)


if __name__ == "__main__":
    unittest.main()
