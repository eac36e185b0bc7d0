"""What the platform demands, has and lacks: each with a spec that meets it and one that does not."""

from datetime import date
from typing import Any

import pytest

from cli.verbs.render import objects
from schemas.platform.environment import complete_entry, platform_entry
from schemas.problems import SpecError
from schemas.resolve import check, resolve
from schemas.shape.grammar import grammar
from schemas.text.document import plain
from tests.conftest import Files

WEB: dict[str, Any] = {"image": "example.test/web:1", "port": 8080}
ASKS = {"resources": {"requests": {"cpu": "100m"}}}
DIGEST = "sha256:" + "a" * 64
CLAIM = {"type": "stateful", **WEB, "volumes": {"d": {"mountPath": "/d", "claim": {"storage": "5Gi"}}}}
LIMITED: list[tuple[str, dict[str, Any], dict[str, Any], list[str]]] = [
    ("registry", {"registries": {"allow": ["ghcr.io/acme"]}}, WEB, ["SW3101 spec.services.web.image"]),
    ("allowed registry", {"registries": {"allow": ["ghcr.io", "example.test"]}}, WEB, []),
    (
        "a registry's name is not a prefix of another's",
        {"registries": {"allow": ["example.te"]}},
        WEB,
        ["SW3101 spec.services.web.image"],
    ),
    ("short names are Docker Hub's", {"registries": {"allow": ["docker.io/library"]}}, {**WEB, "image": "nginx:1"}, []),
    (
        "image of a sidecar",
        {"registries": {"allow": ["example.test"]}},
        {**WEB, "sidecars": {"s": {"image": "ghcr.io/a/b:1"}}},
        ["SW3101 spec.services.web.sidecars.s.image"],
    ),
    ("pinned by digest", {"images": {"pinned": "digest"}}, WEB, ["SW3102 spec.services.web.image"]),
    ("digest", {"images": {"pinned": "digest"}}, {**WEB, "image": f"example.test/web@{DIGEST}"}, []),
    ("tag", {"images": {"pinned": "tag"}}, WEB, []),
    (
        "latest",
        {"images": {"pinned": "tag"}},
        {**WEB, "image": "example.test/web:latest"},
        ["SW3102 spec.services.web.image"],
    ),
    ("replicas above", {"replicas": {"max": 3}}, {**WEB, "replicas": 4}, ["SW3103 spec.services.web.replicas"]),
    ("replicas at", {"replicas": {"max": 3}}, {**WEB, "replicas": 3}, []),
    (
        "scaling above",
        {"replicas": {"max": 3}},
        {**WEB, **ASKS, "scaling": {"min": 2, "max": 4, "targets": {"cpuPercent": 70}}},
        ["SW3103 spec.services.web.scaling.max"],
    ),
    (
        "scaling below",
        {"replicas": {"min": 3}},
        {**WEB, **ASKS, "scaling": {"min": 2, "max": 4, "targets": {"cpuPercent": 70}}},
        ["SW3104 spec.services.web.scaling.min"],
    ),
    ("the default replicas below", {"replicas": {"min": 3}}, WEB, ["SW3104 spec.services.web"]),
    ("requests unsaid", {"requests": {"required": ["cpu", "memory"]}}, WEB, ["SW3105 spec.services.web"]),
    ("requests said", {"requests": {"required": ["cpu"]}}, {**WEB, "resources": {"requests": {"cpu": "1"}}}, []),
    (
        "cpu above",
        {"requests": {"maxCpu": "500m"}},
        {**WEB, "resources": {"requests": {"cpu": "1"}}},
        ["SW3106 spec.services.web.resources.requests.cpu"],
    ),
    ("cpu at", {"requests": {"maxCpu": "1"}}, {**WEB, "resources": {"requests": {"cpu": "1000m"}}}, []),
    (
        "memory above",
        {"requests": {"maxMemory": "1Gi"}},
        {**WEB, "resources": {"requests": {"memory": "1025Mi"}, "limits": {"memory": "2Gi"}}},
        ["SW3106 spec.services.web.resources.requests.memory"],
    ),
    ("label", {"labels": {"required": ["cost-center"]}}, WEB, ["SW3107 spec.services.web"]),
    ("label said", {"labels": {"required": ["cost-center"]}}, {**WEB, "labels": {"cost-center": "7"}}, []),
    ("claim above", {"storage": {"max": "1Gi"}}, CLAIM, ["SW3108 spec.services.web.volumes.d.claim.storage"]),
    ("claim at", {"storage": {"max": "5Gi"}}, CLAIM, []),
]


@pytest.mark.parametrize(
    ("limits", "service", "expected"), [case[1:] for case in LIMITED], ids=[case[0] for case in LIMITED]
)
@pytest.mark.parametrize("where", ["platform", "environment"])
def test_limit(files: Files, where: str, limits: dict[str, Any], service: dict[str, Any], expected: list[str]) -> None:
    place = files.platform if where == "platform" else files.platform["environments"]["dev"]
    place["limits"] = limits
    files.services = {"web": service}
    assert files.problems() == expected


def test_a_label_of_the_whole_application_counts_for_its_services(files: Files) -> None:
    files.platform["limits"] = {"labels": {"required": ["cost-center"]}}
    files.metadata["labels"] = {"cost-center": "7"}
    assert files.problems() == []


def test_a_limit_names_the_platforms_line(files: Files) -> None:
    files.platform = {"limits": {"replicas": {"max": 1}}, **files.platform}
    with pytest.raises(SpecError) as caught:
        files.resolve()
    (problem,) = caught.value.problems
    assert (
        problem.message == f"`2` is more than the platform allows, `1` (replicas.max, {files.folder}/platform.yaml:8)."
    )


def test_an_environments_limit_is_laid_over_the_platforms(files: Files) -> None:
    files.platform["limits"] = {"replicas": {"max": 1}, "labels": {"required": ["team"]}}
    files.platform["environments"]["dev"]["limits"] = {"replicas": {"max": 9}, "labels": None}
    assert files.problems() == []


@pytest.mark.parametrize(("day", "severity"), [(24, "warning"), (25, "error"), (26, "error")])
def test_a_limit_is_a_warning_before_its_day(files: Files, day: int, severity: str) -> None:
    files.platform["limits"] = {"replicas": {"max": 1, "enforceFrom": "2026-12-25"}}
    files.today = date(2026, 12, day)
    (problem,) = check(files.project())
    assert problem.severity == severity
    assert problem.message.endswith("From 2026-12-25 this is an error.") == (severity == "warning")


def exemption(**changes: Any) -> dict[str, Any]:
    given = {"application": "shop", "limit": "replicas.max", "value": 2, "until": "2026-12-01", "reason": "a sale"}
    return {key: value for key, value in {**given, **changes}.items() if value is not None}


EXEMPTED: list[tuple[str, dict[str, Any], dict[str, Any], list[str]]] = [
    ("exempted", {"replicas": {"max": 1}}, exemption(), []),
    (
        "too little",
        {"replicas": {"max": 1}},
        exemption(value=1),
        ["SW3103 spec.services.web", "SW3112 spec.exemptions.it.limit"],
    ),
    ("on its last day", {"replicas": {"max": 1}}, exemption(until="2026-11-25"), []),
    (
        "ended",
        {"replicas": {"max": 1}},
        exemption(until="2026-11-24"),
        ["SW3103 spec.services.web", "SW3111 spec.exemptions.it.until"],
    ),
    ("unused", {"replicas": {"max": 5}}, exemption(), ["SW3112 spec.exemptions.it.limit"]),
    ("of another application", {"replicas": {"max": 1}}, exemption(application="till"), ["SW3103 spec.services.web"]),
    (
        "of another service",
        {"replicas": {"max": 1}},
        exemption(service="cart"),
        ["SW3103 spec.services.web", "SW3112 spec.exemptions.it.limit"],
    ),
    ("of this service and environment", {"replicas": {"max": 1}}, exemption(service="web", environment="dev"), []),
    (
        "one more registry",
        {"registries": {"allow": ["ghcr.io"]}},
        exemption(limit="registries.allow", value="example.test/web"),
        [],
    ),
    ("a tag will do", {"images": {"pinned": "digest"}}, exemption(limit="images.pinned", value="tag"), []),
    ("a request less", {"requests": {"required": ["cpu"]}}, exemption(limit="requests.required", value="cpu"), []),
    ("a label less", {"labels": {"required": ["a"]}}, exemption(limit="labels.required", value="a"), []),
    (
        "a value of the wrong kind",
        {"replicas": {"max": 1}},
        exemption(value="many"),
        ["SW3113 spec.exemptions.it.value"],
    ),
    (
        "a quantity of the wrong form",
        {"storage": {"max": "1Gi"}},
        exemption(limit="storage.max", value="2GB"),
        ["SW3113 spec.exemptions.it.value"],
    ),
    (
        "of an unknown environment",
        {"replicas": {"max": 1}},
        exemption(environment="dve"),
        ["SW3001 spec.exemptions.it.environment"],
    ),
    (
        "of an unknown limit",
        {"replicas": {"max": 1}},
        exemption(limit="replicas.maximum"),
        ["SW2003 spec.exemptions.it.limit"],
    ),
    (
        "until a day that is not",
        {"replicas": {"max": 1}},
        exemption(until="2026-02-30"),
        ["SW2005 spec.exemptions.it.until"],
    ),
    ("without a reason", {"replicas": {"max": 1}}, exemption(reason=None), ["SW2004 spec.exemptions.it"]),
]


@pytest.mark.parametrize(
    ("limits", "one", "expected"), [case[1:] for case in EXEMPTED], ids=[case[0] for case in EXEMPTED]
)
def test_exemption(files: Files, limits: dict[str, Any], one: dict[str, Any], expected: list[str]) -> None:
    files.platform = {"limits": limits, "exemptions": {"it": one}, **files.platform}
    assert sorted(files.checked()) == sorted(expected)


def test_two_exemptions_may_be_needed_together(files: Files) -> None:
    files.platform["limits"] = {"labels": {"required": ["a", "b"]}}
    files.platform["exemptions"] = {key: exemption(limit="labels.required", value=key) for key in ("a", "b")}
    assert files.checked() == []


SCALED = {**WEB, **ASKS, "scaling": {"min": 3, "max": 4, "targets": {"cpuPercent": 70}}}
ROUTED = {"ingress": {"hosts": {"w": {"subdomain": "w"}}, "routes": {"/": {"service": "web"}}}}
GRPC = {"image": "example.test/api:1", "ports": {"grpc": {"port": 9000, "appProtocol": "grpc"}}}
LACKING: list[tuple[str, dict[str, Any], dict[str, Any], dict[str, Any], str]] = [
    ("no ingress", {"ingress": None}, WEB, ROUTED, "SW4801 spec.ingress"),
    (
        "no metrics",
        {"installed": {"metrics-server": False}},
        SCALED,
        {},
        "SW3201 spec.services.web.scaling.targets.cpuPercent",
    ),
    ("no gRPC through an Ingress", {}, GRPC, ROUTED, "SW3204 spec.ingress.routes./"),
    (
        "no such class",
        {"storageClasses": {"fast": {}}},
        {**CLAIM, "volumes": {"d": {"mountPath": "/d", "claim": {"storage": "1Gi", "storageClass": "fsat"}}}},
        {},
        "SW3202 spec.services.web.volumes.d.claim.storageClass",
    ),
    (
        "no such access",
        {"storageClasses": {"fast": {}}, "storageClass": "fast"},
        {**CLAIM, "volumes": {"d": {"mountPath": "/d", "claim": {"storage": "1Gi", "accessMode": "ReadWriteMany"}}}},
        {},
        "SW3203 spec.services.web.volumes.d.claim.accessMode",
    ),
]


@pytest.mark.parametrize(
    ("entry", "service", "spec", "expected"), [case[1:] for case in LACKING], ids=[case[0] for case in LACKING]
)
def test_what_the_platform_lacks_is_an_error_that_names_both_files(
    files: Files, entry: dict[str, Any], service: dict[str, Any], spec: dict[str, Any], expected: str
) -> None:
    files.platform["environments"]["dev"] |= entry
    files.services, files.spec = {"web": service}, spec
    (problem,) = check(files.project())
    assert (f"{problem.code} {'.'.join(map(str, problem.origin.path))}", problem.severity) == (expected, "error")
    assert f"in `dev` ({files.folder}/platform.yaml:" in problem.message


@pytest.mark.parametrize(
    ("entry", "service", "spec", "expected"), [case[1:] for case in LACKING], ids=[case[0] for case in LACKING]
)
def test_what_is_lacking_where_it_may_be_omitted_is_a_warning_and_gives_nothing(
    files: Files, entry: dict[str, Any], service: dict[str, Any], spec: dict[str, Any], expected: str
) -> None:
    files.platform["environments"]["dev"] |= {**entry, "whenMissing": "omit"}
    files.services, files.spec = {"web": service}, spec
    omitted = files.resolve()
    assert [(problem.code, problem.severity) for problem in omitted.warnings] == [
        (expected.partition(" ")[0], "warning")
    ]
    files.services = {"web": without(service)}
    files.spec = {}
    assert objects(omitted) == objects(files.resolve())


def without(service: dict[str, Any]) -> dict[str, Any]:
    """Return the same service as it would be written for a platform that lacks what it needs."""
    plainer = {key: value for key, value in service.items() if key != "scaling"}
    if "scaling" in service:
        return {**plainer, "replicas": service["scaling"]["min"]}
    if "volumes" in service:
        return {**plainer, "volumes": {"d": {"mountPath": "/d", "claim": {"storage": "1Gi"}}}}
    return plainer


def test_what_is_not_deployed_needs_nothing(files: Files) -> None:
    files.platform["environments"]["dev"]["installed"] = {"metrics-server": False}
    files.services["batch"] = {**SCALED, "deploy": False}
    assert files.problems() == []


BASELINES = [
    ("unknown parent", {"a": {"extends": "b"}}, ["SW3011 spec.baselines.a.extends"]),
    ("itself", {"a": {"extends": "a"}}, ["SW3012 spec.baselines.a.extends"]),
    (
        "in a circle",
        {"a": {"extends": "b"}, "b": {"extends": "a"}},
        ["SW3012 spec.baselines.a.extends", "SW3012 spec.baselines.b.extends"],
    ),
    ("beside a circle", {"a": {"extends": "b"}, "b": {"extends": "b"}}, ["SW3012 spec.baselines.b.extends"]),
    ("a chain", {"a": {"extends": "b"}, "b": {"extends": "c"}, "c": {}}, []),
]


@pytest.mark.parametrize(
    ("baselines", "expected"), [case[1:] for case in BASELINES], ids=[case[0] for case in BASELINES]
)
def test_baselines(files: Files, baselines: dict[str, Any], expected: list[str]) -> None:
    files.platform["baselines"] = baselines
    files.metadata["platform"] = {"name": "acme", "baseline": "a"}
    assert files.problems() == expected


def test_a_baseline_is_laid_over_those_it_extends_and_says_which_it_is(files: Files) -> None:
    files.platform["baselines"] = {
        "old": {
            "services": {"labels": {"a": "old", "b": "old", "c": "old"}},
            "whenPresent": {"services": {"shutdown": {"graceSeconds": 40}}},
        },
        "new": {"extends": "old", "services": {"labels": {"b": "new", "c": None}}},
        "newer": {"services": {"labels": {"never": "chosen"}}},
    }
    files.metadata["platform"] = {"name": "acme", "baseline": "new"}
    files.platform["environments"]["dev"]["services"] = {"labels": {"d": "dev"}}
    spec = files.resolve()
    labels = spec.tree.entries["services"].entries["web"].entries["labels"]
    assert plain(labels) == {"a": "old", "b": "new", "d": "dev"}
    assert [node.origin.layer for node in labels.entries.values()] == [
        "baseline old",
        "baseline new",
        "platform environment dev",
    ]
    assert spec.origin(("services", "web", "shutdown", "graceSeconds")).layer == "baseline old"


def located(files: Files, eu: dict[str, Any], **environment: Any) -> None:
    files.platform["environments"]["dev"] |= {"locations": {"eu": eu, "us": {}}, **environment}


def test_a_location_differs_in_what_it_says_and_in_nothing_else(files: Files) -> None:
    located(
        files,
        {
            "domain": "eu.test",
            "cluster": {"context": "eu"},
            "ingress": {"port": 8443},
            "services": {"labels": {"at": "eu"}},
        },
        cluster={"identifier": "one"},
    )
    project = files.project()
    eu, us = (resolve(project, "dev", place) for place in ("eu", "us"))
    assert (eu.environment.domain, us.environment.domain) == ("eu.test", "dev.localhost")
    assert eu.environment.cluster is not None
    assert (eu.environment.cluster.context, eu.environment.cluster.identifier) == ("eu", "one")
    assert eu.environment.ingress is not None
    assert (eu.environment.ingress.port, eu.environment.ingress.class_) == (8443, "nginx")
    assert eu.application.services["web"].labels == {"at": "eu"}
    assert eu.origin(("services", "web", "labels", "at")).layer == "platform location eu"
    assert us.application.services["web"].labels == {}


def test_what_environment_and_location_give_together_is_checked(files: Files) -> None:
    del files.platform["environments"]["dev"]["ingress"]
    located(files, {"ingress": {"port": 80}})
    assert files.checked() == ["SW2004 spec.environments.dev.locations.eu.ingress"]


def test_a_problem_says_where_it_stands_only_when_not_everywhere(files: Files) -> None:
    files.platform["environments"]["prod"] = dict(files.platform["environments"]["dev"])
    files.services["web"]["labels"] = {"a": "b"}
    files.platform["limits"] = {"replicas": {"max": 1}}
    (everywhere,) = check(files.project())
    assert "Only" not in everywhere.message
    files.platform["environments"]["prod"]["limits"] = {"replicas": {"max": 2}}
    (somewhere,) = check(files.project())
    assert somewhere.message.endswith(" Only in `dev`.")
    files.platform["environments"]["prod"] |= {
        "locations": {"eu": {"limits": {"replicas": {"max": 2}}}, "us": {"limits": {"replicas": {"max": 1}}}}
    }
    files.platform["environments"]["dev"]["limits"] = {"replicas": {"max": 2}}
    (one,) = check(files.project())
    assert one.message.endswith(" Only in `us` of `prod`.")


def test_whatever_a_location_says_counts_there_and_nowhere_else(files: Files) -> None:
    said: dict[str, Any] = {
        "cluster": {"context": "eu"},
        "domain": "eu.test",
        "registry": {"address": "eu.test"},
        "builds": {"builder": "eu"},
        "ingress": {"class": "eu"},
        "mesh": {"kind": "istio-ambient"},
        "monitoring": {"labels": {"release": "eu"}},
        "storageClass": "eu",
        "storageClasses": {"eu": {}},
        "versions": {"kubernetes": "1.37"},
        "installed": {"metrics-server": False},
        "whenMissing": "omit",
        "servesPeople": False,
        "identityProviders": {"login": {"issuer": "https://login.eu.test", "jwksUri": "https://login.eu.test/keys"}},
        "metrics": {"waiting": {"series": "messages"}},
        "limits": {"replicas": {"max": 9}},
    }
    parts = set(grammar("platform", "Location").properties) - {"services"}
    assert set(said) == parts
    for part, value in said.items():
        located(files, {part: value})
        project = files.project()
        here, there, before = (
            plain(complete_entry(platform_entry(project, "dev", place))) for place in ("eu", "us", None)
        )
        assert there == before
        assert {key for key in here if here[key] != there.get(key)} == {part}
