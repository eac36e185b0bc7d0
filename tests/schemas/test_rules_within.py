"""Rules within a service: for each a spec that provokes it, beside the nearest one that does not."""

from typing import Any

import pytest

from schemas.problems import SpecError
from tests.conftest import Files

WEB: dict[str, Any] = {"image": "example.test/web:1", "port": 8080}
WORKER: dict[str, Any] = {"type": "worker", "image": "example.test/worker:1"}
DB: dict[str, Any] = {
    "type": "stateful",
    "image": "example.test/db:1",
    "port": 5432,
    "volumes": {"d": {"mountPath": "/d", "claim": {"storage": "1Gi"}}},
}
TIDY: dict[str, Any] = {"service": "web", "command": ["tidy"]}
HOSTS: dict[str, Any] = {"h": {"subdomain": "h"}}
EMPTY: dict[str, Any] = {"emptyDir": {}}
CLAIM: dict[str, Any] = {"claim": {"storage": "1Gi"}}


def cron(schedule: str, **trigger: str) -> dict[str, Any]:
    return {"jobs": {"j": {**TIDY, "trigger": {"cron": schedule, **trigger}}}}


def scaled(resources: dict[str, Any], targets: dict[str, int], **bounds: int) -> dict[str, Any]:
    return {"resources": resources, "scaling": {"min": 2, "max": 4, "targets": targets, **bounds}}


def routes(*paths: str) -> dict[str, Any]:
    return {"ingress": {"hosts": HOSTS, "routes": {path: {"service": "web"} for path in paths}}}


CPU: dict[str, Any] = {"requests": {"cpu": "100m"}}

WITHIN: list[tuple[str, str, dict[str, Any], dict[str, Any]]] = [
    # What is wrong, where it is told, what is added to the service `web` that provokes it, and what does not.
    (
        "two containers with one name",
        "SW4006 sidecars.web",
        {"sidecars": {"web": {"image": "a/b:1"}}},
        {"sidecars": {"log": {"image": "a/b:1"}}},
    ),
    (
        "a sidecar and an init container with one name",
        "SW4006 initContainers.log",
        {"sidecars": {"log": {"image": "a/b:1"}}, "initContainers": {"log": {"command": ["x"]}}},
        {"sidecars": {"log": {"image": "a/b:1"}}, "initContainers": {"prepare": {"command": ["x"]}}},
    ),
    (
        "a label key with a space",
        "SW4008 labels.cost centre",
        {"labels": {"cost centre": "a"}},
        {"labels": {"acme.test/cost-centre": "a"}},
    ),
    ("a label value that is a sentence", "SW4008 labels.a", {"labels": {"a": "x y"}}, {"annotations": {"a": "x y"}}),
    ("a label value over 63 characters", "SW4008 labels.a", {"labels": {"a": "x" * 64}}, {"labels": {"a": "x" * 63}}),
    (
        "a node label that none has",
        "SW4008 placement.nodeSelector.disk type",
        {"placement": {"nodeSelector": {"disk type": "ssd"}}},
        {"placement": {"nodeSelector": {"disk-type": "ssd"}}},
    ),
    (
        "a label that selectors use",
        "SW4009 labels.app.kubernetes.io/name",
        {"labels": {"app.kubernetes.io/name": "x"}},
        {"labels": {"app.kubernetes.io/version": "x"}},
    ),
    ("a label that the owner is", "SW4009 labels.owner", {"labels": {"owner": "x"}}, {"labels": {"contact": "x"}}),
    (
        "an annotation of ours",
        "SW4009 annotations.stackwright.dev/stack",
        {"annotations": {"stackwright.dev/stack": "x"}},
        {"annotations": {"acme.test/stack": "x"}},
    ),
    (
        "a toleration of every taint by mistake",
        "SW4011 placement.tolerations.0",
        {"placement": {"tolerations": [{"effect": "NoSchedule"}]}},
        {"placement": {"tolerations": [{"operator": "Exists"}]}},
    ),
    (
        "a toleration of any value, and of one",
        "SW4011 placement.tolerations.0.value",
        {"placement": {"tolerations": [{"key": "a", "operator": "Exists", "value": "b"}]}},
        {"placement": {"tolerations": [{"key": "a", "operator": "Equal", "value": "b"}]}},
    ),
    (
        "a time that no effect waits for",
        "SW4011 placement.tolerations.0.tolerationSeconds",
        {"placement": {"tolerations": [{"key": "a", "operator": "Exists", "tolerationSeconds": 9}]}},
        {"placement": {"tolerations": [{"key": "a", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 9}]}},
    ),
    ("an ephemeral port", "SW4107 ports.a.port", {"ports": {"a": {"port": 32768}}}, {"ports": {"a": {"port": 32767}}}),
    (
        "the last ephemeral port",
        "SW4107 ports.a.targetPort",
        {"ports": {"a": {"port": 80, "targetPort": 60999}}},
        {"ports": {"a": {"port": 60999, "targetPort": 61000}}},
    ),
    (
        "a port of the mesh",
        "SW4108 ports.a.targetPort",
        {"ports": {"a": {"port": 80, "targetPort": 15021}}},
        {"ports": {"a": {"port": 15021, "targetPort": 8080}}},
    ),
    (
        "the user of the mesh",
        "SW4109 security.runAsUser",
        {"security": {"runAsUser": 1337}},
        {"security": {"runAsUser": 1338}},
    ),
    (
        "HTTP over UDP",
        "SW4110 ports.a.appProtocol",
        {"ports": {"a": {"port": 80, "protocol": "UDP", "appProtocol": "http"}}},
        {"ports": {"a": {"port": 80, "protocol": "UDP"}}},
    ),
    (
        "a probe of a UDP port",
        "SW4111 probes.readiness",
        {"ports": {"a": {"port": 80, "protocol": "UDP"}}, "probes": {"readiness": {"tcpSocket": {}}}},
        {"ports": {"a": {"port": 80, "protocol": "UDP"}}, "probes": {"readiness": {"exec": {"command": ["x"]}}}},
    ),
    (
        "an HTTP probe of a database",
        "SW4112 probes.readiness",
        {"ports": {"a": {"port": 80, "appProtocol": "redis"}}, "probes": {"readiness": "/"}},
        {"ports": {"a": {"port": 80, "appProtocol": "redis"}}, "probes": {"readiness": {"tcpSocket": {}}}},
    ),
    (
        "a sidecar's probe without a port",
        "SW4113 sidecars.log.probes.readiness",
        {"sidecars": {"log": {"image": "a/b:1", "probes": {"readiness": "/"}}}},
        {"sidecars": {"log": {"image": "a/b:1", "probes": {"readiness": {"httpGet": {"path": "/", "port": 9000}}}}}},
    ),
    (
        "a sidecar's probe of an unknown port",
        "SW4104 sidecars.log.probes.readiness.tcpSocket.port",
        {"sidecars": {"log": {"image": "a/b:1", "probes": {"readiness": {"tcpSocket": {"port": "htp"}}}}}},
        {"sidecars": {"log": {"image": "a/b:1", "probes": {"readiness": {"tcpSocket": {"port": "http"}}}}}},
    ),
    (
        "a claim to delete beside one to keep",
        "SW4504 volumes.b.claim.onRemoval",
        {"type": "stateful", "volumes": {"a": {"mountPath": "/a", "claim": {"storage": "1Gi"}}, "b": {"mountPath": "/b", "claim": {"storage": "1Gi", "onRemoval": "delete"}}}},
        {"type": "stateful", "volumes": {key: {"mountPath": f"/{key}", "claim": {"storage": "1Gi", "onRemoval": "delete"}} for key in "ab"}},
    ),
    (
        "an answer after the next check",
        "SW4114 probes.readiness.timeoutSeconds",
        {"probes": {"readiness": {"tcpSocket": {}, "periodSeconds": 5, "timeoutSeconds": 6}}},
        {"probes": {"readiness": {"tcpSocket": {}, "periodSeconds": 5, "timeoutSeconds": 5}}},
    ),
    (
        "liveness alone",
        "SW4115 probes.liveness",
        {"probes": {"liveness": "/live"}},
        {"probes": {"liveness": {"httpGet": {"path": "/live"}, "initialDelaySeconds": 20}}},
    ),
    (
        "a start that is less patient than liveness",
        "SW4116 probes.startup",
        {"probes": {"startup": {"tcpSocket": {}, "failureThreshold": 2}, "liveness": "/live"}},
        {"probes": {"startup": {"tcpSocket": {}, "failureThreshold": 3}, "liveness": "/live"}},
    ),
    (
        "one path twice in a sidecar",
        "SW4206 sidecars.log.mounts.b",
        {
            "volumes": {"a": {"mountPath": "/a", **EMPTY}, "b": {"mountPath": "/b", **EMPTY}},
            "sidecars": {"log": {"image": "a/b:1", "mounts": {"a": "/x", "b": "/x/"}}},
        },
        {
            "volumes": {"a": {"mountPath": "/a", **EMPTY}, "b": {"mountPath": "/b", **EMPTY}},
            "sidecars": {"log": {"image": "a/b:1", "mounts": {"a": "/x", "b": "/x/b"}}},
        },
    ),
    (
        "one path by two spellings",
        "SW4206 volumes.b.mountPath",
        {"volumes": {"a": {"mountPath": "/x/y", **EMPTY}, "b": {"mountPath": "/x//z/../y", **EMPTY}}},
        {"volumes": {"a": {"mountPath": "/x/y", **EMPTY}, "b": {"mountPath": "/x/y/z", **EMPTY}}},
    ),
    ("a mount over everything", "SW4209 volumes.a.mountPath", {"volumes": {"a": {"mountPath": "/", **EMPTY}}}, {"volumes": {"a": {"mountPath": "/a", **EMPTY}}}),
    (
        "a mount in the kernel's folder",
        "SW4209 volumes.a.mountPath",
        {"volumes": {"a": {"mountPath": "/proc/x", **EMPTY}}},
        {"volumes": {"a": {"mountPath": "/process", **EMPTY}}},
    ),
    (
        "a mount that hides the image",
        "SW4210 volumes.a.mountPath",
        {"volumes": {"a": {"mountPath": "/etc", **EMPTY}}},
        {"volumes": {"a": {"mountPath": "/etc/web", **EMPTY}}, "files": {"/etc/hosts.allow": {"content": ""}}},
    ),
    ("a mount at /tmp is free", "", {}, {"volumes": {"a": {"mountPath": "/tmp", **EMPTY}}}),
    (
        "a variable with the name of a part",
        "SW4306 env.A_PART_B",
        {"env": {"A": {"format": "{b}", "from": {"b": {"field": "metadata.name"}}}, "A_PART_B": "x"}},
        {"env": {"A": {"format": "{b}", "from": {"b": {"field": "metadata.name"}}}, "A_PART": "x"}},
    ),
    ("a search path", "SW4307 env.PATH", {"env": {"PATH": "/app/bin"}}, {"env": {"GOPATH": "/app"}}),
    ("the API's address", "SW4307 env.KUBERNETES_SERVICE_HOST", {"env": {"KUBERNETES_SERVICE_HOST": "x"}}, {"env": {"HOME": "/tmp"}}),
    ("an expansion", "SW4308 env.B", {"env": {"A": "x", "B": "http://$(A)/"}}, {"env": {"A": "x", "B": "http://$(C)/"}}),
    ("a shell's expansion", "SW4308 env.B", {"env": {"A": "x", "B": "${A}"}}, {"env": {"A": "x", "B": "$A"}}),
    ("a password in the open", "SW4309 env.DB_PASSWORD", {"env": {"DB_PASSWORD": "x"}}, {"env": {"DB_PASSWORD_FILE": "/x"}}),
    ("a token in the open", "SW4309 env.githubToken", {"env": {"githubToken": "x"}}, {"env": {"TOKEN_SECONDS": "60"}}),
    ("a key in the open", "SW4309 env.STRIPE_API_KEY", {"env": {"STRIPE_API_KEY": "x"}}, {"env": {"CACHE_KEY": "x", "PUBLIC_KEY": "x"}}),
    ("a login in an address", "SW4309 env.DB", {"env": {"DB": "postgres://me:pass@db/x"}}, {"env": {"DB": "postgres://me@db/x"}}),
    (
        "a private key in a file",
        "SW4309 files./k",
        {"files": {"/k": {"content": "-----BEGIN RSA PRIVATE KEY-----\n"}}},
        {"files": {"/k": {"content": "-----BEGIN CERTIFICATE-----\n"}}},
    ),
    ("a switch is no secret", "", {}, {"env": {"USE_TOKEN": "true", "REQUIRE_PASSWORD": "false", "API_KEY": ""}}),
    (
        "the pod itself as a host",
        "SW4310 connections.a.host",
        {"connections": {"a": {"host": "localhost", "port": 80}}},
        {"connections": {"a": {"host": "localhost.test", "port": 80}}},
    ),
    (
        "a host in the cluster",
        "SW4310 connections.a.host",
        {"connections": {"a": {"host": "db.shop.svc.cluster.local", "port": 80}}},
        {"connections": {"a": {"host": "db.svc.test", "port": 80}}},
    ),
    (
        "a way in for itself",
        "SW4311 access.inbound.a",
        {"access": {"inbound": {"a": {"application": "shop", "service": "web"}}}},
        {"access": {"inbound": {"a": {"application": "other", "service": "web"}}}},
    ),
    (
        "a budget for one pod",
        "SW4405 disruption.minAvailable",
        {"replicas": 1, "disruption": {"minAvailable": 1}},
        {"replicas": 2, "disruption": {"minAvailable": 1}},
    ),
    (
        "a budget in percent that is rounded up to all",
        "SW4402 disruption.minAvailable",
        {"replicas": 3, "disruption": {"minAvailable": "67%"}},
        {"replicas": 3, "disruption": {"minAvailable": "66%"}},
    ),
    ("a small percentage is one pod", "", {}, {"replicas": 3, "disruption": {"maxUnavailable": "1%"}}),
    (
        "a budget that keeps nobody",
        "SW4406 disruption.maxUnavailable",
        {"replicas": 2, "disruption": {"maxUnavailable": 2}},
        {"replicas": 3, "disruption": {"maxUnavailable": 2}},
    ),
    (
        "a rollout that keeps nobody",
        "SW4407 rollout.maxUnavailable",
        {"replicas": 2, "rollout": {"maxUnavailable": 2}},
        {"replicas": 2, "rollout": {"maxUnavailable": 1}},
    ),
    (
        "a rollout that uses up the budget",
        "SW4413 rollout.maxUnavailable",
        {"replicas": 4, "rollout": {"maxUnavailable": 2}},
        {"replicas": 4, "rollout": {"maxUnavailable": 2}, "disruption": {"maxUnavailable": 2}},
    ),
    (
        "more than all pods",
        "SW4408 rollout.maxUnavailable",
        {"type": "worker", "port": None, "replicas": 0, "rollout": {"maxUnavailable": "101%"}},
        {"type": "worker", "port": None, "replicas": 0, "rollout": {"maxUnavailable": "100%"}},
    ),
    (
        "a pause that nobody sees",
        "SW4404 shutdown.drainSeconds",
        {"type": "worker", "port": None, "shutdown": {"drainSeconds": 9}},
        {"type": "worker", "port": None, "shutdown": {"graceSeconds": 3}},
    ),
    ("an autoscaler without room", "SW4409 scaling.max", scaled(CPU, {"cpuPercent": 70}, max=2), scaled(CPU, {"cpuPercent": 70}, max=3)),
    (
        "a target of nothing",
        "SW4410 scaling.targets.cpuPercent",
        scaled({"requests": {"cpu": "0"}}, {"cpuPercent": 70}),
        scaled({"requests": {"cpu": "1m"}}, {"cpuPercent": 70}),
    ),
    ("a target of a request that nobody chose", "SW4411 scaling.targets.cpuPercent", scaled({}, {"cpuPercent": 70}), scaled(CPU, {"cpuPercent": 70})),
    (
        "a target at the limit",
        "SW4412 scaling.targets.memoryPercent",
        scaled({"requests": {"memory": "1Gi"}}, {"memoryPercent": 100}),
        scaled({"requests": {"memory": "1Gi"}, "limits": {"memory": "2Gi"}}, {"memoryPercent": 100}),
    ),
    (
        "a target above the limit",
        "SW4412 scaling.targets.cpuPercent",
        scaled({"requests": {"cpu": "1"}, "limits": {"cpu": "2"}}, {"cpuPercent": 200}),
        scaled({"requests": {"cpu": "1"}, "limits": {"cpu": "2"}}, {"cpuPercent": 199}),
    ),
    (
        "memory in thousandths of a byte",
        "SW4604 resources.limits.memory",
        {"resources": {"requests": {"memory": "0"}, "limits": {"memory": "128m"}}},
        {"resources": {"limits": {"memory": "128M"}}},
    ),
    (
        "a claim of a few bytes",
        "SW4604 volumes.d.claim.storage",
        {"replicas": 1, "rollout": {"strategy": "recreate"}, "volumes": {"d": {"mountPath": "/d", "claim": {"storage": "10"}}}},
        {"replicas": 1, "rollout": {"strategy": "recreate"}, "volumes": {"d": {"mountPath": "/d", "claim": {"storage": "10Gi"}}}},
    ),
    (
        "a thousand cores",
        "SW4605 resources.requests.cpu",
        {"resources": {"requests": {"cpu": "1000"}}},
        {"resources": {"requests": {"cpu": "1000m"}}},
    ),
    (
        "half a tebibyte of memory",
        "SW4605 resources.requests.memory",
        {"resources": {"requests": {"memory": "512Gi"}}},
        {"resources": {"requests": {"memory": "512Mi"}}},
    ),
    (
        "a scratch volume beyond the limit",
        "SW4606 volumes.a.emptyDir.sizeLimit",
        {"volumes": {"a": {"mountPath": "/a", "emptyDir": {"sizeLimit": "2Gi"}}}},
        {"volumes": {"a": {"mountPath": "/a", "emptyDir": {"sizeLimit": "2Gi"}}}, "resources": {"limits": {"ephemeral-storage": "4Gi"}}},
    ),
    (
        "a scratch volume beyond the memory",
        "SW4606 volumes.a.emptyDir.sizeLimit",
        {"volumes": {"a": {"mountPath": "/a", "emptyDir": {"medium": "Memory", "sizeLimit": "65Mi"}}}},
        {"volumes": {"a": {"mountPath": "/a", "emptyDir": {"medium": "Memory", "sizeLimit": "64Mi"}}}},
    ),
    (
        "a short end with the default pause",
        "SW4601 shutdown.graceSeconds",
        {"shutdown": {"graceSeconds": 5}},
        {"shutdown": {"graceSeconds": 6}},
    ),
    ("a scheme", "SW4906 image", {"image": "https://example.test/web:1"}, {"image": "example.test:5000/web:1"}),
    ("a sidecar that nothing pins", "SW4901 sidecars.s.image", {"sidecars": {"s": {"image": "a/b"}}}, {"sidecars": {"s": {"image": "a/b:1"}}}),
    ("a tag that moves", "SW4902 image", {"image": "example.test/web:main"}, {"image": "example.test/web:v1"}),
    ("an init container that does not end", "SW4907 initContainers.i", {"initContainers": {"i": {}}}, {"initContainers": {"i": {"args": ["migrate"]}}}),
]  # fmt: skip

AROUND: list[tuple[str, str, dict[str, Any], dict[str, Any]]] = [
    # The same for what stands beside `web`: the whole `spec`, with services.
    ("a reserved job", "SW4002 jobs.default", {"jobs": {"default": {**TIDY, "trigger": {"before": ["web"]}}}}, {"services": {"registry": WEB}}),
    ("a Service twice", "SW4007 services.db-replicas", {"services": {"db": DB, "db-replicas": WEB}}, {"services": {"db": WEB, "db-replicas": WEB}}),
    (
        "a claim twice",
        "SW4007 services.a-b.volumes.c",
        {"services": {"a": {**WORKER, "replicas": 1, "rollout": {"strategy": "recreate"}, "volumes": {"b-c": {"mountPath": "/x", **CLAIM}}}, "a-b": {**WORKER, "replicas": 1, "rollout": {"strategy": "recreate"}, "volumes": {"c": {"mountPath": "/x", **CLAIM}}}}},
        {"services": {"a": {**WORKER, "volumes": {"b-c": {"mountPath": "/x", **EMPTY}}}, "a-b": {**WORKER, "volumes": {"c": {"mountPath": "/x", **EMPTY}}}}},
    ),
    (
        "a mount in a folder of a secret",
        "SW4208 services.web.files./s/x",
        {"secrets": {"s": {"keys": ["k"]}}, "services": {"web": {**WEB, "files": {"/s": {"secret": "s"}, "/s/x": {"content": ""}}}}},
        {"secrets": {"s": {"keys": ["k"]}}, "services": {"web": {**WEB, "files": {"/s/k": {"secret": "s", "key": "k"}, "/s/x": {"content": ""}}}}},
    ),
    (
        "a key that is no file",
        "SW4212 secrets.s.keys.0",
        {"secrets": {"s": {"keys": ["..data"]}}, "services": {"web": {**WEB, "files": {"/s": {"secret": "s"}}}}},
        {"secrets": {"s": {"keys": [".data"]}}, "services": {"web": {**WEB, "files": {"/s": {"secret": "s"}}}}},
    ),
    (
        "a password in a config",
        "SW4309 configs.c.data.password",
        {"configs": {"c": {"data": {"password": "x"}}}, "services": {"web": {**WEB, "files": {"/c": {"config": "c"}}}}},
        {"configs": {"c": {"data": {"password-hint": "x"}}}, "services": {"web": {**WEB, "files": {"/c": {"config": "c"}}}}},
    ),
    ("a way in to nothing", "SW4312 services.w.access.inbound.a", {"services": {"w": {**WORKER, "access": {"inbound": {"a": {"application": "b", "service": "c"}}}}}}, {"services": {"w": {**WEB, "access": {"inbound": {"a": {"application": "b", "service": "c"}}}}}}),
    ("a service's own name as a host", "SW4310 services.web.connections.a.host", {"services": {"web": {**WEB, "connections": {"a": {"host": "db", "port": 80}}}, "db": WEB}}, {"services": {"web": {**WEB, "connections": {"db": {}}}, "db": WEB}}),
    ("a rolling stateful service", "SW4404 services.db.rollout.maxUnavailable", {"services": {"db": {**DB, "rollout": {"maxUnavailable": 1}}}}, {"services": {"db": {**DB, "rollout": {"minReadySeconds": 1}}}}),
    ("Sunday by its other number", "SW4703 jobs.j.trigger.cron", cron("0 3 * * 7"), cron("0 3 * * 0")),
    ("a minute that is none", "SW4703 jobs.j.trigger.cron", cron("60 3 * * *"), cron("59 3 * * *")),
    ("a range backwards", "SW4703 jobs.j.trigger.cron", cron("0 5-3 * * *"), cron("0 3-5 * * *")),
    ("a step of nothing", "SW4703 jobs.j.trigger.cron", cron("*/0 * * * *"), cron("*/5,7 * * jan-Mar Mon")),
    ("words of another cron", "SW4703 jobs.j.trigger.cron", cron("0 0 L * *"), cron("0 0 ? * *")),
    ("the 31st of February", "SW4704 jobs.j.trigger.cron", cron("0 0 31 2 *"), cron("0 0 31 2,3 *")),
    ("the 31st of short months", "SW4704 jobs.j.trigger.cron", cron("0 0 31 4,6,9,11 *"), cron("0 0 31 4 1")),
    ("a day that only leap years have", "", {}, cron("0 0 29 2 *")),
    ("a time zone that is none", "SW4705 jobs.j.trigger.timeZone", cron("0 3 * * *", timeZone="Europe/Berln"), cron("0 3 * * *", timeZone="Etc/UTC")),
    ("a time zone by its short name", "SW4705 jobs.j.trigger.timeZone", cron("0 3 * * *", timeZone="Local"), cron("0 3 * * *", timeZone="America/Argentina/Buenos_Aires")),
    (
        "a job that calls what waits for it",
        "SW4706 jobs.j.trigger.before",
        {"services": {"web": {**WEB, "connections": {"db": {}}}, "db": WEB}, "jobs": {"j": {**TIDY, "trigger": {"before": ["web", "db"]}}}},
        {"services": {"web": {**WEB, "connections": {"db": {}}}, "db": WEB}, "jobs": {"j": {**TIDY, "trigger": {"before": ["web"]}}}},
    ),
    (
        "two jobs that wait for each other",
        "SW4706 jobs.one.trigger.before",
        {
            "services": {"web": {**WEB, "connections": {"api": {}}}, "api": {**WEB, "connections": {"web": {}}}},
            "jobs": {"one": {**TIDY, "trigger": {"before": ["web"]}}, "two": {**TIDY, "service": "api", "trigger": {"before": ["api"]}}},
        },
        {
            "services": {"web": {**WEB, "connections": {"api": {}}}, "api": {**WEB, "connections": {"web": {}}}},
            "jobs": {"one": {**TIDY, "trigger": {"before": ["web"]}}, "two": {**TIDY, "service": "api", "trigger": {"cron": "0 3 * * *"}}},
        },
    ),
    ("a job that runs the service", "SW4707 jobs.j", {"jobs": {"j": {"service": "web", "trigger": {"cron": "0 3 * * *"}}}}, {"jobs": {"j": {"service": "web", "args": ["x"], "trigger": {"cron": "0 3 * * *"}}}}),
    (
        "a host that answers nothing",
        "SW4806 ingress.hosts.i",
        {"ingress": {"hosts": {**HOSTS, "i": {"subdomain": "i"}}, "routes": {"/": {"service": "web", "hosts": ["h"]}}}},
        {"ingress": {"hosts": {**HOSTS, "i": {"subdomain": "i"}}, "routes": {"/": {"service": "web"}}}},
    ),
    ("one prefix twice", "SW4807 ingress.routes./api/", routes("/api", "/api/"), routes("/api", "/apis")),
    ("a star", "SW4808 ingress.routes./api/*", routes("/api/*"), routes("/api")),
    ("a path with dots", "SW4808 ingress.routes./a/../b", routes("/a/../b"), routes("/a/..b")),
    ("a path with a query", "SW4808 ingress.routes./a?b", routes("/a?b"), routes("/a")),
    (
        "a route to a database",
        "SW4809 ingress.routes./.service",
        {"services": {"web": {"image": "a/b:1", "ports": {"a": {"port": 1, "appProtocol": "redis"}}}}, **routes("/")},
        {"services": {"web": {"image": "a/b:1", "ports": {"a": {"port": 1, "appProtocol": "http"}}}}, **routes("/")},
    ),
]  # fmt: skip


def told(files: Files, spec: dict[str, Any]) -> list[str]:
    files.services = spec.pop("services", {})
    files.services = {"web": WEB, **files.services}
    files.spec = spec
    return files.problems()


@pytest.mark.parametrize(("where", "wrong", "right"), [case[1:] for case in WITHIN], ids=[case[0] for case in WITHIN])
def test_a_rule_within_a_service(files: Files, where: str, wrong: dict[str, Any], right: dict[str, Any]) -> None:
    def service(changes: dict[str, Any]) -> dict[str, Any]:
        base = {key: value for key, value in WEB.items() if key != "port" or not {"port", "ports"} & set(changes)}
        return {"services": {"web": {key: value for key, value in {**base, **changes}.items() if value is not None}}}

    code, _, path = where.partition(" ")
    assert told(files, service(wrong)) == ([f"{code} spec.services.web.{path}"] if where else [])
    assert told(files, service(right)) == []


@pytest.mark.parametrize(("where", "wrong", "right"), [case[1:] for case in AROUND], ids=[case[0] for case in AROUND])
def test_a_rule_between_services(files: Files, where: str, wrong: dict[str, Any], right: dict[str, Any]) -> None:
    code, _, path = where.partition(" ")
    assert told(files, dict(wrong)) == ([f"{code} spec.{path}"] if where else [])
    assert told(files, dict(right)) == []


def test_labels_of_the_application_are_looked_at_too(files: Files) -> None:
    files.metadata["labels"] = {"tier": "one two", "owner": "other"}
    assert files.problems() == ["SW4008 metadata.labels.tier", "SW4009 metadata.labels.owner"]


def test_a_platforms_default_that_means_nothing_for_one_service_is_no_mistake(files: Files) -> None:
    files.services = {"db": DB, "web": {**WEB, "rollout": {"strategy": "recreate"}}}
    files.platform["environments"]["dev"]["services"] = {
        "rollout": {"maxSurge": 2},
        "shutdown": {"drainSeconds": 3},
    }
    assert files.problems() == []


def test_an_environment_with_one_pod_may_keep_the_budget_of_the_others(files: Files) -> None:
    files.services = {"web": {**WEB, "replicas": 3, "disruption": {"minAvailable": 1}}}
    files.spec = {"environments": {"dev": {"services": {"web": {"replicas": 1}}}}}
    assert files.problems() == []


def test_a_secret_in_plain_text_is_never_shown(files: Files) -> None:
    files.services = {"web": {**WEB, "env": {"TOKEN": "hunter2", "DB": "pg://me:hunter2@db/x"}, "connections": {}}}
    assert [str(problem) for problem in files.resolve().warnings if "hunter2" in str(problem)] == []


def test_a_memory_in_thousandths_says_what_was_meant(files: Files) -> None:
    files.services = {"web": {**WEB, "resources": {"limits": {"memory": "128m"}, "requests": {"memory": "0"}}}}
    with pytest.raises(SpecError, match=r"128m is 0\.128 byte, which holds nothing\. Write `128Mi`"):
        files.resolve()


@pytest.mark.parametrize(("sizes", "expected"), [((700, 400), ["SW4211 spec.services.web.files"]), ((700, 300), [])])
def test_texts_fit_one_config_map_together(files: Files, sizes: tuple[int, ...], expected: list[str]) -> None:
    for size in sizes:
        (files.folder / f"{size}.txt").write_text("x" * size * 1024)
    files.services = {"web": {**WEB, "files": {f"/a/{size}": {"source": f"{size}.txt"} for size in sizes}}}
    assert files.problems() == expected


@pytest.mark.parametrize(
    ("zone", "meant"),
    [
        ("Europe/Berln", " Did you mean `Europe/Berlin`?"),
        ("berlin", " Did you mean `Europe/Berlin`?"),
        ("CEST", ""),
    ],
)
def test_a_time_zone_that_may_have_been_meant_is_named(files: Files, zone: str, meant: str) -> None:
    files.spec = cron("0 3 * * *", timeZone=zone)
    with pytest.raises(SpecError) as caught:
        files.resolve()
    assert caught.value.problems[0].message == f"there is no time zone `{zone}`.{meant}"
