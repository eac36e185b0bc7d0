"""Kubernetes Services: the ports of a service, and what is special about them."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from importers.draft import Draft
from importers.rest import Rest

_PORT_NAME = re.compile(r"^[a-z]([-a-z0-9]{0,13}[a-z0-9])?$")
_HTTP = {80, 8000, 8080, 8079}
_PROTOCOLS = {
    "http", "grpc", "kubernetes.io/h2c", "kubernetes.io/ws", "https", "tcp", "redis", "postgres", "mysql", "mongo",
    "amqp", "kafka",
}  # fmt: skip


class Ports:
    """The ports of a pod as the spec names them; a container's and the Service's are one entry."""

    def __init__(self, draft: Draft, containers: Sequence[Rest]) -> None:
        self._declared: dict[tuple[int, str], str | None] = {}
        self.spec: dict[str, dict[str, Any]] = {}
        for box in containers:
            for one in box.items("ports"):
                number = int(one.take("containerPort", 0))
                self._declared[number, one.take("protocol", "TCP")] = one.take("name")
                for key, _ in one.fields():
                    message = f"`{key}` is not imported: Pod Security `restricted` keeps pods off the host's ports."
                    draft.refused(one.at(key), message)

    def serve(self, port: Rest) -> dict[str, Any]:
        """Take a port of the Service; return what of it the spec has no words for."""
        number, protocol = int(port.take("port", 0)), port.take("protocol", "TCP")
        target = self.number(port.take("targetPort", number))
        name, said = port.take("name"), port.look("appProtocol")
        if (target, protocol) in {(self._target(one), one.get("protocol", "TCP")) for one in self.spec.values()}:
            return {"name": name, "port": number, "protocol": protocol, "targetPort": target, **port.left()}
        key = self._key(name or self._declared.get((target, protocol)), number, protocol)
        entry: dict[str, Any] = {"port": number}
        entry |= {"targetPort": target} if target != number else {}
        entry |= {"protocol": protocol} if protocol != "TCP" else {}
        entry |= {"appProtocol": port.take("appProtocol")} if said in _PROTOCOLS else {}
        self.spec[key] = entry
        left = port.left()
        return {"port": number, "protocol": protocol, **left} if left else {}

    def finish(self) -> None:
        """Take the ports that no Service has: they are declared, and nobody calls them."""
        served = {(self._target(one), one.get("protocol", "TCP")) for one in self.spec.values()}
        for (number, protocol), name in self._declared.items():
            if (number, protocol) not in served:
                self._hidden(name, number, protocol)

    def asked(self, reference: int | str | None) -> int | str:
        """Return what the spec calls a port that a probe asks; one that nobody has declared is declared."""
        number = self.number(reference if reference is not None else next(iter(self._declared), (0, ""))[0])
        for key, one in self.spec.items():
            if self._target(one) == number and one.get("protocol", "TCP") == "TCP":
                return key
        return self._hidden(None, number, "TCP")

    def number(self, reference: int | str) -> int:
        """Return the number of a container's port."""
        if isinstance(reference, str) and not reference.isdecimal():
            return next((number for (number, _), name in self._declared.items() if name == reference), 0)
        return int(reference)

    def _hidden(self, name: str | None, number: int, protocol: str) -> str:
        key = self._key(name, number, protocol)
        self.spec[key] = {"port": number, **({"protocol": protocol} if protocol != "TCP" else {}), "expose": False}
        return key

    def _key(self, name: str | None, number: int, protocol: str) -> str:
        wanted = (
            name if name and _PORT_NAME.match(name) else "http" if number in _HTTP else f"{protocol.lower()}-{number}"
        )
        return wanted if wanted not in self.spec else f"{protocol.lower()}-{number}"

    @staticmethod
    def _target(entry: Mapping[str, Any]) -> int:
        return int(entry.get("targetPort", entry["port"]))


def service_rest(draft: Draft, key: str, service: Rest, ports: Ports) -> None:
    """Take a Service apart: its ports become the spec's, and what is special about it a patch."""
    origin = service.origin
    spec = service.inner("spec")
    left_ports = [left for one in spec.items("ports") if (left := ports.serve(one))]
    spec.drop("selector", "clusterIPs", "ipFamilies")
    spec.ignore(type="ClusterIP", sessionAffinity="None", ipFamilyPolicy="SingleStack", internalTrafficPolicy="Cluster")
    if spec.look("clusterIP") not in (None, "None"):
        spec.drop("clusterIP")
    metadata = service.inner("metadata")
    annotations = bookkept(metadata.take("annotations", {}))
    body = {
        **({"metadata": {"annotations": annotations}} if annotations else {}),
        **(
            {"spec": {**spec.left(), **({"ports": left_ports} if left_ports else {})}}
            if spec.left() or left_ports
            else {}
        ),
    }
    if body:
        draft.patch("Service", key, body, origin, "own")


def bookkept(annotations: Mapping[str, Any]) -> dict[str, str]:
    """Return annotations without those that tools and the cluster keep for themselves."""
    own = ("kubectl.kubernetes.io/last-applied-configuration", "deployment.kubernetes.io/revision")
    return {str(key): str(value) for key, value in annotations.items() if key not in own}
