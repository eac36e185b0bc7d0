"""Containers of a pod."""

import math
from decimal import Decimal
from typing import Any

from components.manifests.network.addresses import connection_variables
from components.manifests.objects import Leaf
from components.manifests.pods.mounts import Mounts, side_places
from components.manifests.pods.probes import service_probes, sidecar_probes
from components.manifests.pods.variables import variables
from schemas.model import Application, InitContainer, Port, Resources, Service, Sidecar
from schemas.values.quantity import quantity


def service_container(app: Application, service: Service, image: Leaf, mounted: Mounts) -> dict[str, Any]:
    """Return the container of the service itself, which has the service's name in all its versions."""
    drain = service.shutdown.drain_seconds
    # The pause lets callers learn that the pod goes before it stops to listen; no shell is needed for it.
    pause = {"lifecycle": {"preStop": {"sleep": {"seconds": drain}}}} if drain and service.ports else {}
    env = variables(app, service.env, connection_variables(app, service))
    return {
        **_head(service.identity, image, service.command, service.args),
        **({"ports": _ports(service)} if service.ports else {}),
        **({"env": env} if env else {}),
        "resources": resources(service.resources),
        **service_probes(service),
        **pause,
        "securityContext": security_context(service),
        **({"volumeMounts": mounted.mounts} if mounted.mounts else {}),
    }


def side_containers(app: Application, service: Service, image: Leaf) -> list[dict[str, Any]]:
    """Return the init containers: sidecars first, so that what they offer is there for the others.

    A sidecar is an init container that is restarted for ever; Kubernetes stops it after the service.
    Source: https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/
    """
    sidecars = [
        {
            **_side(app, service, name, sidecar, image),
            "restartPolicy": "Always",
            **sidecar_probes(sidecar.probes, service.ports),
        }
        for name, sidecar in sorted(service.sidecars.items())
    ]
    inits = [_side(app, service, name, init, image) for name, init in sorted(service.init_containers.items())]
    return sidecars + inits


def resources(given: Resources) -> dict[str, Any]:
    """Return a container's requests and limits.

    Memory may not grow beyond its request unless the spec says so: a node that promises memory twice ends pods. The
    limit of CPU is far above what is asked for, so that it throttles no rush: it is there for a loop gone wild, and
    because runtimes size their threads by it and would else see the whole node.
    """
    asked, most = given.requests, given.limits
    requests = {"cpu": asked.cpu, "memory": asked.memory, "ephemeral-storage": asked.ephemeral_storage}
    limits = {
        "cpu": most.cpu or cpu_limit(asked.cpu),
        "memory": most.memory or asked.memory,
        "ephemeral-storage": most.ephemeral_storage,
    }
    return {
        "requests": {key: value for key, value in requests.items() if value is not None},
        "limits": {key: value for key, value in limits.items() if value is not None},
    }


def cpu_limit(request: str | None) -> str:
    """Return how much CPU a container may take whose spec does not say: two cores, or twice its request if more."""
    cores = max(Decimal(2), 2 * quantity(request or "0"))
    return str(int(cores)) if cores == int(cores) else f"{math.ceil(cores * 1000)}m"


def security_context(service: Service) -> dict[str, Any]:
    """Return the hardened settings of a container.

    Profiles of AppArmor and SELinux are left out, though kubesec and kubescape's C-0211 look for them. Where a node has
    them, its runtime applies its default profile and `container_t` by itself. Said aloud, the first is refused by every
    node without AppArmor, and the second by the admission of OpenShift.
    """
    added = service.security.capabilities
    return {
        "allowPrivilegeEscalation": False,
        "capabilities": {"drop": ["ALL"], **({"add": list(added.add)} if added else {})},
        "privileged": False,
        "readOnlyRootFilesystem": service.security.read_only_root_filesystem,
    }


def _side(app: Application, service: Service, name: str, side: InitContainer | Sidecar, image: Leaf) -> dict[str, Any]:
    env = variables(app, side.env, {})
    places = side_places(service, side)
    return {
        **_head(name, side.image.reference if side.image else image, side.command, side.args),
        **({"env": env} if env else {}),
        "resources": resources(side.resources),
        "securityContext": security_context(service),
        **({"volumeMounts": places} if places else {}),
    }


def _head(name: str, image: Leaf, command: list[str] | None, args: list[str] | None) -> dict[str, Any]:
    said = {"command": command, "args": args}
    # Always asks the registry whether the node may use the image; one by digest is not fetched twice.
    return {"name": name, "image": image, "imagePullPolicy": "Always", **{k: v for k, v in said.items() if v}}


def _ports(service: Service) -> list[dict[str, Any]]:
    def entry(name: str, port: Port) -> dict[str, Any]:
        return {"name": name, "containerPort": port.container_port, "protocol": port.protocol}

    return [entry(name, port) for name, port in service.ports.items()]
