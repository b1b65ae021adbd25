#!/usr/bin/env python3
"""Trains a factorisation with Spark MLlib from what `freshet export` wrote, and writes the artefact that scorers load.

    freshet export /data/activity
    spark-submit deploy/spark/train.py /data/activity blend.freshmdl --plan plan.yaml
    freshet models publish blend.freshmdl

With --base, an artefact of `freshet models save`, its other models stay as they are and only the factorisation is
replaced (a ranker, which has learned from the old one, is left out); without it the bundle consists of factorisation and popularity. Needs Python 3.9+, Java 17 and requirements.txt.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path

import artefact
import plan as plans
from progress import Steps


def main() -> int:
    options = arguments()
    try:
        return train(options)
    except (artefact.ArtefactError, plans.PlanError, OSError) as error:
        return complain(error)


def complain(error) -> int:
    print(f"train.py: {error}", file=sys.stderr)
    return 1


def brief(error: Exception) -> str:
    """What Spark says, without its stack."""
    lines = [line.strip() for line in str(error).splitlines()]
    causes = [line for line in lines if line.startswith("Caused by:")]
    return causes[-1] if causes else " ".join(lines[:2])


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("export", help="folder of an export; any address that Spark reads, such as s3a://bucket/activity")
    parser.add_argument("output", type=Path, help="the artefact's file, which is replaced")
    parser.add_argument("--plan", type=Path, help="a training plan in YAML or JSON (docs/models.md)")
    parser.add_argument("--signal-weights", default="", help="the setting signals.weights: type=weight,…")
    parser.add_argument("--base", type=Path, help="an artefact whose factorisation is replaced")
    parser.add_argument("--factors", type=int, help="instead of the plan's")
    parser.add_argument("--iterations", type=int, help="instead of the plan's")
    parser.add_argument("--alpha", type=float, help="instead of the plan's")
    parser.add_argument(
        "--regularization", type=float, default=0.1,
        help="Spark's regParam, which it multiplies with each vector's interactions; not the plan's; %(default)s",
    )  # fmt: skip
    parser.add_argument("--master", help="such as local[2]; spark-submit sets it otherwise")
    parser.add_argument("--proof", type=Path, help="write 50 users with vector and list by Spark as JSON")
    parser.add_argument("--matrix", type=Path, help="write weights and all factors to a folder, for compare.py")
    options = parser.parse_args()
    for name in ("factors", "iterations"):
        if (value := getattr(options, name)) is not None and not 1 <= value <= 1000:
            parser.error(f"--{name} is between 1 and 1000")
    if options.regularization <= 0 or (options.alpha or 0) < 0:
        parser.error("--regularization is above 0, and --alpha not below")
    return options


def train(options: argparse.Namespace) -> int:
    plan = plans.read(options.plan, options.signal_weights)
    given = {name: getattr(options, name) for name in ("factors", "iterations", "alpha")}
    plan = replace(plan, **{name: value for name, value in given.items() if value is not None})
    base = artefact.decode(options.base.read_bytes()) if options.base else {}
    ids = artefact.item_ids(base) if options.base else None
    if "://" not in options.export and not (Path(options.export) / "_SUCCESS").exists():
        return complain(f"{options.export} is no complete export: it has no file _SUCCESS")
    try:
        import factorise
    except ImportError as error:
        return complain(f"{error}: install deploy/spark/requirements.txt, or start with spark-submit")
    parameters = artefact.ALSParameters(plan.factors, plan.iterations, options.regularization, plan.alpha)
    steps = Steps()
    try:
        with steps("start Spark"):
            spark = factorise.session(options.master)
    except factorise.FAILURES as error:
        return complain(f"Spark does not start, is Java 17 there? {brief(error)}")
    steps.pid = driver(spark)
    try:
        with steps("read and weigh"):
            training = factorise.training_set(spark, factorise.read(spark, options.export, plan), plan, ids)
        print(
            f"{training.user_count:,} users, {len(training.ids):,} items, {training.interactions:,} interactions",
            file=sys.stderr,
        )
        with steps("als"):
            model = factorise.fit(training, plan, options.regularization)
        with steps("write"):
            items = factorise.vectors(model.itemFactors, len(training.ids), plan.factors)
            data = sections(plan, parameters, base, training, items, steps)
            artefact.write(options.output, artefact.encode(data))
        if options.proof or options.matrix:
            import proof

            if options.proof:
                proof.users(options.proof, training, model, 50)
            if options.matrix:
                proof.matrix(options.matrix, training, model, parameters)
    except factorise.ExportError as error:
        return complain(error)
    except factorise.FAILURES as error:
        return complain(brief(error))
    finally:
        spark.stop()
    print(f"{options.output}: {options.output.stat().st_size:,} bytes; als took {steps.seconds['als']:.1f} s")
    return 0


def sections(plan, parameters, base, training, items, steps) -> dict[str, bytes]:
    """The artefact's sections: the base's, with factorisation, popularity and description replaced."""
    info = {
        "plan": plan.fingerprint,
        "trainedAt": moment(datetime.now(timezone.utc).timestamp() * 1000),
        "windowStart": moment(training.window[0]),
        "windowEnd": moment(training.window[1]),
        "users": training.user_count,
        "items": len(training.ids),
        "interactions": training.interactions,
        "seconds": {f"spark {name}": round(seconds, 3) for name, seconds in steps.seconds.items()},
        "validation": {},
    }
    als = artefact.als_section(parameters, items)
    popularity = artefact.popularity_section(training.popularity)
    return artefact.replacing(base, artefact.bundle(training.ids, als, popularity, info))


def driver(spark) -> int | None:
    """The process id of Spark's driver; None where it cannot be told."""
    try:
        return int(spark.sparkContext._jvm.java.lang.ProcessHandle.current().pid())
    except Exception:  # noqa: BLE001 - a figure less is no reason to stop
        return None


def moment(milliseconds: float) -> str:
    """RFC 3339 in UTC."""
    text = datetime.fromtimestamp(milliseconds / 1000, timezone.utc).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")


if __name__ == "__main__":
    sys.exit(main())
