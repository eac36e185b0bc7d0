"""The comparison sees whatever is lost, changed or made up."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from components.manifests.objects import Manifest
from importers.comparison.compare import differences, unexplained
from importers.comparison.defaults import DEFAULTS, table
from tests.conftest import ROOT


def objects() -> list[Manifest]:
    """Return a small application that uses what there is to lose."""
    box = {
        "name": "web",
        "image": "example.test/web:1",
        "command": ["/web"],
        "args": ["--port=80"],
        "ports": [{"containerPort": 80, "name": "http"}, {"containerPort": 9090, "name": "metrics"}],
        "env": [
            {"name": "LEVEL", "value": "calm"},
            {"name": "PASSWORD", "valueFrom": {"secretKeyRef": {"name": "store", "key": "password"}}},
        ],
        "resources": {"requests": {"cpu": "100m"}},
        "readinessProbe": {"httpGet": {"path": "/ready", "port": "http"}, "periodSeconds": 5},
        "securityContext": {"capabilities": {"add": ["NET_BIND_SERVICE"]}, "readOnlyRootFilesystem": True},
        "volumeMounts": [{"name": "cache", "mountPath": "/cache"}, {"name": "settings", "mountPath": "/etc/web"}],
    }
    beside = {"name": "log", "image": "example.test/log:1"}
    volumes = [{"name": "cache", "emptyDir": {}}, {"name": "settings", "configMap": {"name": "settings"}}]
    pod = {"containers": [box, beside], "volumes": volumes, "nodeSelector": {"disk": "fast"}}
    labels = {"app": "web"}
    return [
        {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": {"name": "web", "annotations": {"team": "a"}},
            "spec": {
                "replicas": 2,
                "selector": {"matchLabels": labels},
                "template": {"metadata": {"labels": labels, "annotations": {"scrape": "true"}}, "spec": pod},
            },
        },
        {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": {"name": "web"},
            "spec": {
                "type": "NodePort",
                "selector": labels,
                "ports": [{"port": 80, "targetPort": "http", "nodePort": 30001}],
            },
        },
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "settings"}, "data": {"a": "b"}},
        {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "store"}, "data": {"password": "eA=="}},
    ]


def box(found: list[Manifest]) -> dict[str, Any]:
    one: dict[str, Any] = found[0]["spec"]["template"]["spec"]["containers"][0]
    return one


def pod(found: list[Manifest]) -> dict[str, Any]:
    one: dict[str, Any] = found[0]["spec"]["template"]["spec"]
    return one


WEB = "workload / web / container / web"
LOSSES: dict[str, tuple[Callable[[list[Manifest]], Any], str]] = {
    "env entry": (lambda found: box(found)["env"].pop(0), f"lost {WEB} / env / LEVEL: 'calm'"),
    "secret": (
        lambda found: box(found)["env"].pop(),
        f"lost {WEB} / env / PASSWORD: ('secret', 'store', 'password')",
    ),
    "value": (lambda found: box(found)["env"][0].update(value="x"), f"changed {WEB} / env / LEVEL: 'calm' → 'x'"),
    "command": (lambda found: box(found).pop("command"), f"lost {WEB} / command: ('/web',)"),
    "args": (lambda found: box(found).update(args=[]), f"changed {WEB} / args: ('--port=80',) → ()"),
    "image": (lambda found: box(found).update(image="x:2"), f"changed {WEB} / image: 'example.test/web:1' → 'x:2'"),
    "port": (
        lambda found: box(found)["ports"].pop(),
        "lost workload / web / port / 9090/TCP: True|lost workload / web / portName / 9090/TCP: 'metrics'",
    ),
    "volume": (
        lambda found: box(found)["volumeMounts"].pop(0),
        f"lost {WEB} / mount / /cache / source: 'emptyDir'",
    ),
    "config": (
        lambda found: pod(found)["volumes"][1]["configMap"].update(name="other"),
        f"changed {WEB} / mount / /etc/web / name: 'settings' → 'other'",
    ),
    "container": (
        lambda found: pod(found)["containers"].pop(),
        "lost workload / web / container / log / image: 'example.test/log:1'",
    ),
    "probe": (
        lambda found: box(found)["readinessProbe"]["httpGet"].update(path="/"),
        f"changed {WEB} / readinessProbe / httpGet / path: '/ready' → '/'",
    ),
    "request": (
        lambda found: box(found)["resources"]["requests"].update(cpu="1"),
        f"changed {WEB} / resources / requests / cpu: '100m' → '1'",
    ),
    "node": (
        lambda found: pod(found).pop("nodeSelector"),
        "lost workload / web / pod / nodeSelector / disk: 'fast'",
    ),
    "replicas": (lambda found: found[0]["spec"].update(replicas=3), "changed workload / web / spec / replicas: 2 → 3"),
    "kind": (
        lambda found: found[0].update(kind="StatefulSet"),
        "changed workload / web / kind: 'Deployment' → 'StatefulSet'",
    ),
    "annotation": (
        lambda found: found[0]["metadata"].pop("annotations"),
        "lost workload / web / object / annotations / team: 'a'",
    ),
    "selector of a Service": (
        lambda found: found[1]["spec"].update(selector={"app": "wbe"}),
        "changed service / web / port / 80/TCP / targetPort: 80 → 'http'|changed service / web / selects: ('web',) → ()",
    ),
    "selector of a workload": (
        lambda found: found[0]["spec"].update(selector={"matchLabels": {"app": "x"}}),
        "changed workload / web / selects its pods: True → False",
    ),
    "node port": (
        lambda found: found[1]["spec"]["ports"][0].pop("nodePort"),
        "lost service / web / port / 80/TCP / nodePort: 30001",
    ),
    "type of a Service": (
        lambda found: found[1]["spec"].pop("type"),
        "lost service / web / spec / type: 'NodePort'",
    ),
    "config's key": (lambda found: found[2]["data"].pop("a"), "lost config / settings / data / a: 'b'"),
    "secret's key": (lambda found: found[3]["data"].clear(), "lost secret / store / key / password: True"),
}


@pytest.mark.parametrize("lost", LOSSES)
def test_a_loss_is_named(lost: str) -> None:
    changed = objects()
    change, expected = LOSSES[lost]
    change(changed)
    found = unexplained(objects(), changed)
    if lost == "volume":
        assert str(found[0]) == expected
    else:
        assert "|".join(map(str, found)) == expected


@pytest.mark.parametrize(
    ("add", "told"),
    [
        (lambda found: box(found)["env"].append({"name": "X", "value": "1"}), f"added {WEB} / env / X: '1'"),
        (lambda found: box(found).update(tty=True), f"added {WEB} / tty: True"),
        (lambda found: pod(found).update(hostname="x"), "added workload / web / pod / hostname: 'x'"),
        (
            lambda found: found[1]["metadata"].update(annotations={"a": "b"}),
            "added service / web / annotations / a: 'b'",
        ),
        (
            lambda found: box(found)["securityContext"]["capabilities"].update(add=["NET_BIND_SERVICE", "CHOWN"]),
            f"added {WEB} / securityContext / capabilities / add / CHOWN: True",
        ),
        (
            lambda found: box(found)["securityContext"].update(privileged=True),
            None,
        ),
    ],
)
def test_what_is_made_up_is_named(add: Callable[[list[Manifest]], Any], told: str | None) -> None:
    changed = objects()
    add(changed)
    assert [str(one) for one in unexplained(objects(), changed)] == [
        told or f"added {WEB} / securityContext / privileged: True"
    ]


def test_the_same_said_otherwise_is_no_difference() -> None:
    """A folder of files one by one, a port by number, a name with a hash, a variable that names another."""
    other = copy.deepcopy(objects())
    other[2]["metadata"]["name"] = "settings-0123456789"
    other[1]["spec"]["ports"][0]["targetPort"] = 80
    pod(other)["volumes"][1]["configMap"]["name"] = "settings-0123456789"
    box(other)["readinessProbe"]["httpGet"]["port"] = 80
    box(other)["env"].insert(0, {"name": "PART", "value": "ca"})
    box(other)["env"][1]["value"] = "$(PART)lm"
    before = objects()
    box(before)["env"].insert(0, {"name": "PART", "value": "ca"})
    assert differences(before, other) == []


def test_the_documented_list_is_the_one_that_is_used() -> None:
    text = (ROOT / "docs" / "import.md").read_text()
    missing = [row for row in table() if row not in text]
    assert missing == [], "write the rows of importers.comparison.defaults.table() into docs/import.md"


def test_every_default_has_its_reason() -> None:
    assert all(one.why.endswith(".") and one.facts and one.ways for one in DEFAULTS)
