"""The artefact that a scorer loads (`FRESHMDL`), written with Python's standard library alone.

All numbers are little-endian: `FRESHMDL`, UInt32 version, UInt32 number of sections; per section, in the order of their
names, UInt32 length of the name, name, UInt64 length, bytes; at the end the CRC-32 of everything before it.
"""

from __future__ import annotations

import json
import os
import struct
import sys
import zlib
from array import array
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

MAGIC = b"FRESHMDL"
VERSION = 1
ALS, POPULARITY, ITEMS, INFO = "als-2", "popularity", "item-ids", "info"
# What belongs to the factorisation that was there before: its vectors in a byte per number, and the ranker, which has
# learned from its scores.
SUPERSEDED = ("als", "als-8-bit", "ranker")

# Numbers of choices, as the section of ALS has them.
LINEAR_CONFIDENCE, WEIGHTED_REGULARIZATION, AUTOMATIC_SOLVER, PUBLISHED_START = 0, 2, 0, 0


class ArtefactError(Exception):
    """Bytes that are no artefact, or parts that do not fit together."""


@dataclass(frozen=True)
class ALSParameters:
    """What Spark was given; a scorer folds users in with the same numbers."""

    factors: int
    iterations: int
    regularization: float
    alpha: float


def floats(values: Iterable[float]) -> bytes:
    """A count and the numbers in single precision."""
    numbers = values if isinstance(values, array) and values.typecode == "f" else array("f", values)
    if sys.byteorder == "big":
        numbers = array("f", numbers)
        numbers.byteswap()
    return struct.pack("<Q", len(numbers)) + numbers.tobytes()


def als_section(parameters: ALSParameters, items: array) -> bytes:
    """Hyper-parameters and the items' vectors one after the other.

    The objective is the one of Spark MLlib: confidence 1 + alpha times weight, lambda times the number of interactions.
    """
    count, rest = divmod(len(items), parameters.factors)
    if rest:
        raise ArtefactError(f"{len(items)} numbers are no vectors of {parameters.factors}")
    return (
        struct.pack("<IIf", parameters.factors, parameters.iterations, parameters.regularization)
        + struct.pack("<Iff", LINEAR_CONFIDENCE, parameters.alpha, 0)
        + struct.pack("<Iff", WEIGHTED_REGULARIZATION, 0, 0)
        + struct.pack("<IIIQ", AUTOMATIC_SOLVER, 0, PUBLISHED_START, count)
        + floats(items)
    )


def popularity_section(sums: Iterable[float]) -> bytes:
    """What was added up (1: weights), and the sum for each item."""
    return struct.pack("<I", 1) + floats(sums)


def bundle(ids: list[str], als: bytes, popularity: bytes, info: dict) -> dict[str, bytes]:
    """The sections of a bundle of one factorisation."""
    if len(set(ids)) != len(ids) or any("\n" in id or not id for id in ids):
        raise ArtefactError("an item's id stands twice, is empty or has a line feed")
    return {
        ALS: als,
        POPULARITY: popularity,
        ITEMS: "\n".join(ids).encode(),
        INFO: json.dumps(info, indent=2, sort_keys=True, ensure_ascii=False).encode(),
    }


def replacing(base: dict[str, bytes], sections: dict[str, bytes]) -> dict[str, bytes]:
    """The base with other sections, and without what its factorisation leaves behind."""
    return {name: content for name, content in base.items() if name not in SUPERSEDED} | sections


def encode(sections: dict[str, bytes]) -> bytes:
    """The bytes of an artefact, the same for the same sections."""
    parts = [MAGIC, struct.pack("<II", VERSION, len(sections))]
    for name, content in sorted(sections.items(), key=lambda section: section[0].encode()):
        encoded = name.encode()
        parts += [struct.pack("<I", len(encoded)), encoded, struct.pack("<Q", len(content)), content]
    body = b"".join(parts)
    return body + struct.pack("<I", zlib.crc32(body))


def decode(data: bytes) -> dict[str, bytes]:
    """The sections of an artefact, whoever wrote it."""
    if len(data) < 20 or data[:8] != MAGIC:
        raise ArtefactError("this is no artefact: the magic number is missing")
    if struct.unpack("<I", data[-4:])[0] != zlib.crc32(data[:-4]):
        raise ArtefactError("the artefact is damaged: its checksum differs")
    version, count = struct.unpack_from("<II", data, 8)
    if version != VERSION:
        raise ArtefactError(f"the artefact has format version {version}, this code reads {VERSION}")
    sections, place = {}, 16
    try:
        for _ in range(count):
            (length,) = struct.unpack_from("<I", data, place)
            name = data[place + 4 : place + 4 + length].decode()
            (size,) = struct.unpack_from("<Q", data, place + 4 + length)
            place += 12 + length + size
            sections[name] = data[place - size : place]
    except (struct.error, UnicodeDecodeError) as error:
        raise ArtefactError(f"the artefact is damaged: {error}") from error
    if place != len(data) - 4:
        raise ArtefactError("the artefact is damaged: its sections do not fill it")
    return sections


def item_ids(sections: dict[str, bytes]) -> list[str]:
    """The ids of an artefact's items by index."""
    if ITEMS not in sections:
        raise ArtefactError(f"the artefact has no section {ITEMS}")
    return sections[ITEMS].decode().split("\n")


def write(path: Path, data: bytes) -> None:
    """Replaces the file as a whole."""
    unfinished = path.with_name(f".{path.name}.part")
    with open(unfinished, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)
