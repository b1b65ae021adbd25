"""What the benchmarks share: building C programs, the suite, processor time of processes, metrics, tables."""

from __future__ import annotations

import argparse
import os
import platform
import re
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "Tests" / "Chaos")]

from harness.http import Client  # noqa: E402
from harness.processes import SERVICES, RedisServer, Service, Suite, free_port, wait_until  # noqa: E402,F401
from harness.redis import Redis  # noqa: E402,F401

BUILT = ROOT / ".build-bench"
PROGRAMS = ROOT / "Benchmarks" / "Programs"


def parser(description: str) -> argparse.ArgumentParser:
    options = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--binaries", default=str(ROOT / ".build" / "release"), help="where the services are")
    return options


def compiled(source: str, *libraries: str) -> Path:
    """Builds a C program of Benchmarks/load and answers where it is."""
    BUILT.mkdir(exist_ok=True)
    path = ROOT / "Benchmarks" / "load" / source
    target = BUILT / path.stem
    if not target.exists() or target.stat().st_mtime < path.stat().st_mtime:
        flags = [f"-l{library}" for library in libraries]
        subprocess.run(["cc", "-O2", "-D_GNU_SOURCE", "-Wall", "-Wextra", "-o", target, path, *flags, "-lpthread"], check=True)
    return target


def program(name: str) -> Path:
    """A program of Benchmarks/Programs, which Benchmarks/run builds."""
    path = PROGRAMS / ".build" / "release" / name
    if not path.exists():
        command = ["swift", "build", "-c", "release", "--package-path", str(PROGRAMS), "--product", name]
        subprocess.run(command, check=True, stdout=sys.stderr)
    return path


def run(*command: str | Path | float, timeout: float = 600) -> str:
    """The output of a program that must succeed."""
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=timeout)
    if done.returncode != 0:
        raise RuntimeError(f"{Path(str(command[0])).name} ended with {done.returncode}: {done.stderr.strip()}")
    return done.stdout


def processor_seconds(pid: int) -> float:
    """User and system time of a process so far, all its threads."""
    with open(f"/proc/{pid}/stat", encoding="utf-8") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident_megabytes(pid: int) -> float:
    with open(f"/proc/{pid}/status", encoding="utf-8") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("VmRSS")) / 1024


def metric(service: Service, name: str) -> float:
    """The sum of a metric over its labels."""
    _, body = Client(service.admin, timeout=10).request("GET", "/metrics")
    found = re.findall(rf"^{re.escape(name)}(?:\{{.*\}})? (\S+)$", body.decode(), re.MULTILINE)
    return sum(map(float, found))


def redis_seconds(redis: Redis) -> float:
    """Processor time of redis-server so far."""
    fields = dict(line.split(":", 1) for line in redis("INFO", "cpu").decode().splitlines() if ":" in line)
    return float(fields["used_cpu_user"]) + float(fields["used_cpu_sys"])


def redis_info(redis: Redis, section: str) -> dict[str, str]:
    return dict(line.split(":", 1) for line in redis("INFO", section).decode().splitlines() if ":" in line)


def machine() -> str:
    model = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), "")
    commit = subprocess.run(["git", "-C", ROOT, "describe", "--always", "--dirty"], capture_output=True, text=True)
    load = os.getloadavg()[0]
    return f"{model or platform.machine()}, {os.cpu_count()} cores, commit {commit.stdout.strip()}, load {load:.1f}"


class Table:
    """Rows of aligned columns, printed as they come; Markdown, so that they go into the docs as they are."""

    def __init__(self, *columns: str):
        self._widths = [max(len(column), 9) for column in columns]
        self._row(columns)
        print("|" + "|".join("-" * (width + 2) for width in self._widths) + "|", flush=True)

    def row(self, *cells: object) -> None:
        self._row([format_cell(cell) for cell in cells])

    def _row(self, cells) -> None:
        padded = (f" {cell:<{width}} " for cell, width in zip(cells, self._widths))
        print("|" + "|".join(padded) + "|", flush=True)


def format_cell(cell: object) -> str:
    if not isinstance(cell, float):
        return f"{cell:,}" if isinstance(cell, int) else str(cell)
    if abs(cell) >= 100:
        return f"{cell:,.0f}"
    return f"{cell:.1f}" if abs(cell) >= 10 else f"{cell:.2f}"


def settle(seconds: float = 1.0) -> None:
    time.sleep(seconds)
