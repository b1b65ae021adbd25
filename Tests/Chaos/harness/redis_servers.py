"""Redis as production runs it, as processes that can be broken: one server, or three masters with a replica each."""

from __future__ import annotations

import signal
import socket
import subprocess
import threading
import time
from collections import deque
from pathlib import Path

from .redis import Redis
from .waiting import free_port, wait_until


class RedisServer:
    """A private redis-server: append-only file, fsync every second, no eviction."""

    def __init__(self, folder: Path, name: str = "redis", extra: list[str] | None = None):
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.name = name
        self._folder = folder / name
        self._folder.mkdir()
        self._extra = extra or []
        self._process: subprocess.Popen | None = None
        self._sizes: deque[tuple[float, Path, int]] = deque(maxlen=100)
        self.start()

    def start(self) -> None:
        log = open(self._folder / "log", "ab")
        self._process = subprocess.Popen(
            ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self._folder)]
            + ["--save", "", "--appendonly", "yes", "--appendfsync", "everysec", "--maxmemory-policy", "noeviction"]
            + self._extra,
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip
        wait_until(self._answers, 30, f"{self.name} answers")

    def _answers(self) -> bool:
        with socket.create_connection(("127.0.0.1", self.port), 1) as connection:
            connection.sendall(b"PING\r\n")
            return connection.recv(64).startswith((b"+PONG", b"-MASTERDOWN", b"-CLUSTERDOWN"))

    def call(self, *arguments: str):
        """One command on a connection of its own."""
        redis = Redis(self.url, timeout=3)
        try:
            return redis(*arguments)
        finally:
            redis.close()

    def send_signal(self, number: int) -> None:
        self._process.send_signal(number)

    def stop(self, number: int = signal.SIGKILL) -> None:
        if self._process is not None:
            self._process.send_signal(number)
            self._process.wait(30)
            self._process = None

    # A kill alone loses nothing that was acknowledged: the system still has the file's pages. A power cut takes what
    # was written since the last fsync, at most about a second's worth.

    def watch_file(self) -> None:
        """Notes the append-only file's size, to be called a few times per second."""
        files = sorted(self._folder.glob("appendonlydir/*.incr.aof"))
        if files:
            self._sizes.append((time.monotonic(), files[-1], files[-1].stat().st_size))

    def cut_power(self, age: float) -> int:
        """Kills the server and takes off what it wrote in its last `age` seconds; answers how many bytes that is."""
        self.watch_file()
        moment = time.monotonic() - age
        self.stop(signal.SIGKILL)
        files = sorted(self._folder.glob("appendonlydir/*.incr.aof"))
        if not files:
            return 0
        size = files[-1].stat().st_size
        older = [length for at, path, length in self._sizes if path == files[-1] and at <= moment]
        keep = older[-1] if older else size
        with open(files[-1], "r+b") as file:
            file.truncate(keep)
        return size - keep


class RedisCluster:
    """Three masters with one replica each; masters and replicas change places as faults have it."""

    SHARDS = 3
    NODE_TIMEOUT = 2.0

    def __init__(self, folder: Path):
        self.nodes = [self._node(folder, index) for index in range(2 * self.SHARDS)]
        self.url = "redis://" + ",".join(f"127.0.0.1:{node.port}" for node in self.nodes)
        masters = self.nodes[: self.SHARDS]
        for index, node in enumerate(masters):
            first, last = 16_384 * index // self.SHARDS, 16_384 * (index + 1) // self.SHARDS - 1
            node.call("CLUSTER", "ADDSLOTSRANGE", str(first), str(last))
        for index, node in enumerate(self.nodes):
            node.call("CLUSTER", "SET-CONFIG-EPOCH", str(index + 1))
        for node in self.nodes[1:]:
            self.nodes[0].call("CLUSTER", "MEET", "127.0.0.1", str(node.port), str(self._bus[node.port]))
        wait_until(lambda: all(len(self._lines(node)) == len(self.nodes) for node in self.nodes), 30, "all nodes met")
        for index, node in enumerate(self.nodes[self.SHARDS :]):
            identity = masters[index].call("CLUSTER", "MYID").decode()
            wait_until(lambda: node.call("CLUSTER", "REPLICATE", identity) == "OK", 30, "a replica knows its master")
        self.wait_whole()

    _bus: dict[int, int] = {}

    def _node(self, folder: Path, index: int) -> RedisServer:
        bus = free_port()
        extra = ["--cluster-enabled", "yes", "--cluster-config-file", "nodes.conf", "--cluster-port", str(bus)]
        extra += ["--cluster-node-timeout", str(int(self.NODE_TIMEOUT * 1000)), "--cluster-replica-validity-factor", "0"]
        extra += ["--repl-diskless-sync-delay", "0"]
        node = RedisServer(folder, f"redis-{index}", extra)
        self._bus[node.port] = bus
        return node

    @staticmethod
    def _lines(node: RedisServer) -> list[list[str]]:
        return [line.split() for line in node.call("CLUSTER", "NODES").decode().splitlines()]

    def watch_file(self) -> None:
        for node in self.nodes:
            node.watch_file()

    def shard(self, number: int) -> tuple[RedisServer, RedisServer]:
        """Master and replica of one third of the slots, as the cluster stands now."""
        for asked in self.nodes:
            try:
                lines = self._lines(asked)
            except OSError:
                continue
            by_port = {node.port: node for node in self.nodes}
            wanted = 16_384 * number // self.SHARDS
            master = next(line for line in lines if any(_holds(slots, wanted) for slots in line[8:]))
            replica = next(line for line in lines if line[3] == master[0])
            return by_port[_port(master)], by_port[_port(replica)]
        raise AssertionError("no node of the cluster answers")

    def is_master(self, node: RedisServer) -> bool:
        return node.call("ROLE")[0] == b"master"

    def wait_whole(self, limit: float = 60) -> None:
        """Until every node sees all slots served, and each third has a replica in step."""
        wait_until(self._is_whole, limit, "the Redis cluster is whole", pause=0.2)

    def _is_whole(self) -> bool:
        for node in self.nodes:
            info = node.call("CLUSTER", "INFO").decode()
            if "cluster_state:ok" not in info or f"cluster_size:{self.SHARDS}\r" not in info:
                return False
            role = node.call("ROLE")
            if role[0] == b"slave" and role[3] != b"connected":
                return False
            if role[0] == b"master" and len(role[2]) != 1:
                return False
        # After a takeover the news takes a moment to go round.
        layouts = {_layout(self._lines(node)) for node in self.nodes}
        return len(layouts) == 1 and all(master != "-" or slots for _, master, slots in layouts.pop())

    def stop(self, number: int = signal.SIGKILL) -> None:
        for node in self.nodes:
            node.stop(number)

    def start(self) -> None:
        for node in self.nodes:
            node.start()
        self.wait_whole()


class FileWatch(threading.Thread):
    """Notes the sizes of append-only files, so that a power cut knows what was there a second ago."""

    def __init__(self, redis: RedisServer | RedisCluster):
        super().__init__(daemon=True)
        self._redis = redis
        self._ended = threading.Event()

    def run(self) -> None:
        while not self._ended.wait(0.1):
            try:
                self._redis.watch_file()
            except OSError:
                continue

    def end(self) -> None:
        self._ended.set()
        self.join()


def _layout(lines: list[list[str]]) -> frozenset[tuple[str, str, tuple[str, ...]]]:
    """Who serves what: id, master's id and slots of every node."""
    return frozenset((line[0], line[3], tuple(line[8:])) for line in lines)


def _holds(slots: str, slot: int) -> bool:
    first, _, last = slots.partition("-")
    return first.isdigit() and int(first) <= slot <= int(last or first)


def _port(line: list[str]) -> int:
    return int(line[1].split("@")[0].rsplit(":", 1)[1])
