"""Reads the binary values in Redis: `docs/architecture.md` names the keys, `Shared/Events/Fence+Coding.swift` the form."""

from __future__ import annotations

SIGNAL_CODES = {1: "views", 2: "clicks", 3: "engagement", 4: "conversions", 5: "feedback", 6: "impressions", 7: "users"}


class Bytes:
    """A position in a value."""

    def __init__(self, value: bytes):
        self._value = value
        self._position = 0

    def byte(self) -> int:
        self._position += 1
        return self._value[self._position - 1]

    def varint(self) -> int:
        number = shift = 0
        while True:
            digit = self.byte()
            number |= (digit & 0x7F) << shift
            shift += 7
            if digit < 0x80:
                return number

    def fence(self) -> dict[str, tuple[int, int, int]]:
        """Per topic generation, partition and offset; a count of entries stands first."""
        found = {}
        for _ in range(self.byte()):
            topic = SIGNAL_CODES[self.byte()]
            found[topic] = (self.varint(), self.varint(), self.varint())
        return found
