"""Checks Dockerfile, docker-compose.yml, manifests, rules and dashboards against each other and against the services.

    python3 Tests/Deployment/check.py

Every manifest is valid (built-in kinds by the schemas of Kubernetes, others by small schemas beside this file), names of
variables are settings, ports are the services' own, what is secret comes from Secrets, autoscalers fit what they scale, and
every alert is explained in docs/operations.md. Needs PyYAML, jsonschema and kubernetes-validate, and promtool.
"""

from __future__ import annotations

import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import jsonschema
import kubernetes_validate
import yaml

import kustomize
import metric_names
import settings
import workloads
from workloads import OVERLAYS, ROOT, SERVICES

KUBERNETES = "1.31"
PORTS = {"http": "HTTP_PORT", "admin": "ADMIN_PORT"}
problems: list[str] = []


def expect(holds: object, what: str) -> None:
    if not holds:
        problems.append(what)


def main() -> int:
    known = settings.of_services()
    check_images(known)
    check_compose(known)
    for overlay in OVERLAYS:
        objects = kustomize.render(ROOT / "deploy" / "k8s" / "overlays" / overlay)
        compare_with_kubectl(overlay, objects)
        for found in objects:
            validate(overlay, found)
        check_workloads(overlay, objects, known)
        check_pods(overlay, objects)
        check_references(overlay, objects)
        check_scaling(overlay, objects, known)
        check_volumes(overlay, objects)
    check_documentation(known)
    check_rules()
    check_dashboards()
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


# Images and compose


def check_images(known: dict) -> None:
    images = workloads.images()
    for name in SERVICES:
        image = images.get(name)
        expect(image, f"Dockerfile: no target {name}")
        if image is None:
            continue
        expect(image.entrypoint == [name], f"Dockerfile: {name} starts {image.entrypoint}")
        expect(image.health_check, f"Dockerfile: {name} has no HEALTHCHECK")
        for variable in image.environment:
            expect(settings.knows(known[name], variable), f"Dockerfile: {variable} is not a setting of {name}")
        declared = {int(image.environment[variable]) for variable in PORTS.values() if variable in image.environment}
        defaults = {int(known[name][variable].default) for variable in PORTS.values() if variable in known[name]}
        expect(declared == image.ports == defaults, f"Dockerfile: ports of {name}: {declared} {image.ports} {defaults}")
    for name, image in images.items():
        user = image.user.split(":")[0]
        expect(name in ("build",) or user.isdigit() and int(user) > 0, f"Dockerfile: {name} runs as {image.user}")


def check_compose(known: dict) -> None:
    config = workloads.compose_config()
    for name in SERVICES:
        service = config["services"].get(name, {})
        expect(service.get("build", {}).get("target") == name, f"compose: {name} is not built from its target")
        waits = service.get("depends_on", {}).get("topics", {}).get("condition")
        expect(waits == "service_completed_successfully", f"compose: {name} does not wait for the topics")
        expect(service.get("read_only"), f"compose: the root file system of {name} can be written to")
    for workload in workloads.from_compose():
        check_variables("compose", workload, known)
    redis = config["services"]["redis"]["command"]
    for argument in ("--appendonly yes", "--appendfsync everysec", "--maxmemory-policy noeviction"):
        expect(argument in " ".join(redis), f"compose: redis-server runs without {argument}")


def check_variables(where: str, workload: workloads.Workload, known: dict) -> None:
    """Only settings are set, the ports are the documented ones, and nothing secret stands in the files."""
    for name in workload.environment:
        if workload.image in SERVICES:
            expect(settings.knows(known[workload.image], name), f"{where}: {name} is not a setting of {workload.name}")
        else:
            is_known = name in settings.TOOL or any(settings.knows(one, name) for one in known.values())
            expect(is_known, f"{where}: {name} of {workload.name} is no setting")
    for name in PORTS.values():
        if workload.image in SERVICES and name in workload.environment:
            default = known[workload.image][name].default
            expect(workload.environment[name] == default, f"{where}: {name} of {workload.name} is not {default}")


# Manifests


def compare_with_kubectl(overlay: str, ours: list[dict]) -> None:
    """Our renderer and kustomize agree; checked where a kubectl is new enough to know all that we use."""
    kubectl = shutil.which("kubectl")
    if not kubectl:
        return
    version = subprocess.run([kubectl, "version", "--client"], capture_output=True, text=True)
    if not re.search(r"Kustomize Version: v[5-9]", version.stdout):
        return
    folder = str(ROOT / "deploy" / "k8s" / "overlays" / overlay)
    result = subprocess.run([kubectl, "kustomize", folder], capture_output=True, text=True)
    expect(result.returncode == 0 and not result.stderr, f"kubectl kustomize {overlay}: {result.stderr}")
    text = re.sub(r"(name: freshet)-[0-9a-z]{10}$", r"\1", result.stdout, flags=re.MULTILINE)
    theirs = {(found["kind"], found["metadata"]["name"]): found for found in yaml.safe_load_all(text)}
    mine = {(found["kind"], found["metadata"]["name"]): found for found in ours}
    expect(mine.keys() == theirs.keys(), f"{overlay}: kubectl renders other objects: {mine.keys() ^ theirs.keys()}")
    for key in mine.keys() & theirs.keys():
        expect(_sorted(mine[key]) == _sorted(theirs[key]), f"{overlay}: kubectl renders another {key}")


def _sorted(value: object) -> object:
    """The order of variables means nothing, as none refers to another."""
    if isinstance(value, dict):
        return {
            key: sorted(inner, key=lambda entry: entry["name"]) if key == "env" else _sorted(inner)
            for key, inner in value.items()
        }
    return [_sorted(inner) for inner in value] if isinstance(value, list) else value


def validate(overlay: str, found: dict) -> None:
    name = f"{overlay}: {found['kind']} {found['metadata']['name']}"
    own = ROOT / "Tests" / "Deployment" / "schemas" / f"{found['apiVersion'].replace('/', '_')}_{found['kind']}.json"
    try:
        if own.exists():
            jsonschema.validate(found, json.loads(own.read_text()))
        else:
            kubernetes_validate.validate(found, KUBERNETES, strict=True)
    except (jsonschema.ValidationError, kubernetes_validate.ValidationError) as error:
        problems.append(f"{name}: {'/'.join(str(part) for part in error.path)}: {error.message}")
    expect(found["kind"] != "Secret", f"{name}: secrets do not belong into the repository")
    expect(
        found["kind"] == "Namespace" or found["metadata"].get("namespace") == "freshet", f"{name}: no namespace"
    )
    expect(found["kind"] == "Namespace" or "labels" in found["metadata"] or found["kind"] == "ConfigMap",
           f"{name}: no labels")  # fmt: skip


def check_workloads(overlay: str, objects: list[dict], known: dict) -> None:
    started = workloads.from_overlay(overlay)
    expect({w.name for w in started} == {*SERVICES, "topics"}, f"{overlay}: runs {[w.name for w in started]}")
    for workload in started:
        check_variables(overlay, workload, known)
        for name in workload.environment:
            is_open = settings.SECRET.match(name) and name not in workload.secret
            expect(not is_open, f"{overlay}: {name} of {workload.name} does not come from a Secret")
    for found in objects:
        for name in found.get("data", {}) if found["kind"] == "ConfigMap" else []:
            expect(not settings.SECRET.match(name), f"{overlay}: {name} stands in a ConfigMap")


def check_pods(overlay: str, objects: list[dict]) -> None:
    """What the restricted profile of pod security asks for, and what keeps a pod from hurting others."""
    for found in objects:
        if found["kind"] not in ("Deployment", "StatefulSet", "Job"):
            continue
        name = f"{overlay}: {found['metadata']['name']}"
        pod = found["spec"]["template"]["spec"]
        security = pod["securityContext"]
        expect(security.get("runAsNonRoot") is True and security.get("runAsUser", 0) > 0, f"{name} may run as root")
        expect(security.get("seccompProfile", {}).get("type") == "RuntimeDefault", f"{name} has no seccomp profile")
        expect(pod.get("automountServiceAccountToken") is False, f"{name} gets a token")
        expect(pod.get("enableServiceLinks") is False, f"{name} gets variables of other services")
        for container in pod["containers"]:
            inner = container["securityContext"]
            expect(inner.get("allowPrivilegeEscalation") is False, f"{name} may gain privileges")
            expect(inner.get("readOnlyRootFilesystem") is True, f"{name} may write to its image")
            expect(inner.get("capabilities", {}).get("drop") == ["ALL"], f"{name} keeps capabilities")
            resources = container["resources"]
            expect({"cpu", "memory"} <= resources["requests"].keys(), f"{name} requests too little")
            expect("memory" in resources["limits"], f"{name} has no limit of memory")
            expect(re.search(r":[^:/]+$", container["image"]), f"{name}: the image has no tag")
            if found["kind"] != "Job":
                for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
                    expect(container.get(probe, {}).get("httpGet", {}).get("port") == "admin", f"{name}: no {probe}")
                ready = container["readinessProbe"]["httpGet"]["path"]
                expect(ready == "/health/ready", f"{name}: readiness asks {ready}")
                expect(container["livenessProbe"]["httpGet"]["path"] == "/health/live", f"{name}: wrong liveness path")


def check_references(overlay: str, objects: list[dict]) -> None:
    """Selectors find pods, Services lead to ports that exist, Ingresses to Services."""
    pods = {
        found["metadata"]["name"]: found["spec"]["template"]
        for found in objects if found["kind"] in ("Deployment", "StatefulSet")
    }  # fmt: skip
    services = {found["metadata"]["name"]: found for found in objects if found["kind"] == "Service"}
    budgets = {found["metadata"]["name"] for found in objects if found["kind"] == "PodDisruptionBudget"}
    expect(budgets == set(pods), f"{overlay}: PodDisruptionBudgets for {budgets}, pods of {set(pods)}")
    for found in objects:
        name = f"{overlay}: {found['kind']} {found['metadata']['name']}"
        selector = found.get("spec", {}).get("selector")
        if found["kind"] == "Service":
            labels = selector
        elif found["kind"] in ("PodDisruptionBudget", "Deployment", "StatefulSet"):
            labels = selector["matchLabels"]
        else:
            continue
        matched = [pod for pod in pods.values() if labels.items() <= pod["metadata"]["labels"].items()]
        expect(len(matched) == 1, f"{name} selects {len(matched)} workloads")
        for port in found["spec"].get("ports", []):
            there = {p["name"]: p["containerPort"] for c in matched[0]["spec"]["containers"] for p in c["ports"]}
            expect(there.get(port["targetPort"]) == port["port"], f"{name}: port {port} leads nowhere")
        if found["kind"] == "StatefulSet":
            expect(found["spec"]["serviceName"] in services, f"{name}: no Service {found['spec']['serviceName']}")
    for found in objects:
        for rule in found["spec"]["rules"] if found["kind"] == "Ingress" else []:
            for path in rule["http"]["paths"]:
                backend = path["backend"]["service"]
                ports = {port["name"] for port in services.get(backend["name"], {"spec": {"ports": []}})["spec"]["ports"]}
                expect(backend["port"]["name"] in ports, f"{overlay}: the Ingress leads to {backend}")
            hosts = [host for entry in found["spec"]["tls"] for host in entry["hosts"]]
            expect(rule["host"] in hosts, f"{overlay}: {rule['host']} has no TLS")


def check_scaling(overlay: str, objects: list[dict], known: dict) -> None:
    """Each workload has one autoscaler at most, and none scales beyond the partitions."""
    (config,) = (found["data"] for found in objects if found["kind"] == "ConfigMap")
    scaled: dict[str, dict] = {}
    for found in objects:
        if found["kind"] not in ("HorizontalPodAutoscaler", "ScaledObject"):
            continue
        target = found["spec"]["scaleTargetRef"]
        name = f"{overlay}: {found['kind']} {found['metadata']['name']}"
        expect(target["name"] not in scaled, f"{name}: {target['name']} has another autoscaler")
        scaled[target["name"]] = found
        there = [o for o in objects if (o["kind"], o["metadata"]["name"]) == (target["kind"], target["name"])]
        expect(there, f"{name}: there is no {target}")
        expect(all("replicas" not in o["spec"] for o in there), f"{name}: the target has a number of replicas, too")
        if found["kind"] == "ScaledObject":
            partitions = int(config["TOPICS_PARTITIONS"])
            expect(found["spec"]["maxReplicaCount"] <= partitions, f"{name}: more instances than partitions")
            for trigger in found["spec"]["triggers"]:
                metadata = trigger["metadata"]
                group = known[target["name"]]["KAFKA_GROUP"].default
                expect(metadata["consumerGroup"] == group, f"{name}: the group is {group}")
                expect(metadata["bootstrapServers"] == config["KAFKA_BOOTSTRAP_SERVERS"], f"{name}: other brokers")
                topic = metadata.get("topic", config["TOPICS_PREFIX"])
                expect(topic.startswith(config["TOPICS_PREFIX"]), f"{name}: the topic {topic}")
    if scaled:
        expect(scaled.keys() == set(SERVICES), f"{overlay}: autoscalers for {sorted(scaled)} only")


def check_volumes(overlay: str, objects: list[dict]) -> None:
    """Folders lie on volumes, and the spool fits its volume."""
    for found in objects:
        if found["kind"] not in ("Deployment", "StatefulSet"):
            continue
        name = f"{overlay}: {found['metadata']['name']}"
        (container,) = found["spec"]["template"]["spec"]["containers"]
        variables = {entry["name"]: entry.get("value", "") for entry in container["env"]}
        mounts = [mount["mountPath"] for mount in container.get("volumeMounts", [])]
        for variable in ("SPOOL_DIR", "DATA_DIR"):
            if variable in variables:
                on_volume = any(variables[variable].startswith(mount + "/") for mount in mounts)
                expect(on_volume, f"{name}: {variable} is not on a volume")
        if "SPOOL_MAX_BYTES" in variables:
            (claim,) = found["spec"]["volumeClaimTemplates"]
            size = int(claim["spec"]["resources"]["requests"]["storage"].removesuffix("Gi")) * 2**30
            expect(int(variables["SPOOL_MAX_BYTES"]) * 1.2 <= size, f"{name}: the spool fills its volume")


# Documentation, rules and dashboards


def check_documentation(known: dict) -> None:
    """Settings that docs/operations.md names exist."""
    text = (ROOT / "docs" / "operations.md").read_text()
    for name in set(re.findall(r"\b(?<![=…])(?<!…_)([A-Z][A-Z0-9]+(?:_[A-Z0-9]+)+)\b", text)):
        is_known = any(settings.knows(one, name) for one in known.values())
        expect(is_known, f"docs/operations.md: {name} is no setting")


def check_rules() -> None:
    """Every alert is explained, and every explanation has an alert."""
    rules = []
    for path in (ROOT / "deploy" / "prometheus").glob("*-rules.yml"):
        rules += [rule for group in yaml.safe_load(path.read_text())["groups"] for rule in group["rules"]]
    alerts = {rule["alert"]: rule for rule in rules if "alert" in rule}
    explained = set(re.findall(r"^### (Freshet\w+)$", (ROOT / "docs" / "operations.md").read_text(), re.MULTILINE))
    expect(set(alerts) == explained, f"docs/operations.md and the alerts differ: {sorted(set(alerts) ^ explained)}")
    for name, rule in alerts.items():
        expect(rule["labels"].get("severity") in ("page", "ticket"), f"{name} has no severity")
        expect({"summary", "runbook"} <= rule["annotations"].keys(), f"{name} has no summary or runbook")
        expect(rule["annotations"]["runbook"].endswith(f"#{name.lower()}"), f"{name}: wrong runbook")
    recorded = {rule["record"] for rule in rules if "record" in rule}
    used = {name for text in metric_names.expressions() for name in re.findall(r"\bfreshet:[\w:]+", text)}
    expect(used <= recorded, f"nothing records {sorted(used - recorded)}")
    expect(recorded <= used, f"nothing uses {sorted(recorded - used)}")


def check_dashboards() -> None:
    seen: dict[str, str] = {}
    for path in sorted((ROOT / "deploy" / "grafana").glob("*.json")):
        board = json.loads(path.read_text())
        expect(board["uid"] not in seen, f"{path.name}: the uid {board['uid']} is in {seen.get(board['uid'])}, too")
        seen[board["uid"]] = path.name
        ids = [panel["id"] for panel in board["panels"]]
        expect(len(ids) == len(set(ids)), f"{path.name}: panels share an id")
        variables = {variable["name"] for variable in board["templating"]["list"]}
        for panel in board["panels"]:
            where = f"{path.name}: panel {panel['title']!r}"
            if panel["type"] == "row":
                continue
            expect(panel["datasource"] == {"type": "prometheus", "uid": "${datasource}"}, f"{where}: data source")
            expect(panel["targets"] and panel.get("description"), f"{where} shows or explains nothing")
            place = panel["gridPos"]
            expect(place["x"] + place["w"] <= 24, f"{where} is wider than the page")
            for target in panel["targets"]:
                for variable in re.findall(r"\$(\w+)", target["expr"]):
                    expect(variable in variables | {"__rate_interval"}, f"{where}: no variable {variable}")
    check_expressions()


def check_expressions() -> None:
    """promtool parses what the dashboards ask, with the variables filled in."""
    filled = [re.sub(r"\$\w+", "5m", text) for text in metric_names.expressions()]
    rules = [{"record": f"check:{number}", "expr": text} for number, text in enumerate(filled)]
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "expressions.yml"
        path.write_text(yaml.safe_dump({"groups": [{"name": "expressions", "rules": rules}]}))
        result = subprocess.run(["promtool", "check", "rules", "--lint=none", str(path)], capture_output=True, text=True)
        expect(result.returncode == 0, f"promtool: {result.stdout}{result.stderr}")


if __name__ == "__main__":
    sys.exit(main())
