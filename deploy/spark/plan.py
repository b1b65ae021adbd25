"""A training plan (docs/models.md), as far as a factorisation needs it."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import asdict, dataclass, field
from pathlib import Path

KINDS = ("views", "engagement", "conversions", "feedback")
KIND_OF = {
    "view": "views", "page": "views", "add_to_cart": "conversions", "remove_from_cart": "conversions",
    "purchase": "conversions", "subscribe": "conversions", "rating": "feedback", "like": "feedback",
    "dislike": "feedback", "dismiss": "feedback", "favorite": "feedback", "review": "feedback",
}  # fmt: skip
WEIGHTS = {
    "view": 1, "click": 2, "dwell": 1, "play": 2, "share": 3, "add_to_cart": 4, "remove_from_cart": -2,
    "purchase": 6, "subscribe": 6, "rating": 5, "like": 4, "dislike": -4, "dismiss": -3, "favorite": 5, "review": 3,
}  # fmt: skip
REJECTING = frozenset(["dislike", "dismiss", "remove_from_cart"])
DAY = 86_400_000
SECTIONS = {"interval", "window", "indicators", "models", "limits", "validation", "seed"}


class PlanError(Exception):
    """What is wrong with a plan, and where."""


@dataclass(frozen=True)
class Indicator:
    """What signals of one kind count, and the age in milliseconds at which they count half."""

    weight: float = 1.0
    half_life: float = 30.0 * DAY


@dataclass(frozen=True)
class Plan:
    """What the types of events say, how that fades, and how the factorisation is fitted. Times are in milliseconds."""

    weights: dict[str, float] = field(default_factory=lambda: dict(WEIGHTS))
    kinds: dict[str, str] = field(default_factory=dict)
    indicators: dict[str, Indicator] = field(default_factory=lambda: {kind: Indicator() for kind in KINDS})
    window: float | None = None
    items_per_user: int = 2000
    factors: int = 64
    iterations: int = 10
    alpha: float = 1.0
    seed: int = 42
    # The scorer's own, which no plan sets.
    cap: float = 20.0
    floor: float = 0.1
    positive_stars: float = 3.0
    popularity_half_life: float = 30.0 * DAY

    def kind(self, type: str) -> str:
        """The kind of a type of event; types of an installation's own are engagement."""
        return self.kinds.get(type) or KIND_OF.get(type, "engagement")

    @property
    def types(self) -> list[str]:
        """The types that say something of an item."""
        return sorted({type for type, weight in self.weights.items() if weight} | REJECTING | {"rating"})

    @property
    def fingerprint(self) -> str:
        """The same for the same plan."""
        text = json.dumps(asdict(self), sort_keys=True)
        return "spark-" + hashlib.sha256(text.encode()).hexdigest()[:16]


def read(path: Path | None, signal_weights: str = "") -> Plan:
    """The plan of a YAML or JSON file, the default one without; `signal_weights` is the setting `signals.weights`."""
    weights = dict(WEIGHTS)
    for pair in filter(None, signal_weights.split(",")):
        type, _, weight = pair.partition("=")
        weights[type.strip()] = number(weight, f"the weight of {type.strip()}")
    content = {} if path is None else load(path)
    if not isinstance(content, dict):
        raise PlanError(f"{path} holds no keys")
    if unknown := sorted(set(content) - SECTIONS):
        raise PlanError(f"{path}: there is no key {unknown[0]}; there are {', '.join(sorted(SECTIONS))}")
    kinds, indicators = {}, {kind: Indicator() for kind in KINDS}
    for kind, part in (content.get("indicators") or {}).items():
        if kind not in KINDS:
            raise PlanError(f"{path}: there is no kind {kind}; there are {', '.join(KINDS)}")
        indicators[kind] = Indicator(
            number(part.get("weight", 1), f"weight of {kind}"), duration(part.get("half.life", "30d"))
        )
        if (events := part.get("events")) is None:
            continue
        # The list is the kind's: what else would belong to it counts nothing.
        for type in [type for type, weight in weights.items() if KIND_OF.get(type, "engagement") == kind]:
            if weights[type] > 0 and type not in events:
                del weights[type]
        for type, weight in events.items():
            weights[type], kinds[type] = number(weight, type), kind
    models = (content.get("models") or {}).get("als", {})
    if models is False:
        raise PlanError(f"{path}: the plan has no als, and nothing else is trained here")
    models = {} if models is True else models
    return Plan(
        weights=weights,
        kinds=kinds,
        indicators=indicators,
        window=duration(content["window"]) if "window" in content else None,
        items_per_user=int((content.get("limits") or {}).get("items.per.user", 2000)),
        factors=int(models.get("factors", 64)),
        iterations=int(models.get("iterations", 10)),
        alpha=number(models.get("alpha", 1), "alpha"),
        seed=int(content.get("seed", 42)),
    )


def load(path: Path):
    """What stands in a YAML or JSON file."""
    try:
        text = path.read_text()
    except OSError as error:
        raise PlanError(f"cannot read the plan {path}: {error.strerror}") from error
    if path.suffix == ".json":
        try:
            return json.loads(text)
        except json.JSONDecodeError as error:
            raise PlanError(f"{path}: {error}") from error
    try:
        import yaml
    except ImportError as error:
        raise PlanError(f"{path}: a plan in YAML needs PyYAML (requirements.txt); JSON does not") from error
    try:
        return yaml.safe_load(text) or {}
    except yaml.YAMLError as error:
        raise PlanError(f"{path}: {error}") from error


def duration(text) -> float:
    """`30d`, `12h`, `5m`, `60s` or `500ms` in milliseconds."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)(ms|s|m|h|d)", str(text))
    if not match:
        raise PlanError(f"'{text}' is no duration such as 30d, 12h, 5m, 60s")
    return float(match[1]) * {"ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000, "d": DAY}[match[2]]


def number(text, name: str) -> float:
    """A number, or an error that names what it was for."""
    try:
        return float(text)
    except (TypeError, ValueError):
        raise PlanError(f"{name}: '{text}' is no number") from None
