"""How calls reach a service: what a spec asks for, in no mesh's words."""

from typing import Literal

import msgspec

from schemas.model.base import Value


class Cookie(Value, frozen=True, kw_only=True):
    """A cookie by which calls are told apart."""

    name: str
    ttl: str | None = None


class ConsistentHash(Value, frozen=True, kw_only=True):
    """What alike calls have in common: exactly one of the fields."""

    header: str | None = None
    cookie: Cookie | None = None
    query_parameter: str | None = None
    source_address: bool | None = None


class LoadBalancing(Value, frozen=True, kw_only=True):
    """Which pod a call goes to: exactly one of `algorithm`, `consistent_hash`."""

    algorithm: Literal["leastRequest", "roundRobin", "random"] | None = None
    consistent_hash: ConsistentHash | None = None
    warmup: str | None = None


class Retries(Value, frozen=True, kw_only=True):
    """Calls that are made again when they fail."""

    attempts: int
    per_try_timeout: str | None = None
    retry_on: list[str]
    idempotent: bool | None = None
    backoff: str | None = None
    budget_percent: int | None = None
    other_pods: bool | None = None


class Ejection(Value, frozen=True, kw_only=True):
    """When a pod that fails is left alone, and for how long."""

    consecutive_5xx_errors: int = msgspec.field(name="consecutive5xxErrors")
    error_codes: list[str] | None = None
    interval: str
    base_ejection_time: str
    max_ejection_percent: int


class CircuitBreaker(Value, frozen=True, kw_only=True):
    """What a caller's proxy refuses, and which pods it leaves alone."""

    max_connections: int | None = None
    max_pending_requests: int | None = None
    max_requests: int | None = None
    ejection: Ejection | None = None


class Locality(Value, frozen=True, kw_only=True):
    """Whether calls stay near their caller: exactly one of the fields."""

    prefer: Literal["zone", "node"] | None = None
    failover: list[str] | None = None
    """Keys of labels, the widest first."""


class Delay(Value, frozen=True, kw_only=True):
    """Calls that wait."""

    duration: str
    percent: int


class Abort(Value, frozen=True, kw_only=True):
    """Calls that are answered with an error."""

    status: int
    percent: int


class Fault(Value, frozen=True, kw_only=True):
    """Calls that are made to fail or to wait."""

    delay: Delay | None = None
    abort: Abort | None = None
    even_for_people: bool | None = None


class Mirror(Value, frozen=True, kw_only=True):
    """Calls of which a version gets a copy."""

    version: str
    percent: int


class Traffic(Value, frozen=True, kw_only=True):
    """How calls reach a service's pods."""

    load_balancing: LoadBalancing | None = None
    timeout: str | None = None
    retries: Retries | None = None
    circuit_breaker: CircuitBreaker | None = None
    locality: Locality | None = None
    split: dict[str, int] | None = None
    """Calls of a hundred, by version."""
    mirror: Mirror | None = None
    fault: Fault | None = None
