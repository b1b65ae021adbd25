"""Starts what the deployment files start, as processes on this machine, and sends one event through.

    make start-from-manifests, or: python3 Tests/Deployment/run.py [--source small|large|compose] [--keep]

Programs, arguments and environment are those of the manifests, of docker-compose.yml and of the Dockerfile; only host names,
ports and folders are replaced by local ones. Kafka is the broker embedded in `freshet up`, Redis is `redis-server` with the
arguments of docker-compose.yml. Each source has to become ready, answer its health check, turn an event into a changed list
of recommendations, expose every metric that dashboards and rules use, and end with 0 at the signal of its image. Needs PyYAML.
"""

from __future__ import annotations

import argparse
import concurrent.futures
import json
import os
import pathlib
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request

import metric_names
import workloads
from workloads import ROOT, SERVICES, Workload

# What `freshet up` gives its children on the embedded broker, which answers an empty fetch only after all of its wait.
EMBEDDED_BROKER = {
    "KAFKA_PROPERTIES_FETCH_WAIT_MAX_MS": "1",
    "KAFKA_PROPERTIES_SESSION_TIMEOUT_MS": "6000",
    "KAFKA_PROPERTIES_HEARTBEAT_INTERVAL_MS": "500",
}
KEY = workloads.SECRETS["freshet-api-keys", "keys"]
STATE_FOLDER = "/var/lib/freshet"
READY_LIMIT = 60.0


class Failure(Exception):
    """What did not hold, with where to look."""


def newest_binaries() -> pathlib.Path:
    """The folder of the suite that was built last, release or debug."""
    built = [ROOT / ".build" / kind / "freshet" for kind in ("release", "debug")]
    built = [path for path in built if path.exists()]
    if not built:
        raise Failure("nothing is built: run `swift build` first")
    return max(built, key=lambda path: path.stat().st_mtime).parent.resolve()


# Below the ports that the system gives to connections, so that none of these takes one meanwhile; each is given once.
PORTS = iter(random.sample(range(10_000, 20_000), 10_000))
PORTS_LOCK = threading.Lock()


def free_port() -> int:
    """A port that nobody listens on."""
    while True:
        with PORTS_LOCK:
            port = next(PORTS)
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                return port


def wait_until(condition, limit: float, what: str):
    """Repeats `condition` until it returns something true; connection errors count as false."""
    end = time.monotonic() + limit
    last: object = None
    while time.monotonic() < end:
        try:
            last = condition()
            if last:
                return last
        except OSError as error:
            last = error
        time.sleep(0.05)
    raise Failure(f"{what}: not within {limit:.0f} s ({last})")


def request(method: str, url: str, body: object = None, key: str | None = None) -> tuple[int, str]:
    """Status and text of an answer, whatever the status."""
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {key}"} if key else {})
    data = None if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
    try:
        with urllib.request.urlopen(urllib.request.Request(url, data, headers, method=method), timeout=15) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode(errors="replace")


class Installation:
    """The processes of one source in a folder of their own."""

    def __init__(self, source: str, binaries: pathlib.Path):
        self.source = source
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix=f"freshet-{source}-"))
        self.metrics: set[str] = set()
        self._binaries = binaries
        self._workloads = workloads.from_compose() if source == "compose" else workloads.from_overlay(source)
        self._processes: dict[str, subprocess.Popen] = {}
        self._ports: dict[tuple[str, str], int] = {}
        self._bootstrap = self._redis = ""

    # Starting

    def start(self) -> None:
        """Returns when every service is ready."""
        self._start_redis()
        self._start_broker()
        for workload in self._workloads:
            if workload.name == "topics":
                self._run_to_its_end(workload)
        for workload in self._services():
            self._spawn(workload.name, self._command(workload), self._environment(workload))
        for workload in self._services():
            self._wait_ready(workload)

    def _services(self) -> list[Workload]:
        return [workload for workload in self._workloads if workload.image in SERVICES]

    def _start_redis(self) -> None:
        """`redis-server` as docker-compose.yml starts it, the arguments for a port and a folder added."""
        command = workloads.compose_config()["services"]["redis"]["command"]
        port, folder = free_port(), self.folder / "redis"
        folder.mkdir()
        self._redis = f"redis://127.0.0.1:{port}/0"
        self._spawn(
            "redis", [*command, "--port", str(port), "--bind", "127.0.0.1", "--dir", str(folder)], {}
        )  # fmt: skip
        wait_until(lambda: socket.create_connection(("127.0.0.1", port), 1).close() is None, 20, "redis-server answers")

    def _start_broker(self) -> None:
        addresses = self.folder / "addresses.json"
        command = [str(self._binaries / "freshet"), "up", "--write-env", str(addresses)]
        command += [argument for name in SERVICES for argument in ("--without", name)]
        partitions = next(w.environment["TOPICS_PARTITIONS"] for w in self._workloads if w.name == "topics")
        self._spawn("kafka", command, {"REDIS_URL": self._redis, "TOPICS_PARTITIONS": partitions})
        wait_until(lambda: self._alive("kafka") and addresses.exists(), 30, "the embedded broker is up")
        self._bootstrap = json.loads(addresses.read_text())["environment"]["KAFKA_BOOTSTRAP_SERVERS"]

    def _run_to_its_end(self, workload: Workload) -> None:
        process = self._spawn(workload.name, self._command(workload), self._environment(workload))
        if process.wait(30) != 0:
            raise Failure(f"{workload.name} ended with {process.returncode}: {self._log(workload.name)}")

    def _command(self, workload: Workload) -> list[str]:
        return [str(self._binaries / workload.command[0]), *workload.command[1:]]

    def _environment(self, workload: Workload) -> dict[str, str]:
        """The workload's own, with local addresses; nothing of this process's environment but where programs are."""
        environment = dict(workload.environment)
        for name, value in environment.items():
            if name in ("ADMIN_PORT", "HTTP_PORT"):
                environment[name] = str(self._port(workload.name, name))
            elif name == "KAFKA_BOOTSTRAP_SERVERS":
                environment[name] = self._bootstrap
            elif name == "REDIS_URL":
                environment[name] = self._redis
            elif value.startswith(STATE_FOLDER):
                environment[name] = str(self.folder / workload.name) + value.removeprefix(STATE_FOLDER)
        return {**EMBEDDED_BROKER, **environment} if workload.image in SERVICES else environment

    def _port(self, name: str, setting: str) -> int:
        if (name, setting) not in self._ports:
            self._ports[name, setting] = free_port()
        return self._ports[name, setting]

    def _spawn(self, name: str, command: list[str], environment: dict[str, str]) -> subprocess.Popen:
        with open(self.folder / f"{name}.log", "ab") as log:
            self._processes[name] = subprocess.Popen(
                command, env={"PATH": os.environ["PATH"], **environment}, cwd=self.folder, stdin=subprocess.DEVNULL,
                stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        return self._processes[name]

    def _alive(self, name: str) -> bool:
        code = self._processes[name].poll()
        if code is not None:
            raise Failure(f"{name} ended with {code}: {self._log(name)}")
        return True

    def _log(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text(errors="replace")[-1500:]

    # Checking

    def _wait_ready(self, workload: Workload) -> None:
        path = workload.readiness[0] if workload.readiness else "/health/ready"
        url = f"http://127.0.0.1:{self._port(workload.name, 'ADMIN_PORT')}{path}"
        wait_until(
            lambda: self._alive(workload.name) and request("GET", url)[0] == 200,
            READY_LIMIT, f"{workload.name} is ready",
        )  # fmt: skip
        check = subprocess.run(
            [str(ROOT / "deploy" / "container" / "healthcheck"), "live"],
            env={"PATH": os.environ["PATH"], "ADMIN_PORT": str(self._port(workload.name, "ADMIN_PORT"))}, timeout=10,
        )  # fmt: skip
        if check.returncode != 0:
            raise Failure(f"the health check of {workload.name} ends with {check.returncode}")

    def send_one_through(self) -> float:
        """Puts items into the catalog, sends one event, and waits for the list that follows it; returns the seconds."""
        collector = f"http://127.0.0.1:{self._port('collector', 'HTTP_PORT')}"
        server = f"http://127.0.0.1:{self._port('server', 'HTTP_PORT')}"
        items = [{"id": f"i{n}", "title": f"Item {n}", "categories": ["odd" if n % 2 else "even"]} for n in range(8)]
        refused = request("PUT", f"{server}/v1/items", items)[0]
        if refused != 401:
            raise Failure(f"the catalog was written without an API key: {refused}")
        self._expect(200, 202, *request("PUT", f"{server}/v1/items", items, KEY))
        wait_until(lambda: request("GET", f"{server}/v1/items/i7")[0] == 200, 30, "the catalog is readable")
        # What others like, so that there is something to recommend.
        others = [
            {"type": "rating", "value": 5, "userId": f"other-{u}", "itemId": f"i{i}"} for u in range(6) for i in range(8)
        ]
        self._expect(200, 202, *request("POST", f"{collector}/v1/events", others))
        wait_until(lambda: self._list(server, "other-5")["items"], 60, "lists are computed")
        if self._list(server, "u1")["fallback"] is None:
            raise Failure("a user without events has a list of his own")
        begin = time.monotonic()
        event = {"type": "rating", "value": 5, "userId": "u1", "itemId": "i3"}
        self._expect(200, 202, *request("POST", f"{collector}/v1/events", event))

        def changed() -> bool:
            now = self._list(server, "u1")
            ids = {item["id"] for item in now["items"]}
            return now["fallback"] is None and now["profileRevision"] == 1 and ids and "i3" not in ids

        wait_until(changed, 30, "the list follows the event")
        return time.monotonic() - begin

    def _list(self, server: str, user: str) -> dict:
        status, text = request("GET", f"{server}/v1/recommendations?user={user}&limit=5")
        if status != 200:
            raise Failure(f"GET /v1/recommendations answers {status} {text}")
        return json.loads(text)

    def _expect(self, low: int, high: int, status: int, text: str) -> None:
        if not low <= status <= high:
            raise Failure(f"answered {status} {text[:300]}")

    def open_storefront(self) -> None:
        """The demo's page, from a server without API keys, where the source has one."""
        if ("storefront", "HTTP_PORT") in self._ports:
            url = f"http://127.0.0.1:{self._port('storefront', 'HTTP_PORT')}"
            self._expect(200, 200, *request("GET", f"{url}/demo"))
            self._expect(200, 200, *request("GET", f"{url}/v1/users/u1"))

    def read_metrics(self) -> None:
        """Makes what exists only once it happened, then collects the names that the services expose."""
        collector = f"http://127.0.0.1:{self._port('collector', 'HTTP_PORT')}"
        request("POST", f"{collector}/v1/events", b"not json")
        kcat = ["kcat", "-P", "-b", self._bootstrap, "-t", "freshet.events.views", "-k", "u1"]
        subprocess.run(kcat, input=b"not json", check=True, timeout=20)
        for workload in self._services():
            url = f"http://127.0.0.1:{self._port(workload.name, 'ADMIN_PORT')}/metrics"

            def names(url: str = url, name: str = workload.name) -> set[str]:
                found = metric_names.exposed(request("GET", url)[1])
                # Counted when the record has gone through.
                return found if name != "stream-processor" or "stream_processor_rejected_total" in found else set()

            self.metrics |= wait_until(names, 20, f"{workload.name} counts the rejected record")

    # Stopping

    def stop(self) -> None:
        """Ends the services as an orchestrator does, and checks how they end."""
        ending = [workload for workload in self._services() if workload.name in self._processes]
        for workload in ending:
            self._alive(workload.name)
            self._processes[workload.name].send_signal(signal.Signals[workload.stop_signal])
        for workload in ending:
            try:
                code = self._processes[workload.name].wait(workload.grace_seconds)
            except subprocess.TimeoutExpired:
                raise Failure(f"{workload.name} did not end within {workload.grace_seconds:.0f} s") from None
            if code != 0:
                raise Failure(f"{workload.name} ended with {code}: {self._log(workload.name)}")

    def clean_up(self, keep: bool) -> None:
        """Ends what still runs, of our own children only."""
        for process in reversed(self._processes.values()):
            if process.poll() is None:
                process.terminate()
        for process in self._processes.values():
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        if not keep:
            shutil.rmtree(self.folder, ignore_errors=True)


def run(source: str, binaries: pathlib.Path, keep: bool) -> set[str]:
    """Everything for one source; returns the names of metrics that were seen."""
    begin = time.monotonic()
    installation = Installation(source, binaries)
    failed = True
    try:
        installation.start()
        ready = time.monotonic() - begin
        seconds = installation.send_one_through()
        installation.open_storefront()
        installation.read_metrics()
        installation.stop()
        failed = False
    finally:
        installation.clean_up(keep or failed)
        if failed:
            print(f"{source}: logs are in {installation.folder}", file=sys.stderr)
    print(
        f"{source}: ready after {ready:.1f} s, the list followed the event after {seconds * 1000:.0f} ms, "
        f"all ended with 0 after {time.monotonic() - begin:.1f} s",
        flush=True,
    )
    return installation.metrics


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--source", action="append", choices=[*workloads.OVERLAYS, "compose"])
    parser.add_argument("--keep", action="store_true", help="keep the folders with the logs")
    arguments = parser.parse_args()
    try:
        binaries = newest_binaries()
        print(f"programs of {binaries}", flush=True)
        with concurrent.futures.ThreadPoolExecutor() as pool:
            sources = arguments.source or ["compose", *workloads.OVERLAYS]
            seen = list(pool.map(lambda source: run(source, binaries, arguments.keep), sources))
        expected = metric_names.used()
        missing = expected - set.union(*seen)
        if missing:
            raise Failure(f"rules or dashboards use metrics that no service exposes: {', '.join(sorted(missing))}")
        print(f"{len(expected)} metrics of rules and dashboards are exposed")
    except Failure as failure:
        print(f"deployment: {failure}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
