"""Time to reach implicit's loss after 15 iterations: Freshet's ALS beside implicit's, interleaved, judged by one loss.

Both minimise the objective of Hu et al. with the same confidences and regularisation. implicit runs with its defaults
(three steps of conjugate gradient, OpenBLAS on one thread, a thread per core); its time is the sum of its iterations,
without what it does before them. Ours is a whole fit of as many iterations as reach that loss.
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

os.environ["OPENBLAS_NUM_THREADS"] = "1"

import numpy
import scipy.sparse
from implicit.cpu.als import AlternatingLeastSquares

import aims

HERE = pathlib.Path(__file__).resolve().parent
CORES = len(os.sched_getaffinity(0))


def movielens():
    folder = pathlib.Path(os.environ.get("FRESHET_DATA", HERE / "../../../shared/data"))
    users, items = [], []
    width = 0
    for name in ("train_users.dat", "test_users.dat"):
        for line in (folder / "movielens-1m-5star" / name).read_text().splitlines():
            user, *row = map(int, line.split())
            width = max([width, *(item + 1 for item in row)])
            if name.startswith("train"):
                users += [user] * len(row)
                items += row
    values = numpy.ones(len(users), numpy.float32)
    return scipy.sparse.csr_matrix((values, (users, items)), shape=(max(users) + 1, width))


def power_law(user_count=50_000, item_count=20_000, pairs=3_000_000, tastes=40, seed=7):
    """Users with log-normal activity choose by a power law of popularity, tilted by taste; weights from 1 to 5."""
    random = numpy.random.default_rng(seed)
    popularity = (numpy.arange(item_count) + 10.0) ** -0.8
    genre = random.integers(0, tastes, item_count)
    activity = random.lognormal(0, 1, user_count)
    counts = numpy.maximum(3, activity / activity.sum() * pairs).astype(int)
    liked = random.integers(0, tastes, (user_count, 3))
    by_taste = []
    for taste in range(tastes):
        weights = popularity * numpy.where(genre == taste, 30.0, 0.3)
        by_taste.append(numpy.cumsum(weights / weights.sum()))
    users = numpy.repeat(numpy.arange(user_count), counts)
    taste = liked[users, random.integers(0, 3, len(users))]
    draws = random.random(len(users))
    items = numpy.empty(len(users), numpy.int64)
    for number in range(tastes):
        chosen = taste == number
        items[chosen] = numpy.searchsorted(by_taste[number], draws[chosen])
    items = numpy.minimum(items, item_count - 1)
    matrix = scipy.sparse.csr_matrix((numpy.ones(len(users), numpy.float32), (users, items)),
                                     shape=(user_count, item_count))
    matrix.sum_duplicates()
    matrix.data = random.integers(1, 6, matrix.nnz).astype(numpy.float32)
    return matrix


def write(matrix, folder):
    matrix.sort_indices()
    (folder / "shape.txt").write_text("%d %d\n" % matrix.shape)
    matrix.indptr.astype("<i8").tofile(folder / "offsets.i64")
    matrix.indices.astype("<i4").tofile(folder / "columns.i32")
    matrix.data.astype("<f4").tofile(folder / "values.f32")


def read(folder):
    rows, columns = map(int, (folder / "shape.txt").read_text().split())
    return scipy.sparse.csr_matrix((numpy.fromfile(folder / "values.f32", "<f4"),
                                    numpy.fromfile(folder / "columns.i32", "<i4"),
                                    numpy.fromfile(folder / "offsets.i64", "<i8")), shape=(rows, columns))


def measured(*command):
    """Runs a command: the JSON lines that it prints."""
    output = subprocess.run([str(part) for part in command], check=True, capture_output=True, text=True).stdout
    return [json.loads(line) for line in output.splitlines()]


def peak_memory():
    """The most memory this process has had, in MB."""
    status = pathlib.Path("/proc/self/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmHWM:")).split()[1]) / 1024


def ours(name, folder, **options):
    binary = HERE / ".build/release/recommender-benchmarks"
    return measured(binary, name, folder, *(f"{key}={value}" for key, value in options.items()))


def implicits(folder, factors, alpha, regularization):
    return measured(sys.executable, __file__, "--fit-implicit", folder, "--factors", factors, "--alpha", alpha,
                    "--regularization", regularization)[0]


def fit_implicit(folder, factors, alpha, regularization):
    confidence = read(folder)
    confidence.data = 1 + alpha * confidence.data
    model = AlternatingLeastSquares(factors=factors, regularization=regularization, iterations=15,
                                    num_threads=CORES, random_state=0)
    seconds = []
    processor = time.process_time()
    model.fit(confidence, show_progress=False, callback=lambda iteration, elapsed, loss: seconds.append(elapsed))
    processor = time.process_time() - processor
    memory = peak_memory()
    model.user_factors.astype("<f4").tofile(folder / "users.f32")
    model.item_factors.astype("<f4").tofile(folder / "items.f32")
    print(json.dumps({"seconds": sum(seconds), "cpu": processor, "memory": memory}))


def median_ratio(ours, theirs, key):
    return statistics.median(one[key] / other[key] for one, other in zip(ours, theirs))


def compare(name, matrix, factors, alpha, regularization, rounds, **extra):
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        write(matrix, folder)
        options = dict(factors=factors, alpha=alpha, regularization=regularization, workers=CORES) | extra
        theirs, mine = [], []
        iterations = None
        for _ in range(rounds):
            theirs.append(implicits(folder, factors, alpha, regularization))
            if iterations is None:
                target = ours("als-loss", folder, **options)[0]["loss"]
                reached = ours("als-reach", folder, iterations=30, target=target, **options)[-1]
                iterations = reached["iterations"]
                if reached["loss"] > target:
                    print(f"{name}: implicit's loss {target:.6g} was not reached: {reached}")
            mine.append(ours("als", folder, iterations=iterations, **options)[0])
        print(f"| {name} | {factors} | {alpha:g} | {mine[0]['loss'] / target:.4f} | {iterations} "
              f"| {statistics.median(run['seconds'] for run in theirs):.3f} "
              f"| {statistics.median(run['seconds'] for run in mine):.3f} "
              f"| {median_ratio(mine, theirs, 'seconds'):.3f} | {median_ratio(mine, theirs, 'cpu'):.3f} "
              f"| {median_ratio(mine, theirs, 'memory'):.2f} |", flush=True)
        aims.record(f"ALS, {name}, {factors} factors, α {alpha:g}: wall time to implicit's loss",
                    median_ratio(mine, theirs, "seconds"), 1 / 3, "of implicit's")


def single_user():
    """One user folded in, and the exact best hundred of 100,000 items, on factors trained on power-law data."""
    matrix = power_law(item_count=100_000)
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        write(matrix, folder)
        for alpha in (1, 10):
            found = ours("als-top", folder, factors=64, alpha=alpha, iterations=5, start="spectral", workers=CORES)[0]
            print(f"| {found['items']} | {found['factors']} | {alpha} | {found['p50']} | {found['p90']} "
                  f"| {found['allScoresP50']} | {'yes' if found['same'] else 'NO'} |", flush=True)
            aims.record(f"fold-in and exact top 100 of {found['items']:,} items, 64 factors, α {alpha}: p90",
                        found["p90"] / 1000, 1, "ms")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--factors", type=int, nargs="+", default=[64, 128, 256])
    parser.add_argument("--alpha", type=float, nargs="+", default=[1, 10])
    parser.add_argument("--regularization", type=float, default=0.01)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--data", nargs="+", default=["movielens-1m-5star", "power-law"])
    parser.add_argument("--set", nargs="*", default=["start=spectral"],
                        help="name=value for the Swift side, e.g. steps=3 start=published")
    parser.add_argument("--quick", action="store_true", help="64 factors, α 1, one round: to see whether it runs")
    parser.add_argument("--fit-implicit", type=pathlib.Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.fit_implicit:
        fit_implicit(arguments.fit_implicit, arguments.factors[0], arguments.alpha[0], arguments.regularization)
        return
    if arguments.quick:
        arguments.factors, arguments.alpha, arguments.rounds = [64], [1], 1
    extra = dict(pair.split("=") for pair in arguments.set)
    print("| items | factors | alpha | fold-in and top 100, p50 µs | p90 µs | all scores p50 µs | same list |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    single_user()
    print()
    print("| data | factors | alpha | our loss / implicit's | our iterations | implicit s | ours s | time ratio "
          "| CPU ratio | memory ratio |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    for name in arguments.data:
        matrix = movielens() if name.startswith("movielens") else power_law()
        for alpha in arguments.alpha:
            for factors in arguments.factors:
                compare(name, matrix, factors, alpha, arguments.regularization, arguments.rounds, **extra)


if __name__ == "__main__":
    main()
