"""Versions side by side: each has its own pods, and none takes anything from another."""

import copy
from typing import Any

import pytest

from components.compose.file import compose_file
from components.manifests.objects import Manifest
from components.manifests.offline import offline_objects
from tests.conftest import Files
from tests.edits.law import immutable_change, key

NEXT: dict[str, Any] = {"image": "example.test/web:2"}
HALVES = {"main": 50, "next": 50}
SETTINGS: dict[str, tuple[Any, tuple[str, ...]]] = {
    # By field of a version: a value, and where in the Deployment's container it shows.
    "image": ("example.test/web:2", ("image",)),
    "command": (["serve"], ("command",)),
    "args": (["--fast"], ("args",)),
    "env": ({"LEVEL": "debug"}, ("env",)),
    "files": ({"/etc/web": {"content": "two"}}, ("volumeMounts",)),
    "resources": ({"requests": {"memory": "128Mi"}}, ("resources",)),
    "probes": ({"readiness": "/other"}, ("readinessProbe", "startupProbe")),
}


def objects(files: Files, environment: str = "dev") -> dict[tuple[str, str], Manifest]:
    found = offline_objects(files.resolve(environment))
    return {(one["kind"], one["metadata"]["name"]): one for one in found}


def web(files: Files, **changes: Any) -> None:
    files.services["web"] = {
        "image": "example.test/web:1",
        "port": 8080,
        "resources": {"requests": {"cpu": "100m", "memory": "64Mi"}},
        **changes,
    }


def meshed(files: Files, kind: str) -> None:
    files.platform["environments"]["dev"] |= {"mesh": {"kind": kind}, "installed": {"metrics-server": True}}


@pytest.mark.parametrize("kind", ["istio-sidecar", "istio-ambient", "gateway-api"])
@pytest.mark.parametrize("split", [None, {"main": 90, "next": 10}])
def test_a_version_that_comes_or_goes_changes_nothing_of_main(files: Files, kind: str, split: Any) -> None:
    """Its Deployment, its autoscaler, its budget and its Service stay as they are, so no pod and no endpoint is lost."""
    meshed(files, kind)
    web(files, scaling={"min": 2, "max": 4, "targets": {"cpuPercent": 50}})
    alone = objects(files)
    web(
        files,
        scaling={"min": 2, "max": 4, "targets": {"cpuPercent": 50}},
        versions={"next": NEXT},
        **({"traffic": {"split": split}} if split else {}),
    )
    both = objects(files)
    for one in (("Deployment", "web"), ("Service", "web"), ("HorizontalPodAutoscaler", "web")):
        assert both[one] == alone[one]
    assert both["PodDisruptionBudget", "web"] == alone["PodDisruptionBudget", "web"]
    assert [key(both[one]) for one in alone if immutable_change(alone[one], both[one])] == []


def test_every_version_has_its_own_of_what_counts_pods(files: Files) -> None:
    """An autoscaler and a budget count what a selector finds: it finds the pods of one version."""
    meshed(files, "istio-sidecar")
    web(
        files,
        scaling={"min": 3, "max": 6, "targets": {"cpuPercent": 50}},
        versions={"next": {**NEXT, "scaling": {"min": 2}}, "old": {"image": "example.test/web:0", "replicas": 2}},
        traffic={"split": {"main": 80, "next": 10, "old": 10}},
    )
    found = objects(files)
    workloads = {name: one for (kind, name), one in found.items() if kind == "Deployment"}
    assert sorted(workloads) == ["web", "web-next", "web-old"]
    for name, workload in workloads.items():
        chosen = workload["spec"]["selector"]["matchLabels"]
        picked = [
            other
            for other, one in workloads.items()
            if chosen.items() <= one["spec"]["template"]["metadata"]["labels"].items()
        ]
        assert picked == [name]
        assert found["PodDisruptionBudget", name]["spec"]["selector"]["matchLabels"] == chosen
        assert workload["spec"]["template"]["spec"]["topologySpreadConstraints"][0]["labelSelector"] == {
            "matchLabels": chosen
        }
    scalers = {name: one["spec"] for (kind, name), one in found.items() if kind == "HorizontalPodAutoscaler"}
    assert {name: (one["minReplicas"], one["maxReplicas"]) for name, one in scalers.items()} == {
        "web": (3, 6),
        "web-next": (2, 6),
    }
    assert workloads["web-old"]["spec"]["replicas"] == 2
    assert "replicas" not in workloads["web-next"]["spec"]


def test_all_versions_are_one_service_to_others(files: Files) -> None:
    """They share the account and what may call it; its policy picks the pods of all of them."""
    web(files, versions={"next": NEXT})
    files.services["shop"] = {"image": "example.test/shop:1", "port": 8080, "connections": {"web": {}}}
    found = objects(files)
    pods = [found["Deployment", name]["spec"]["template"] for name in ("web", "web-next")]
    assert {one["spec"]["serviceAccountName"] for one in pods} == {"web"}
    assert ("ServiceAccount", "web-next") not in found
    chosen = found["NetworkPolicy", "web"]["spec"]["podSelector"]["matchLabels"]
    assert all(chosen.items() <= one["metadata"]["labels"].items() for one in pods)
    (out,) = found["NetworkPolicy", "shop"]["spec"]["egress"]
    assert out["to"] == [{"podSelector": {"matchLabels": chosen}}]


@pytest.mark.parametrize("field", SETTINGS)
def test_what_a_version_says_itself_counts_for_it_alone(files: Files, field: str) -> None:
    value, places = SETTINGS[field]
    web(files, versions={"next": {}})
    same = objects(files)
    web(files, versions={"next": {field: value}})
    found = objects(files)
    assert found["Deployment", "web"] == same["Deployment", "web"]
    (before,), (after,) = (
        one["Deployment", "web-next"]["spec"]["template"]["spec"]["containers"] for one in (same, found)
    )
    assert {name for name in {*before, *after} if before.get(name) != after.get(name)} == set(places)


def test_a_version_may_be_built(files: Files) -> None:
    (files.folder / "src").mkdir()
    (files.folder / "src" / "Dockerfile").write_text("FROM scratch\n")
    web(files, versions={"next": {"build": {"context": "src"}}})
    (container,) = objects(files)["Deployment", "web-next"]["spec"]["template"]["spec"]["containers"]
    assert container["image"] == "127.0.0.1:5000/shop/web-next:dev"


def test_a_version_has_what_an_environment_says_of_its_service(files: Files) -> None:
    web(files, env={"A": "base", "B": "base"}, versions={"next": {**NEXT, "env": {"B": None, "C": "own"}}})
    files.spec["environments"] = {"dev": {"services": {"web": {"env": {"A": "dev", "B": "dev"}, "replicas": 5}}}}
    found = objects(files)["Deployment", "web-next"]["spec"]
    (container,) = found["template"]["spec"]["containers"]
    assert {one["name"]: one["value"] for one in container["env"]} == {"A": "dev", "C": "own"}
    assert found["replicas"] == 5


def test_an_environment_may_say_a_version_otherwise_or_do_without_it(files: Files) -> None:
    web(files, versions={"next": {**NEXT, "replicas": 3}})
    base = copy.deepcopy(files.services)
    files.spec["environments"] = {"dev": {"services": {"web": {"versions": {"next": {"env": {"D": "dev"}}}}}}}
    found = objects(files)["Deployment", "web-next"]["spec"]
    assert (found["replicas"], found["template"]["spec"]["containers"][0]["env"]) == (
        3,
        [{"name": "D", "value": "dev"}],
    )
    files.services = base
    files.spec["environments"] = {"dev": {"services": {"web": {"versions": {"next": None}}}}}
    assert ("Deployment", "web-next") not in objects(files)


def test_a_release_names_the_image_of_a_version(files: Files) -> None:
    web(files, versions={"next": {"image": "example.test/web"}})
    image = f"example.test/web@sha256:{'a' * 64}"
    files.release = {"web-next": image}
    (container,) = objects(files)["Deployment", "web-next"]["spec"]["template"]["spec"]["containers"]
    assert container["image"] == image
    files.release = {"web-nxt": image}
    files.services["web"]["versions"]["next"]["image"] = "example.test/web:2"
    assert "SW4903 spec.images.web-nxt" in files.problems()


def test_without_a_mesh_a_service_leads_to_one_version(files: Files) -> None:
    web(files, versions={"next": NEXT}, traffic={"split": {"main": 0, "next": 100}})
    found = objects(files)
    chosen = found["Service", "web"]["spec"]["selector"].items()
    pods = {name: found["Deployment", name]["spec"]["template"]["metadata"]["labels"] for name in ("web", "web-next")}
    assert [name for name, labels in pods.items() if chosen <= labels.items()] == ["web-next"]


def test_an_environment_without_a_mesh_may_do_without_shares(files: Files) -> None:
    web(files, versions={"next": NEXT}, traffic={"split": HALVES})
    assert files.problems() == ["SW3205 spec.services.web.traffic.split"]
    files.platform["environments"]["dev"]["whenMissing"] = "omit"
    assert "SW3205 spec.services.web.traffic.split" in files.problems()
    alone = objects(files)["Service", "web"]["spec"]["selector"]
    assert alone == {"app.kubernetes.io/name": "web", "app.kubernetes.io/part-of": "shop"}


def test_an_ingress_leads_to_one_version(files: Files) -> None:
    meshed(files, "istio-sidecar")
    web(files, versions={"next": NEXT}, traffic={"split": HALVES})
    files.spec["ingress"] = {"hosts": {"shop": {"subdomain": "shop"}}, "routes": {"/": {"service": "web"}}}
    assert "SW3205 spec.ingress.routes./" in files.problems()
    web(files, versions={"next": NEXT}, traffic={"split": {"main": 0, "next": 100}})
    (rule,) = objects(files)["Ingress", "shop"]["spec"]["rules"]
    assert rule["http"]["paths"][0]["backend"]["service"]["name"] == "web-next"


@pytest.mark.parametrize("kind", ["istio-ambient", "gateway-api"])
def test_a_port_without_http_has_no_shares_where_only_http_has_routes(files: Files, kind: str) -> None:
    meshed(files, kind)
    wire = {"http": {"port": 80}, "wire": {"port": 7000, "appProtocol": "tcp"}}
    web(files, versions={"next": NEXT}, traffic={"split": HALVES}, ports=wire)
    del files.services["web"]["port"]
    assert "SW3205 spec.services.web.traffic.split" in files.problems()
    files.services["web"]["ports"]["wire"]["expose"] = False
    assert files.problems() == []


def test_a_laptop_runs_the_service_alone(files: Files) -> None:
    web(files, versions={"next": NEXT}, traffic={"split": {"main": 100, "next": 0}})
    made = compose_file(files.resolve(), files.folder)
    assert list(made.content["services"]) == ["web"]
    assert "spec.services.web.versions" in [".".join(map(str, one.origin.path)) for one in made.notes]


def test_an_objects_origin_is_explained_of_a_version_too(files: Files) -> None:
    web(files, versions={"next": {**NEXT, "env": {"A": "b"}}})
    paths = {service.name: path for path, service in files.resolve().running()}
    assert paths == {"web": ("services", "web"), "web-next": ("services", "web", "versions", "next")}
    assert files.resolve().where((*paths["web-next"], "env", "A", "value")).startswith("line ")
