"""What an HTTP answer must be: a documented status, with a body that says what is wrong."""

from __future__ import annotations

import json

# What stands behind a reason: these mean that an event was no JSON that can be read.
NOT_JSON = {"malformed-json", "invalid-utf8", "too-large"}
# Of the running collector's own description, see learn().
REASONS: set[str] = set()
STATUSES: set[int] = set()


def learn(description: dict) -> None:
    """Takes the documented statuses and reasons from the collector's OpenAPI description."""
    answer = description["components"]["schemas"]["Answer"]["properties"]["rejected"]["items"]
    REASONS.update(answer["properties"]["reason"]["enum"])
    STATUSES.update(int(status) for status in description["paths"]["/v1/events"]["post"]["responses"])


class Undocumented(AssertionError):
    """An answer that no documentation promises."""


def problem(status: int, headers, body: bytes, where: str) -> None:
    """Checks an error's body (RFC 9457)."""
    kind = (headers.get("Content-Type") or "").split(";")[0]
    try:
        said = json.loads(body)
    except ValueError:
        raise Undocumented(f"{where}: {status} with {body[:200]!r}") from None
    if kind != "application/problem+json" or said.get("status") != status or not said.get("title"):
        raise Undocumented(f"{where}: {status} {kind} {body[:200]!r}")


def events(status: int, headers, body: bytes, count: int | None, where: str) -> tuple[int, dict[str, int]]:
    """Accepted events and rejected ones by reason, of an answer to `count` events; a whole body that is refused is `{}`."""
    if status != 202:
        if status not in STATUSES or status >= 500:
            raise Undocumented(f"{where}: status {status} {body[:200]!r}")
        problem(status, headers, body, where)
        return 0, {}
    said = json.loads(body)
    reasons: dict[str, int] = {}
    for rejected in said["rejected"]:
        if rejected["reason"] not in REASONS or not rejected["detail"] or rejected["index"] < 0:
            raise Undocumented(f"{where}: {rejected}")
        reasons[rejected["reason"]] = reasons.get(rejected["reason"], 0) + 1
    if count is not None and said["accepted"] + len(said["rejected"]) != count:
        raise Undocumented(f"{where}: {count} events, answered {said['accepted']} + {len(said['rejected'])}")
    return said["accepted"], reasons
