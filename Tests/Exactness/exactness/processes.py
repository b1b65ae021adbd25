"""The suite under test: a private Redis, `freshet up`, and the service processes, which may be killed one by one."""

from __future__ import annotations

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

ADMIN_PORTS = {
    "collector": 9180, "stream-processor": 9181, "profile-updater": 9182, "scorer": 9183, "server": 9184,
}  # fmt: skip


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until(condition, limit: float, what: str, pause: float = 0.1):
    """Repeats `condition` until it is true; errors on the way count as false."""
    end = time.monotonic() + limit
    last: object = None
    while time.monotonic() < end:
        try:
            last = condition()
            if last:
                return last
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
    """A service's process with what it takes to start it again as it was."""

    name: str
    pid: int
    arguments: list[str]
    environment: dict[str, str]
    folder: str
    admin: str
    child: subprocess.Popen | None = None

    def ready(self) -> bool:
        status, _ = Client(self.admin, timeout=2).request("GET", "/health/ready")
        return status == 200

    def readiness(self) -> tuple[int, str]:
        try:
            status, body = Client(self.admin, timeout=2).request("GET", "/health/ready")
            return status, body.decode(errors="replace")
        except OSError as error:
            return 0, str(error)

    def resident_kilobytes(self) -> int:
        with open(f"/proc/{self.pid}/status", encoding="utf-8") as file:
            return next(int(line.split()[1]) for line in file if line.startswith("VmRSS"))

    def alive(self) -> bool:
        if self.child is not None:
            return self.child.poll() is None
        try:
            with open(f"/proc/{self.pid}/stat", encoding="utf-8") as file:
                return file.read().rpartition(")")[2].split()[0] not in ("Z", "X")
        except FileNotFoundError:
            return False

    def signal(self, number: int) -> None:
        os.kill(self.pid, number)


class Suite:
    """Redis, the embedded broker and the five services, in a temporary folder."""

    def __init__(self, binaries: Path, environment: dict[str, str] | None = None, keep: bool = False):
        self.folder = Path(tempfile.mkdtemp(prefix="freshet-exactness-"))
        self.log = self.folder / "suite.log"
        self.binaries = binaries
        self._keep = keep
        self._extra = environment or {}
        self.redis = RedisServer(self.folder)
        self.services: dict[str, Service] = {}
        self._spares: list[Service] = []
        self.up: subprocess.Popen | None = None

    def start(self, limit: float = 60) -> None:
        environment = {**os.environ, "REDIS_URL": self.redis.url, **self._extra}
        self.up = subprocess.Popen(
            [str(self.binaries / "freshet"), "up"],
            env=environment, stdin=subprocess.DEVNULL, stdout=open(self.log, "ab"), stderr=subprocess.STDOUT,
            cwd=self.folder, start_new_session=True,
        )  # fmt: skip
        wait_until(self._find_services, limit, "freshet up starts the five services")
        for service in self.services.values():
            wait_until(service.ready, limit, f"{service.name} is ready")

    def _find_services(self) -> bool:
        if self.up.poll() is not None:
            raise SystemExit(f"freshet up ended with {self.up.returncode}; see {self.log}")
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            try:
                stat = (entry / "stat").read_text().rpartition(")")[2].split()
                if int(stat[1]) != self.up.pid:
                    continue
                arguments = [a.decode() for a in (entry / "cmdline").read_bytes().split(b"\0")[:-1]]
                pairs = (p.decode().partition("=") for p in (entry / "environ").read_bytes().split(b"\0") if p)
                environment = {name: value for name, _, value in pairs}
                folder = os.readlink(entry / "cwd")
            except (FileNotFoundError, ProcessLookupError, PermissionError):
                continue
            name = Path(arguments[0]).name if arguments else ""
            if name in ADMIN_PORTS and name not in self.services:
                port = setting("admin.port", arguments, environment) or str(ADMIN_PORTS[name])
                admin = f"http://127.0.0.1:{port}"
                self.services[name] = Service(name, int(entry.name), arguments, environment, folder, admin)
        return len(self.services) == len(ADMIN_PORTS)

    @property
    def bootstrap(self) -> str:
        processor = self.services["stream-processor"]
        found = setting("kafka.bootstrap.servers", processor.arguments, processor.environment)
        if not found:
            raise AssertionError("the services were given no kafka.bootstrap.servers")
        return found

    def address(self, name: str) -> str:
        service = self.services[name]
        default = {"collector": "8080", "server": "8081"}[name]
        return f"http://127.0.0.1:{setting('http.port', service.arguments, service.environment) or default}"

    def kill(self, name: str) -> None:
        """Ends a service as `kill -9` does and waits until it is gone."""
        service = self.services[name]
        service.signal(signal.SIGKILL)
        wait_until(lambda: not service.alive(), 10, f"{name} is gone", pause=0.01)

    def restart(self, name: str) -> None:
        """Starts a killed service again with its own arguments and environment."""
        self.services[name] = self._spawn(self.services[name])

    def spare(self, name: str) -> Service:
        """Starts a second instance of a service beside the first."""
        port = free_port()
        original = self.services[name]
        kept = without(original.arguments, "admin.port")
        environment = {**original.environment, "ADMIN_PORT": str(port)}
        spare = Service(name, 0, kept, environment, original.folder, f"http://127.0.0.1:{port}")
        spare = self._spawn(spare)
        self._spares.append(spare)
        return spare

    def _spawn(self, service: Service) -> Service:
        child = subprocess.Popen(
            service.arguments,
            executable=str(self.binaries / service.name), env=service.environment, cwd=service.folder,
            stdin=subprocess.DEVNULL, stdout=open(self.log, "ab"), stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
        return Service(
            service.name, child.pid, service.arguments, service.environment, service.folder, service.admin, child
        )

    def stop(self) -> None:
        """Ends everything that was started, and nothing else."""
        owned = [service for service in [*self.services.values(), *self._spares] if service.child is not None]
        for service in owned:
            if service.child.poll() is None:
                service.child.send_signal(signal.SIGCONT)
                service.child.terminate()
        for service in owned:
            _wait_or_kill(service.child, 20)
        if self.up is not None:
            self.up.send_signal(signal.SIGCONT)
            self.up.terminate()
            _wait_or_kill(self.up, 30)
        self.redis.stop()
        if not self._keep:
            shutil.rmtree(self.folder, ignore_errors=True)


def _wait_or_kill(process: subprocess.Popen, limit: float) -> None:
    try:
        process.wait(limit)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def setting(key: str, arguments: list[str], environment: dict[str, str]) -> str | None:
    """A setting's value as a service sees it: flag before environment."""
    flag = "--" + key.replace(".", "-")
    for index, argument in enumerate(arguments):
        if argument == flag and index + 1 < len(arguments):
            return arguments[index + 1]
        if argument.startswith(flag + "="):
            return argument.partition("=")[2]
    return environment.get(key.upper().replace(".", "_"))


def without(arguments: list[str], key: str) -> list[str]:
    """The arguments without one flag and its value."""
    flag = "--" + key.replace(".", "-")
    kept: list[str] = []
    skip = False
    for argument in arguments:
        if skip:
            skip = False
        elif argument == flag:
            skip = True
        elif not argument.startswith(flag + "="):
            kept.append(argument)
    return kept
