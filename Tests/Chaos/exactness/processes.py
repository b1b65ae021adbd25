"""The suite under test: a private Redis, the embedded broker of `freshet up`, and the five services."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from .http import Client

SERVICES = ["collector", "stream-processor", "profile-updater", "scorer", "server"]
WITH_HTTP = {"collector", "server"}


def binaries(root: Path) -> str:
    """The folder of the suite that was built last, release or debug."""
    built = [root / ".build" / kind / "freshet" for kind in ("release", "debug")]
    built = [path for path in built if path.exists()]
    return str(max(built, key=lambda path: path.stat().st_mtime).parent if built else root / ".build" / "release")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until(condition, limit: float, what: str, pause: float = 0.1, give_up: tuple = ()):
    """Repeats `condition` until it is true; errors on the way count as false, except those to give up at."""
    end = time.monotonic() + limit
    last: object = None
    while time.monotonic() < end:
        try:
            last = condition()
            if last:
                return last
        except give_up:
            raise
        except Exception as error:  # noqa: BLE001 - shown when time is up
            last = error
        time.sleep(pause)
    raise AssertionError(f"{what}: not within {limit:.0f} s ({last})")


class RedisServer:
    """A private redis-server as production runs it: append-only file, fsync every second, no eviction."""

    def __init__(self, folder: Path):
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._folder = folder / "redis"
        self._folder.mkdir()
        self._process: subprocess.Popen | None = None
        self.start()

    def start(self) -> None:
        log = open(self._folder / "log", "ab")
        self._process = subprocess.Popen(
            ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self._folder)]
            + ["--save", "", "--appendonly", "yes", "--appendfsync", "everysec", "--maxmemory-policy", "noeviction"],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip
        wait_until(self._answers, 30, "redis-server answers")

    def _answers(self) -> bool:
        with socket.create_connection(("127.0.0.1", self.port), 1) as connection:
            connection.sendall(b"PING\r\n")
            return connection.recv(64).startswith(b"+PONG")

    def stop(self, number: int = signal.SIGKILL) -> None:
        if self._process is not None:
            self._process.send_signal(number)
            self._process.wait(30)
            self._process = None


@dataclass
class Service:
    """A running service with what it takes to start it again as it was."""

    name: str
    arguments: list[str]
    environment: dict[str, str]
    admin: str
    log: Path
    child: subprocess.Popen | None = None

    def start(self) -> None:
        self.child = subprocess.Popen(
            self.arguments, env=self.environment, cwd=self.log.parent,
            stdin=subprocess.DEVNULL, stdout=open(self.log, "ab"), stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip

    @property
    def pid(self) -> int:
        return self.child.pid

    def alive(self) -> bool:
        return self.child is not None and self.child.poll() is None

    def signal(self, number: int) -> None:
        self.child.send_signal(number)

    def kill(self) -> None:
        """Ends the process as `kill -9` does and waits until it is gone."""
        self.child.kill()
        self.child.wait()

    def ready(self) -> bool:
        if not self.alive():
            raise AssertionError(f"{self.name} ended with {self.child.returncode}; see {self.log}")
        return self.readiness()[0] == 200

    def readiness(self) -> tuple[int, str]:
        try:
            status, body = Client(self.admin, timeout=2).request("GET", "/health/ready")
            return status, body.decode(errors="replace")
        except OSError as error:
            return 0, str(error)

    def resident_kilobytes(self) -> int:
        with open(f"/proc/{self.pid}/status", encoding="utf-8") as file:
            return next(int(line.split()[1]) for line in file if line.startswith("VmRSS"))


class Suite:
    """Redis, the embedded broker and the five services, each a process of its own, in a temporary folder.

    With KAFKA_BOOTSTRAP_SERVERS in the environment that cluster is used, with topics of a new prefix.
    """

    # What `freshet up` gives its children on the embedded broker: it answers an empty fetch only after all of its wait,
    # and keeps a dead member until its session has run out.
    EMBEDDED = {
        "KAFKA_PROPERTIES_FETCH_WAIT_MAX_MS": "1",
        "KAFKA_PROPERTIES_SESSION_TIMEOUT_MS": "6000",
        "KAFKA_PROPERTIES_HEARTBEAT_INTERVAL_MS": "500",
    }

    def __init__(self, binaries: Path, environment: dict[str, str] | None = None, keep: bool = False):
        self.folder = Path(tempfile.mkdtemp(prefix="freshet-exactness-"))
        self._binaries = binaries.resolve()
        self.keep = keep
        self._environment = {**os.environ, "LOG_FORMAT": "text", **(environment or {})}
        self.redis = RedisServer(self.folder)
        self._environment["REDIS_URL"] = self.redis.url
        self._environment["DATA_DIR"] = str(self.folder / "data")
        self.broker: subprocess.Popen | None = None
        self.bootstrap = self._environment.get("KAFKA_BOOTSTRAP_SERVERS", "")
        self.prefix = "freshet."
        self.services: dict[str, Service] = {}
        self._spares: list[Service] = []

    def start(self, names: list[str] | None = None, limit: float = 60) -> None:
        """Returns when the services (all five by default) are ready."""
        if self.bootstrap:
            self.prefix = f"exactness-{os.getpid()}-{int(time.time())}."
            self._environment["TOPICS_PREFIX"] = self.prefix
            subprocess.run([self._binaries / "freshet", "topics", "create"], env=self._environment, check=True)
        else:
            self._start_broker()
        for name in names or SERVICES:
            arguments = [str(self._binaries / name), "--admin-port", str(free_port())]
            if name in WITH_HTTP:
                arguments += ["--http-port", str(free_port())]
            admin = f"http://127.0.0.1:{arguments[2]}"
            self.services[name] = Service(name, arguments, self._environment, admin, self.folder / f"{name}.log")
        for service in self.services.values():
            service.start()
        for service in self.services.values():
            wait_until(service.ready, limit, f"{service.name} is ready", give_up=(AssertionError,))

    def _start_broker(self) -> None:
        addresses = self.folder / "addresses.json"
        command = [str(self._binaries / "freshet"), "up", "--write-env", str(addresses)]
        for name in SERVICES:
            command += ["--without", name]
        self.broker = subprocess.Popen(
            command, env=self._environment, cwd=self.folder, stdin=subprocess.DEVNULL,
            stdout=open(self.folder / "broker.log", "ab"), stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
        wait_until(lambda: addresses.exists() or self.broker.poll() is not None, 30, "the embedded broker is up")
        if self.broker.poll() is not None:
            raise AssertionError(f"freshet up ended: {(self.folder / 'broker.log').read_text()[-2000:]}")
        given = json.loads(addresses.read_text())["environment"]
        self.bootstrap = given["KAFKA_BOOTSTRAP_SERVERS"]
        self._environment = {**self.EMBEDDED, **self._environment, **given, "REDIS_URL": self.redis.url}
        self._environment["KAFKA_BOOTSTRAP_SERVERS"] = self.bootstrap

    def address(self, name: str) -> str:
        """The base address of a service's HTTP API."""
        arguments = self.services[name].arguments
        return f"http://127.0.0.1:{arguments[arguments.index('--http-port') + 1]}"

    def tool(self, *arguments: str) -> str:
        """What a `freshet` command prints; whatever its exit code."""
        command = [str(self._binaries / "freshet"), *arguments]
        return subprocess.run(command, env=self._environment, capture_output=True, text=True, timeout=120).stdout

    def spare(self, name: str) -> Service:
        """Starts a second instance of a service beside the first."""
        original = self.services[name]
        port = free_port()
        arguments = [original.arguments[0], "--admin-port", str(port), *original.arguments[3:]]
        log = self.folder / f"{name}.second.log"
        spare = Service(name, arguments, original.environment, f"http://127.0.0.1:{port}", log)
        spare.start()
        self._spares.append(spare)
        return spare

    def stop(self) -> None:
        """Ends everything that was started, and nothing else."""
        running = [service for service in [*self._spares, *self.services.values()] if service.alive()]
        if self.broker is not None:
            self.broker.send_signal(signal.SIGCONT)
        for service in running:
            service.signal(signal.SIGCONT)
            service.signal(signal.SIGTERM)
        for service in running:
            _wait_or_kill(service.child, 20)
        if self.broker is not None:
            self.broker.terminate()
            _wait_or_kill(self.broker, 20)
        self.redis.stop()
        if not self.keep:
            shutil.rmtree(self.folder, ignore_errors=True)


def _wait_or_kill(process: subprocess.Popen, limit: float) -> None:
    try:
        process.wait(limit)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
