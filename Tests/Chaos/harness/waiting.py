"""Ports, and waiting with a limit."""

from __future__ import annotations

import socket
import time


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
