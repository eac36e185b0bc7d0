# ruff: noqa: S106 - secrets are named here, and have no value
"""A whole application without a fault, and one way to break it for each check."""

import copy
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from components.manifests.objects import Manifest
from schemas.model import (
    Config,
    Connection,
    EnvSource,
    IngressClass,
    Probes,
    Scaling,
    Secret,
)
from schemas.model.scaling import ScalingTargets
from tests.manifests.models import (
    WILDCARD,
    application,
    claim,
    environment,
    file,
    http_get,
    job,
    named,
    port,
    rendered,
    rollout,
    service,
    template,
    way_in,
)

PROBES = Probes(readiness=http_get("/ready"), liveness=http_get("/live"))
IMAGE = f"registry.test/web:1@sha256:{'0' * 64}"


def sound() -> list[Manifest]:
    """Return objects of every kind that we render, none of them with a fault."""
    web = service(
        probes=PROBES,
        scaling=Scaling(min=2, max=5, targets=ScalingTargets(cpu_percent=60)),
        env={"LEVEL": EnvSource(config="modes", key="level")},
        files={"/run/password": file(secret="store", key="password")},
        connections={"api": Connection(), "db": Connection()},
    )
    db = service("db", type="stateful", probes=PROBES, volumes={"data": claim()}, ports={"http": port(5432)})
    keeper = service("keeper", probes=PROBES, replicas=1, volumes={"k": claim()}, rollout=rollout(strategy="recreate"))
    app = application(
        web,
        service("api", probes=PROBES),
        db,
        keeper,
        jobs=(job(service="api"),),
        secrets={"store": Secret(keys=["password"], on_change="restart")},
        configs={"modes": Config(data={"level": "calm"})},
        ingress=way_in(),
    )
    place = environment(ingress=IngressClass(kind="ingress", class_="nginx", tls=WILDCARD))
    return copy.deepcopy(rendered(app, place, image=IMAGE))


@dataclass(frozen=True, slots=True)
class Broken:
    """One fault: what it is called, how it comes to be, and which of others' checks see it too."""

    code: str
    harm: Callable[[list[Manifest]], Any]
    kube_score: str = ""
    checkov: str = ""

    def objects(self) -> list[Manifest]:
        found = sound()
        self.harm(found)
        return found


def pod(objects: list[Manifest], kind: str = "Deployment", name: str = "api") -> dict[str, Any]:
    found = template(named(objects, kind, name))
    assert found is not None
    spec: dict[str, Any] = found["spec"]
    return spec


def container(objects: list[Manifest]) -> dict[str, Any]:
    first: dict[str, Any] = pod(objects)["containers"][0]
    return first


def secured(objects: list[Manifest]) -> dict[str, Any]:
    found: dict[str, Any] = container(objects)["securityContext"]
    return found


def spec(objects: list[Manifest], kind: str, name: str = "api") -> dict[str, Any]:
    found: dict[str, Any] = named(objects, kind, name)["spec"]
    return found


def without(objects: list[Manifest], *heads: tuple[str, str]) -> None:
    objects[:] = [one for one in objects if (one["kind"], one["metadata"]["name"]) not in heads]


def another(objects: list[Manifest], kind: str, name: str, called: str) -> dict[str, Any]:
    """Add a copy of an object under another name, and return its spec."""
    one = copy.deepcopy(named(objects, kind, name))
    one["metadata"]["name"] = called
    objects.append(one)
    return dict(one).get("spec", {})  # type: ignore[no-any-return]


def plain(kind: str, name: str, group: str = "", **body: Any) -> Manifest:
    api = f"{group}/v1" if group else "v1"
    return {"apiVersion": api, "kind": kind, "metadata": {"name": name, "namespace": "shop-dev"}, **body}


def literal(name: str, text: str) -> dict[str, str]:
    return {"name": name, "value": text}


def _host_path(objects: list[Manifest]) -> None:
    path = {"path": "/var/run/docker.sock"}
    pod(objects).setdefault("volumes", []).append({"name": "docker", "hostPath": path})


def _as_root(objects: list[Manifest]) -> None:
    pod(objects)["securityContext"].update(runAsNonRoot=False, runAsUser=0)


def _no_spread(objects: list[Manifest]) -> None:
    del pod(objects)["affinity"], pod(objects)["topologySpreadConstraints"]


def _shared_namespace(objects: list[Manifest]) -> None:
    head = {"name": "odd", "namespace": "default"}
    objects.append(
        {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": head, "automountServiceAccountToken": False}
    )


RBAC = "rbac.authorization.k8s.io"
EVERYTHING = [{"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]}]
ADMIN = {"apiGroup": RBAC, "kind": "ClusterRole", "name": "cluster-admin"}

BROKEN = (
    Broken(
        "SW6201",
        lambda o: secured(o).update(privileged=True),
        "container-security-context-privileged",
        "CKV_K8S_16",
    ),
    Broken("SW6202", lambda o: secured(o).pop("allowPrivilegeEscalation"), checkov="CKV_K8S_20"),
    Broken("SW6203", lambda o: secured(o)["capabilities"].update(drop=["CHOWN"]), checkov="CKV_K8S_28"),
    Broken("SW6203", lambda o: secured(o)["capabilities"].update(add=["NET_ADMIN"]), checkov="CKV_K8S_25"),
    Broken("SW6204", _as_root, checkov="CKV_K8S_23"),
    Broken(
        "SW6205",
        lambda o: pod(o)["securityContext"].update(runAsUser=1000),
        "container-security-context-user-group-id",
        "CKV_K8S_40",
    ),
    Broken(
        "SW6206",
        lambda o: secured(o).update(readOnlyRootFilesystem=False),
        "container-security-context-readonlyrootfilesystem",
        "CKV_K8S_22",
    ),
    Broken("SW6207", lambda o: pod(o)["securityContext"].pop("seccompProfile"), checkov="CKV_K8S_31"),
    Broken("SW6208", lambda o: pod(o).update(hostNetwork=True), checkov="CKV_K8S_19"),
    Broken("SW6209", lambda o: container(o)["ports"][0].update(hostPort=8080), checkov="CKV_K8S_26"),
    Broken("SW6210", lambda o: pod(o).update(automountServiceAccountToken=True), checkov="CKV_K8S_38"),
    Broken(
        "SW6211",
        lambda o: pod(o)["securityContext"].update(sysctls=[{"name": "kernel.msgmax", "value": "1"}]),
    ),
    Broken("SW6211", lambda o: secured(o).update(procMount="Unmasked")),
    Broken("SW6211", lambda o: secured(o).update(appArmorProfile={"type": "Unconfined"})),
    Broken("SW6211", lambda o: secured(o).update(seLinuxOptions={"type": "spc_t"})),
    Broken("SW6211", lambda o: secured(o).update(windowsOptions={"hostProcess": True})),
    Broken("SW6221", _host_path, checkov="CKV_K8S_27"),
    Broken("SW6222", lambda o: container(o)["volumeMounts"].append({"name": "lost", "mountPath": "/lost"})),
    Broken("SW6223", lambda o: without(o, ("PersistentVolumeClaim", "keeper-k"))),
    Broken("SW6301", lambda o: container(o)["resources"]["requests"].pop("cpu"), "container-resources", "CKV_K8S_10"),
    Broken("SW6302", lambda o: container(o)["resources"]["limits"].pop("memory"), "container-resources", "CKV_K8S_13"),
    Broken(
        "SW6303",
        lambda o: container(o)["resources"]["limits"].pop("ephemeral-storage"),
        "container-ephemeral-storage-request-and-limit",
    ),
    Broken("SW6304", lambda o: container(o)["resources"]["limits"].update(cpu=2)),
    Broken("SW6305", lambda o: container(o)["resources"]["requests"].update(memory="8Gi")),
    Broken("SW6321", lambda o: container(o).update(image="registry.test:5000/web"), checkov="CKV_K8S_14"),
    Broken(
        "SW6321", lambda o: container(o).update(image="registry.test/web:latest"), "container-image-tag", "CKV_K8S_14"
    ),
    Broken(
        "SW6322",
        lambda o: container(o).update(imagePullPolicy="IfNotPresent"),
        "container-image-pull-policy",
    ),
    Broken(
        "SW6322",
        lambda o: container(o).update(image="registry.test/web:1", imagePullPolicy="IfNotPresent"),
        "container-image-pull-policy",
        "CKV_K8S_15",
    ),
    Broken("SW6331", lambda o: container(o).pop("readinessProbe"), "pod-probes", "CKV_K8S_9"),
    Broken(
        "SW6332",
        lambda o: container(o).update(livenessProbe=container(o)["readinessProbe"]),
        "pod-probes-identical",
    ),
    Broken("SW6333", lambda o: container(o)["readinessProbe"]["httpGet"].update(port="web")),
    Broken("SW6334", lambda o: container(o)["ports"].append({"name": "http", "containerPort": 9})),
    Broken(
        "SW6401",
        lambda o: without(o, ("NetworkPolicy", "default-deny"), ("NetworkPolicy", "api")),
        "pod-networkpolicy",
    ),
    Broken(
        "SW6402",
        lambda o: spec(o, "NetworkPolicy")["podSelector"].update(matchLabels={"app": "nobody"}),
        "networkpolicy-targets-pod",
    ),
    Broken("SW6411", lambda o: spec(o, "Service").update(type="NodePort"), "service-type"),
    Broken("SW6412", lambda o: spec(o, "Ingress", "shop").pop("tls")),
    Broken("SW6413", lambda o: spec(o, "Service").update(selector={"app": "nobody"}), "service-targets-pod"),
    Broken("SW6414", lambda o: spec(o, "Service")["ports"][0].update(targetPort="web")),
    Broken(
        "SW6415",
        lambda o: spec(o, "Ingress", "shop")["rules"][0]["http"]["paths"][0]["backend"]["service"].update(name="lost"),
        "ingress-targets-service",
    ),
    Broken(
        "SW6415",
        lambda o: spec(o, "Ingress", "shop")["rules"][0]["http"]["paths"][0]["backend"]["service"].update(
            port={"number": 81}
        ),
        "ingress-targets-service",
    ),
    Broken("SW6501", lambda o: spec(o, "Deployment").update(replicas=1), "deployment-replicas"),
    Broken("SW6502", _no_spread, "deployment-has-host-podantiaffinity"),
    Broken(
        "SW6503",
        lambda o: pod(o)["topologySpreadConstraints"][0].pop("labelSelector"),
        "pod-topology-spread-constraints",
    ),
    Broken("SW6504", lambda o: spec(o, "Deployment").update(strategy={"type": "Recreate"}), "deployment-strategy"),
    Broken("SW6505", lambda o: spec(o, "StatefulSet", "db").update(serviceName="lost"), "statefulset-has-servicename"),
    Broken("SW6505", lambda o: spec(o, "StatefulSet", "db").update(serviceName="db"), "statefulset-has-servicename"),
    Broken(
        "SW6511",
        lambda o: another(o, "HorizontalPodAutoscaler", "web", "odd")["scaleTargetRef"].update(name="lost"),
        "horizontalpodautoscaler-has-target",
    ),
    Broken(
        "SW6512",
        lambda o: spec(o, "Deployment", "web").update(replicas=3),
        "deployment-targeted-by-hpa-does-not-have-replicas-configured",
    ),
    Broken(
        "SW6513",
        lambda o: spec(o, "HorizontalPodAutoscaler", "web").update(minReplicas=1),
        "horizontalpodautoscaler-replicas",
    ),
    Broken("SW6514", lambda o: spec(o, "HorizontalPodAutoscaler", "web").update(maxReplicas=1)),
    Broken(
        "SW6515",
        lambda o: spec(o, "HorizontalPodAutoscaler", "web")["metrics"][0]["containerResource"].update(name="gpu"),
    ),
    Broken("SW6521", lambda o: without(o, ("PodDisruptionBudget", "api")), "deployment-has-poddisruptionbudget"),
    Broken("SW6522", lambda o: spec(o, "PodDisruptionBudget").pop("maxUnavailable"), "poddisruptionbudget-has-policy"),
    Broken("SW6523", lambda o: spec(o, "PodDisruptionBudget").update(maxUnavailable=0)),
    Broken("SW6523", lambda o: spec(o, "PodDisruptionBudget").update(maxUnavailable=None, minAvailable=2)),
    Broken("SW6523", lambda o: spec(o, "PodDisruptionBudget").update(maxUnavailable=None, minAvailable="100%")),
    Broken(
        "SW6524", lambda o: another(o, "PodDisruptionBudget", "api", "odd").update(selector={"matchLabels": {"a": "b"}})
    ),
    Broken("SW6525", lambda o: spec(o, "PodDisruptionBudget").pop("unhealthyPodEvictionPolicy")),
    Broken("SW6531", lambda o: spec(o, "CronJob", "tidy").pop("startingDeadlineSeconds"), "cronjob-has-deadline"),
    Broken("SW6532", lambda o: pod(o, "CronJob", "tidy").update(restartPolicy="Always"), "cronjob-restartpolicy"),
    Broken("SW6601", lambda o: another(o, "ServiceAccount", "api", "api")),
    Broken("SW6602", _shared_namespace, checkov="CKV_K8S_21"),
    Broken(
        "SW6603",
        lambda o: spec(o, "Deployment")["selector"]["matchLabels"].update(odd="one"),
        "deployment-pod-selector-labels-match-template-metadata-labels",
    ),
    Broken("SW6604", lambda o: another(o, "Deployment", "api", "odd")),
    Broken("SW6605", lambda o: pod(o).update(serviceAccountName="default")),
    Broken("SW6605", lambda o: pod(o).update(serviceAccountName="lost")),
    Broken("SW6606", lambda o: pod(o).update(serviceAccount="api")),
    Broken("SW6607", lambda o: named(o, "Service", "api")["metadata"]["labels"].update(odd="a b"), "label-values"),
    Broken("SW6621", lambda o: o.append(plain("Role", "odd", RBAC, rules=EVERYTHING)), checkov="CKV_K8S_49"),
    Broken("SW6622", lambda o: o.append(plain("RoleBinding", "odd", RBAC, roleRef=ADMIN, subjects=[]))),
    Broken("SW6701", lambda o: without(o, ("Secret", "store"))),
    Broken("SW6701", lambda o: container(o).update(envFrom=[{"configMapRef": {"name": "lost"}}])),
    Broken("SW6702", lambda o: named(o, "Secret", "store")["data"].pop("password")),
    Broken(
        "SW6703",
        lambda o: container(o).update(env=[literal("A", "1"), literal("A", "2")]),
        "environment-variable-key-duplication",
    ),
    Broken("SW6704", lambda o: container(o).update(env=[literal("DB_PASSWORD", "hunter2")])),
    Broken("SW6704", lambda o: o.append(plain("ConfigMap", "odd", data={"tls.key": "-----BEGIN PRIVATE KEY-----"}))),
)
"""Each breaks one thing, so that exactly one code comes of it."""
