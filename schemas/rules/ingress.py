"""The way in: routes lead to services, and the platform has one."""

from collections.abc import Iterator

from schemas.problems import Problem, listed, nearest
from schemas.spec import Spec


def check(spec: Spec) -> Iterator[Problem]:
    """Yield routes that lead nowhere, and hosts that repeat."""
    ingress = spec.application.ingress
    if ingress is None:
        return
    taken: dict[str, str] = {}
    for name, host in ingress.hosts.items():
        if host.subdomain in taken:
            message = f"`{host.subdomain}` is also the subdomain of `{taken[host.subdomain]}`."
            yield spec.problem(("ingress", "hosts", name, "subdomain"), "SW4802", message)
        taken.setdefault(host.subdomain, name)
    for path, route in ingress.routes.items():
        at = ("ingress", "routes", path)
        for index, host_name in enumerate(route.hosts or ()):
            if host_name not in ingress.hosts:
                near = nearest(host_name, ingress.hosts) or f" It has {listed(ingress.hosts, 'and')}."
                yield spec.problem((*at, "hosts", index), "SW4803", f"there is no host `{host_name}`.{near}")
        service = spec.application.services.get(route.service)
        if service is None:
            yield spec.problem((*at, "service"), "SW4804", spec.absence(route.service))
            continue
        ports = service.exposed_ports
        numbers = {port.port for port in ports.values()}
        if route.port is None and len(ports) != 1:
            have = f"several ports: {listed(ports, 'and')}" if ports else "no port that callers reach"
            yield spec.problem((*at, "service"), "SW4805", f"`{route.service}` has {have}.", "Say which with `port`.")
        elif route.port is not None and route.port not in ports and route.port not in numbers:
            near = f" It has {listed(ports, 'and')}."
            yield spec.problem((*at, "port"), "SW4805", f"`{route.service}` has no port `{route.port}`.{near}")
