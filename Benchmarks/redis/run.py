#!/usr/bin/env python3
"""Freshet's Redis library beside redis-benchmark with the same pipelining, connections and values.

    python3 Benchmarks/redis/run.py [--commands 2000000]

Both set and get values of 350 bytes, the library under distinct keys and redis-benchmark (-r) under random ones.
"""

from __future__ import annotations

import csv
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

from bench import Redis, RedisServer, Table, machine, parser, program, run  # noqa: E402

BYTES = 350


def main() -> int:
    options = parser(__doc__)
    options.add_argument("--commands", type=int, default=1_000_000)
    options.add_argument("--connections", type=int, default=2, help="as the services have")
    options = options.parse_args()
    print(machine() + "\n")
    table = Table("pipelining", "command", "redis-benchmark/s", "library/s", "ratio", "library us CPU each")
    with tempfile.TemporaryDirectory() as folder:
        server = RedisServer(Path(folder))
        try:
            for depth in (1, 16, 100, 500):
                compare(table, server, depth, options)
                Redis(server.url)("FLUSHALL")
        finally:
            server.stop()
    return 0


def compare(table: Table, server: RedisServer, depth: int, options) -> None:
    count = options.commands if depth > 1 else options.commands // 20
    port = server.url.rsplit(":", 1)[1].split("/")[0]
    command = ["redis-benchmark", "-p", port, "-n", count, "-c", options.connections, "-P", depth, "-d", BYTES]
    rows = csv.reader(run(*command, "-r", count, "-t", "set,get", "--csv").splitlines())
    theirs = {row[0]: float(row[1]) for row in rows if row and row[0] in ("SET", "GET")}
    ours = run(program("redis-pipeline"), server.url, count, depth, options.connections, BYTES)
    for line in ours.splitlines():
        name, rate, processor = line.split()
        table.row(depth, name, theirs[name], float(rate), float(rate) / theirs[name], float(processor))


if __name__ == "__main__":
    sys.exit(main())
