"""Renders a kustomization, so far as ours go: the tests then need no kubectl.

Knows resources, namespace, images, replicas, configMapGenerator (literals) and patches (strategic and JSON 6902), and refuses
everything else. check.py compares the result with `kubectl kustomize` where that is installed. Names of generated ConfigMaps
get no hash.
"""

from __future__ import annotations

import copy
import pathlib

import yaml

KNOWN = {
    "apiVersion", "kind", "namespace", "resources", "images", "replicas", "configMapGenerator", "patches",
}  # fmt: skip
CLUSTER_WIDE = {"Namespace"}
# Lists that a strategic patch merges by a key; all others are replaced.
MERGE_KEYS = {"containers": "name", "env": "name", "volumeMounts": "name", "volumes": "name"}


def render(folder: pathlib.Path) -> list[dict]:
    """The objects of a kustomization, in the order of its resources."""
    kustomization = yaml.safe_load((folder / "kustomization.yaml").read_text())
    unknown = kustomization.keys() - KNOWN
    if unknown:
        raise ValueError(f"{folder}: this renderer does not know {sorted(unknown)}")
    objects: list[dict] = []
    for name in kustomization.get("resources", []):
        path = folder / name
        if path.is_dir():
            objects += render(path)
        else:
            objects += [document for document in yaml.safe_load_all(path.read_text()) if document]
    for generator in kustomization.get("configMapGenerator", []):
        _generate(objects, generator)
    for patch in kustomization.get("patches", []):
        _patch(objects, patch, folder)
    for entry in kustomization.get("replicas", []):
        for target in _find(objects, {"name": entry["name"]}):
            if target["kind"] in ("Deployment", "StatefulSet"):
                target["spec"]["replicas"] = entry["count"]
    for image in kustomization.get("images", []):
        for container in containers(objects):
            if container["image"] == image["name"]:
                container["image"] = f"{image['newName']}:{image['newTag']}"
    if "namespace" in kustomization:
        for found in objects:
            if found["kind"] not in CLUSTER_WIDE:
                found["metadata"]["namespace"] = kustomization["namespace"]
    return objects


def containers(objects: list[dict]) -> list[dict]:
    """The containers of all pod templates."""
    specs = [found["spec"]["template"]["spec"] for found in objects if "template" in found.get("spec", {})]
    return [container for spec in specs for container in spec["containers"]]


def _generate(objects: list[dict], generator: dict) -> None:
    data = dict(literal.split("=", 1) for literal in generator["literals"])
    if generator.get("behavior") == "merge":
        (target,) = _find(objects, {"kind": "ConfigMap", "name": generator["name"]})
        target["data"].update(data)
    else:
        objects.append(
            {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": generator["name"]}, "data": data}
        )


def _patch(objects: list[dict], patch: dict, folder: pathlib.Path) -> None:
    content = yaml.safe_load((folder / patch["path"]).read_text() if "path" in patch else patch["patch"])
    target = patch.get("target") or {"kind": content["kind"], "name": content["metadata"]["name"]}
    found = _find(objects, target)
    if not found:
        raise ValueError(f"{folder}: a patch finds no {target}")
    for one in found:
        if isinstance(content, list):
            for operation in content:
                _operate(one, operation)
        else:
            _merge(one, content)


def _find(objects: list[dict], target: dict) -> list[dict]:
    return [
        found
        for found in objects
        if target.get("kind") in (None, found["kind"]) and target.get("name") in (None, found["metadata"]["name"])
    ]


def _operate(document: dict, operation: dict) -> None:
    if operation["op"] != "replace":
        raise ValueError(f"this renderer does not know the operation {operation['op']}")
    *path, last = operation["path"].strip("/").split("/")
    place = document
    for part in path:
        place = place[int(part)] if isinstance(place, list) else place[part]
    key = int(last) if isinstance(place, list) else last
    place[key]  # noqa: B018 - replacing what is not there is an error
    place[key] = operation["value"]


def _merge(document: dict, patch: dict) -> None:
    for key, value in patch.items():
        if isinstance(value, dict) and isinstance(document.get(key), dict):
            _merge(document[key], value)
        elif isinstance(value, list) and key in MERGE_KEYS and key in document:
            identity = MERGE_KEYS[key]
            known = {entry[identity]: entry for entry in document[key]}
            for entry in value:
                if entry[identity] in known:
                    _merge(known[entry[identity]], entry)
                else:
                    document[key].append(copy.deepcopy(entry))
        else:
            document[key] = copy.deepcopy(value)
