"""Each rule: a spec that provokes it, next to specs that do not."""

from typing import Any

import pytest

from tests.conftest import Files

WEB = {"image": "example.test/web:1", "port": 8080}
ASKS = {"resources": {"requests": {"cpu": "100m"}}}
TIDY = {"service": "web", "command": ["tidy"]}
DIGEST = "sha256:" + "a" * 64

PROVOKED: list[tuple[str, dict[str, Any], dict[str, Any], list[str]]] = [
    ("reserved name", {"default-deny": WEB}, {}, ["SW4002 spec.services.default-deny"]),
    (
        "job named like a service",
        {"web": WEB},
        {"jobs": {"web": {**TIDY, "trigger": {"cron": "0 1 * * *"}}}},
        ["SW4003 spec.jobs.web"],
    ),
    ("renamed from itself", {"web": {**WEB, "renamedFrom": "web"}}, {}, ["SW4004 spec.services.web.renamedFrom"]),
    (
        "stateful service renamed",
        {
            "db": {
                **WEB,
                "type": "stateful",
                "renamedFrom": "base",
                "volumes": {"d": {"mountPath": "/d", "claim": {"storage": "1Gi"}}},
            }
        },
        {},
        ["SW4005 spec.services.db.renamedFrom"],
    ),
    (
        "two ports on one number",
        {"web": {"image": "a/b:1", "ports": {"a": {"port": 80, "targetPort": 1}, "b": {"port": 80, "targetPort": 2}}}},
        {},
        ["SW4101 spec.services.web.ports.b.port"],
    ),
    (
        "two ports on one target",
        {"web": {"image": "a/b:1", "ports": {"a": {"port": 80, "targetPort": 1}, "b": {"port": 81, "targetPort": 1}}}},
        {},
        ["SW4101 spec.services.web.ports.b.targetPort"],
    ),
    ("service without a port", {"web": {"image": "a/b:1"}}, {}, ["SW4102 spec.services.web"]),
    (
        "probe without a port",
        {"web": {"type": "worker", "image": "a/b:1", "probes": {"readiness": "/"}}},
        {},
        ["SW4103 spec.services.web.probes.readiness"],
    ),
    (
        "probe of an unknown port",
        {"web": {**WEB, "probes": {"readiness": {"httpGet": {"path": "/", "port": "htp"}}}}},
        {},
        ["SW4104 spec.services.web.probes.readiness.httpGet.port"],
    ),
    (
        "liveness that equals readiness",
        {"web": {**WEB, "probes": {"readiness": "/x", "liveness": "/x"}}},
        {},
        ["SW4106 spec.services.web.probes.liveness"],
    ),
    (
        "undeclared secret",
        {"web": {**WEB, "env": {"A": {"secret": "s", "key": "k"}}}},
        {},
        ["SW4201 spec.services.web.env.A"],
    ),
    (
        "unknown key of a secret",
        {"web": {**WEB, "env": {"A": {"secret": "s", "key": "k"}}}},
        {"secrets": {"s": {"keys": ["other"]}}},
        ["SW4202 spec.services.web.env.A"],
    ),
    ("unused config", {"web": WEB}, {"configs": {"c": {"data": {"a": "b"}}}}, ["SW4203 spec.configs.c"]),
    (
        "format without its part",
        {"web": {**WEB, "env": {"A": {"format": "{a}{b}", "from": {"a": {"field": "metadata.name"}}}}}},
        {},
        ["SW4204 spec.services.web.env.A.format"],
    ),
    (
        "part that no format uses",
        {"web": {**WEB, "env": {"A": {"format": "x", "from": {"a": {"field": "metadata.name"}}}}}},
        {},
        ["SW4205 spec.services.web.env.A.from.a"],
    ),
    (
        "path mounted twice",
        {"web": {**WEB, "volumes": {"a": {"mountPath": "/x", "emptyDir": {}}}, "files": {"/x": {"content": ""}}}},
        {},
        ["SW4206 spec.services.web.files./x"],
    ),
    (
        "mount of an unknown volume",
        {"web": {**WEB, "sidecars": {"s": {"mounts": {"nope": "/x"}}}}},
        {},
        ["SW4207 spec.services.web.sidecars.s.mounts.nope"],
    ),
    (
        "unknown callee",
        {"web": {**WEB, "connections": {"cart": {}}}},
        {},
        ["SW4301 spec.services.web.connections.cart"],
    ),
    (
        "callee with two ports",
        {
            "web": {**WEB, "connections": {"api": {}}},
            "api": {"image": "a/b:1", "ports": {"a": {"port": 1}, "b": {"port": 2}}},
        },
        {},
        ["SW4302 spec.services.web.connections.api"],
    ),
    (
        "host without a port",
        {"web": {**WEB, "connections": {"s": {"host": "a.test"}}}},
        {},
        ["SW4303 spec.services.web.connections.s"],
    ),
    (
        "variable set twice",
        {"web": {**WEB, "env": {"API_URL": "x"}, "connections": {"api": {}}}, "api": WEB},
        {},
        ["SW4305 spec.services.web.connections.api"],
    ),
    (
        "min above max",
        {"web": {**WEB, **ASKS, "scaling": {"min": 3, "max": 2, "targets": {"cpuPercent": 70}}}},
        {},
        ["SW4401 spec.services.web.scaling.min"],
    ),
    (
        "budget that blocks drains",
        {"web": {**WEB, "replicas": 2, "disruption": {"minAvailable": 2}}},
        {},
        ["SW4402 spec.services.web.disruption.minAvailable"],
    ),
    (
        "rollout that cannot move",
        {"web": {**WEB, "rollout": {"maxSurge": 0, "maxUnavailable": 0}}},
        {},
        ["SW4403 spec.services.web.rollout"],
    ),
    (
        "surge of what stops first",
        {"web": {**WEB, "rollout": {"strategy": "recreate", "maxSurge": 1}}},
        {},
        ["SW4404 spec.services.web.rollout.maxSurge"],
    ),
    (
        "claim that pods would share",
        {"web": {**WEB, "volumes": {"d": {"mountPath": "/d", "claim": {"storage": "1Gi"}}}}},
        {},
        ["SW4501 spec.services.web.volumes.d.claim"],
    ),
    (
        "claim during a rolling update",
        {"web": {**WEB, "replicas": 1, "volumes": {"d": {"mountPath": "/d", "claim": {"storage": "1Gi"}}}}},
        {},
        ["SW4503 spec.services.web.volumes.d.claim"],
    ),
    ("stateful without a claim", {"web": {**WEB, "type": "stateful"}}, {}, ["SW4502 spec.services.web"]),
    (
        "pause longer than the grace",
        {"web": {**WEB, "shutdown": {"drainSeconds": 30, "graceSeconds": 30}}},
        {},
        ["SW4601 spec.services.web.shutdown.drainSeconds"],
    ),
    (
        "deadline before the start is over",
        {"web": {**WEB, "rollout": {"progressDeadline": "5s"}}},
        {},
        ["SW4602 spec.services.web.rollout.progressDeadline"],
    ),
    (
        "request above the limit",
        {"web": {**WEB, "resources": {"requests": {"memory": "1Gi"}, "limits": {"memory": "512Mi"}}}},
        {},
        ["SW4603 spec.services.web.resources.requests.memory"],
    ),
    (
        "job of an unknown service",
        {"web": WEB},
        {"jobs": {"j": {**TIDY, "service": "wb", "trigger": {"cron": "0 1 * * *"}}}},
        ["SW4701 spec.jobs.j.service"],
    ),
    (
        "overlap of what has no schedule",
        {"web": WEB},
        {"jobs": {"j": {**TIDY, "trigger": {"before": ["web"]}, "concurrency": "allow"}}},
        ["SW4702 spec.jobs.j.concurrency"],
    ),
    (
        "route to an unknown service",
        {"web": WEB},
        {"ingress": {"hosts": {"h": {"subdomain": "h"}}, "routes": {"/": {"service": "wb"}}}},
        ["SW4804 spec.ingress.routes./.service"],
    ),
    (
        "route of an unknown host",
        {"web": WEB},
        {"ingress": {"hosts": {"h": {"subdomain": "h"}}, "routes": {"/": {"service": "web", "hosts": ["h", "x"]}}}},
        ["SW4803 spec.ingress.routes./.hosts.1"],
    ),
    (
        "one subdomain for two hosts",
        {"web": WEB},
        {"ingress": {"hosts": {"a": {"subdomain": "h"}, "b": {"subdomain": "h"}}, "routes": {"/": {"service": "web"}}}},
        ["SW4802 spec.ingress.hosts.b.subdomain"],
    ),
    ("image that nothing pins", {"web": {**WEB, "image": "example.test/web"}}, {}, ["SW4901 spec.services.web.image"]),
    ("image that moves", {"web": {**WEB, "image": "example.test/web:latest"}}, {}, ["SW4902 spec.services.web.image"]),
]


@pytest.mark.parametrize(
    ("services", "spec", "expected"), [case[1:] for case in PROVOKED], ids=[case[0] for case in PROVOKED]
)
def test_a_rule_speaks_where_it_is_broken(
    files: Files, services: dict[str, Any], spec: dict[str, Any], expected: list[str]
) -> None:
    files.services, files.spec = services, spec
    assert files.problems() == expected


def test_a_spec_that_uses_everything_breaks_no_rule(files: Files) -> None:
    probes = {"startup": "/s", "readiness": "/r", "liveness": "/l"}
    files.services = {
        "web": {
            **WEB,
            "probes": probes,
            "env": {
                "A": {"secret": "s", "key": "k"},
                "B": {"format": "{a}", "from": {"a": {"secret": "s", "key": "k"}}},
            },
            "files": {"/etc/c": {"config": "c"}},
            "connections": {
                "db": {},
                "out": {"host": "out.test", "port": 443},
                "far": {"application": "a", "port": 80},
            },
            "scaling": {"min": 2, "max": 4, "targets": {"cpuPercent": 70}},
            "resources": {"requests": {"cpu": "100m"}},
            "volumes": {"scratch": {"mountPath": "/scratch", "emptyDir": {}}},
            "sidecars": {"log": {"image": "a/log:1", "mounts": {"scratch": "/in"}}},
        },
        "db": {
            "type": "stateful",
            "image": f"example.test/db@{DIGEST}",
            "ports": {"sql": {"port": 5432, "appProtocol": "postgres"}},
            "volumes": {"data": {"mountPath": "/data", "claim": {"storage": "1Gi"}}},
        },
        "mail": {"type": "worker", "image": "example.test/mail:1"},
    }
    files.spec = {
        "secrets": {"s": {"keys": ["k"]}},
        "configs": {"c": {"data": {"k": "v"}}},
        "jobs": {"j": {"service": "mail", "command": ["tidy"], "trigger": {"before": ["web"]}}},
        "ingress": {"hosts": {"h": {"subdomain": "h"}}, "routes": {"/": {"service": "web"}}},
    }
    assert files.problems() == []


def test_a_release_pins_what_the_spec_leaves_open(files: Files) -> None:
    files.services = {"web": {**WEB, "image": "example.test/web"}}
    files.release = {"web": f"example.test/web:2@{DIGEST}"}
    spec = files.resolve()
    assert spec.image(spec.application.services["web"]) == f"example.test/web:2@{DIGEST}"


@pytest.mark.parametrize(
    ("release", "expected"),
    [
        ({"wep": f"example.test/web@{DIGEST}"}, ["SW4903 spec.images.wep"]),
        ({"web": f"example.test/other@{DIGEST}"}, ["SW4905 spec.images.web"]),
        ({"web": "example.test/web:1"}, ["SW2005 spec.images.web"]),
    ],
)
def test_a_release_names_what_is_there(files: Files, release: dict[str, str], expected: list[str]) -> None:
    files.release = release
    assert files.problems() == expected


def test_an_ingress_needs_a_platform_that_has_one(files: Files) -> None:
    files.platform["environments"]["dev"].pop("ingress")
    files.spec = {"ingress": {"hosts": {"h": {"subdomain": "h"}}, "routes": {"/": {"service": "web"}}}}
    assert files.problems() == ["SW4801 spec.ingress"]


@pytest.mark.parametrize("environments", [{}, {"dev": {"services": {"web": {"replicas": 1}}}}])
def test_what_no_layer_brings_is_missing_once_all_are_merged(files: Files, environments: dict[str, Any]) -> None:
    files.services, files.spec = {"web": {"port": 8080}}, {"environments": environments}
    assert files.problems() == ["SW2004 spec.services.web"]
