"""The way in from outside the cluster, as an application asks for it."""

from typing import Literal

import msgspec

from schemas.model.access import Authentication
from schemas.model.base import Value


class Host(Value, frozen=True, kw_only=True):
    """A host under the environment's domain."""

    subdomain: str


class Match(Value, frozen=True, kw_only=True):
    """Which requests a route is for: at most one of `path`, `path_prefix`."""

    path: str | None = None
    path_prefix: str | None = None
    methods: list[str] | None = None
    headers: dict[str, str] = msgspec.field(default_factory=dict)


class Rewrite(Value, frozen=True, kw_only=True):
    """What a service sees of a request."""

    path: str


class Redirect(Value, frozen=True, kw_only=True):
    """Where a caller is sent."""

    host: str | None = None
    path: str | None = None
    code: int


class HeaderChanges(Value, frozen=True, kw_only=True):
    """What becomes of headers."""

    set: dict[str, str] = msgspec.field(default_factory=dict)
    add: dict[str, str] = msgspec.field(default_factory=dict)
    remove: list[str] = msgspec.field(default_factory=list)


class Cors(Value, frozen=True, kw_only=True):
    """Which other sites' pages may call."""

    origins: list[str]
    methods: list[str] | None = None
    headers: list[str] | None = None
    expose_headers: list[str] | None = None
    max_age: str
    credentials: bool


class RateLimit(Value, frozen=True, kw_only=True):
    """How many requests are taken."""

    requests: int
    per: Literal["second", "minute", "hour"]
    by: Literal["client", "everybody"]


class Route(Value, frozen=True, kw_only=True):
    """What answers some requests: exactly one of `service`, `redirect`."""

    match: Match | None = None
    hosts: list[str] | None = None
    service: str | None = None
    port: int | str | None = None
    timeout: str | None = None
    rewrite: Rewrite | None = None
    request_headers: HeaderChanges | None = None
    response_headers: HeaderChanges | None = None
    cors: Cors | None = None
    rate_limit: RateLimit | None = None
    max_request_size: str | None = None
    redirect: Redirect | None = None


class Ingress(Value, frozen=True, kw_only=True):
    """The way in."""

    hosts: dict[str, Host]
    routes: dict[str, Route]
    tls: Literal["required", "optional"]
    authentication: Authentication | None = None
