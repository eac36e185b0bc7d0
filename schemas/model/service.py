"""A service of an application."""

from typing import Literal

import msgspec

from schemas.model.access import Authentication, KubernetesApi
from schemas.model.base import Value
from schemas.model.container import EnvSource, File, Image, InitContainer, Probes, Resources, Sidecar
from schemas.model.observability import Observability
from schemas.model.placement import Placement, Security
from schemas.model.scaling import Scaling
from schemas.model.traffic import Traffic

IntOrPercent = int | str

CARRIES_HTTP = (None, "http", "grpc", "kubernetes.io/h2c", "kubernetes.io/ws")
"""What is spoken where calls are HTTP requests; TLS that ends in the service hides them."""


class Build(Value, frozen=True, kw_only=True):
    """An image built from source."""

    context: str
    """A folder, from the application file."""
    dockerfile: str | None = None
    language: Literal["go", "node", "python"] | None = None
    target: str | None = None
    args: dict[str, str] = msgspec.field(default_factory=dict)
    platforms: list[str] | None = None


class Port(Value, frozen=True, kw_only=True):
    """A port that callers use, and the one the container listens on."""

    port: int
    target_port: int | None = None
    protocol: Literal["TCP", "UDP"]
    app_protocol: str | None = None
    expose: bool
    headless: bool | None = None
    """Whether callers choose a pod themselves. Where a mesh does it, nothing says so."""

    @property
    def carries_http(self) -> bool:
        """Whether requests are told apart on the port: HTTP in any version, as is assumed of what is not said."""
        return self.protocol == "TCP" and self.app_protocol in CARRIES_HTTP

    @property
    def container_port(self) -> int:
        """The port the container listens on."""
        return self.target_port or self.port


class ConnectionEnv(Value, frozen=True, kw_only=True):
    """The variables that carry a connection's address."""

    url: str | None = None
    address: str | None = None
    host: str | None = None
    port: str | None = None


class Connection(Value, frozen=True, kw_only=True):
    """Something that a service calls."""

    service: str | None = None
    application: str | None = None
    host: str | None = None
    port: int | str | None = None
    methods: list[str] | None = None
    paths: list[str] | None = None
    env: ConnectionEnv | None = None


class Inbound(Value, frozen=True, kw_only=True):
    """A service of another application that may call."""

    application: str
    service: str
    port: int | str | None = None
    methods: list[str] | None = None
    paths: list[str] | None = None


class Access(Value, frozen=True, kw_only=True):
    """Who may come from outside the application."""

    inbound: dict[str, Inbound] = msgspec.field(default_factory=dict)


class Claim(Value, frozen=True, kw_only=True):
    """Storage that outlives a pod."""

    storage: str
    storage_class: str | None = None
    access_mode: Literal["ReadWriteOnce", "ReadWriteOncePod", "ReadWriteMany", "ReadOnlyMany"]
    on_removal: Literal["retain", "delete"]


class EmptyDir(Value, frozen=True, kw_only=True):
    """Storage that lives as long as a pod."""

    size_limit: str
    medium: Literal["Memory"] | None = None


class Volume(Value, frozen=True, kw_only=True):
    """Storage at a path: exactly one of `claim`, `empty_dir`."""

    mount_path: str
    read_only: bool
    claim: Claim | None = None
    empty_dir: EmptyDir | None = None


class Step(Value, frozen=True, kw_only=True):
    """A step of a canary."""

    weight: int
    pause: str | None = None
    check: str | None = None


class Rollout(Value, frozen=True, kw_only=True):
    """How a new version takes over."""

    strategy: Literal["rolling", "recreate", "canary", "blueGreen"]
    steps: list[Step] = msgspec.field(default_factory=list)
    keep: str | None = None
    max_surge: IntOrPercent | None = None
    max_unavailable: IntOrPercent | None = None
    min_ready_seconds: int
    progress_deadline: str | None = None


class Shutdown(Value, frozen=True, kw_only=True):
    """How a pod ends."""

    drain_seconds: int
    grace_seconds: int


class Disruption(Value, frozen=True, kw_only=True):
    """How many pods may be away when nodes are drained."""

    max_unavailable: IntOrPercent | None = None
    min_available: IntOrPercent | None = None


class Version(Value, frozen=True, kw_only=True):
    """Another version of a service, with all that it has from the service."""

    image: Image | None = None
    build: Build | None = None
    command: list[str] | None = None
    args: list[str] | None = None
    env: dict[str, EnvSource] = msgspec.field(default_factory=dict)
    files: dict[str, File] = msgspec.field(default_factory=dict)
    resources: Resources
    probes: Probes | None = None
    replicas: int | None = None
    scaling: Scaling | None = None


MAIN = "main"
"""The version of a service that is its own definition."""


class Service(Value, frozen=True, kw_only=True):
    """A service: its key in the spec is `name`, and its identity."""

    name: str
    version_of: str | None = None
    """For another version of a service, which is built like one: the service's name."""
    type: Literal["service", "worker", "stateful"]
    deploy: bool
    renamed_from: str | None = None
    labels: dict[str, str] = msgspec.field(default_factory=dict)
    annotations: dict[str, str] = msgspec.field(default_factory=dict)
    image: Image | None = None
    build: Build | None = None
    command: list[str] | None = None
    args: list[str] | None = None
    ports: dict[str, Port] = msgspec.field(default_factory=dict)
    env: dict[str, EnvSource] = msgspec.field(default_factory=dict)
    files: dict[str, File] = msgspec.field(default_factory=dict)
    resources: Resources
    probes: Probes | None = None
    replicas: int | None = None
    scaling: Scaling | None = None
    connections: dict[str, Connection] = msgspec.field(default_factory=dict)
    access: Access | None = None
    authentication: Authentication | None = None
    kubernetes_api: KubernetesApi | None = None
    observability: Observability | None = None
    traffic: Traffic = msgspec.field(default_factory=Traffic)
    volumes: dict[str, Volume] = msgspec.field(default_factory=dict)
    init_containers: dict[str, InitContainer] = msgspec.field(default_factory=dict)
    sidecars: dict[str, Sidecar] = msgspec.field(default_factory=dict)
    versions: dict[str, Version] = msgspec.field(default_factory=dict)
    rollout: Rollout
    shutdown: Shutdown
    disruption: Disruption
    placement: Placement
    security: Security

    @property
    def identity(self) -> str:
        """The name of the service whose version this is: that of its account, and the one that callers know."""
        return self.version_of or self.name

    @property
    def version(self) -> str:
        """Which version of the service this is."""
        return MAIN if self.version_of is None else self.name.removeprefix(f"{self.version_of}-")

    @property
    def others(self) -> dict[str, "Service"]:
        """The other versions of the service, by name: each as the service it would be alone."""
        return {name: self._with(name, own) for name, own in sorted(self.versions.items())}

    def _with(self, name: str, own: Version) -> "Service":
        said = {field: getattr(own, field) for field in own.__struct_fields__}
        return msgspec.structs.replace(
            self,
            name=version_name(self.name, name),
            version_of=self.name,
            versions={},
            traffic=msgspec.structs.replace(self.traffic, split=None),
            **said,
        )

    @property
    def has_token(self) -> bool:
        """Whether the pods carry the token with which their account calls the Kubernetes API."""
        return self.security.service_account_token or self.kubernetes_api is not None

    @property
    def fixed_replicas(self) -> int | None:
        """The number of pods the spec fixes; nothing when an autoscaler owns it."""
        if self.scaling is not None:
            return None
        if self.replicas is not None:
            return self.replicas
        return 1 if self.type == "stateful" else 2

    @property
    def fewest_replicas(self) -> int:
        """The fewest pods there will be while nothing is wrong."""
        if self.scaling is not None:
            return self.scaling.min
        return self.fixed_replicas or 0

    @property
    def exposed_ports(self) -> dict[str, Port]:
        """The ports that callers reach through the Service."""
        return {name: port for name, port in self.ports.items() if port.expose}


def version_name(service: str, version: str) -> str:
    """Return what the objects of a service's version are called."""
    return service if version == MAIN else f"{service}-{version}"
