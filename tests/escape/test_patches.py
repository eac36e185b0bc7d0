"""Patches and extra objects, from a spec to the objects that come out and to the problems that are told."""

import re
from pathlib import Path

import pytest

from cli.verbs.render import objects
from components.manifests import application_objects
from components.manifests.checked import check, checked
from components.manifests.objects import Manifest
from schemas.project import Project, read
from schemas.resolve import resolve
from tests.manifests.models import named
from tests.test_cases import CASES

HEAD = """\
apiVersion: stackwright.dev/v1
kind: Application
metadata: {name: shop, owner: team}
spec:
  services:
    web:
      image: example.test/web:1
      port: 8080
      probes: {readiness: /ready}
      resources: {requests: {cpu: 100m, memory: 64Mi}}
"""


def project(folder: Path, more: str) -> Project:
    file = folder / "application.yaml"
    file.write_text(HEAD + more)
    return read(file, CASES / "platform.yaml")


def rendered(folder: Path, more: str, environment: str = "dev") -> list[Manifest]:
    return objects(checked(resolve(project(folder, more), environment)))


def told(folder: Path, more: str) -> list[str]:
    """Return the code of each problem and the text on which it stands, to the word's end."""
    lines = (HEAD + more).splitlines()
    found = check(project(folder, more))
    return [f"{one.code} {_word(lines[one.origin.line - 1][one.origin.column - 1 :])}" for one in found]


def _word(text: str) -> str:
    return re.split(r"[:,}\]](?:\s|$|[},\]])", text, maxsplit=1)[0].strip()


SCRAPE = """\
  patches:
    scrape:
      target: {kind: Service, name: web}
      reason: Prometheus finds services by this annotation.
      strategicMerge: {metadata: {annotations: {prometheus.io/scrape: "true"}}}
"""


def test_a_patch_changes_its_object_and_no_other(tmp_path: Path) -> None:
    plain, changed = rendered(tmp_path, ""), rendered(tmp_path, SCRAPE)
    service = named(plain, "Service", "web")
    service["metadata"]["annotations"] = {"prometheus.io/scrape": "true"}
    assert changed == plain


def test_an_environment_changes_or_drops_a_patch(tmp_path: Path) -> None:
    more = SCRAPE + "  environments: {dev: {patches: {scrape: null}}}\n"
    assert "annotations" not in named(rendered(tmp_path, more), "Service", "web")["metadata"]
    other = SCRAPE + "  environments: {dev: {patches: {scrape: {strategicMerge: {spec: {type: NodePort}}}}}}\n"
    service = named(rendered(tmp_path, other), "Service", "web")
    assert service["spec"]["type"] == "NodePort"
    assert "prometheus.io/scrape" not in service["metadata"]["annotations"]
    steps = "[{op: add, path: /spec/type, value: NodePort}]"
    branch = SCRAPE + f"  environments: {{dev: {{patches: {{scrape: {{jsonPatch: {steps}}}}}}}}}\n"
    assert named(rendered(tmp_path, branch), "Service", "web") == service


def test_null_in_a_strategic_merge_removes_from_the_object(tmp_path: Path) -> None:
    more = SCRAPE.replace('{metadata: {annotations: {prometheus.io/scrape: "true"}}}', "{spec: {ports: null}}")
    assert "ports" not in named(rendered(tmp_path, more), "Service", "web")["spec"]


def test_steps_are_done_in_order(tmp_path: Path) -> None:
    more = """\
  patches:
    host:
      target: {kind: Deployment, name: web}
      reason: A name in logs.
      jsonPatch:
        - {op: add, path: /spec/template/spec/hostname, value: a}
        - {op: test, path: /spec/template/spec/hostname, value: a}
        - {op: replace, path: /spec/template/spec/hostname, value: b}
        - {op: copy, from: /spec/template/spec/hostname, path: /spec/template/spec/subdomain}
        - {op: remove, path: /spec/revisionHistoryLimit}
"""
    spec = named(rendered(tmp_path, more), "Deployment", "web")["spec"]
    assert (spec["template"]["spec"]["hostname"], spec["template"]["spec"]["subdomain"]) == ("b", "b")
    assert "revisionHistoryLimit" not in spec


EXTRA = """\
  extraObjects:
    limits:
      apiVersion: v1
      kind: LimitRange
      metadata: {labels: {tier: small}}
      spec: {limits: [{type: Pod, max: {cpu: "4"}}]}
    monitor:
      apiVersion: monitoring.coreos.com/v1
      kind: PodMonitor
      metadata: {name: web-pods}
      spec: {selector: {}}
"""


def test_an_extra_object_has_the_namespace_and_the_labels_of_all_others(tmp_path: Path) -> None:
    found = rendered(tmp_path, EXTRA)
    labels = dict(named(found, "Service", "web")["metadata"]["labels"])
    named_limits = {"app": "limits", "app.kubernetes.io/instance": "limits", "app.kubernetes.io/name": "limits"}
    assert named(found, "LimitRange", "limits") == {
        "apiVersion": "v1",
        "kind": "LimitRange",
        "metadata": {"name": "limits", "namespace": "shop-dev", "labels": {**labels, **named_limits, "tier": "small"}},
        "spec": {"limits": [{"type": "Pod", "max": {"cpu": "4"}}]},
    }
    assert named(found, "PodMonitor", "web-pods")["spec"] == {"selector": {}}


def test_layers_of_an_extra_object_merge_key_by_key(tmp_path: Path) -> None:
    more = EXTRA + "  environments: {dev: {extraObjects: {monitor: null, limits: {metadata: {labels: {tier: big}}}}}}\n"
    found = rendered(tmp_path, more)
    assert named(found, "LimitRange", "limits")["metadata"]["labels"]["tier"] == "big"
    assert not [one for one in found if one["kind"] == "PodMonitor"]


class Later:
    """What is known only at deployment: whoever looks at it fails the test."""

    def __bool__(self) -> bool:
        raise AssertionError("looked at")

    def __str__(self) -> str:
        raise AssertionError("looked at")


AROUND = """\
  secrets: {store: {keys: [password]}}
  patches:
    beside:
      target: {kind: Deployment, name: web}
      reason: A debugger.
      strategicMerge: {spec: {template: {spec: {containers: [{name: debug, image: "d:1"}, {name: web, tty: true}]}}}}
    order:
      target: {kind: Deployment, name: web}
      reason: The service comes first.
      jsonPatch:
        - {op: move, from: /spec/template/spec/containers/1, path: /spec/template/spec/containers/0}
        - {op: copy, from: /spec/template/spec/containers/0/image, path: /spec/template/spec/containers/1/image}
    marked:
      target: {kind: Secret, name: store}
      reason: A backup looks for it.
      strategicMerge: {metadata: {annotations: {backup: "yes"}}}
"""


def test_patches_place_around_what_is_known_only_at_deployment(tmp_path: Path) -> None:
    spec = resolve(project(tmp_path, AROUND), "dev")
    image, password = Later(), Later()
    found = application_objects(
        spec.application, spec.environment, {"web": image}, {"store": {"password": password}}, {}, None
    )
    first, second = named(found, "Deployment", "web")["spec"]["template"]["spec"]["containers"]
    assert (first["name"], first["tty"], second["name"]) == ("web", True, "debug")
    assert first["image"] is image
    assert second["image"] is image
    secret = named(found, "Secret", "store")
    assert secret["metadata"]["annotations"] == {"backup": "yes"}
    assert secret["data"]["password"] is password


def patch(target: str, body: str) -> str:
    return f"  patches:\n    p:\n      target: {target}\n      reason: A test.\n      {body}\n"


WEB = "{kind: Deployment, name: web}"
POD = "/spec/template/spec"


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        (patch("{kind: Deployment, name: wbe}", "strategicMerge: {spec: {}}"), ["SW6001 wbe"]),
        (patch("{kind: Deploymnet, name: web}", "strategicMerge: {spec: {}}"), ["SW6001 Deploymnet"]),
        (patch(WEB, "jsonPatch: [{op: remove, path: /spec/nothing}]"), ["SW6003 /spec/nothing"]),
        (patch(WEB, "jsonPatch: [{op: copy, from: /spec/no, path: /spec/a}]"), ["SW6003 /spec/no"]),
        (patch(WEB, "jsonPatch: [{op: add, path: /spec/paused}]"), ["SW6004 {op"]),
        (patch(WEB, "jsonPatch: [{op: remove, path: /spec/template, value: 1}]"), ["SW6004 1"]),
        (patch(WEB, f"jsonPatch: [{{op: test, path: {POD}/enableServiceLinks, value: true}}]"), ["SW6005 true"]),
        (patch(WEB, f'jsonPatch: [{{op: test, path: {POD}/containers/0/image, value: "x"}}]'), ['SW6005 "x"']),
        (patch(WEB, "strategicMerge: {spec: {$patch: forget}}"), ["SW6006 {spec"]),
        (patch(WEB, "strategicMerge: {metadata: {name: other}}"), ["SW6007 other"]),
        (patch(WEB, "strategicMerge: {spec: {selector: {matchLabels: {a: b}}}}"), ["SW6007 {matchLabels"]),
        (patch(WEB, "jsonPatch: [{op: remove, path: /spec/template/metadata/labels}]"), ["SW6007 {op", "SW6007 {op"]),
        (
            patch(
                "{kind: Namespace, name: shop-dev}",
                'strategicMerge: {metadata: {labels: {"pod-security.kubernetes.io/enforce": privileged}}}',
            ),
            ["SW6001 shop-dev", "SW6007 privileged"],
        ),
        (patch(WEB, "strategicMerge: {spec: {replcas: 3}}"), ["SW6020 replcas"]),
        (patch(WEB, "jsonPatch: [{op: add, path: /spec/minReadySeconds, value: soon}]"), ["SW6020 soon"]),
        (patch(WEB, f"jsonPatch: [{{op: remove, path: {POD}/containers}}]"), ["SW6020 {op"]),
    ],
)
def test_a_wrong_patch_is_told_at_its_line(tmp_path: Path, more: str, expected: list[str]) -> None:
    assert told(tmp_path, more) == expected


def test_an_autoscaler_keeps_the_number_of_pods(tmp_path: Path) -> None:
    scaled = "      scaling: {min: 2, max: 4, targets: {cpuPercent: 60}}\n"
    assert told(tmp_path, scaled + patch(WEB, "strategicMerge: {spec: {replicas: 3}}")) == ["SW6008 3"]


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        (
            patch(
                WEB,
                "strategicMerge: {spec: {template: {spec: {containers: [{name: web, securityContext: {privileged: true}}]}}}}",
            ),
            "SW6201 true",
        ),
        (patch(WEB, f"jsonPatch: [{{op: add, path: {POD}/hostNetwork, value: true}}]"), "SW6208 true"),
        (patch("{kind: Service, name: web}", "strategicMerge: {spec: {type: NodePort}}"), "SW6411 NodePort"),
        (
            patch("{kind: Service, name: web}", "strategicMerge: {spec: {selector: {app: wbe}}}"),
            "SW6413 {app",
        ),
    ],
)
def test_a_patch_does_nothing_in_silence_that_the_language_forbids(tmp_path: Path, more: str, expected: str) -> None:
    assert expected in told(tmp_path, more)
    assert told(tmp_path, "") == []


def extra(body: str) -> str:
    return f"  extraObjects:\n    one: {body}\n"


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        (extra("{apiVersion: v1, kind: Namespace}"), ["SW6010 Namespace"]),
        (extra("{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole}"), ["SW6010 ClusterRole"]),
        (extra("{apiVersion: v1, kind: Service, metadata: {name: web}}"), ["SW6011 one"]),
        (extra("{apiVersion: v1, kind: Secret, stringData: {a: b}}"), ["SW6012 stringData"]),
        (extra("{apiVersion: extensions/v1beta1, kind: Deployment}"), ["SW6013 extensions/v1beta1"]),
        (extra("{apiVersion: v1, kind: ConfigMap, metadata: {namespace: other}}"), ["SW6014 other"]),
        (extra("{apiVersion: acme.test/v1, kind: Thing, metadata: {labels: {a: 1}}}"), ["SW6014 1"]),
        (extra("{apiVersion: acme.test/v1, kind: Thing, metadata: {name: Big}}"), ["SW6014 Big"]),
        (extra("{apiVersion: v1, kind: LimitRange, spec: {limit: []}}"), ["SW6020 {limit", "SW6020 limit"]),
        (extra("{apiVersion: v1, kind: ConfigMap, data: {a: 1}}"), ["SW6020 1"]),
    ],
)
def test_an_unfit_extra_object_is_told_at_its_line(tmp_path: Path, more: str, expected: list[str]) -> None:
    assert told(tmp_path, more) == expected


def test_nothing_that_may_be_a_secret_stands_in_a_message(tmp_path: Path) -> None:
    more = extra("{apiVersion: v1, kind: ConfigMap, data: {a: 4711}, binaryData: 4711}")
    assert "4711" not in " ".join(map(str, check(project(tmp_path, more))))


def test_two_objects_of_one_name_need_the_hash(tmp_path: Path) -> None:
    """A config may have the name that the ConfigMap of a service's files has."""
    more = "      files: {/etc/a: {content: b}}\n      env: {A: {config: web-files, key: a}}\n"
    more += "  configs: {web-files: {data: {a: b}}}\n"
    more += patch("{kind: ConfigMap, name: web-files}", "strategicMerge: {metadata: {labels: {a: b}}}")
    assert told(tmp_path, more) == ["SW6002 {kind"]
