"""A spec while it is being written from a source."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from schemas.problems import Origin, Problem, in_order

_NAME = re.compile(r"^[a-z]([-a-z0-9]{0,38}[a-z0-9])?$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """A spec, and what it does not say of its source."""

    spec: dict[str, Any]
    """The application file as plain values, long and short forms as people write them."""
    notes: tuple[Problem, ...]
    """What could not be expressed or is expressed otherwise: warnings, each at its line of the source."""


@dataclass(slots=True)
class Draft:
    """The parts of a spec as they are found, and notes on what has no part."""

    name: str
    services: dict[str, dict[str, Any]] = field(default_factory=dict)
    jobs: dict[str, dict[str, Any]] = field(default_factory=dict)
    secrets: dict[str, set[str]] = field(default_factory=dict)
    configs: dict[str, dict[str, str]] = field(default_factory=dict)
    ingress: dict[str, Any] = field(default_factory=dict)
    patches: dict[str, dict[str, Any]] = field(default_factory=dict)
    extra: dict[str, dict[str, Any]] = field(default_factory=dict)
    notes: list[Problem] = field(default_factory=list)

    def note(self, origin: Origin, code: str, message: str, hint: str = "") -> None:
        """Note what the spec does not say."""
        self.notes.append(Problem(origin=origin, code=code, message=message, hint=hint, severity="warning"))

    def refused(self, origin: Origin, message: str, hint: str = "") -> None:
        """Note what Pod Security does not admit, so that the spec can't say it."""
        self.note(origin, "SW7024", message, hint)

    def renamed(self, origin: Origin, old: str, new: str) -> None:
        """Note that something has another name in the spec."""
        self.note(origin, "SW7012", f"`{old}` is called `{new}` in the spec, and so are its objects.")

    def left_out(self, origin: Origin, what: str) -> None:
        """Note what of a compose file has no field."""
        self.note(origin, "SW7101", f"`{what}` has no field, and is left out.")

    def valued_elsewhere(self, origin: Origin, message: str) -> None:
        """Note a value that becomes a key of a declared secret."""
        self.note(origin, "SW7102", f"{message}: set it in Pulumi config.")

    def patch(self, kind: str, name: str, body: Mapping[str, Any], origin: Origin, what: str) -> None:
        """Keep what the language has no field for as a patch of the object that is rendered."""
        where = f"{origin.file}:{origin.line}"
        key = unique(named(f"{name}-{kind.lower()}-{what}"), self.patches)
        self.patches[key] = {
            "target": {"kind": kind, "name": name},
            "reason": f"Imported from {where}: the language has no field for it.",
            "strategicMerge": dict(body),
        }
        self.note(origin, "SW7010", f"this has no field, and stands in `patches.{key}`.")

    def keep(self, name: str, value: Mapping[str, Any], origin: Origin, why: str) -> None:
        """Keep an object as an extra one."""
        key = unique(named(name), self.extra)
        self.extra[key] = dict(value)
        self.note(origin, "SW7011", f"{why}; the object stands in `extraObjects.{key}`.")

    def secret(self, name: str, *keys: str) -> str:
        """Declare keys of a secret; return the secret's name in the spec."""
        declared = named(name)
        self.secrets.setdefault(declared, set()).update(keys)
        return declared

    def imported(self, owner: str) -> Imported:
        """Return the spec as it would be written."""
        parts: dict[str, Any] = {
            "services": self.services,
            "jobs": self.jobs,
            "secrets": {name: {"keys": sorted(keys)} for name, keys in sorted(self.secrets.items()) if keys},
            "configs": {name: {"data": data} for name, data in sorted(self.configs.items())},
            "ingress": self.ingress,
            "patches": self.patches,
            "extraObjects": self.extra,
        }
        spec = {
            "apiVersion": "stackwright.dev/v1",
            "kind": "Application",
            "metadata": {"name": self.name, "owner": owner},
            "spec": {key: part for key, part in parts.items() if part or key == "services"},
        }
        return Imported(spec=spec, notes=in_order(self.notes))


def open_network(draft: Draft, origin: Origin) -> None:
    """Keep a network open as it was: without a policy every pod may talk to every other, and to the world."""
    body = {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "spec": {"podSelector": {}, "policyTypes": ["Ingress", "Egress"], "ingress": [{}], "egress": [{}]},
    }
    draft.extra["open-network"] = body
    message = "nothing here says who calls whom, so `extraObjects.open-network` keeps every way open."
    draft.note(origin, "SW7043", message, "Say it with `connections` and `ingress`, and remove that policy.")


def named(text: str) -> str:
    """Return a name of the language that is nearest to a text."""
    if _NAME.match(text):
        return text
    plain = re.sub("[^-a-z0-9]+", "-", text.lower().replace("_", "-")).strip("-")
    return re.sub("^[^a-z]+", "", plain)[:40].strip("-") or "imported"


def unique(name: str, taken: Mapping[str, Any]) -> str:
    """Return a name that is not taken."""
    number, found = 1, name
    while found in taken:
        number += 1
        found = f"{name[: 39 - len(str(number))]}-{number}"
    return found
