"""The suite under test: a private Redis, the embedded broker of `freshet up`, and the five services."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from .http import Client
from .redis import Redis
from .redis_servers import FileWatch, RedisCluster, RedisServer
from .waiting import free_port, wait_until

__all__ = ["SERVICES", "Service", "Suite", "binaries", "free_port", "wait_until"]

SERVICES = ["collector", "stream-processor", "profile-updater", "scorer", "server"]
WITH_HTTP = {"collector", "server"}
GROUPS = ["stream-processor", "stream-processor.catalog", "profile-updater", "scorer"]
TOPICS = [f"events.{name}" for name in ("views", "clicks", "engagement", "conversions", "feedback", "impressions", "users")]
TOPICS += ["events.rejected", "activity", "profiles.updated", "segments.updated", "recommendations.updated", "catalog.items"]
PARTITIONS = 12


def binaries(root: Path) -> str:
    """The folder of the suite that was built last, release or debug."""
    built = [root / ".build" / kind / "freshet" for kind in ("release", "debug")]
    built = [path for path in built if path.exists()]
    return str(max(built, key=lambda path: path.stat().st_mtime).parent if built else root / ".build" / "release")


@dataclass
class Service:
    """A running service with what it takes to start it again as it was."""

    name: str
    arguments: list[str]
    environment: dict[str, str]
    admin: str
    log: Path
    child: subprocess.Popen | None = None
    is_frozen: bool = False

    @property
    def kind(self) -> str:
        """The service that this is an instance of: `collector` of `collector.2`."""
        return self.name.split(".")[0]

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
        self.is_frozen = number == signal.SIGSTOP

    def kill(self) -> None:
        """Ends the process as `kill -9` does and waits until it is gone."""
        self.child.kill()
        self.child.wait()
        self.is_frozen = False

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
    """Redis, the embedded broker and the services, each a process of its own, in a temporary folder.

    With KAFKA_BOOTSTRAP_SERVERS in the environment that cluster is used, with topics of a new prefix.
    """

    # What `freshet up` gives its children on the embedded broker: it answers an empty fetch only after all of its wait,
    # and keeps a dead member until its session has run out.
    EMBEDDED = {
        "KAFKA_PROPERTIES_FETCH_WAIT_MAX_MS": "1",
        "KAFKA_PROPERTIES_SESSION_TIMEOUT_MS": "6000",
        "KAFKA_PROPERTIES_HEARTBEAT_INTERVAL_MS": "500",
    }

    def __init__(
        self,
        binaries: Path,
        environment: dict[str, str] | None = None,
        keep: bool = False,
        cluster: bool = False,
        brokers: int = 1,
    ):
        self.folder = Path(tempfile.mkdtemp(prefix="freshet-chaos-"))
        self._binaries = binaries.resolve()
        self.keep = keep
        self._environment = {**os.environ, "LOG_FORMAT": "text", **(environment or {})}
        self.redis = RedisCluster(self.folder) if cluster else RedisServer(self.folder)
        self._file_watch = FileWatch(self.redis)
        self._file_watch.start()
        self._environment["REDIS_URL"] = self.redis.url
        self._environment["DATA_DIR"] = str(self.folder / "data")
        self.broker: subprocess.Popen | None = None
        self.brokers = brokers
        self.bootstrap = self._environment.get("KAFKA_BOOTSTRAP_SERVERS", "")
        self.prefix = "freshet."
        self.services: dict[str, Service] = {}
        self._spares: list[Service] = []

        # Told to end, a run ends what it has started.
        signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))

    def set_for_all(self, name: str, value: str) -> None:
        """Sets an environment variable of all services that start from now on."""
        self._environment[name] = value

    @property
    def is_embedded(self) -> bool:
        return self.broker is not None

    def start(
        self, names: list[str] | None = None, limit: float = 60, own: dict[str, dict[str, str]] | None = None
    ) -> None:
        """Returns when the services (one of each by default) are ready.

        `collector.2` is a second instance; `own` is what single instances have in their environment.
        """
        if self.bootstrap:
            self.prefix = f"chaos-{os.getpid()}-{int(time.time())}."
            self._environment["TOPICS_PREFIX"] = self.prefix
            subprocess.run([self._binaries / "freshet", "topics", "create"], env=self._environment, check=True)
        else:
            self._start_broker()
        for name in names or SERVICES:
            self.services[name] = self._service(name, (own or {}).get(name, {}))
        for service in self.services.values():
            service.start()
        for service in self.services.values():
            wait_until(service.ready, limit, f"{service.name} is ready", give_up=(AssertionError,))

    def _service(self, name: str, own: dict[str, str]) -> Service:
        kind = name.split(".")[0]
        arguments = [str(self._binaries / kind), "--admin-port", str(free_port())]
        if kind in WITH_HTTP:
            arguments += ["--http-port", str(free_port())]
        admin = f"http://127.0.0.1:{arguments[2]}"
        return Service(name, arguments, {**self._environment, **own}, admin, self.folder / f"{name}.log")

    def instances(self, kind: str) -> list[Service]:
        """All of one service, those beyond its first ones included."""
        return [service for service in [*self.services.values(), *self._spares] if service.kind == kind]

    def reader(self) -> Redis:
        """A new connection to Redis, for looking at what the services wrote."""
        return Redis(self.redis.url)

    def _start_broker(self) -> None:
        addresses = self.folder / "addresses.json"
        command = [str(self._binaries / "freshet"), "up", "--write-env", str(addresses)]
        command += ["--brokers", str(self.brokers), "--broker-commands"]
        for name in SERVICES:
            command += ["--without", name]
        self.broker = subprocess.Popen(
            command, env=self._environment, cwd=self.folder, stdin=subprocess.PIPE,
            stdout=open(self.folder / "broker.log", "ab"), stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
        wait_until(lambda: addresses.exists() or self.broker.poll() is not None, 30, "the embedded broker is up")
        if self.broker.poll() is not None:
            raise AssertionError(f"freshet up ended: {(self.folder / 'broker.log').read_text()[-2000:]}")
        given = json.loads(addresses.read_text())["environment"]
        self.bootstrap = given["KAFKA_BOOTSTRAP_SERVERS"]
        self._environment = {**self.EMBEDDED, **self._environment, **given, "REDIS_URL": self.redis.url}
        self._environment["KAFKA_BOOTSTRAP_SERVERS"] = self.bootstrap
        if self.brokers > 1:
            self._place_broker_roles()

    def address(self, name: str) -> str:
        """The base address of a service's HTTP API."""
        arguments = self.services[name].arguments
        return f"http://127.0.0.1:{arguments[arguments.index('--http-port') + 1]}"

    def tool(self, *arguments: str) -> str:
        """What a `freshet` command prints; whatever its exit code."""
        command = [str(self._binaries / "freshet"), *arguments]
        return subprocess.run(command, env=self._environment, capture_output=True, text=True, timeout=120).stdout

    def _place_broker_roles(self) -> None:
        """Broker 1 coordinates all groups, the others lead all partitions.

        The embedded broker aborts when a group's coordinator goes away while the group rebalances, so that one stays up;
        "all brokers down" is then: no partition has a leader.
        """
        for group in GROUPS:
            self.command_broker(f"coordinator freshet.{group} 1")
        for topic in TOPICS:
            for partition in range(PARTITIONS):
                self.command_broker(f"leader {self.prefix}{topic} {partition} {self.leaders[partition % len(self.leaders)]}")

    @property
    def leaders(self) -> list[int]:
        """The embedded brokers that lead partitions."""
        return list(range(2, self.brokers + 1)) or [1]

    def command_broker(self, line: str) -> None:
        """Breaks or moves the embedded broker: see `freshet up --help`."""
        self.broker.stdin.write(f"{line}\n".encode())
        self.broker.stdin.flush()

    def spare(self, kind: str) -> Service:
        """Starts one more instance of a service."""
        spare = self._service(f"{kind}.spare{len(self._spares) + 1}", {})
        self._spares.append(spare)
        spare.start()
        return spare

    def retire(self, spare: Service) -> None:
        """Ends an instance that `spare` started, in order."""
        spare.signal(signal.SIGTERM)
        spare.child.wait(60)
        self._spares.remove(spare)

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
        self._file_watch.end()
        self.redis.stop()
        if not self.keep:
            shutil.rmtree(self.folder, ignore_errors=True)


def _wait_or_kill(process: subprocess.Popen, limit: float) -> None:
    try:
        process.wait(limit)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
