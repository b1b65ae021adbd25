"""MovieLens ratings as events and movies as catalog entries."""

from __future__ import annotations

import csv
import os
import re
import tarfile
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path


@dataclass(frozen=True)
class Event:
    """One event as an app sends it; `time` is in milliseconds since 1970."""

    id: str
    type: str
    user: str
    item: str
    value: float | None
    time: int

    def json(self) -> dict:
        fields = {
            "eventId": self.id,
            "type": self.type,
            "userId": self.user,
            "itemId": self.item,
            "timestamp": rfc3339(self.time),
        }
        if self.value is not None:
            fields["value"] = self.value
        return fields


@dataclass(frozen=True)
class Item:
    """One catalog entry; movies have categories (genres), no tags and no creator."""

    id: str
    title: str
    categories: tuple[str, ...]
    tags: tuple[str, ...] = ()
    creator: str | None = None
    # Milliseconds; the data set does not say when a movie appeared.
    created_at: int | None = None

    def json(self) -> dict:
        fields = {"id": self.id, "title": self.title, "categories": list(self.categories)}
        if self.tags:
            fields["tags"] = list(self.tags)
        if self.creator:
            fields["creator"] = self.creator
        if self.created_at is not None:
            fields["createdAt"] = rfc3339(self.created_at)
        return fields


def rfc3339(time: int) -> str:
    seconds, milliseconds = divmod(time, 1000)
    text = datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%dT%H:%M:%S")
    return f"{text}.{milliseconds:03d}Z"


def milliseconds(text: str) -> int:
    """Reads what `rfc3339` writes, without the rounding of floating point."""
    match = re.fullmatch(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,3}))?Z", text)
    if not match:
        raise ValueError(f"not a UTC time: {text!r}")
    moment = datetime.strptime(match[1], "%Y-%m-%dT%H:%M:%S").replace(tzinfo=timezone.utc)
    return int(moment.timestamp()) * 1000 + int((match[2] or "0").ljust(3, "0"))


def find(folder: str | None) -> Path:
    """The data set's folder: the one given, FRESHET_DATA's, or the demo's archive unpacked."""
    if folder is None and os.environ.get("FRESHET_DATA"):
        folder = str(Path(os.environ["FRESHET_DATA"]) / "movielens-latest-small")
    if folder is not None:
        if not (Path(folder) / "ratings.csv").is_file():
            raise SystemExit(f"there is no ratings.csv in {folder}")
        return Path(folder)
    root = Path(__file__).resolve().parents[3]
    unpacked = root / ".build-data"
    if not list(unpacked.glob("**/ratings.csv")):
        with tarfile.open(root / "deploy" / "demo" / "movielens-latest-small.tar.gz") as archive:
            # The filter came with later releases of Python; the archive is our own.
            archive.extractall(unpacked, **({"filter": "data"} if hasattr(tarfile, "data_filter") else {}))
    return next(unpacked.glob("**/ratings.csv")).parent


def items(folder: Path, tagged: bool = False) -> dict[str, Item]:
    """The movies; `tagged` gives each its ten first tags by name, so that users get more than 100 and some must go."""
    tags: dict[str, set[str]] = {}
    if tagged:
        with open(folder / "tags.csv", newline="", encoding="utf-8") as file:
            for row in csv.DictReader(file):
                if row["tag"].strip():
                    tags.setdefault(row["movieId"], set()).add(row["tag"].strip().lower())
    with open(folder / "movies.csv", newline="", encoding="utf-8") as file:
        return {
            row["movieId"]: Item(
                row["movieId"],
                row["title"],
                tuple(genre for genre in row["genres"].split("|") if genre != "(no genres listed)"),
                tuple(sorted(tags.get(row["movieId"], ()))[:10]),
            )
            for row in csv.DictReader(file)
        }


def events(folder: Path, limit: int | None = None, order: str = "time") -> list[Event]:
    """The first `limit` ratings of the file, in the order of their times or of the file.

    In the file's order a user's times jump back and forth, which is the harder case for sessions.
    """
    with open(folder / "ratings.csv", newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))[:limit]
    ratings = [
        Event(
            id=f"ml-{row['userId']}-{row['movieId']}",
            type="rating",
            user=row["userId"],
            item=row["movieId"],
            value=float(row["rating"]),
            time=int(row["timestamp"]) * 1000,
        )
        for row in rows
    ]
    return sorted(ratings, key=lambda event: event.time) if order == "time" else ratings
