"""The service whose capacity is looked at, as an environment has it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from components.manifests.scaling.horizontal_pod_autoscaler import horizontal_pod_autoscaler
from schemas.model import Scaling, Service
from schemas.problems import Origin, Path, Problem, SpecError, UnknownNameError
from schemas.project import Project
from schemas.resolve import resolve
from schemas.shape.conformance import layer_problems
from schemas.spec import Spec
from schemas.text.document import Node, descend, grafted, plain, replaced
from schemas.text.load import parse


@dataclass(frozen=True, slots=True)
class Scaled:
    """A service with an autoscaler."""

    spec: Spec
    service: Service
    scaling: Scaling

    @property
    def autoscaler(self) -> dict[str, Any]:
        """The HorizontalPodAutoscaler that the service gets."""
        return horizontal_pod_autoscaler(self.spec.application, self.spec.environment, self.service, self.scaling)

    def problem(self, code: str, message: str, hint: str = "") -> SpecError:
        """Return something that is wrong with its scaling, at its line."""
        return SpecError([self.spec.problem(("services", self.service.name, "scaling"), code, message, hint)])


def environment_of(project: Project, named: str | None) -> str:
    """Return the environment that was named, or the only one.

    Raises:
        UnknownNameError: there are several, and none was named.

    """
    if named is not None or len(project.environments) == 1:
        return named or next(iter(project.environments))
    origin = Origin(file=project.platform.origin.file, line=0, column=0, path=(), layer="platform")
    names = ", ".join(f"`{one}`" for one in project.environments)
    problem = Problem(
        origin=origin, code="SW8201", message=f"there are several environments: {names}.", hint="Choose one with --env."
    )
    raise UnknownNameError([problem])


def scaled(project: Project, environment: str, service: str) -> Scaled:
    """Return a service with an autoscaler.

    Raises:
        UnknownNameError: there is no such service in this environment.
        SpecError: the spec is wrong, or the service has no autoscaler.

    """
    spec = resolve(project, environment)
    found = spec.application.services.get(service)
    if found is None:
        raise UnknownNameError([spec.problem(("services",), "SW8202", spec.absence(service))])
    if found.scaling is None:
        message = f"`{service}` has no `scaling` in `{environment}`: its replicas are fixed, and nothing would follow."
        hint = "Write `scaling: {min: …, max: …, targets: {cpuPercent: …}}`."
        raise SpecError([spec.problem(("services", service), "SW9106", message, hint, at_key=True)])
    return Scaled(spec, found, found.scaling)


def without_plans(project: Project) -> Project:
    """Return a project whose services name no plan: what the next one is made for, however old the last one is."""
    return replace(project, application=_within(project.application, "spec", _unplanned))


def _unplanned(layer: Node) -> Node:
    """Return a layer of a spec, with the environments and locations in it, whose services name no plan."""
    for inner in ("environments", "locations"):
        layer = _within(layer, inner, lambda found: _each(found, _unplanned))
    return _within(layer, "services", lambda found: _each(found, _unplanned_service))


def _unplanned_service(service: Node) -> Node:
    service = _within(service, "versions", lambda found: _each(found, _unplanned_service))
    plan = ("scaling", "plan")
    return replaced(service, plan, None) if descend(service, plan) is not None else service


def _within(node: Node, key: str, change: Callable[[Node], Node]) -> Node:
    """Return a mapping in which one entry is changed, if it has it."""
    child = node.entries.get(key)
    return node if child is None else node.with_entries({**node.entries, key: change(child)})


def _each(node: Node, change: Callable[[Node], Node]) -> Node:
    """Return a mapping in which every entry is changed; what is none, such as `null`, stays."""
    return node.with_entries({key: change(child) for key, child in node.entries.items()}) if node.entries else node


def with_settings(project: Project, environment: str, service: str, settings: Sequence[str]) -> Project:
    """Return a project in which a service has other settings in an environment, each as `scaling.min=3`.

    They stand in the topmost layer of the place that `scaled` looks at, so that no other one wins over them.

    Raises:
        SpecError: a setting is no field or no value of it.

    """
    tree = project.application
    location = project.locations(environment)[0]
    place = ("spec", "environments", environment, *(("locations", location) if location is not None else ()))
    for setting in settings:
        path, _, value = setting.partition("=")
        origin = Origin(file=f"--set {setting}", line=0, column=0, path=(), layer=f"environment {environment}")
        leaf = grafted(_value(value), origin)
        tree = _put(tree, (*place, "services", service, *path.strip().split(".")), leaf, origin)
    if problems := layer_problems(tree, "application"):
        raise SpecError(problems)
    return replace(project, application=tree)


def _value(text: str) -> Any:
    return plain(parse(f"value: {text}", f"--set …={text}", "application").entries["value"])


def _put(node: Node, path: Path, leaf: Node, origin: Origin) -> Node:
    """Return a tree with a value at a path; what is missing on the way is made."""
    if not path:
        return leaf.under(origin)
    first = str(path[0])
    below = node.entries.get(first) or grafted({}, origin).under(origin)
    return node.with_entries({**node.entries, first: _put(below, path[1:], leaf, origin)})
