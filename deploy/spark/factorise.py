"""From an export to the factors of Spark MLlib's ALS; everything that touches Spark."""

from __future__ import annotations

import os
import sys
from array import array
from dataclasses import dataclass
from pathlib import Path

from py4j.protocol import Py4JError
from pyspark.errors import PySparkException
from pyspark.ml.recommendation import ALS, ALSModel
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

import signals
from plan import Plan

SCHEMA = (
    "user STRING, item STRING, type STRING, value DOUBLE, time_ms LONG, session_start_ms LONG, received_ms LONG, "
    "source_topic STRING, source_generation LONG, source_partition INT, source_offset LONG"
)
HERE = Path(__file__).resolve().parent


# What Spark throws: no Java, an address that it cannot read, a line that is no line of an export.
FAILURES = (PySparkException, Py4JError)


class ExportError(Exception):
    """An export that cannot be trained from."""


@dataclass
class TrainingSet:
    """The weights of users and items by index, and what is popular."""

    users: object  # RDD of ((key, positives), index), in the order of keys
    user_count: int
    ratings: DataFrame
    interactions: int
    ids: list[str]
    popularity: array
    window: tuple[int, int]


def session(master: str | None) -> SparkSession:
    """A Spark session whose workers have these files."""
    if master and master.startswith("local"):
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder = SparkSession.builder.appName("freshet-als")
    builder = builder.config("spark.ui.showConsoleProgress", str(sys.stderr.isatty()).lower())
    # An export may have many small files: neither a task to list each folder nor one to read each.
    builder = builder.config("spark.sql.sources.parallelPartitionDiscovery.parallelism", "8")
    builder = builder.config("spark.sql.files.openCostInBytes", "65536")
    spark = (builder.master(master) if master else builder).getOrCreate()
    spark.sparkContext.setLogLevel("ERROR")
    for name in ("plan.py", "signals.py"):
        spark.sparkContext.addPyFile(str(HERE / name))
    return spark


def read(spark: SparkSession, export: str, plan: Plan) -> DataFrame:
    """The lines of an export that say something of an item."""
    lines = spark.read.csv(export, schema=SCHEMA, header=True, escape='"', mode="FAILFAST", enforceSchema=False)
    return lines.where(F.col("item").isNotNull() & F.col("type").isin(plan.types)).select(
        "user", "item", "type", "value", "time_ms"
    )


def training_set(spark: SparkSession, lines: DataFrame, plan: Plan, ids: list[str] | None = None) -> TrainingSet:
    """Weighs the signals of each user; with `ids`, items that are not among them are left out."""
    oldest = float("-inf")
    if plan.window is not None:
        newest = lines.agg(F.max("time_ms")).first()[0]
        oldest = float("-inf") if newest is None else newest - plan.window
    grouped = lines.rdd.map(lambda line: (line[0], signals.Event(*line[1:]))).groupByKey()
    known = spark.sparkContext.broadcast(None if ids is None else frozenset(ids))

    def weigh(events):
        found = signals.positives(events, plan, oldest)
        return found if known.value is None else [positive for positive in found if positive.item in known.value]

    # In the order of keys, so that an index is the same whenever a partition is computed again.
    users = grouped.mapValues(weigh).filter(lambda user: user[1]).sortByKey().zipWithIndex().persist()
    times = users.flatMap(lambda user: (positive.time for positive in user[0][1])).stats()
    if times.count() == 0:
        raise ExportError("nothing in the export speaks for an item: is it the right folder and plan?")
    oldest_positive, newest_positive = int(times.min()), int(times.max())
    half_life, floor = plan.popularity_half_life, plan.floor

    def popular(user):
        for positive in user[0][1]:
            faded = signals.decay(newest_positive - positive.time, half_life)
            yield positive.item, max(floor, faded)

    sums = users.flatMap(popular).reduceByKey(lambda one, other: one + other).collectAsMap()
    ids = sorted(sums) if ids is None else ids
    index = spark.sparkContext.broadcast({id: number for number, id in enumerate(ids)})
    ratings = users.flatMap(
        lambda user: ((user[1], index.value[positive.item], positive.weight) for positive in user[0][1])
    )
    ratings = spark.createDataFrame(ratings, "user INT, item INT, weight FLOAT").persist()
    return TrainingSet(
        users=users,
        user_count=users.count(),
        ratings=ratings,
        interactions=ratings.count(),
        ids=ids,
        popularity=array("f", (sums.get(id, 0.0) for id in ids)),
        window=(oldest_positive, newest_positive),
    )


def fit(training: TrainingSet, plan: Plan, regularization: float) -> ALSModel:
    """Spark's factorisation."""
    als = ALS(
        rank=plan.factors,
        maxIter=plan.iterations,
        regParam=regularization,
        alpha=plan.alpha,
        implicitPrefs=True,
        userCol="user",
        itemCol="item",
        ratingCol="weight",
        seed=plan.seed,
    )
    return als.fit(training.ratings)


def vectors(factors: DataFrame, count: int, width: int) -> array:
    """Vectors by index, one after the other; those that Spark has not are zero."""
    found = array("f", bytes(4 * count * width))
    for row in factors.toLocalIterator(prefetchPartitions=True):
        found[row.id * width : (row.id + 1) * width] = array("f", row.features)
    return found
