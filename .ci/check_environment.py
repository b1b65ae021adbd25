"""Every environment variable that docker-compose.yml and the Dockerfile give a service must be one of its settings."""

import pathlib
import re
import sys

import yaml

root = pathlib.Path(__file__).resolve().parents[1]
services = {"collector", "stream-processor", "profile-updater", "scorer", "server"}
documented = set(re.findall(r"`([A-Z][A-Z0-9_]+)`", (root / "docs" / "configuration.md").read_text()))

compose = yaml.safe_load((root / "docker-compose.yml").read_text())
problems = []
for name in services:
    service = compose["services"].get(name)
    if service is None:
        problems.append(f"docker-compose.yml has no service {name}")
        continue
    for key in service.get("environment", {}):
        if key not in documented:
            problems.append(f"{name}: {key} is not in docs/configuration.md")
for line in re.findall(r"^ENV (.*)$", (root / "Dockerfile").read_text(), re.MULTILINE):
    for key in re.findall(r"([A-Z_]+)=", line):
        if key not in documented:
            problems.append(f"Dockerfile: {key} is not in docs/configuration.md")
for problem in problems:
    print(problem, file=sys.stderr)
sys.exit(1 if problems else 0)
