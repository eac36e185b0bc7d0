"""Where the requests to a service are counted: by a mesh's proxies, or by the program itself.

The conventions say the buckets too, so what is slower than any duration is known, between two of them by the same
straight line as `histogram_quantile` draws.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from components.manifests.monitoring.promql import matchers, number
from schemas.model import Application, Environment, Service
from schemas.values.quantity import exact_seconds

_GRPC_SERVER_FAULTS = {
    2: "Unknown",
    4: "DeadlineExceeded",
    12: "Unimplemented",
    13: "Internal",
    14: "Unavailable",
    15: "DataLoss",
}
"""The gRPC statuses that are the server's fault.

Source: https://opentelemetry.io/docs/specs/semconv/rpc/grpc/
"""


@dataclass(frozen=True, slots=True)
class Convention:
    """The names by which requests are counted and timed."""

    count: str
    time: str
    """The histogram, without `_bucket`."""
    failed: tuple[str, ...]
    """Matchers of requests that failed; a request may fit several of them."""
    bounds: tuple[float, ...]
    """The histogram's buckets, in its unit; whole ones are integers, which Prometheus 2 writes without a point."""
    unit_seconds: Decimal


ISTIO = Convention(
    "istio_requests_total",
    "istio_request_duration_milliseconds",
    ('response_code=~"5.."', f'grpc_response_status=~"{"|".join(map(str, _GRPC_SERVER_FAULTS))}"'),
    (0.5, 1, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10000, 30000, 60000, 300000, 600000, 1800000, 3600000),
    Decimal("0.001"),
)
"""What Istio's proxies count, with Envoy's buckets.

Source: https://istio.io/latest/docs/reference/config/metrics/ and Envoy's `HistogramSettingsImpl`
"""

CONVENTIONS: Mapping[str, Convention] = {
    # Source: https://opentelemetry.io/docs/specs/semconv/http/http-metrics/#metric-httpserverrequestduration
    "opentelemetry": Convention(
        "http_server_request_duration_seconds_count",
        "http_server_request_duration_seconds",
        ('http_response_status_code=~"5.."',),
        (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10),
        Decimal(1),
    ),
    # Source: https://github.com/grpc-ecosystem/go-grpc-prometheus#metrics
    "grpc-prometheus": Convention(
        "grpc_server_handled_total",
        "grpc_server_handling_seconds",
        (f'grpc_code=~"{"|".join(_GRPC_SERVER_FAULTS.values())}"',),
        (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
        Decimal(1),
    ),
}
"""What a program's own metrics may follow."""

_REPORTERS = {"istio-sidecar": "destination", "istio-ambient": "waypoint"}
"""Who counts a request in each mesh. Its caller's proxy counts it too, where the caller has one."""

_CALLING = {"istio-sidecar": "source", "istio-ambient": "waypoint"}
"""Who counts a request to a service that has no pods: its caller's proxy, or the waypoint between them."""


@dataclass(frozen=True, slots=True)
class Source:
    """The requests to one service, as Prometheus has them."""

    convention: Convention
    matchers: str

    def requests(self, window: str) -> str:
        """Return the requests a second over a window."""
        return f"sum({self._rate(self.convention.count, window)})"

    def errors(self, window: str) -> str:
        """Return the failed requests a second, which is 0 and not nothing while there are requests."""
        # `or` takes a series that fits both matchers once.
        failed = " or ".join(self._rate(self.convention.count, window, one) for one in self.convention.failed)
        return f"sum({failed}) or 0 * {self.requests(window)}"

    def slow(self, duration: str, window: str) -> str:
        """Return the requests a second that took longer than a duration."""
        below, above, share = _between(self.convention, duration)
        parts = [
            part if weight == 1 else f"{number(weight)} * {part}"
            for bound, weight in ((below, 1 - share), (above, share))
            if bound and weight
            for part in (f"sum({self._rate(f'{self.convention.time}_bucket', window, _le(bound))})",)
        ]
        return f"sum({self._rate(f'{self.convention.time}_count', window)}) - {_sum(parts)}"

    def concurrent(self, window: str) -> str:
        """Return the requests in work at once on average: how many come in a second, times the seconds that one takes.

        Source: https://en.wikipedia.org/wiki/Little%27s_law
        """
        found = f"sum({self._rate(f'{self.convention.time}_sum', window)})"
        return found if self.convention.unit_seconds == 1 else f"{found} * {number(self.convention.unit_seconds)}"

    def absent(self, window: str) -> str:
        """Return 0 when nothing was counted within a window, not even that there was nothing, and else no value."""
        return f"0 * sum(absent_over_time({self.convention.count}{{{self.matchers}}}[{window}]))"

    def _rate(self, metric: str, window: str, matcher: str | None = None) -> str:
        matchers = self.matchers if matcher is None else f"{self.matchers}, {matcher}"
        return f"rate({metric}{{{matchers}}}[{window}])"


def source(
    app: Application,
    environment: Environment,
    service: Service,
    *,
    from_callers: bool = False,
    of_version: bool = False,
) -> Source:
    """Return where the requests to a service are counted: in the mesh, when it counts, or by the service itself.

    The platform's needs have made sure that one of them does. `from_callers` takes the count of who calls, who is there
    also while the service has no pods; `of_version` that of one version of a service.
    """
    mesh = environment.mesh
    if mesh is not None and mesh.kind in _REPORTERS:
        version = {"destination_version": service.version} if of_version else {}
        return Source(
            ISTIO,
            matchers(
                {
                    "reporter": _CALLING[mesh.kind] if from_callers else _REPORTERS[mesh.kind],
                    "destination_service_namespace": app.namespace,
                    **version,
                }
            )
            + f", {_to(service)}",
        )
    metrics = service.observability.metrics if service.observability else None
    if metrics is None or metrics.convention is None:
        raise ValueError(service.name)
    # The monitors of this package see to it that `job` is the service.
    return Source(CONVENTIONS[metrics.convention], matchers({"namespace": app.namespace, "job": service.name}))


def is_counted(environment: Environment, service: Service) -> bool:
    """Return whether somebody counts the requests to a service."""
    if environment.mesh is not None and environment.mesh.kind in _REPORTERS:
        return True
    metrics = service.observability.metrics if service.observability else None
    return metrics is not None and metrics.convention is not None


def _to(service: Service) -> str:
    """Return the matcher of requests to a service: every version of it has a Service of its own."""
    names = dict.fromkeys((service.identity, service.name, *(one.name for one in service.others.values())))
    found = "|".join(names)
    return f'destination_service_name="{found}"' if len(names) == 1 else f'destination_service_name=~"{found}"'


def _between(convention: Convention, duration: str) -> tuple[float, float, Decimal]:
    """Return the buckets below and above a duration, and how far it is from the one to the other."""
    wanted = exact_seconds(duration) / convention.unit_seconds
    for below, above in pairwise((0.0, *convention.bounds)):
        low, high = Decimal(str(below)), Decimal(str(above))
        if wanted <= high:
            return below, above, (wanted - low) / (high - low)
    raise ValueError(duration)


def _le(bound: float) -> str:
    """Return the matcher of a bucket. Prometheus 3 writes a whole number as `250.0`, and so do some programs."""
    return f'le=~"{bound}([.]0)?"' if isinstance(bound, int) else f'le="{bound}"'


def _sum(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"({' + '.join(parts)})"
