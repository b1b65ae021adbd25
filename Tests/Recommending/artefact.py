"""Just enough of the artefact's format to damage one so that it is whole, and wrong."""

from __future__ import annotations

import random
import struct
import zlib

MAGIC = b"FRESHMDL"


def sections(artefact: bytes) -> dict[str, bytes]:
    """The parts by name; see `ModelArtefact` for the layout."""
    if artefact[:8] != MAGIC or zlib.crc32(artefact[:-4]) != struct.unpack("<I", artefact[-4:])[0]:
        raise ValueError("this is no artefact")
    _, count = struct.unpack_from("<II", artefact, 8)
    place, found = 16, {}
    for _ in range(count):
        (length,) = struct.unpack_from("<I", artefact, place)
        name = artefact[place + 4 : place + 4 + length].decode()
        place += 4 + length
        (length,) = struct.unpack_from("<Q", artefact, place)
        found[name] = artefact[place + 8 : place + 8 + length]
        place += 8 + length
    return found


def encoded(parts: dict[str, bytes]) -> bytes:
    """The bytes of an artefact."""
    out = MAGIC + struct.pack("<II", 1, len(parts))
    for name, part in sorted(parts.items()):
        out += struct.pack("<I", len(name)) + name.encode() + struct.pack("<Q", len(part)) + part
    return out + struct.pack("<I", zlib.crc32(out))


def permuted(artefact: bytes, seed: int) -> bytes:
    """The same models with the vectors, neighbours and counts of each item given to another one."""
    parts = sections(artefact)
    ids = parts["item-ids"].split(b"\n")
    random.Random(seed).shuffle(ids)
    return encoded({**parts, "item-ids": b"\n".join(ids)})
