"""Applications and edits, from a seed."""

import copy
import random
from collections.abc import Callable
from typing import Any

Services = dict[str, dict[str, Any]]

NODES: dict[str, Any] = {
    "nodeSelector": {"type": "kwok"},
    "tolerations": [{"key": "kwok.x-k8s.io/node", "operator": "Exists"}],
}
"""Simulated nodes, which have room for everything."""
QUICK: dict[str, Any] = {
    "placement": NODES,
    "rollout": {"minReadySeconds": 0},
    "shutdown": {"drainSeconds": 0, "graceSeconds": 1},
}


class Chance(random.Random):
    """Choices from a seed."""

    def often(self, share: float) -> bool:
        """Return true in so many of all cases."""
        return self.random() < share


def application(name: str, spec: dict[str, Any]) -> dict[str, Any]:
    """Return an application file."""
    metadata = {"name": name, "owner": "team", "platform": {"name": "sandbox"}}
    return {"apiVersion": "stackwright.dev/v1", "kind": "Application", "metadata": metadata, "spec": spec}


def first(chance: Chance) -> dict[str, Any]:
    """Return the spec that a sequence starts from."""
    spec: dict[str, Any] = {"services": {}}
    for _ in range(chance.randint(1, 2)):
        add_service(spec, chance)
    return spec


def edited(spec: dict[str, Any], chance: Chance) -> tuple[str, dict[str, Any]]:
    """Return the name of an edit, and the spec after it."""
    before = _settled(spec)
    while True:
        edit = chance.choice(EDITS)
        after = copy.deepcopy(before)
        edit(after, chance)
        if after != before:
            return edit.__name__, after


def moved(giver: dict[str, Any], taker: dict[str, Any], chance: Chance) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """Return both specs after a service of the one went over to the other; nothing when none can."""
    left, right = _settled(giver), _settled(taker)
    # A claim belongs to a namespace, and so to an application.
    can = sorted(
        name
        for name, one in left["services"].items()
        if one["type"] != "stateful" and "volumes" not in one and name not in right["services"]
    )
    if not can or len(left["services"]) == 1 or len(right["services"]) == 4:
        return None
    name = chance.choice(can)
    service = copy.deepcopy(left["services"][name])
    _forget(left, name)
    service.pop("connections", None)
    right["services"][name] = service
    if "TOKEN" in service.get("env", {}):
        right["secrets"] = {"api": {"keys": ["token"]}}
    return left, right


def add_service(spec: dict[str, Any], chance: Chance) -> None:
    """Add a service of some type that calls one of the others."""
    services: Services = spec["services"]
    if len(services) == 4:
        return
    name = chance.choice([f"s{number}" for number in range(12) if f"s{number}" not in services])
    kind = chance.choice(["service", "service", "worker", "stateful"])
    service: dict[str, Any] = {"type": kind, "image": "example.test/s:1", "replicas": chance.randint(1, 2), **QUICK}
    if kind != "worker":
        service["port"] = 8080
    callable_names = [other for other, one in services.items() if "port" in one]
    if callable_names and chance.often(0.5):
        service["connections"] = {chance.choice(callable_names): {}}
    services[name] = copy.deepcopy(service)


def remove_service(spec: dict[str, Any], chance: Chance) -> None:
    """Remove a service and what refers to it."""
    if len(spec["services"]) > 1:
        _forget(spec, chance.choice(sorted(spec["services"])))


def rename_service(spec: dict[str, Any], chance: Chance) -> None:
    """Give a service another name; one with claims of its own can't have one."""
    services: Services = spec["services"]
    old = chance.choice(sorted(services))
    if services[old]["type"] == "stateful" or "volumes" in services[old]:
        return
    new = f"{old}x" if len(old) < 6 else "renamed"
    spec["services"] = {new if name == old else name: service for name, service in services.items()}
    spec["services"][new]["renamedFrom"] = old
    for service in spec["services"].values():
        calls = service.get("connections", {})
        if old in calls:
            calls[new] = calls.pop(old)
    for job in spec.get("jobs", {}).values():
        if job["service"] == old:
            job["service"] = new
        if old in (before := job["trigger"].get("before", [])):
            before[before.index(old)] = new
    for route in spec.get("ingress", {}).get("routes", {}).values():
        if route["service"] == old:
            route["service"] = new


def split_service(spec: dict[str, Any], chance: Chance) -> None:
    """Take a part of a service out into one of its own, which the first then calls."""
    services: Services = spec["services"]
    whole = chance.choice(sorted(services))
    part = f"{whole}p"
    if part in services or len(services) == 4:
        return
    services[part] = {"type": "service", "image": "example.test/part:1", "port": 8080, "replicas": 1, **QUICK}
    services[whole].setdefault("connections", {})[part] = {}


def change_port(spec: dict[str, Any], chance: Chance) -> None:
    """Let a service listen on another port."""
    service = _one(spec, chance)
    if "port" in service:
        service["port"] = chance.choice([8080, 8081, 9090])


def change_image(spec: dict[str, Any], chance: Chance) -> None:
    """Run another version."""
    _one(spec, chance)["image"] = f"example.test/s:{chance.randint(1, 4)}"


def change_type(spec: dict[str, Any], chance: Chance) -> None:
    """Make another kind of workload of a service."""
    service = _one(spec, chance)
    if "volumes" in service:
        return  # A claim is not handed from one kind of workload to the other.
    kind = chance.choice([one for one in ("service", "stateful") if one != service["type"]])
    if service["type"] == "worker":
        service["port"] = 8080
    service["type"] = kind
    if kind == "stateful":
        service.pop("scaling", None)
        service.setdefault("replicas", 1)


def change_scaling(spec: dict[str, Any], chance: Chance) -> None:
    """Hand the number of pods to an autoscaler, or back, or change its bounds."""
    service = _one(spec, chance)
    if service["type"] == "stateful" or "volumes" in service:
        return
    if "scaling" in service and chance.often(0.5):
        service.pop("scaling")
        service["replicas"] = chance.randint(1, 3)
    else:
        service.pop("replicas", None)
        service["scaling"] = {"min": chance.randint(1, 2), "max": chance.randint(3, 5), "targets": {"cpuPercent": 70}}


def change_replicas(spec: dict[str, Any], chance: Chance) -> None:
    """Run more or fewer pods."""
    service = _one(spec, chance)
    if "replicas" in service and "volumes" not in service:
        service["replicas"] = chance.randint(1, 3)


def change_env(spec: dict[str, Any], chance: Chance) -> None:
    """Set or remove a variable."""
    service = _one(spec, chance)
    env = service.setdefault("env", {})
    if env and chance.often(0.4):
        env.pop(chance.choice(sorted(env)))
    else:
        env[chance.choice(["LEVEL", "MODE"])] = chance.choice(["a", "b", "c"])


def change_file(spec: dict[str, Any], chance: Chance) -> None:
    """Write, change or remove a file."""
    service = _one(spec, chance)
    if service.get("files") and chance.often(0.4):
        service.pop("files")
    else:
        service["files"] = {"/etc/app/settings": {"content": chance.choice(["one", "two", "three"])}}


def use_secret(spec: dict[str, Any], chance: Chance) -> None:
    """Use a secret in a service, or no longer."""
    service = _one(spec, chance)
    env = service.setdefault("env", {})
    if env.pop("TOKEN", None) is None:
        env["TOKEN"] = {"secret": "api", "key": "token"}
    used = any("TOKEN" in one.get("env", {}) for one in spec["services"].values())
    spec["secrets"] = {"api": {"keys": ["token"]}} if used else {}


def change_job(spec: dict[str, Any], chance: Chance) -> None:
    """Add, change or remove a job."""
    jobs = spec.setdefault("jobs", {})
    if jobs and chance.often(0.4):
        jobs.pop("tidy")
        return
    service = chance.choice(sorted(spec["services"]))
    trigger = chance.choice([{"cron": "0 6 * * *"}, {"before": [service]}])
    jobs["tidy"] = {"service": service, "command": ["/tidy", chance.choice(["a", "b"])], "trigger": trigger}


def change_ingress(spec: dict[str, Any], chance: Chance) -> None:
    """Lead the way in to a service, or close it."""
    if "ingress" in spec and chance.often(0.4):
        spec.pop("ingress")
        return
    names = [name for name, one in spec["services"].items() if "port" in one]
    if names:
        routes = {"/": {"service": chance.choice(sorted(names))}}
        spec["ingress"] = {"hosts": {"web": {"subdomain": "web"}}, "routes": routes}


def change_sidecar(spec: dict[str, Any], chance: Chance) -> None:
    """Add or remove a container beside the service."""
    service = _one(spec, chance)
    if service.pop("sidecars", None) is None:
        service["sidecars"] = {"beside": {"image": f"example.test/beside:{chance.randint(1, 3)}"}}


def change_resources(spec: dict[str, Any], chance: Chance) -> None:
    """Ask for more or less."""
    _one(spec, chance)["resources"] = {"requests": {"cpu": chance.choice(["10m", "20m"]), "memory": "32Mi"}}


def change_rollout(spec: dict[str, Any], chance: Chance) -> None:
    """Replace pods another way."""
    service = _one(spec, chance)
    if service["type"] != "stateful" and "volumes" not in service:
        service["rollout"] = {"minReadySeconds": 0, "strategy": chance.choice(["rolling", "recreate"])}


def change_claim(spec: dict[str, Any], chance: Chance) -> None:
    """Keep data beyond a pod, or no longer."""
    service = _one(spec, chance)
    if service["type"] == "stateful":
        return  # Kubernetes lets nobody change its claims; `test_edits` has a case of it.
    if service.pop("volumes", None) is None and "scaling" not in service:
        claim = {"storage": "1Mi", "storageClass": "simulated", "onRemoval": chance.choice(["retain", "delete"])}
        service["volumes"] = {"data": {"mountPath": "/data", "claim": claim}}
        service |= {"replicas": 1, "rollout": {"minReadySeconds": 0, "strategy": "recreate"}}


EDITS: tuple[Callable[[dict[str, Any], Chance], None], ...] = (
    add_service,
    change_claim,
    change_env,
    change_file,
    change_image,
    change_ingress,
    change_job,
    change_port,
    change_replicas,
    change_resources,
    change_rollout,
    change_scaling,
    change_sidecar,
    change_type,
    remove_service,
    rename_service,
    split_service,
    use_secret,
)


def _settled(spec: dict[str, Any]) -> dict[str, Any]:
    """Return a spec as it is once its renames have been done."""
    after = copy.deepcopy(spec)
    for service in after["services"].values():
        service.pop("renamedFrom", None)
    return after


def _one(spec: dict[str, Any], chance: Chance) -> dict[str, Any]:
    service: dict[str, Any] = spec["services"][chance.choice(sorted(spec["services"]))]
    return service


def _forget(spec: dict[str, Any], name: str) -> None:
    spec["services"].pop(name)
    for service in spec["services"].values():
        service.get("connections", {}).pop(name, None)
    for key, job in list(spec.get("jobs", {}).items()):
        if job["service"] == name or name in job["trigger"].get("before", []):
            spec["jobs"].pop(key)
    if any(route["service"] == name for route in spec.get("ingress", {}).get("routes", {}).values()):
        spec.pop("ingress")
    if not any("TOKEN" in one.get("env", {}) for one in spec["services"].values()):
        spec["secrets"] = {}
