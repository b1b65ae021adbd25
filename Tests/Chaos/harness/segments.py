"""Rule segments as docs/segments.md defines them: a rule file for the run, and the same rules computed plainly."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

DAY = 86_400_000

RULES = [
    {"name": "busy-week", "when": {"events": "any", "count": ">= 5", "within": "7d"}},
    {"name": "category-fan", "when": {"events": ["rating", "view"], "category": "any", "count": "> 3", "within": "30d"}},
    {"name": "drama", "when": {"events": "any", "category": "Drama", "count": ">= 4", "within": "90d"}},
    {"name": "raters", "when": {"all": [{"events": "rating", "count": ">= 10"}, {"not": {"sessions": "> 8"}}]}},
]


def write(folder: Path) -> str:
    """The path of the rule file, written into `folder`."""
    path = folder / "segments.json"
    path.write_text(json.dumps({"segments": RULES}), encoding="utf-8")
    return str(path)


def names(happened: list[tuple[int, str, tuple[str, ...]]], last_seen: int, sessions: int) -> list[str]:
    """The segments of a user of whom these (time, type, categories of the item) are known, ascending."""

    def within(days: int, *types: str) -> list[tuple[str, ...]]:
        first = last_seen // DAY - days + 1
        return [names for time, kind, names in happened if time // DAY >= first and (not types or kind in types)]

    per_category = Counter(name for names in within(30, "rating", "view") for name in set(names))
    holds = {
        "busy-week": len(within(7)) >= 5,
        "category-fan": max(per_category.values(), default=0) > 3,
        "drama": sum("Drama" in names for names in within(90)) >= 4,
        "raters": sum(kind == "rating" for _, kind, _ in happened) >= 10 and not sessions > 8,
    }
    return sorted(name for name, is_in in holds.items() if is_in)
