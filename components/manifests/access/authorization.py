"""What a mesh of Istio lets through: nothing, and then what the permissions say.

Source: https://istio.io/latest/docs/reference/config/security/authorization-policy/
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from components.manifests.access.permissions import Caller, Permission
from components.manifests.access.token import Demand, demands, request_authentication
from components.manifests.mesh.waypoint import WAYPOINT
from components.manifests.objects import Manifest, manifest, service_pods
from schemas.model import Application, Environment, Port, Service

Rule = dict[str, Any]
Number = Callable[[Port], int]
"""Which number of a port a proxy knows it by."""


def deny_by_default(app: Application) -> Manifest:
    """Return the policy that lets nobody call any pod of the namespace."""
    return {**_head(app, "default-deny"), "spec": {}}


def waypoint_denies_by_default(app: Application) -> Manifest:
    """Return the policy that lets nobody through the waypoint, which heeds no policy of its namespace."""
    target = {"group": "gateway.networking.k8s.io", "kind": "Gateway", "name": WAYPOINT}
    return {**_head(app, WAYPOINT), "spec": {"targetRefs": [target]}}


def gateway_policy(app: Application) -> Manifest:
    """Return the policy by which everybody may call the proxy of the application's own Gateway."""
    target = {"group": "gateway.networking.k8s.io", "kind": "Gateway", "name": app.name}
    return {**_head(app, f"{app.name}.gateway"), "spec": {"targetRefs": [target], "rules": [{}]}}


def at_the_pods(
    app: Application, environment: Environment, service: Service, found: Sequence[Permission]
) -> list[Manifest]:
    """Return the policy that the proxy in each of a service's pods applies."""
    rules = [*_rules(environment, found, lambda port: port.container_port)]
    pods = {"selector": _pods(app, service)}
    return [*_tokens(app, environment, service, pods, found), *_policy(app, service, service.name, pods, rules)]


def at_the_waypoint(
    app: Application, environment: Environment, service: Service, found: Sequence[Permission]
) -> list[Manifest]:
    """Return the policies of a service behind a waypoint: what that lets through, and what the pods' node does.

    A node reads no HTTP, and a rule about HTTP denies everything there. So it lets the waypoint in, and only those
    callers themselves of whom no more is asked than who they are: some go past the waypoint, to a replica by name.
    """
    versions = (service, *service.others.values())
    targets = [{"group": "", "kind": "Service", "name": one.name} for one in versions]
    called = [one for one in found if one.is_proven]
    through = [*_rules(environment, called, lambda port: port.port)]
    waypoint = Caller(app.namespace, None, WAYPOINT)
    passing = Permission((waypoint,), tuple({port: None for one in called for port in one.ports}))
    direct = [one for one in found if not one.is_narrow]
    at_pods = [*_rules(environment, [passing, *direct], lambda port: port.container_port)]
    return [
        *_tokens(app, environment, service, {"targetRefs": targets}, found),
        *_policy(app, service, service.name, {"selector": _pods(app, service)}, at_pods),
        *_policy(app, service, f"{service.name}.{WAYPOINT}", {"targetRefs": targets}, through),
    ]


def _tokens(
    app: Application, environment: Environment, service: Service, of: Rule, found: Sequence[Permission]
) -> list[Manifest]:
    """Return which token a service takes. Whoever asks for one asks for the same: its own, else the ingress'."""
    own = [service.authentication.jwt] if service.authentication is not None else []
    jwt = next((one for one in (*own, *(permission.jwt for permission in found)) if one is not None), None)
    if jwt is None:
        return []
    return [request_authentication(app, service, of, jwt, environment.identity_providers[jwt.provider])]


def _rules(environment: Environment, found: Sequence[Permission], number: Number) -> Iterator[Rule]:
    """Yield a rule for each permission. What is not TCP passes by every proxy, and is the network policies' alone."""
    for permission in found:
        ports = [str(number(port)) for port in permission.ports if port.protocol == "TCP"]
        if ports:
            yield from (_rule(environment, permission, ports, demand) for demand in demands(permission))


def _rule(environment: Environment, permission: Permission, ports: list[str], demand: Demand) -> Rule:
    operation = {
        "ports": ports,
        **({"methods": list(permission.methods)} if permission.methods else {}),
        **({"paths": list(demand.paths)} if demand.paths else {}),
        **({"notPaths": list(demand.not_paths)} if demand.not_paths else {}),
    }
    jwt = permission.jwt if demand.takes_token else None
    issued = {"requestPrincipals": [f"{environment.identity_providers[jwt.provider].issuer}/*"]} if jwt else {}
    sources = _sources(environment, permission.callers) if permission.is_proven else []
    # Istio reads the claim `scope` as words between spaces; of several conditions all must hold.
    scopes = [{"key": "request.auth.claims[scope]", "values": [scope]} for scope in demand.scopes]
    return {
        **({"from": [{"source": {**one, **issued}} for one in sources]} if sources else {}),
        "to": [{"operation": operation}],
        **({"when": scopes} if scopes else {}),
    }


def _sources(environment: Environment, callers: Sequence[Caller]) -> list[Rule]:
    """Return callers by their identity, which a certificate proves."""
    domain = environment.mesh.trust_domain if environment.mesh else ""
    principals = [
        "*" if one.namespace is None else f"{domain}/ns/{one.namespace}/sa/{one.account}"
        for one in callers
        if one.namespace is None or one.account is not None
    ]
    namespaces = [one.namespace for one in callers if one.namespace is not None and one.account is None]
    found = {**({"principals": principals} if principals else {}), **({"namespaces": namespaces} if namespaces else {})}
    return [{key: names} for key, names in found.items()]


def _policy(app: Application, service: Service, name: str, of: Rule, rules: list[Rule]) -> list[Manifest]:
    head = manifest("security.istio.io/v1", "AuthorizationPolicy", name, app, service)
    return [{**head, "spec": {**of, "rules": rules}}] if rules else []


def _head(app: Application, name: str) -> Manifest:
    return manifest("security.istio.io/v1", "AuthorizationPolicy", name, app)


def _pods(app: Application, service: Service) -> Rule:
    """Return what selects a service's pods in all its versions."""
    return {"matchLabels": service_pods(app.name, service.name)}
