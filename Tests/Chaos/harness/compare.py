"""Compares a profile as GET /v1/users/{id} prints it with the recomputed one."""

from __future__ import annotations

import math

from . import segments
from .fold import DAY, Profile
from .movielens import milliseconds

TOLERANCE = 1e-9


def differences(user: str, expected: Profile, printed: dict, asked: tuple[int, int] = (0, 0)) -> list[str]:
    """One line for everything that differs; empty when the profiles agree.

    The profile was printed at some moment of `asked`, in milliseconds since 1970; recency counts from then.
    """
    found: list[str] = []

    def check(what: str, want: object, got: object) -> None:
        if want != got:
            found.append(f"user {user}: {what} is {got!r}, recomputed {want!r}")

    check("user", user, printed.get("user"))
    check("revision", expected.revision, printed.get("revision"))
    check("firstSeen", expected.first_seen, milliseconds(printed["firstSeen"]))
    check("lastSeen", expected.last_seen, milliseconds(printed["lastSeen"]))
    check("sessions", expected.sessions, printed.get("sessions"))
    check("counters", dict(expected.counters), printed.get("counters"))
    _compare_affinities(expected, printed["affinities"], check)
    _compare_items(expected, printed["items"], check)
    _compare_rfm(expected, printed["rfm"], asked, check)
    # Clusters and RFM segments follow the model that was in force, which the log does not tell.
    rules = [name for name in printed["segments"]["names"] if not name.startswith(("cluster-", "rfm-"))]
    check("rule segments", segments.names(expected.happened, expected.last_seen, expected.sessions), rules)
    return found


def _close(a: float, b: float, scale: float | None = None) -> bool:
    return abs(a - b) <= TOLERANCE * (max(abs(a), abs(b)) if scale is None else scale)


def _compare_affinities(expected: Profile, printed: dict, check) -> None:
    check("affinities.asOf", expected.last_seen, milliseconds(printed["asOf"]))
    for dimension, table in expected.affinities.items():
        sums = {name: entry.sums(expected.last_seen) for name, entry in table.items()}
        want = {name for name, both in sums.items() if any(both)}
        got = {entry["name"]: entry for entry in printed[dimension] if entry["liked"] or entry["disliked"]}
        check(f"{dimension} by name", sorted(want), sorted(got))
        check(f"{dimension} listed once", len(printed[dimension]), len({entry["name"] for entry in printed[dimension]}))
        for name in want & got.keys():
            liked, disliked = sums[name]
            entry = got[name]
            # The difference of two sums is only as exact as the sums.
            near = (
                _close(liked, entry["liked"])
                and _close(disliked, entry["disliked"])
                and _close(liked - disliked, entry["affinity"], scale=liked + disliked)
            )
            if not near:
                check(f"{dimension} {name!r}", {"liked": liked, "disliked": disliked}, entry)
        listed = [entry["affinity"] for entry in printed[dimension]]
        check(f"{dimension} strongest first", sorted(listed, reverse=True), listed)


def _compare_items(expected: Profile, printed: list[dict], check) -> None:
    got = {entry["id"]: entry for entry in printed}
    check("items", sorted(expected.items), sorted(got))
    check("items listed once", len(printed), len(got))
    for name, entry in expected.items.items():
        shown = got.get(name)
        if shown is None:
            continue
        if not _close(entry.strength, shown["strength"]):
            check(f"item {name} strength", entry.strength, shown["strength"])
        check(
            f"item {name}",
            (entry.signal, entry.last_time, entry.count, entry.consumed, entry.rejected),
            (
                shown["signal"], milliseconds(shown["lastTime"]), shown["count"], shown["consumed"], shown["rejected"],
            ),
        )  # fmt: skip


def _compare_rfm(expected: Profile, printed: dict, asked: tuple[int, int], check) -> None:
    check("rfm.frequency", len(expected.purchases), printed["frequency"])
    if not _close(math.fsum(value for _, value in expected.purchases), printed["monetary"]):
        check("rfm.monetary", math.fsum(value for _, value in expected.purchases), printed["monetary"])
    if not expected.purchases:
        check("rfm.recencyDays", None, printed["recencyDays"])
    else:
        latest = max(time for time, _ in expected.purchases)
        soonest, last = ((moment - latest) / DAY for moment in asked)
        if printed["recencyDays"] is None or not soonest - 1e-9 <= printed["recencyDays"] <= last + 1e-9:
            check("rfm.recencyDays", (soonest, last), printed["recencyDays"])
