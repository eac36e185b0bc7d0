"""Ingresses: hosts and routes of the spec."""

from collections.abc import Mapping
from typing import Any

from importers.draft import Draft, named, unique
from importers.kubernetes.services import bookkept
from importers.rest import Rest


def ingress(draft: Draft, source: Rest, services: Mapping[str, str]) -> None:
    """Make an Ingress hosts and routes; `services` are the spec's by the name of their Kubernetes Service."""
    metadata, spec = source.inner("metadata"), source.inner("spec")
    annotations = bookkept(metadata.take("annotations", {}))
    if annotations:
        message = f"the annotations {', '.join(sorted(annotations))} of the Ingress are not imported."
        draft.note(source.origin, "SW7030", message, "What they ask of the proxy is the platform's business.")
    for key in ("tls", "ingressClassName"):
        if spec.look(key) is not None:
            draft.note(spec.at(key), "SW7031", f"`{key}` is the platform's: it says how its ways in are made.")
        spec.drop(key)
    for rule in spec.items("rules"):
        host = str(rule.take("host", ""))
        name = _host(draft, host, rule)
        for path in rule.inner("http").items("paths"):
            _route(draft, path, name, services)
    for key, _ in spec.fields():
        draft.note(spec.at(key), "SW7030", f"`{key}` of an Ingress has no field, and is left out.")


def _host(draft: Draft, host: str, rule: Rest) -> str:
    hosts: dict[str, Any] = draft.ingress.setdefault("hosts", {})
    subdomain = named(host.split(".", maxsplit=1)[0]) if host else draft.name
    for name, one in hosts.items():
        if one["subdomain"] == subdomain:
            return name
    name = unique(subdomain, hosts)
    hosts[name] = {"subdomain": subdomain}
    told = f"`{host}` becomes" if host else "every host becomes"
    draft.note(rule.origin, "SW7032", f"{told} `{subdomain}` under each environment's domain.")
    return name


def _route(draft: Draft, path: Rest, host: str, services: Mapping[str, str]) -> None:
    origin = path.origin
    prefix, exact = str(path.take("path", "/")), path.take("pathType", "Prefix") == "Exact"
    backend = path.inner("backend").inner("service")
    called = str(backend.take("name", ""))
    port = backend.take("port", {})
    if called not in services:
        draft.note(origin, "SW7033", f"the route to `{called}` is left out: no such service is among the files.")
        return
    routes: dict[str, Any] = draft.ingress.setdefault("routes", {})
    entry: dict[str, Any] = {"service": services[called]}
    if len([one for one in draft.services[services[called]].get("ports", {}).values() if one.get("expose", True)]) > 1:
        entry["port"] = port.get("name") or port.get("number")
    entry["hosts"] = [host]
    _add(routes, prefix, exact, entry)


def _add(routes: dict[str, Any], path: str, exact: bool, entry: dict[str, Any]) -> None:
    """Add a route under its path; one of a whole path, or of a prefix that leads elsewhere on another host, by name."""
    told = {**entry, "match": {"path": path}} if exact else entry
    for known in routes.values() if exact else [routes[path]] if path in routes else []:
        if {**known, "hosts": []} == {**told, "hosts": []}:
            known["hosts"] = sorted({*known["hosts"], *entry["hosts"]})
            return
    if not exact and path not in routes:
        routes[path] = entry
        return
    match = {"path": path} if exact else {"pathPrefix": path}
    name = named(path.strip("/")) if path != "/" else entry["hosts"][0]
    routes[unique(name, routes)] = {"match": match, **entry}
