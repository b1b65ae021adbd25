"""What Spark itself says, for whoever compares: users with history, vector and list, or the whole matrix with all factors."""

from __future__ import annotations

import json
from array import array
from dataclasses import asdict
from pathlib import Path

from pyspark.ml.recommendation import ALSModel

from artefact import ALSParameters
from factorise import TrainingSet, vectors


def users(path: Path, training: TrainingSet, model: ALSModel, count: int, length: int = 10) -> None:
    """A sample of users as JSON: history (item and weight), vector, and the list without what the user has used."""
    step = max(1, training.user_count // count)
    chosen = training.users.filter(lambda user: user[1] % step == 0).take(count)
    longest = max(len(positives) for (_, positives), _ in chosen)
    numbers = training.ratings.select("user").distinct().where(f"user % {step} = 0")
    lists = {row.user: row.recommendations for row in model.recommendForUserSubset(numbers, length + longest).collect()}
    found = {row.id: row.features for row in model.userFactors.where(f"id % {step} = 0").collect()}
    sample = []
    for (key, positives), number in chosen:
        used = {positive.item for positive in positives}
        listed = [(training.ids[entry.item], entry.rating) for entry in lists[number]]
        sample.append({
            "user": key,
            "history": [{"item": positive.item, "weight": positive.weight} for positive in positives],
            "vector": list(found[number]),
            "list": [{"item": item, "score": score} for item, score in listed if item not in used][:length],
        })  # fmt: skip
    path.write_text(json.dumps(sample))


def matrix(folder: Path, training: TrainingSet, model: ALSModel, parameters: ALSParameters) -> None:
    """The weights as a compressed sparse matrix, and the factors, as `recommender-benchmarks als` and `als-loss` read them."""
    folder.mkdir(parents=True, exist_ok=True)
    offsets, columns, values = array("q", [0]), array("i"), array("f")
    rows = training.ratings.orderBy("user", "item").toLocalIterator()
    for user, item, weight in rows:
        while len(offsets) <= user:
            offsets.append(len(columns))
        columns.append(item)
        values.append(weight)
    while len(offsets) <= training.user_count:
        offsets.append(len(columns))
    settings = " ".join(f"{name}={value}" for name, value in asdict(parameters).items())
    (folder / "parameters.txt").write_text(settings)
    (folder / "shape.txt").write_text(f"{training.user_count} {len(training.ids)}\n")
    for name, numbers in [
        ("offsets.i64", offsets),
        ("columns.i32", columns),
        ("values.f32", values),
        ("users.f32", vectors(model.userFactors, training.user_count, model.rank)),
        ("items.f32", vectors(model.itemFactors, len(training.ids), model.rank)),
    ]:
        (folder / name).write_bytes(numbers.tobytes())
