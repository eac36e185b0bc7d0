"""Where the pods of a service run, and as whom."""

from typing import Literal

import msgspec

from schemas.model.base import Value


class Toleration(Value, frozen=True, kw_only=True):
    """A taint that pods tolerate."""

    key: str | None = None
    operator: Literal["Exists", "Equal"] | None = None
    value: str | None = None
    effect: Literal["NoSchedule", "PreferNoSchedule", "NoExecute"] | None = None
    toleration_seconds: int | None = None


class Spread(Value, frozen=True, kw_only=True):
    """How strictly pods are spread."""

    hosts: Literal["prefer", "require"]
    zones: Literal["prefer", "require"]


class Placement(Value, frozen=True, kw_only=True):
    """Which nodes the pods run on."""

    node_selector: dict[str, str] = msgspec.field(default_factory=dict)
    tolerations: list[Toleration] = msgspec.field(default_factory=list)
    spread: Spread


class Capabilities(Value, frozen=True, kw_only=True):
    """What a container may do that other programs of its user may not."""

    add: list[Literal["NET_BIND_SERVICE"]]


class Security(Value, frozen=True, kw_only=True):
    """The hardened settings that may be changed within Pod Security `restricted`."""

    run_as_user: int
    run_as_group: int
    capabilities: Capabilities | None = None
    read_only_root_filesystem: bool
    service_account_token: bool
