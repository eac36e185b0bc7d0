"""Who a caller must be, and what a service may ask of Kubernetes."""

from typing import Literal

import msgspec

from schemas.model.base import Value


class Jwt(Value, frozen=True, kw_only=True):
    """A token that callers carry."""

    provider: str
    audiences: list[str]
    scopes: dict[str, list[str]] = msgspec.field(default_factory=dict)
    """By path, or the beginning of paths with `*` at the end: the scopes that a token must have, all of them."""
    except_: list[str] = msgspec.field(default_factory=list, name="except")
    """Paths that take no token."""
    claims_to_headers: dict[str, str] = msgspec.field(default_factory=dict)
    """By header, the claim that it carries."""
    forward_token: bool


class Authentication(Value, frozen=True, kw_only=True):
    """How callers prove who they are."""

    jwt: Jwt


class IdentityProvider(Value, frozen=True, kw_only=True):
    """Who makes tokens: exactly one of `jwks_uri`, `jwks`."""

    issuer: str
    jwks_uri: str | None = None
    jwks: str | None = None


Verb = Literal["get", "list", "watch", "create", "update", "patch", "delete", "deletecollection"]


class ApiPermission(Value, frozen=True, kw_only=True):
    """What may be done with a kind of resource in the application's namespace."""

    verbs: list[Verb]
    names: list[str] | None = None


class KubernetesApi(Value, frozen=True, kw_only=True):
    """What a service asks of the Kubernetes API."""

    permissions: dict[str, ApiPermission]
    """By resource as kubectl names it: `pods`, `pods/log`, `deployments.apps`, `deployments.apps/scale`."""


class ApiServer(Value, frozen=True, kw_only=True):
    """Where the Kubernetes API answers."""

    cidr: str
    port: int
