"""The platform's way in is of one piece: what its kind needs is there, and nothing that the kind cannot use."""

from collections.abc import Iterator

from schemas.problems import Path, Problem
from schemas.spec import Spec
from schemas.text.document import descend

MISFIT, FOREIGN, NOT_INSTALLED, NAMESAKE = "SW5621", "SW5622", "SW5623", "SW5624"
"""Codes of a kind beside the wrong key, of a certificate in the proxy's namespace, of one that nobody makes, and of two
objects of one name."""


def check(spec: Spec) -> Iterator[Problem]:
    """Yield what the platform's entry contradicts itself in, where an application uses it."""
    way = spec.environment.ingress
    if way is None or spec.application.ingress is None:
        return
    if way.kind == "istio" and way.selector is None:
        message = "Istio's Gateway finds its proxy by the labels of the pods, and has no class."
        yield _problem(spec, ("ingress", "class"), MISFIT, message, "Write `selector: {istio: …}`.")
    if way.kind != "istio" and way.class_ is None:
        message = f"`kind: {way.kind}` is served by a class, and knows no pods."
        yield _problem(spec, ("ingress", "selector"), MISFIT, message, "Write `class`, or `kind: istio`.")
    if way.kind != "gateway" and way.controller is not None:
        message = f"`{way.controller}` serves the Gateway API, and `kind: {way.kind}` is another."
        yield _problem(spec, ("ingress", "controller"), MISFIT, message, "Remove it, or write `kind: gateway`.")
    if spec.environment.mesh is not None and way.kind != "ingress":
        yield from _namesakes(spec)
    if way.tls is None or way.tls.issuer is None:
        return
    if way.kind == "istio":
        message = "Istio's Gateway takes its certificate from the proxy's namespace, which is no application's to fill."
        hint = "Have a Certificate made there, and name its Secret: `tls: {secret: …}`."
        yield _problem(spec, ("ingress", "tls", "issuer"), FOREIGN, message, hint)
    installed = descend(spec.platform, ("installed", "cert-manager"))
    if installed is None or installed.value is not True:
        message = "cert-manager is not installed, so nobody makes this certificate."
        hint = "Say `installed: {cert-manager: true}` where it is, or name a Secret."
        yield _problem(spec, ("ingress", "tls", "issuer"), NOT_INSTALLED, message, hint)


def _namesakes(spec: Spec) -> Iterator[Problem]:
    """Yield hosts whose route would have the name of a service's, and so be one object with it."""
    app = spec.application
    for host in app.ingress.hosts if app.ingress else ():
        name = f"{app.name}-{host}"
        if name in app.services:
            message = f"its route is named `{name}`, as is the route of the service `{name}` in the mesh."
            yield spec.problem(("ingress", "hosts", host), NAMESAKE, message, "Rename the host here.", at_key=True)


def _problem(spec: Spec, path: Path, code: str, message: str, hint: str) -> Problem:
    return Problem(origin=spec.platform_origin(path), code=code, message=message, hint=hint)
