"""A whole application in one environment and location."""

from typing import Any, Literal

import msgspec

from schemas.model.base import Value
from schemas.model.container import EnvSource, Resources
from schemas.model.ingress import Ingress
from schemas.model.service import Service
from schemas.plan.model import Plan


class Secret(Value, frozen=True, kw_only=True):
    """A declared secret: its keys, never its values."""

    keys: list[str]
    on_change: Literal["restart", "ignore"]


class Config(Value, frozen=True, kw_only=True):
    """A declared config."""

    data: dict[str, str]


class Trigger(Value, frozen=True, kw_only=True):
    """When a job runs: exactly one of `cron`, `before`."""

    cron: str | None = None
    time_zone: str | None = None
    before: list[str] | None = None


class Job(Value, frozen=True, kw_only=True):
    """What runs to its end, as one of the services."""

    name: str
    deploy: bool
    service: str
    command: list[str] | None = None
    args: list[str] | None = None
    env: dict[str, EnvSource] = msgspec.field(default_factory=dict)
    resources: Resources | None = None
    trigger: Trigger
    concurrency: Literal["allow", "forbid", "replace"]
    timeout: str
    retries: int


class PatchTarget(Value, frozen=True, kw_only=True):
    """The one object that a patch changes."""

    kind: str
    name: str


class JsonPatchStep(Value, frozen=True, kw_only=True):
    """A step of a JSON patch (RFC 6902)."""

    op: Literal["add", "remove", "replace", "move", "copy", "test"]
    path: str
    from_: str | None = msgspec.field(default=None, name="from")
    value: Any = msgspec.UNSET
    """Anything, `null` too; unset where the step has none."""


class Patch(Value, frozen=True, kw_only=True):
    """A change to a rendered object: exactly one of `strategic_merge`, `json_patch`."""

    target: PatchTarget
    reason: str
    strategic_merge: dict[str, Any] | None = None
    json_patch: list[JsonPatchStep] | None = None


class Application(Value, frozen=True, kw_only=True):
    """An application as it stands in one environment and location: what is not deployed there is not in it."""

    name: str
    owner: str
    labels: dict[str, str] = msgspec.field(default_factory=dict)
    environment: str
    location: str | None = None
    namespace: str
    stages: dict[str, str] = msgspec.field(default_factory=dict)
    """By service whose new version takes over in steps: how far it has come, in words."""
    plans: dict[str, Plan] = msgspec.field(default_factory=dict)
    """By the service, or other version of one, whose `scaling` names it."""
    services: dict[str, Service]
    jobs: dict[str, Job] = msgspec.field(default_factory=dict)
    secrets: dict[str, Secret] = msgspec.field(default_factory=dict)
    configs: dict[str, Config] = msgspec.field(default_factory=dict)
    ingress: Ingress | None = None
    patches: dict[str, Patch] = msgspec.field(default_factory=dict)
    extra_objects: dict[str, dict[str, Any]] = msgspec.field(default_factory=dict)
    """Whole Kubernetes objects by the name of the entry."""

    @property
    def leaves_the_language(self) -> bool:
        """Whether there are objects to check: what the language itself renders is right by its own tests."""
        return bool(self.patches or self.extra_objects)
