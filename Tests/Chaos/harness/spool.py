"""The collectors' spools: small on purpose, one of them on a disk of its own that can be filled."""

from __future__ import annotations

import subprocess
from pathlib import Path

# A few seconds' worth of events.
SMALL = 256 << 10
DISK = 8 << 20


class SpoolDisks:
    """A folder for each collector's spool, and what its environment says of it.

    The second collector's is a file system of its own where one may be mounted; the first one's is bounded by its setting.
    """

    def __init__(self, folder: Path):
        self._bounded = folder / "spool-1"
        self._mounted = folder / "spool-2"
        self._filler = self._mounted / "filler"
        for path in (self._bounded, self._mounted):
            path.mkdir()
        mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK}", "freshet-chaos", str(self._mounted)]
        try:
            self.is_mounted = subprocess.run(mount, capture_output=True, check=False).returncode == 0
        except OSError:
            self.is_mounted = False

    @property
    def environments(self) -> dict[str, dict[str, str]]:
        bytes = 1 << 30 if self.is_mounted else SMALL
        return {
            "collector": {"SPOOL_DIR": str(self._bounded), "SPOOL_MAX_BYTES": str(SMALL)},
            "collector.2": {"SPOOL_DIR": str(self._mounted / "spool"), "SPOOL_MAX_BYTES": str(bytes)},
        }

    def fill(self) -> None:
        """Leaves no byte free on the second collector's disk."""
        if not self.is_mounted:
            return
        with open(self._filler, "wb", buffering=0) as file:
            try:
                while True:
                    file.write(b"\0" * 65_536)
            except OSError:
                return

    def empty(self) -> None:
        self._filler.unlink(missing_ok=True)

    def close(self) -> None:
        if self.is_mounted:
            subprocess.run(["umount", "-l", str(self._mounted)], check=False)
