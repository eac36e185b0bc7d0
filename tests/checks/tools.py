"""Other people's checkers, offline: what each finds in a list of objects, one line a finding."""

import importlib.resources
import json
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from sandbox.layout import layout
from sandbox.tools.catalogue import CHECKERS
from sandbox.tools.go import built, module_folder
from sandbox.tools.venv import installed
from schemas.text.yaml_text import yaml_documents

Manifest = dict[str, Any]

_WARNING = 5
"""kube-score's grades: 1 is critical, 5 a warning, 7 and 10 are what it prints as OK."""

_DEFINITIONS = "/api/_definitions.json#/$defs/"
"""How the bundled schemas name their definitions, which only their own library can resolve."""


def kube_score(folder: Path, objects: Iterable[Manifest], version: str = "1.36") -> list[str]:
    """Return what kube-score finds, warnings too."""
    program = built(layout(), CHECKERS)["kube-score"]
    file = _written(folder, objects)
    done = _run(str(program), "score", "--output-format", "json", "--kubernetes-version", f"v{version}", str(file))
    scored = json.loads(done.stdout)
    assert scored, done.stderr
    return sorted(
        f"{check['check']['id']} {one['object_name']}: {[comment['summary'] for comment in check['comments'] or []]}"
        for one in scored
        for check in one["checks"] or []
        if not check["skipped"] and check["grade"] <= _WARNING
    )


def checkov(folder: Path, sets: Mapping[str, Iterable[Manifest]]) -> dict[str, list[str]]:
    """Return what checkov finds in each of several sets of objects, by the set's name; it takes seconds to start."""
    program = installed(layout(), "checkov")
    for name, objects in sets.items():
        _written(folder, objects, f"{name}.yaml")
    options = ("--skip-download", "--framework", "kubernetes", "--compact", "--quiet", "-o", "json")
    report = json.loads(_run(str(program), *options, "-d", str(folder)).stdout)
    assert report["summary"]["passed"] > 0, report
    assert report["summary"]["parsing_errors"] == 0, report
    found: dict[str, list[str]] = {name: [] for name in sets}
    for one in report["results"]["failed_checks"]:
        found[Path(one["file_path"]).stem].append(f"{one['check_id']} {one['resource']}: {one['check_name']}")
    return {name: sorted(told) for name, told in found.items()}


def kubeconform(folder: Path, objects: Iterable[Manifest], schemas: Path, version: str) -> list[str]:
    """Return what kubeconform finds, with the schemas of a Kubernetes version; a kind without a schema is a finding."""
    program = built(layout(), CHECKERS)["kubeconform"]
    template = f"{schemas}/{{{{.NormalizedKubernetesVersion}}}}/{{{{.ResourceKind}}}}{{{{.KindSuffix}}}}.json"
    file = _written(folder, objects)
    options = ("-strict", "-output", "json", "-summary", "-kubernetes-version", f"{version}.0", "-schema-location")
    done = _run(str(program), *options, template, str(file))
    report = json.loads(done.stdout)
    told = report["resources"] or []
    assert report["summary"]["valid"] + len(told) > 0, done.stderr
    return sorted(f"{one['kind']} {one['name']}: {one['msg']}" for one in told)


def schema_folder(folder: Path, versions: Iterable[str]) -> Path:
    """Return a folder with schemas as kubeconform reads them, for every kind of some Kubernetes versions.

    Those of Kubernetes are the ones that the project validates with; the others come from the CRDs of pinned modules.
    """
    bundled = importlib.resources.files("kubernetes_validate") / "kubernetes-json-schema"
    custom = _custom_schemas()
    for version in versions:
        target = folder / f"v{version}.0"
        target.mkdir()
        with importlib.resources.as_file(bundled / f"v{version}.0-local-strict") as source:
            definitions = json.loads((source / "_definitions.json").read_text())["$defs"]
            for path in source.glob("*.json"):
                schema = json.loads(path.read_text())
                if {"apiVersion", "kind", "metadata"} <= set(schema.get("properties", {})):
                    (target / path.name).write_text(json.dumps(_whole(schema, definitions)))
        for name, schema in custom.items():
            (target / name).write_text(json.dumps(schema))
    return folder


def _whole(schema: Any, definitions: dict[str, Any]) -> Any:
    """Return a schema with the definitions that it refers to inside it."""
    found: dict[str, Any] = {}
    waiting = [schema]
    while waiting:
        for name in _referred(waiting.pop()):
            if name not in found:
                found[name] = definitions[name]
                waiting.append(definitions[name])
    return json.loads(json.dumps({**schema, "$defs": found}).replace(_DEFINITIONS, "#/$defs/"))


def _referred(schema: Any) -> Iterator[str]:
    if isinstance(schema, list):
        for one in schema:
            yield from _referred(one)
    elif isinstance(schema, dict):
        for key, value in schema.items():
            if key == "$ref" and isinstance(value, str):
                yield value.rpartition("/$defs/")[2]
            else:
                yield from _referred(value)


def _definitions() -> Iterator[Path]:
    """Yield the files with the CRDs that are known: of each project whose objects are written."""
    gateway = module_folder("gateway-api", "sigs.k8s.io/gateway-api") / "config" / "crd" / "standard"
    yield from sorted(gateway.glob("*.yaml"))
    yield module_folder("istio", "istio.io/istio") / "manifests/charts/base/files/crd-all.gen.yaml"
    certificates = module_folder("cert-manager", "github.com/cert-manager/cert-manager")
    yield certificates / "deploy/crds/cert-manager.io_certificates.yaml"
    envoy = module_folder("envoy-gateway", "github.com/envoyproxy/gateway") / "charts/gateway-helm/charts/crds/crds"
    yield envoy / "generated/gateway.envoyproxy.io_backendtrafficpolicies.yaml"
    operator = module_folder("prometheus-operator", "github.com/prometheus-operator/prometheus-operator")
    for kind in ("podmonitors", "prometheusrules", "servicemonitors"):
        yield operator / f"example/prometheus-operator-crd/monitoring.coreos.com_{kind}.yaml"
    yield module_folder("keda", "github.com/kedacore/keda/v2") / "config/crd/bases/keda.sh_scaledobjects.yaml"
    recommender = module_folder("vertical-pod-autoscaler", "k8s.io/autoscaler/vertical-pod-autoscaler")
    yield recommender / "deploy/vpa-v1-crd-gen.yaml"


def _custom_schemas() -> dict[str, Any]:
    """Return the schema of every kind and version of the known CRDs, by kubeconform's file name."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    found = {}
    for file in _definitions():
        for crd in yaml.load_all(file.read_text(), loader):
            if crd is None or crd["kind"] != "CustomResourceDefinition":
                continue
            group, kind = crd["spec"]["group"].partition(".")[0], crd["spec"]["names"]["kind"].lower()
            for version in crd["spec"]["versions"]:
                schema = _closed(version["schema"]["openAPIV3Schema"])
                known = {"apiVersion": {"type": "string"}, "kind": {"type": "string"}, "metadata": {"type": "object"}}
                schema["properties"] |= known
                found[f"{kind}-{group}-{version['name']}.json"] = schema
    return found


def _closed(schema: Any) -> Any:
    """Return a CRD's schema as a JSON schema that refuses keys which it does not know."""
    if isinstance(schema, list):
        return [_closed(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {key: _closed(value) for key, value in schema.items()}
    open_ended = schema.get("x-kubernetes-preserve-unknown-fields") or "additionalProperties" in schema
    if isinstance(schema.get("properties"), dict) and "type" in schema and not open_ended:
        closed["additionalProperties"] = False
    return closed


def _written(folder: Path, objects: Iterable[Manifest], name: str = "objects.yaml") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / name
    file.write_text(yaml_documents(list(objects)))
    return file


def _run(*command: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
