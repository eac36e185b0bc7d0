"""Tokens: which are taken, which requests need one, and what a service learns from it.

Source: https://istio.io/latest/docs/reference/config/security/request_authentication/
"""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from components.manifests.access.permissions import Permission
from components.manifests.objects import Manifest, manifest
from schemas.model import Application, IdentityProvider, Jwt, Service
from schemas.values.request_paths import EVERY_PATH, covers, narrower


@dataclass(frozen=True, slots=True)
class Demand:
    """What some requests need."""

    paths: tuple[str, ...]
    """Without them: all."""
    not_paths: tuple[str, ...]
    """Of the paths those of which more, or less, is asked."""
    takes_token: bool
    scopes: tuple[str, ...]


def request_authentication(
    app: Application, service: Service, of: dict[str, Any], jwt: Jwt, provider: IdentityProvider
) -> Manifest:
    """Return the object by which a proxy refuses wrong tokens. It asks for none: that is an authorization policy's."""
    keys = {"jwks": provider.jwks} if provider.jwks is not None else {"jwksUri": provider.jwks_uri}
    headers = [{"header": header, "claim": claim} for header, claim in sorted(jwt.claims_to_headers.items())]
    rule = {
        "issuer": provider.issuer,
        "audiences": jwt.audiences,
        **keys,
        "forwardOriginalToken": jwt.forward_token,
        **({"outputClaimToHeaders": headers} if headers else {}),
    }
    head = manifest("security.istio.io/v1", "RequestAuthentication", service.name, app, service)
    return {**head, "spec": {**of, "jwtRules": [rule]}}


def demands(permission: Permission) -> list[Demand]:
    """Return what the requests of a permission need, so that each request has one demand.

    A path belongs to the longest pattern that means it; what no pattern means needs a token and no scope.
    """
    jwt = permission.jwt
    if jwt is None:
        return [Demand(permission.paths, (), False, ())]
    zones = _zones(jwt)
    found: dict[tuple[tuple[str, ...], bool, tuple[str, ...]], list[str]] = defaultdict(list)
    for pattern, (takes_token, scopes) in zones.items():
        inner = [one for one in zones if one != pattern and covers(pattern, one)]
        for asked in permission.paths or (EVERY_PATH,):
            path = narrower(pattern, asked)
            if path is None or any(covers(one, path) for one in inner):
                continue
            within = [one for one in inner if covers(path, one)]
            beside = tuple(one for one in within if not any(other != one and covers(other, one) for other in within))
            found[beside, takes_token, scopes].append(path)
    return [
        Demand(() if paths == [EVERY_PATH] else tuple(paths), beside, takes_token, scopes)
        for (beside, takes_token, scopes), paths in found.items()
    ]


def _zones(jwt: Jwt) -> dict[str, tuple[bool, tuple[str, ...]]]:
    """Return by pattern whether a token is needed, and with which scopes."""
    return {
        **dict.fromkeys(sorted(jwt.except_), (False, ())),
        **{path: (True, tuple(scopes)) for path, scopes in sorted(jwt.scopes.items())},
        **({EVERY_PATH: (True, ())} if EVERY_PATH not in {*jwt.except_, *jwt.scopes} else {}),
    }
