"""Starts the suite with `freshet up`, fills it with a data set, and ends it again."""

import json
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request


def free_port_range(count=20):
    """The first of `count` ports in a row that are free now."""
    for start in range(21000, 32000, count):
        sockets = []
        try:
            for port in range(start, start + count):
                one = socket.socket()
                sockets.append(one)
                one.bind(("127.0.0.1", port))
            return start
        except OSError:
            continue
        finally:
            for one in sockets:
                one.close()
    raise RuntimeError("no free ports")


class Suite:
    """The five services, a broker and a Redis of their own; use it in a `with` block."""

    def __init__(self, freshet, folder):
        self.freshet = freshet
        self.folder = folder

    def __enter__(self):
        base = free_port_range()
        addresses = os.path.join(self.folder, "addresses.json")
        environment = dict(os.environ)
        for name in ("KAFKA_BOOTSTRAP_SERVERS", "REDIS_URL"):
            environment.pop(name, None)
        environment.update(
            DEMO_COLLECTOR_URL=f"http://127.0.0.1:{base}",
            DATA_DIR=os.path.join(self.folder, "data"),
            # One model for the whole test: what changes in a list is due to the clicks.
            TRAINING_INTERVAL="1h",
        )
        self.log = open(os.path.join(self.folder, "suite.log"), "w")
        self.process = subprocess.Popen(
            [self.freshet, "up", "--base-port", str(base), "--write-env", addresses],
            env=environment, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log, cwd=self.folder,
        )
        try:
            self.wait("the suite is up", lambda: os.path.exists(addresses), 90)
            with open(addresses) as file:
                self.addresses = json.load(file)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
        self.log.close()

    @property
    def server(self):
        return self.addresses["urls"]["server"]

    def wait(self, what, condition, seconds):
        """Waits until `condition()` holds, and returns its value."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.process.poll() is not None:
                raise RuntimeError(f"freshet up ended with {self.process.returncode}; see {self.log.name}")
            if value := condition():
                return value
            time.sleep(0.1)
        raise TimeoutError(f"not within {seconds} s: {what}; see {self.log.name}")

    def get(self, path):
        """The server's JSON answer, None for 404."""
        try:
            with urllib.request.urlopen(self.server + path, timeout=10) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            if error.code == 404:
                return None
            raise

    def recommendations(self, user, limit=100):
        return self.get(f"/v1/recommendations?user={urllib.parse.quote(user)}&limit={limit}")

    def replay(self, dataset):
        """Sends catalog and events, and waits until a model has seen them."""
        urls = self.addresses["urls"]
        subprocess.run(
            [self.freshet, "replay", dataset, "--collector", urls["collector"], "--server", urls["server"],
             "--shift-to-now"],
            check=True, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log, timeout=600,
        )

    def signal(self, service, number):
        """Sends a signal to one service."""
        os.kill(self.addresses["pids"][service], number)
