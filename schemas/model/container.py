"""What runs in a container: image, variables, files, resources and probes."""

import re
from typing import Literal

import msgspec

from schemas.model.base import Value


class Image(Value, frozen=True, kw_only=True):
    """An image that exists."""

    repository: str
    tag: str | None = None
    digest: str | None = None

    @property
    def reference(self) -> str:
        """The image as Kubernetes takes it: `repository[:tag][@digest]`."""
        return self.repository + (f":{self.tag}" if self.tag else "") + (f"@{self.digest}" if self.digest else "")


class FormatPart(Value, frozen=True, kw_only=True):
    """A named part of a formatted variable."""

    secret: str | None = None
    config: str | None = None
    key: str | None = None
    field: str | None = None


class EnvSource(Value, frozen=True, kw_only=True):
    """Where a variable's value comes from: exactly one of `value`, `secret`, `config`, `field`, `format`."""

    value: str | None = None
    secret: str | None = None
    config: str | None = None
    key: str | None = None
    field: str | None = None
    format: str | None = None
    from_: dict[str, FormatPart] | None = msgspec.field(default=None, name="from")


def part_variable(variable: str, part: str) -> str:
    """Return the name under which a container gets a part of a formatted variable.

    `userName` and `username` stay apart, as `USER_NAME` and `USERNAME`.
    """
    words = re.sub("([A-Z])", r"_\1", part)
    return f"{variable}_PART_{words.upper()}"


class File(Value, frozen=True, kw_only=True):
    """A file in the container: exactly one of `content`, `secret`, `config`; `source` has been read into `content`."""

    content: str | None = None
    source: str | None = None
    secret: str | None = None
    config: str | None = None
    key: str | None = None
    mode: str
    """Octal, as text: `0444`."""


class Requests(Value, frozen=True, kw_only=True):
    """Quantities as Kubernetes writes them."""

    cpu: str | None = None
    memory: str | None = None
    ephemeral_storage: str | None = msgspec.field(default=None, name="ephemeral-storage")


class Resources(Value, frozen=True, kw_only=True):
    """What a container asks for and may use."""

    requests: Requests
    limits: Requests


class HttpGet(Value, frozen=True, kw_only=True):
    """An HTTP check."""

    path: str
    port: int | str | None = None
    scheme: Literal["HTTP", "HTTPS"] | None = None


class TcpSocket(Value, frozen=True, kw_only=True):
    """A check that a port accepts connections."""

    port: int | str | None = None


class Exec(Value, frozen=True, kw_only=True):
    """A check by a command's exit status."""

    command: list[str]


class Grpc(Value, frozen=True, kw_only=True):
    """A check by the gRPC health service."""

    port: int | str | None = None
    service: str | None = None


class Probe(Value, frozen=True, kw_only=True):
    """One check of a container: exactly one of `http_get`, `tcp_socket`, `exec`, `grpc`."""

    http_get: HttpGet | None = None
    tcp_socket: TcpSocket | None = None
    exec: Exec | None = None
    grpc: Grpc | None = None
    initial_delay_seconds: int | None = None
    period_seconds: int
    timeout_seconds: int
    failure_threshold: int
    success_threshold: int | None = None

    @property
    def patience_seconds(self) -> int:
        """The longest time after which the check has decided."""
        wait = self.period_seconds * self.failure_threshold + self.timeout_seconds
        return (self.initial_delay_seconds or 0) + wait


class Probes(Value, frozen=True, kw_only=True):
    """The checks of a container."""

    startup: Probe | None = None
    readiness: Probe | None = None
    liveness: Probe | None = None


class InitContainer(Value, frozen=True, kw_only=True):
    """A container that runs to its end before the service starts."""

    image: Image | None = None
    command: list[str] | None = None
    args: list[str] | None = None
    env: dict[str, EnvSource] = msgspec.field(default_factory=dict)
    resources: Resources
    mounts: dict[str, str] = msgspec.field(default_factory=dict)
    """Paths in this container by the volume's name."""


class Sidecar(InitContainer, frozen=True, kw_only=True):
    """A container beside the service."""

    probes: Probes | None = None
