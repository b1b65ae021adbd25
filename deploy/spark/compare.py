#!/usr/bin/env python3
"""Spark's factorisation beside our own: the same weights, factors, iterations and objective, judged by one loss.

    python3 deploy/spark/compare.py /data/activity [option of train.py …]

Runs train.py in local mode with all cores, and then `recommender-benchmarks als` with as many threads, built in release mode. The
times are those of the factorisation alone, without reading and starting; processor time of Spark is that of its JVM.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BENCHMARKS = ROOT / "Benchmarks" / "Recommenders"
CORES = len(os.sched_getaffinity(0))


def main(arguments: list[str]) -> None:
    if not arguments or arguments[0].startswith("-"):
        sys.exit(__doc__)
    subprocess.run(
        ["swift", "build", "-c", "release", "--package-path", str(BENCHMARKS), "--product", "recommender-benchmarks"],
        check=True, stdout=sys.stderr,
    )  # fmt: skip
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        command = [sys.executable, str(ROOT / "deploy" / "spark" / "train.py"), arguments[0], str(folder / "artefact")]
        command += ["--master", f"local[{CORES}]", "--matrix", str(folder / "matrix"), *arguments[1:]]
        log = subprocess.run(command, check=True, stderr=subprocess.PIPE, text=True).stderr
        print(log, file=sys.stderr)
        spark = re.search(r"^als: ([\d.]+) s(?:, ([\d.]+) s of)?", log, re.MULTILINE)
        settings = dict(pair.split("=") for pair in (folder / "matrix" / "parameters.txt").read_text().split())
        theirs = benchmark("als-loss", folder / "matrix", settings)
        ours = benchmark("als", folder / "matrix", settings)
    print(f"\n{json.dumps(settings)}, {CORES} cores\n")
    print("| | wall s | processor s | loss |\n|---|---|---|---|")
    print(f"| Spark MLlib | {spark[1]} | {spark[2] or '?'} | {theirs['loss']:.6g} |")
    print(f"| Freshet | {ours['seconds']:.2f} | {ours['cpu']:.2f} | {ours['loss']:.6g} |")


def benchmark(name: str, folder: Path, settings: dict[str, str]) -> dict:
    options = [f"{key}={value}" for key, value in settings.items()] + ["objective=weighted", f"workers={CORES}"]
    binary = BENCHMARKS / ".build" / "release" / "recommender-benchmarks"
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run([binary, name, folder, *options], check=True, capture_output=True, text=True, env=environment)
    return json.loads(done.stdout.splitlines()[-1])


if __name__ == "__main__":
    main(sys.argv[1:])
