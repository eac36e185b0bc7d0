"""Short forms become long forms, before anything is merged."""

from collections.abc import Callable, Mapping

from schemas.text.document import Node, grafted
from schemas.values.image_names import split_tag

Expansion = Callable[[Node], Node]

_LAYER_KEYS = ("services", "jobs", "secrets", "configs", "ingress", "patches", "extraObjects")


def expand_layer(layer: Node) -> Node:
    """Return a layer (a spec, an environment or a location) in the long form, without `x-` keys.

    What has another type than a short form needs is left alone: the shape check has told of it.
    """
    entries = {key: child for key, child in layer.entries.items() if key in _LAYER_KEYS}
    return _each(layer.with_entries(entries), {"services": _every(expand_service), "jobs": _every(_job)})


def expand_service(service: Node) -> Node:
    """Return a service in the long form."""
    if not isinstance(service.value, Mapping):
        return service
    long = _each(
        _container(_uncommented(service)),
        {
            "traffic": _traffic,
            "versions": _every(_version),
            "initContainers": _every(_container),
            "sidecars": _every(_container),
        },
    )
    return _with_ports(long)


def _job(job: Node) -> Node:
    return _each(_uncommented(job), {"env": _every(_env_value)})


def _container(container: Node) -> Node:
    return _each(container, {"image": _image, "env": _every(_env_value), "probes": _every(_probe)})


def _version(version: Node) -> Node:
    return _container(_uncommented(version)) if isinstance(version.value, Mapping) else version


def _with_ports(service: Node) -> Node:
    """Turn `port: 8080` into `ports: {http: {port: 80, targetPort: 8080, appProtocol: http}}`."""
    port = service.entries.get("port")
    if port is None or isinstance(port.value, Mapping):
        return service
    entries = {key: child for key, child in service.entries.items() if key != "port"}
    if port.value is None:
        entries["ports"] = port
    elif "ports" not in entries:
        long = {"http": {"port": 80, "targetPort": port, "appProtocol": "http"}}
        entries["ports"] = grafted(long, port.origin).under(port.key)
    return service.with_entries(entries)


def _image(image: Node) -> Node:
    """Turn `repository[:tag][@digest]` into its parts."""
    if not isinstance(image.value, str):
        return image
    name, _, digest = image.value.partition("@")
    repository, tag = split_tag(name)
    parts = {"repository": repository, "tag": tag, "digest": digest}
    return grafted({key: part for key, part in parts.items() if part}, image.origin).under(image.key)


def _env_value(value: Node) -> Node:
    """Turn a plain value into `{value: text}`; numbers and booleans become their text."""
    if isinstance(value.value, Mapping | tuple) or value.value is None:
        return value
    text = str(value.value).lower() if isinstance(value.value, bool) else str(value.value)
    return grafted({"value": text}, value.origin).under(value.key)


def _probe(probe: Node) -> Node:
    """Turn a path into `{httpGet: {path: PATH}}`."""
    if not isinstance(probe.value, str):
        return probe
    return grafted({"httpGet": {"path": probe}}, probe.origin).under(probe.key)


def _traffic(traffic: Node) -> Node:
    return _each(traffic, {"loadBalancing": _load_balancing})


def _load_balancing(balancing: Node) -> Node:
    """Turn an algorithm into `{algorithm: NAME}`."""
    if not isinstance(balancing.value, str):
        return balancing
    return grafted({"algorithm": balancing}, balancing.origin).under(balancing.key)


def _uncommented(node: Node) -> Node:
    return node.with_entries({key: child for key, child in node.entries.items() if not key.startswith("x-")})


def _every(expansion: Expansion) -> Expansion:
    """Return an expansion of every entry of a mapping."""

    def expand(node: Node) -> Node:
        if not isinstance(node.value, Mapping):
            return node
        return node.with_entries({key: expansion(child) for key, child in node.value.items()})

    return expand


def _each(node: Node, expansions: Mapping[str, Expansion]) -> Node:
    """Return a mapping with some of its entries expanded."""
    if not isinstance(node.value, Mapping):
        return node
    return node.with_entries(
        {key: expansions[key](child) if key in expansions else child for key, child in node.value.items()}
    )
