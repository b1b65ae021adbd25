"""What the deployment files start: program, arguments and environment of each service, as a container engine would see them.

An image contributes its ENTRYPOINT, ENV and STOPSIGNAL, read from the Dockerfile; manifests and docker-compose.yml add to
that or override it.
"""

from __future__ import annotations

import json
import os
import pathlib
import re
import shlex
import subprocess
from dataclasses import dataclass, field

import yaml

import kustomize

ROOT = pathlib.Path(__file__).resolve().parents[2]
SERVICES = ["collector", "stream-processor", "profile-updater", "scorer", "server"]
OVERLAYS = ["small", "large"]
# What the Secrets hold in the tests; manifests only name them.
SECRETS = {
    ("freshet-redis", "url"): "redis://redis:6379/0",
    ("freshet-api-keys", "keys"): "a-key-for-the-test-only",
}


@dataclass
class Image:
    """A target of the Dockerfile."""

    entrypoint: list[str] = field(default_factory=list)
    environment: dict[str, str] = field(default_factory=dict)
    stop_signal: str = "SIGTERM"
    user: str = "0"
    ports: set[int] = field(default_factory=set)
    health_check: str | None = None


@dataclass
class Workload:
    """One container of a source (an overlay or compose)."""

    name: str
    image: str
    command: list[str]
    environment: dict[str, str]
    stop_signal: str
    grace_seconds: float
    # Which variables come from a Secret, or from the environment of whoever starts compose.
    secret: set[str] = field(default_factory=set)
    # Path and port of the readiness probe; the image's health check for compose.
    readiness: tuple[str, int] | None = None


def images(dockerfile: pathlib.Path = ROOT / "Dockerfile") -> dict[str, Image]:
    """The Dockerfile's targets by name, each with what it inherits."""
    text = re.sub(r"\\\n", " ", "\n".join(l for l in dockerfile.read_text().splitlines() if not l.startswith("#")))
    found: dict[str, Image] = {}
    image = Image()
    for line in text.splitlines():
        word, _, rest = line.strip().partition(" ")
        if word == "FROM":
            base, _, name = rest.partition(" AS ")
            parent = found.get(base, Image())
            image = Image(
                parent.entrypoint, dict(parent.environment), parent.stop_signal, parent.user, set(parent.ports),
                parent.health_check,
            )  # fmt: skip
            found[name] = image
        elif word == "ENV":
            image.environment.update(pair.split("=", 1) for pair in shlex.split(rest))
        elif word == "ENTRYPOINT":
            image.entrypoint = json.loads(rest)
        elif word == "STOPSIGNAL":
            image.stop_signal = rest
        elif word == "USER":
            image.user = rest
        elif word == "EXPOSE":
            image.ports |= {int(port) for port in rest.split()}
        elif word == "HEALTHCHECK":
            image.health_check = None if rest == "NONE" else rest
    return found


def from_overlay(name: str) -> list[Workload]:
    """The containers of a kustomize overlay; the Job comes first, as the services wait for it."""
    objects = kustomize.render(ROOT / "deploy" / "k8s" / "overlays" / name)
    maps = {found["metadata"]["name"]: found["data"] for found in objects if found["kind"] == "ConfigMap"}
    built = images()
    workloads = []
    for found in sorted(objects, key=lambda found: found["kind"] != "Job"):
        if found["kind"] not in ("Deployment", "StatefulSet", "Job"):
            continue
        pod = found["spec"]["template"]["spec"]
        for container in pod["containers"]:
            image = built[_target(container["image"])]
            environment, secret = dict(image.environment), set()
            for source in container.get("envFrom", []):
                if "configMapRef" in source:
                    environment.update(maps[source["configMapRef"]["name"]])
                elif not source["secretRef"].get("optional"):
                    raise ValueError(f"{container['name']}: a whole Secret that is not optional")
            for entry in container.get("env", []):
                value, is_secret = _value(entry, found["metadata"]["name"])
                environment[entry["name"]] = value
                if is_secret:
                    secret.add(entry["name"])
            ports = {port["name"]: port["containerPort"] for port in container.get("ports", [])}
            probe = container.get("readinessProbe", {}).get("httpGet")
            workloads.append(
                Workload(
                    name=container["name"],
                    image=_target(container["image"]),
                    command=container.get("command", image.entrypoint) + container.get("args", []),
                    environment=environment,
                    # Kubernetes sends what the image asks for.
                    stop_signal=image.stop_signal,
                    grace_seconds=pod.get("terminationGracePeriodSeconds", 30),
                    secret=secret,
                    readiness=(probe["path"], ports[probe["port"]]) if probe else None,
                )
            )
    return workloads


def from_compose() -> list[Workload]:
    """The services of docker-compose.yml that are built here, as `docker-compose config` prints them."""
    config = compose_config()
    built = images()
    workloads = []
    for name, service in sorted(config["services"].items(), key=lambda pair: pair[0] != "topics"):
        if "build" not in service:
            continue
        image = built[service["build"]["target"]]
        environment = {**image.environment, **{k: str(v) for k, v in (service.get("environment") or {}).items()}}
        workloads.append(
            Workload(
                name=name,
                image=service["build"]["target"],
                command=(service.get("entrypoint") or image.entrypoint) + (service.get("command") or []),
                environment=environment,
                stop_signal=service.get("stop_signal", image.stop_signal),
                grace_seconds=float(str(service.get("stop_grace_period", "10s")).rstrip("s").replace("1m0", "60")),
                secret={"API_KEYS"} & environment.keys(),
                readiness=None,
            )
        )
    return workloads


def compose_config() -> dict:
    """docker-compose.yml with everything resolved, the demo included."""
    output = subprocess.run(
        ["docker-compose", "-f", str(ROOT / "docker-compose.yml"), "--profile", "demo", "config"],
        env={**os.environ, "API_KEYS": SECRETS["freshet-api-keys", "keys"]},
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    return yaml.safe_load(output.stdout)


def _target(image: str) -> str:
    """The Dockerfile's target of an image's name: the last part of its path."""
    return image.rsplit("/", 1)[-1].split(":")[0]


def _value(entry: dict, workload: str) -> tuple[str, bool]:
    if "value" in entry:
        return entry["value"], False
    source = entry["valueFrom"]
    if "secretKeyRef" in source:
        return SECRETS[source["secretKeyRef"]["name"], source["secretKeyRef"]["key"]], True
    if source.get("fieldRef", {}).get("fieldPath") == "metadata.name":
        return f"{workload}-0", False
    raise ValueError(f"{workload}: {entry['name']} comes from something unknown: {source}")
