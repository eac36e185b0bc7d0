"""How a service is watched, and what the platform has to watch it with."""

from typing import Literal

import msgspec

from schemas.model.base import Value

LogFilter = Literal["all", "errors", "none"]
"""Which requests get a line in the access log."""


class Metrics(Value, frozen=True, kw_only=True):
    """The metrics that a program itself gives."""

    port: int | str
    path: str
    interval: str | None = None
    convention: Literal["opentelemetry", "grpc-prometheus"] | None = None
    """By which names it counts requests; nothing when it follows none of those known here."""


class Tracing(Value, frozen=True, kw_only=True):
    """The traces that the mesh's proxies write."""

    sampling_percent: float


class AccessLog(Value, frozen=True, kw_only=True):
    """The lines that the mesh's proxies write about requests."""

    filter: LogFilter


class Objectives(Value, frozen=True, kw_only=True):
    """What a service promises over a window."""

    window_days: int
    availability_percent: float | None = None
    latency: dict[str, str] = msgspec.field(default_factory=dict)
    """By percentile, such as `p99`: a duration."""


class Observability(Value, frozen=True, kw_only=True):
    """How a service is watched."""

    metrics: Metrics | None = None
    tracing: Tracing | None = None
    access_log: AccessLog | None = None
    objectives: Objectives | None = None


class Severities(Value, frozen=True, kw_only=True):
    """What Alertmanager routes alerts by."""

    page: str
    ticket: str


class TracingProvider(Value, frozen=True, kw_only=True):
    """Where the mesh's proxies send traces."""

    provider: str
    namespace: str | None = None
    """Of the collector that the provider sends to."""
    port: int
    sampling_percent: float


class AccessLogProvider(Value, frozen=True, kw_only=True):
    """Where the mesh's proxies write about requests."""

    provider: str
    filter: LogFilter


class Dashboards(Value, frozen=True, kw_only=True):
    """How Grafana finds dashboards."""

    labels: dict[str, str]


class Monitoring(Value, frozen=True, kw_only=True):
    """How an environment is watched."""

    labels: dict[str, str]
    address: str | None = None
    namespace: str | None = None
    proxies: bool
    severities: Severities
    tracing: TracingProvider | None = None
    access_log: AccessLogProvider | None = None
    dashboards: Dashboards | None = None
