"""Which metrics the services expose, and which ones dashboards and rules use."""

from __future__ import annotations

import json
import re

import yaml

from workloads import ROOT

_OURS = re.compile(
    r"(?<![\w:])((?:collector|stream_processor|profile_updater|scorer|server|kafka|redis|process|freshet)_\w+)(?![\w:]*\()"
)


def exposed(text: str) -> set[str]:
    """The names of the samples in a text of the Prometheus format."""
    return {re.match(r"[A-Za-z_:][\w:]*", line)[0] for line in text.splitlines() if line and line[0] != "#"}


def used() -> set[str]:
    """The services' metrics that deploy/prometheus and deploy/grafana name."""
    return {name for expression in expressions() for name in names_in(expression)}


def names_in(expression: str) -> set[str]:
    """The names of our metrics in a PromQL expression; what stands in quotes or behind `by` is no metric."""
    bare = re.sub(r'"[^"]*"', '""', expression)
    bare = re.sub(r"\b(by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)", " ", bare)
    return set(_OURS.findall(bare))


def expressions() -> list[str]:
    """All PromQL of rules and dashboards."""
    found = []
    for path in (ROOT / "deploy" / "prometheus").glob("*-rules.yml"):
        for group in yaml.safe_load(path.read_text())["groups"]:
            found += [rule["expr"] for rule in group["rules"]]
    for path in (ROOT / "deploy" / "grafana").glob("*.json"):
        for panel in json.loads(path.read_text())["panels"]:
            found += [target["expr"] for target in panel.get("targets", [])]
    return found
