#!/usr/bin/env python3
"""Trains with Spark from what the running suite exports, and puts the result to work.

    python3 Tests/Spark/run.py --python .venv-spark/bin/python [--binaries .build/debug] [--data FOLDER] [--keep]

All ratings of movielens-latest-small go through the HTTP collector; `freshet export` writes them; `train.py` trains in local
mode on the base of the bundle that serves; Swift weighs the signals of 50 users, folds them in with the artefact, and compares
weights, vectors and lists with Spark's own; the trainer judges it, and lists that follow from it are served. Needs Java,
redis-server and the built suite. Exit code 0 means that everything held.
"""

from __future__ import annotations

import argparse
import csv
import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "Tests" / "Quality"), str(ROOT / "Tests" / "Chaos")]

from harness import movielens  # noqa: E402
from harness.http import Client  # noqa: E402
from harness.processes import Suite, binaries, wait_until  # noqa: E402
from harness.sender import Sender  # noqa: E402
from quality.training import Scorer  # noqa: E402

STARTED = time.monotonic()
# Seconds; once everything has been trained nothing is new, and no training of the suite's own comes in between.
INTERVAL = 2


def say(text: str) -> None:
    print(f"[{time.monotonic() - STARTED:6.1f} s] {text}", flush=True)


def main() -> int:
    options = arguments()
    events = movielens.events(movielens.find(options.data))
    suite = Suite(Path(options.binaries), {"TRAINING_INTERVAL": f"{INTERVAL}s"}, keep=options.keep)
    try:
        suite.start()
        say(f"the suite of {options.binaries} runs in {suite.folder}")
        Sender(suite.address("collector")).send(events)
        say(f"{len(events):,} events acknowledged")
        scorer = Scorer(suite.services["scorer"].admin, suite.services["scorer"].log)
        scorer.wait_for_matrix(len(events), 300, say)
        say(f"model {scorer.wait_for_whole_model(INTERVAL, 300)} has seen them all")
        own = suite.folder / "spark"
        own.mkdir()
        check_export(suite, own / "activity", events)
        print(suite.tool("models", "save", str(own / "base")).strip())
        train(options, own)
        print(suite.tool("models", "inspect", str(own / "blend.freshmdl")).strip())
        compare(own)
        publish(suite, own / "blend.freshmdl")
    except BaseException as error:
        suite.keep = True
        print(f"FAILED  {type(error).__name__}: {error}\nthe logs stay in {suite.folder}")
        if not isinstance(error, Exception):
            raise
        return 1
    finally:
        suite.stop()
    say("everything held")
    return 0


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--python", default=sys.executable, help="a Python that has deploy/spark/requirements.txt")
    parser.add_argument("--binaries", default=binaries(ROOT), help="folder of the suite, %(default)s")
    parser.add_argument("--data", help="folder of movielens-latest-small")
    parser.add_argument("--keep", action="store_true", help="keep the folder with logs, export and artefacts")
    return parser.parse_args()


def check_export(suite: Suite, folder: Path, events: list[movielens.Event]) -> None:
    """The export holds each rating once, in the folder of its day."""
    print(suite.tool("export", str(folder)).strip())
    found = {}
    for file in folder.glob("day=*/part-*.csv"):
        with open(file, newline="") as lines:
            for line in csv.DictReader(lines):
                key = (line["user"], line["item"])
                assert key not in found, f"{key} stands there twice"
                found[key] = (line["type"], float(line["value"]), int(line["time_ms"]))
                day = time.strftime("day=%Y-%m-%d", time.gmtime(int(line["time_ms"]) / 1000))
                assert file.parent.name == day, f"{key} of {day} stands in {file}"
    wanted = {(event.user, event.item): (event.type, event.value, event.time) for event in events}
    assert found == wanted, f"{len(found):,} of {len(wanted):,} ratings, or others"
    say(f"the export holds the {len(found):,} ratings and nothing else")


def train(options: argparse.Namespace, folder: Path) -> None:
    """Runs the job in local mode; its progress goes to our standard error."""
    command = [options.python, str(ROOT / "deploy" / "spark" / "train.py"), str(folder / "activity"), str(folder / "blend.freshmdl")]
    command += ["--base", str(folder / "base"), "--proof", str(folder / "proof.json"), "--master", "local[2]"]
    subprocess.run(command, check=True, timeout=900)
    say("trained")


def compare(folder: Path) -> None:
    """Lets Swift weigh the signals and fold in what Spark has factorised."""
    command = ["swift", "test", "--skip-build", "--filter", "SparkArtefactTests|SparkWeightsTests"]
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, "FRESHET_SPARK": str(folder)}, capture_output=True, text=True, timeout=300
    )
    lines = [line for line in done.stdout.splitlines() if line.startswith("Spark:")]
    assert done.returncode == 0 and len(lines) == 2, f"{done.stdout[-3000:]}{done.stderr[-1000:]}"
    for line in lines:
        say(line)


def publish(suite: Suite, artefact: Path) -> None:
    """Hands the artefact to the trainer; lists follow from it."""
    answer = suite.tool("models", "publish", str(artefact)).strip()
    print(answer)
    assert answer.endswith("serves"), suite.tool("models")
    version = int(answer.split()[1])
    server = Client(suite.address("server"))
    seen: set[str] = set()

    def served() -> bool:
        for user in range(1, 51):
            found = server.json(f"/v1/recommendations?user={user}&limit=10")
            if found["modelVersion"] != version or found["fallback"] is not None:
                return False
            seen.update(item["source"] for item in found["items"] if item.get("source"))
        return True

    wait_until(served, 120, f"the lists of 50 users follow from version {version}", pause=1)
    say(f"the lists of 50 users follow from version {version}; first sources: {', '.join(sorted(seen))}")


if __name__ == "__main__":
    sys.exit(main())
