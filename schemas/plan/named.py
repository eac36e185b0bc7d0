"""The plans that a spec's services name."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path as FilePath
from typing import NamedTuple

from schemas.layers.sources import is_readable
from schemas.model.service import MAIN, version_name
from schemas.plan.model import Plan
from schemas.plan.problems import read_plan
from schemas.problems import Problem
from schemas.text.document import Node, descend


class Named(NamedTuple):
    """A plan, and the tree of its file, whose values know their lines."""

    tree: Node
    plan: Plan


@dataclass(frozen=True, slots=True)
class Plans:
    """Plans by their files, each read once, however many environments and locations name it."""

    folder: FilePath
    """The folder of the application file, from which plans are named."""
    today: date
    _read: dict[str, tuple[Named | None, list[Problem]]] = field(default_factory=dict)

    def of(self, spec: Node) -> tuple[dict[str, Named], list[Problem]]:
        """Return the plans of a merged spec by the service, or other version of one, that names it, and what is wrong.

        Another version has its share of the floor, and none without calls. The service itself keeps the whole, so that
        whoever takes a new version back waits for nobody. What is wrong with a plan for the service that names it is a
        rule's to find.
        """
        found: dict[str, Named] = {}
        problems: list[Problem] = []
        for name, node, percent in _naming(spec):
            if not is_readable(node, self.folder, problems):
                continue
            named, wrong = self._of(str(node.value))
            problems += wrong
            if named is not None and percent:
                found[name] = named._replace(plan=_share(named.plan, percent))
        return found, problems

    def _of(self, file: str) -> tuple[Named | None, list[Problem]]:
        if file not in self._read:
            problems: list[Problem] = []
            read = read_plan(self.folder / file, problems, self.today)
            self._read[file] = Named(*read) if read is not None else None, problems
        return self._read[file]


def _share(plan: Plan, percent: int) -> Plan:
    """Return a plan with so much of its floor, in whole pods."""
    return replace(plan, floor=tuple(math.ceil(count * percent / 100) for count in plan.floor))


def _naming(spec: Node) -> Iterator[tuple[str, Node, int]]:
    """Yield what names a plan, with the place that does and its percentage of the floor.

    Services do that are deployed, and their versions.
    """
    for name, service in _entries(spec, "services"):
        deploy = service.entries.get("deploy")
        if deploy is not None and deploy.value is False:
            continue
        for version, running in ((MAIN, service), *_entries(service, "versions")):
            plan = descend(running, ("scaling", "plan"))
            if plan is not None:
                calls = descend(service, ("traffic", "split", version))
                percent = 100 if version == MAIN else int(str(calls.value)) if calls is not None else 0
                yield version_name(name, version), plan, percent


def _entries(node: Node, key: str) -> Iterator[tuple[str, Node]]:
    child = node.entries.get(key)
    yield from child.entries.items() if child is not None else ()
