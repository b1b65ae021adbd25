"""What a job does, on standard error, and how long each step took."""

from __future__ import annotations

import os
import sys
import time
from contextlib import contextmanager
from pathlib import Path


class Steps:
    """Names steps while they run and keeps their seconds; `pid` is the process whose processor time is shown as well."""

    def __init__(self):
        self.seconds: dict[str, float] = {}
        self.processor: dict[str, float] = {}
        self.pid: int | None = None

    @contextmanager
    def __call__(self, name: str):
        print(f"{name} …", file=sys.stderr, flush=True)
        start, used = time.monotonic(), self._processor()
        yield
        self.seconds[name] = time.monotonic() - start
        line = f"{name}: {self.seconds[name]:.1f} s"
        if used is not None and (now := self._processor()) is not None:
            self.processor[name] = now - used
            line += f", {self.processor[name]:.1f} s of processor time"
        print(line, file=sys.stderr, flush=True)

    def _processor(self) -> float | None:
        """Processor seconds of the process so far; None where the system does not say."""
        try:
            fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            return None
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
