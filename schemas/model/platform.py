"""One environment of a platform."""

from typing import Literal

import msgspec

from schemas.model.access import ApiServer, IdentityProvider
from schemas.model.base import Value
from schemas.model.observability import Monitoring


class Cluster(Value, frozen=True, kw_only=True):
    """How a cluster is reached."""

    context: str | None = None
    identifier: str | None = None
    api_server: ApiServer | None = None


class Registry(Value, frozen=True, kw_only=True):
    """Where built images go."""

    address: str
    credentials: bool


class Builds(Value, frozen=True, kw_only=True):
    """How images are built."""

    builder: str | None = None
    args: dict[str, str] = msgspec.field(default_factory=dict)


class IngressTls(Value, frozen=True, kw_only=True):
    """Where the certificate comes from: exactly one of `secret`, `issuer`."""

    secret: str | None = None
    issuer: str | None = None
    issuer_kind: Literal["ClusterIssuer", "Issuer"] | None = None
    plain_http: Literal["redirect", "refuse"]


class IngressSource(Value, frozen=True, kw_only=True):
    """Where the proxy runs."""

    namespace: str
    service_account: str | None = None


class IngressClass(Value, frozen=True, kw_only=True):
    """The way in that the platform has: exactly one of `class_`, `selector`."""

    kind: Literal["ingress", "gateway", "istio"]
    class_: str | None = msgspec.field(default=None, name="class")
    selector: dict[str, str] | None = None
    controller: Literal["envoy-gateway"] | None = None
    tls: IngressTls | None = None
    port: int | None = None
    from_: IngressSource | None = msgspec.field(default=None, name="from")


class Mesh(Value, frozen=True, kw_only=True):
    """The mesh that carries traffic between services."""

    kind: Literal["istio-sidecar", "istio-ambient", "gateway-api"]
    revision: str | None = None
    cni: bool
    namespace: str
    trust_domain: str


class NamedMetric(Value, frozen=True, kw_only=True):
    """A metric of Prometheus that services may scale by."""

    series: str
    labels: dict[str, Literal["namespace", "application", "environment", "service"]]
    """What a label of the series says."""
    aggregate: Literal["sum", "max", "avg"]


class Versions(Value, frozen=True, kw_only=True):
    """Versions of what is installed."""

    kubernetes: Literal["1.34", "1.35", "1.36", "1.37"]
    istio: Literal["1.27", "1.28", "1.29", "1.30", "1.31"]

    @property
    def has_tolerance(self) -> bool:
        """Whether the tolerance of an autoscaler can be said: it is on by default since Kubernetes 1.35."""
        return self.kubernetes != "1.34"


class Environment(Value, frozen=True, kw_only=True):
    """An environment as the platform offers it, in one location."""

    name: str
    domain: str
    registry: Registry
    cluster: Cluster | None = None
    builds: Builds | None = None
    ingress: IngressClass | None = None
    mesh: Mesh | None = None
    identity_providers: dict[str, IdentityProvider] = msgspec.field(default_factory=dict)
    monitoring: Monitoring | None = None
    metrics: dict[str, NamedMetric] = msgspec.field(default_factory=dict)
    storage_class: str | None = None
    installed: dict[str, bool] = msgspec.field(default_factory=dict)
    """What runs in the clusters beside Kubernetes itself."""
    versions: Versions

    @property
    def has_keda(self) -> bool:
        """Whether KEDA scales. Where it does it answers for external metrics, and no adapter can beside it."""
        return self.installed.get("keda", False)

    @property
    def scales_by_prometheus(self) -> bool:
        """Whether anybody scales by what Prometheus knows: KEDA, or Kubernetes' own autoscaler through an adapter."""
        return self.has_keda or self.installed.get("prometheus-adapter", False)

    @property
    def reads_rules(self) -> bool:
        """Whether a Prometheus reads PrometheusRules."""
        return self.monitoring is not None and self.installed.get("prometheus-operator", False)

    @property
    def recommends_sizes(self) -> bool:
        """Whether something recommends requests for what pods use."""
        return self.installed.get("vertical-pod-autoscaler", False)
