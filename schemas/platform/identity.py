"""What it takes to let callers in by what they ask for: a mesh that reads requests, and somebody who makes tokens."""

from schemas.platform.meshes import TITLES, UNSAID, Wish, istio, mesh_of, need
from schemas.platform.needs import Lack, Need
from schemas.problems import Path, nearest_or_all
from schemas.text.document import Node, descend

_POLICY = "AuthorizationPolicy `operation"

WISHES: tuple[Wish, ...] = (
    *(
        Wish((*way, "*", field), istio(f"{_POLICY}.{field}`"))
        for way in (("connections",), ("access", "inbound"))
        for field in ("methods", "paths")
    ),
    Wish(("authentication",), istio("RequestAuthentication and AuthorizationPolicy `source.requestPrincipals`")),
)
"""What a spec may ask of callers, and what says so in each mesh that can."""

_PROVIDER: Path = ("jwt", "provider")


def _nobody_reads(_spec: Node, _path: Path, entry: Node) -> Lack | None:
    mesh = mesh_of(entry)
    if mesh in WISHES[-1].said_by:
        return None
    return Lack(f"{TITLES[mesh]} cannot express `authentication`", " It takes `istio-sidecar` or `istio-ambient`.")


def _no_such_provider(spec: Node, path: Path, entry: Node) -> Lack | None:
    wanted, known = descend(spec, (*path, *_PROVIDER)), descend(entry, ("identityProviders",))
    names = known.entries if known is not None else {}
    if wanted is None or wanted.value in names:
        return None
    near = nearest_or_all(str(wanted.value), names, "There is")
    return Lack(f"the platform has no identity provider `{wanted.value}`", near)


NEEDS: tuple[Need, ...] = (
    *map(need, WISHES),
    Need(("ingress", "authentication"), UNSAID, _nobody_reads, ("mesh", "kind"), "Leave it out there."),
    *(
        Need(field, "SW5530", _no_such_provider, ("identityProviders",), part=_PROVIDER)
        for field in (("services", "*", "authentication"), ("ingress", "authentication"))
    ),
)
"""What it takes to let callers in by what they ask for."""
