"""Exact and approximate top-k: Freshet beside faiss's flat index and hnswlib, interleaved, on the same vectors.

Vectors are normally distributed ones and factors that implicit's ALS learned from 100,000 items with popularity by a
power law; queries of the latter are its users. Every measurement is a process of its own (its peak memory is that of
index and search together), all run with the same number of threads; times are medians of the runs, ratios are theirs to
ours. Recall is the share of the exact best 100, found by a matrix product in numpy.

    python retrieval.py [--binary PATH] [--threads N] [--runs N] [--quick]
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

if "--child" not in sys.argv:
    # implicit wants it; faiss leaves the threads of its matrix products to its BLAS, and has them in its own process.
    os.environ["OPENBLAS_NUM_THREADS"] = "1"

import numpy

import aims

HERE = pathlib.Path(__file__).resolve().parent
CORES = len(os.sched_getaffinity(0))


def read(file, dimension):
    return numpy.fromfile(file, "<f4").reshape(-1, dimension)


def peak_memory():
    status = pathlib.Path("/proc/self/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmHWM:")).split()[1]) / 1024


def timed(body):
    wall, cpu = time.perf_counter(), time.process_time()
    result = body()
    return result, time.perf_counter() - wall, time.process_time() - cpu


def trained(folder, item_count, user_count, pairs, factors):
    """Users choose by a power law of popularity among the clusters that they like."""
    import scipy.sparse
    from implicit.cpu.als import AlternatingLeastSquares

    random, clusters = numpy.random.default_rng(1), max(4, item_count // 250)
    popularity = numpy.arange(1, item_count + 1) ** -0.8
    random.shuffle(popularity)
    cluster = random.integers(0, clusters, item_count)
    order = numpy.argsort(cluster, kind="stable")
    start = numpy.searchsorted(cluster[order], numpy.arange(clusters + 1))
    sums = numpy.concatenate([[0], numpy.cumsum(popularity[order])])
    liked = random.integers(0, clusters, (user_count, 6))
    share = numpy.cumsum(random.dirichlet(numpy.full(6, 0.6), user_count), axis=1)
    users = random.integers(0, user_count, pairs)
    choice = (random.random(pairs)[:, None] > share[users]).sum(axis=1).clip(max=5)
    chosen = liked[users, choice]
    anywhere = random.random(pairs) < 0.3
    low = numpy.where(anywhere, 0, sums[start[chosen]])
    high = numpy.where(anywhere, sums[-1], sums[start[chosen + 1]])
    place = numpy.searchsorted(sums, low + (high - low) * random.random(pairs), side="right") - 1
    items = order[place.clip(0, item_count - 1)]
    matrix = scipy.sparse.csr_matrix((numpy.ones(pairs, numpy.float32), (users, items)), (user_count, item_count))
    matrix.data[:] = 1
    for width in factors:
        model = AlternatingLeastSquares(width, regularization=0.05, alpha=10, iterations=6, random_state=1)
        model.fit(matrix, show_progress=False)
        model.item_factors.astype("<f4").tofile(folder / f"trained{width}.items")
        model.user_factors.astype("<f4").tofile(folder / f"trained{width}.queries")


def normal(folder, item_count, query_count, dimensions):
    random = numpy.random.default_rng(2)
    for width in dimensions:
        random.standard_normal((item_count, width), dtype=numpy.float32).tofile(folder / f"normal{width}.items")
        random.standard_normal((query_count, width), dtype=numpy.float32).tofile(folder / f"normal{width}.queries")


def best(items, queries, limit):
    scores = queries @ items.T
    return numpy.argpartition(-scores, limit, axis=1)[:, :limit]


def recall(lists, expected):
    return float(numpy.mean([len(set(found) & set(exact)) for found, exact in zip(lists, expected)]) / expected.shape[1])


def faiss_child(options):
    import faiss

    faiss.omp_set_num_threads(options["threads"])
    items = read(options["items"], options["dimension"])
    queries = read(options["queries"], options["dimension"])
    index = faiss.IndexFlatIP(options["dimension"])
    _, build, _ = timed(lambda: index.add(items))
    (_, lists), wall, cpu = timed(lambda: index.search(queries, options["limit"]))
    lists.astype("<i4").tofile(options["output"])
    print(json.dumps({"build": build, "search": wall, "cpu": cpu, "peakMB": peak_memory()}))


def hnswlib_child(options):
    import hnswlib

    items, queries = read(options["items"], options["dimension"]), read(options["queries"], options["dimension"])
    if options["augment"]:
        lengths = (items * items).sum(axis=1)
        items = numpy.hstack([items, numpy.sqrt(numpy.maximum(0, lengths.max() - lengths))[:, None]])
        queries = numpy.hstack([queries, numpy.zeros((len(queries), 1), numpy.float32)])
    index = hnswlib.Index("l2" if options["augment"] else "ip", items.shape[1])
    index.init_index(len(items), M=options["m"], ef_construction=options["efConstruction"], random_seed=1)
    _, build, build_cpu = timed(lambda: index.add_items(items, num_threads=options["threads"]))
    print(json.dumps({"build": build, "buildCPU": build_cpu, "peakMB": peak_memory()}), flush=True)
    for line in sys.stdin:
        index.set_ef(int(line))
        (lists, _), wall, cpu = timed(lambda: index.knn_query(queries, options["limit"], options["threads"]))
        lists.astype("<i4").tofile(options["output"])
        print(json.dumps({"efSearch": int(line), "search": wall, "cpu": cpu, "peakMB": peak_memory()}), flush=True)


def environment():
    return {key: value for key, value in os.environ.items() if key != "OPENBLAS_NUM_THREADS"}


def lines(command):
    output = subprocess.run(command, check=True, capture_output=True, text=True, env=environment()).stdout
    return [json.loads(line) for line in output.splitlines()]


def python_command(child, options):
    return [sys.executable, __file__, "--child", child, json.dumps(options)]


def freshet_command(binary, kind, options):
    return [str(binary), "retrieval", f"kind={kind}", *(f"{key}={value}" for key, value in options.items())]


def python(child, options):
    return lines(python_command(child, options))


def freshet(binary, kind, options):
    return lines(freshet_command(binary, kind, options))


class Graph:
    """A process that has built a graph, and searches it each time it is told how widely."""

    def __init__(self, command, output):
        self.output = output
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                                        env=environment())
        self.built = json.loads(self.process.stdout.readline())

    def search(self, width):
        self.process.stdin.write(f"{width}\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def median(results, key):
    return statistics.median(result[key] for result in results)


def exact_table(arguments, folder, item_files):
    print("\n| vectors | queries | k | faiss s | ours s | wall ratio | CPU ratio | faiss MB | ours MB | agree |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    for name, dimension in item_files:
        for count in (1000,) if arguments.quick else (1000, 10_000):
            queries = folder / "batch"
            read(folder / f"{name}{dimension}.queries", dimension)[:count].tofile(queries)
            for limit in (10, 100):
                options = {"items": str(folder / f"{name}{dimension}.items"), "queries": str(queries),
                           "dimension": dimension, "limit": limit, "threads": arguments.threads}
                theirs, ours = [], []
                for _ in range(arguments.runs):
                    theirs += python("faiss", options | {"output": str(folder / "theirs")})
                    ours += freshet(arguments.binary, "exact", options | {"output": folder / "ours"})
                lists = [numpy.fromfile(folder / which, "<i4").reshape(-1, limit) for which in ("theirs", "ours")]
                wall = median(theirs, "search"), median(ours, "search")
                cpu = median(theirs, "cpu") / median(ours, "cpu")
                print(f"| {name} {dimension} | {count} | {limit} | {wall[0]:.3f} | {wall[1]:.3f} | "
                      f"{wall[0] / wall[1]:.1f} | {cpu:.1f} | {median(theirs, 'peakMB'):.0f} | "
                      f"{median(ours, 'peakMB'):.0f} | {recall(lists[1], lists[0]):.5f} |", flush=True)
                if count == 10_000 or arguments.quick:
                    aims.record(f"exact top {limit} of {count:,} queries, {name} {dimension}: wall time",
                                wall[1] / wall[0], 1, "of faiss's")


def single_table(arguments, folder, item_files):
    print("\n| vectors | one query at a time, k = 100: p50 µs | p90 µs |")
    print("| --- | --- | --- |")
    for name, dimension in item_files:
        queries = folder / "batch"
        read(folder / f"{name}{dimension}.queries", dimension)[:2000].tofile(queries)
        options = {"items": folder / f"{name}{dimension}.items", "queries": queries, "dimension": dimension,
                   "limit": 100}
        result = freshet(arguments.binary, "single", options)[0]
        print(f"| {name} {dimension} | {result['p50'] * 1e6:.0f} | {result['p90'] * 1e6:.0f} |", flush=True)


def graph_table(arguments, folder, dimension):
    widths = [200, 400, 800]
    items = read(folder / f"trained{dimension}.items", dimension)
    queries = read(folder / f"trained{dimension}.queries", dimension)[:2000]
    queries.tofile(folder / "batch")
    expected = best(items, queries, 100)
    print("\n| trained factors, graph | build CPU s | MB | efSearch | CPU µs per query | recall@100 | CPU / hnswlib's, evened out |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for m, construction in ((16, 200),) if arguments.quick else ((16, 200), (32, 400)):
        options = {"items": str(folder / f"trained{dimension}.items"), "queries": str(folder / "batch"),
                   "dimension": dimension, "limit": 100, "threads": arguments.threads, "m": m,
                   "efConstruction": construction}
        commands = {
            "hnswlib, inner product": lambda output: python_command(
                "hnswlib", options | {"augment": False, "output": output}),
            "hnswlib, lengths evened out": lambda output: python_command(
                "hnswlib", options | {"augment": True, "output": output}),
            "ours, evened out up to .98": lambda output: freshet_command(
                arguments.binary, "hnsw", options | {"output": output}),
        }
        graphs, reached = {}, False
        for place, (name, command) in enumerate(commands.items()):
            graphs[name] = Graph(command(str(folder / f"lists.{place}")), folder / f"lists.{place}")
        for width in widths:
            runs = {name: [] for name in graphs}
            for _ in range(2 * arguments.runs):
                for name, graph in graphs.items():
                    runs[name].append(graph.search(width))
            rival = median(runs["hnswlib, lengths evened out"], "cpu")
            for name, graph in graphs.items():
                cpu = median(runs[name], "cpu")
                found = recall(numpy.fromfile(graph.output, "<i4").reshape(-1, 100), expected)
                print(f"| {name}, M {m}, efConstruction {construction} | {graph.built['buildCPU']:.1f} | "
                      f"{median(runs[name], 'peakMB'):.0f} | {width} | {cpu / len(queries) * 1e6:.1f} | "
                      f"{found:.4f} | {cpu / rival:.2f} |", flush=True)
                if name.startswith("ours, evened out up to") and found >= 0.98 and not reached:
                    reached = True
                    what = f"HNSW, M {m}, efConstruction {construction}, efSearch {width}"
                    aims.record(f"{what}: recall@100", found, 0.98, "", at_least=True)
                    aims.record(f"{what}: processor time", cpu / rival, 1, "of hnswlib's")
        for graph in graphs.values():
            graph.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", type=pathlib.Path, default=HERE / ".build/release/recommender-benchmarks")
    parser.add_argument("--threads", type=int, default=CORES)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--tables", nargs="+", default=["exact", "single", "graph"])
    parser.add_argument("--vectors", type=pathlib.Path, help="a folder that keeps the vectors for another run")
    parser.add_argument("--quick", action="store_true", help="a tenth of the data, to see whether it runs")
    parser.add_argument("--child", nargs=2, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.child:
        {"faiss": faiss_child, "hnswlib": hnswlib_child}[arguments.child[0]](json.loads(arguments.child[1]))
        return
    scale = 10 if arguments.quick else 1
    dimensions = (64,) if arguments.quick else (64, 128)
    files = [(name, dimension) for name in ("normal", "trained") for dimension in dimensions]
    with tempfile.TemporaryDirectory() as directory:
        folder = arguments.vectors or pathlib.Path(directory)
        folder.mkdir(exist_ok=True)
        if not all((folder / f"{name}{dimension}.items").exists() for name, dimension in files):
            normal(folder, 100_000 // scale, 10_000, dimensions)
            trained(folder, 100_000 // scale, 60_000 // scale, 6_000_000 // scale, dimensions)
        if "exact" in arguments.tables:
            exact_table(arguments, folder, files)
        if "single" in arguments.tables:
            single_table(arguments, folder, files)
        if "graph" in arguments.tables:
            graph_table(arguments, folder, 64)


main()
