"""What the benchmarks of one run came to, beside what was aimed at.

The benchmarks add to the file that AIMS names; `aims.py` prints it as a table. `aims.py vmis` passes on the lines of the
VMIS benchmark from standard input, and adds them.
"""

import json
import os
import pathlib
import sys


def record(what, measured, aim, unit, at_least=False):
    """Adds a figure, which should be at most `aim`, or at least."""
    if "AIMS" in os.environ:
        row = {"what": what, "measured": measured, "aim": aim, "unit": unit, "atLeast": at_least}
        with open(os.environ["AIMS"], "a") as file:
            print(json.dumps(row), file=file)


def table():
    print("| figure | measured | aim | |")
    print("| --- | --- | --- | --- |")
    for line in pathlib.Path(os.environ["AIMS"]).read_text().splitlines():
        row = json.loads(line)
        holds = row["measured"] >= row["aim"] if row["atLeast"] else row["measured"] <= row["aim"]
        sign = "at least" if row["atLeast"] else "at most"
        print(f"| {row['what']} | {row['measured']:.3g} {row['unit']} | {sign} {row['aim']:.3g} | "
              f"{'holds' if holds else 'MISSED'} |")


def vmis():
    for line in sys.stdin:
        print(line, end="", flush=True)
        found = json.loads(line)
        record(f"VMIS-kNN, {found['m']} sessions, {found['k']} neighbours, p90 of a prediction",
               found["p90Microseconds"], 15, "µs")


if __name__ == "__main__":
    vmis() if sys.argv[1:] == ["vmis"] else table()
