"""Specs that a program writes as values instead of files: the same language, checks and messages."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path as FilePath
from typing import Any

from schemas.language.versions import CURRENT
from schemas.problems import Origin, SpecError
from schemas.project import Project
from schemas.resolve import resolve
from schemas.shape.conformance import layer_problems
from schemas.shape.grammar import schema
from schemas.spec import Spec
from schemas.text.document import Node


def service_spec(
    name: str,
    service: Mapping[str, Any],
    *,
    application: str,
    owner: str,
    environment: str,
    image_given: bool = False,
) -> Spec:
    """Return the spec of an application that has this one service.

    With `image_given`, the program brings the image, and the service need not name one.

    Raises:
        SpecError: with every problem of the service.

    """
    value = _whole_numbers(service)
    if image_given and not {"image", "build"} & set(value):
        value = {**value, "image": {"repository": "given", "tag": "by-program"}}
    document = _application(application, owner, {"services": {name: value}})
    platform = _platform(environment, {"domain": "localhost", "registry": {"address": "localhost"}})
    return _spec(f"AutoscaledService {name}", document, platform, environment)


def ingress_spec(  # noqa: PLR0913 - what a way in consists of
    name: str,
    ingress: Mapping[str, Any],
    ports: Mapping[str, Any],
    *,
    application: str,
    owner: str,
    environment: str,
    domain: str,
    platform: Mapping[str, Any],
) -> Spec:
    """Return the spec of an application that has these routes, and the services they lead to by their ports.

    Raises:
        SpecError: with every problem of the routes.

    """
    image = {"repository": "given", "tag": "by-program"}
    services = {key: {"image": image, "ports": _whole_numbers(value)} for key, value in ports.items()}
    document = _application(application, owner, {"services": services, "ingress": _whole_numbers(ingress)})
    entry = {
        "domain": domain,
        "registry": {"address": "localhost"},
        "ingress": _whole_numbers(platform),
        # A program answers for what it asks for: that cert-manager serves the issuer, and Istio is new enough.
        "installed": {"cert-manager": True},
        "versions": {"istio": _newest_istio()},
    }
    return _spec(f"MeshIngress {name}", document, _platform(environment, entry), environment)


def _newest_istio() -> str:
    return str(schema("platform")["$defs"]["Versions"]["properties"]["istio"]["enum"][-1])


def _spec(shown: str, application: Any, platform: Any, environment: str) -> Spec:
    trees = [_tree(application, shown, "application"), _tree(platform, shown, "platform")]
    problems = layer_problems(trees[0], "application") + layer_problems(trees[1], "platform")
    if problems:
        raise SpecError(problems)
    project = Project(
        application=trees[0], platform=trees[1], releases={}, folder=FilePath(), today=datetime.now(UTC).date()
    )
    return resolve(project, environment)


def _application(name: str, owner: str, spec: Mapping[str, Any]) -> dict[str, Any]:
    return {"apiVersion": CURRENT, "kind": "Application", "metadata": {"name": name, "owner": owner}, "spec": spec}


def _platform(environment: str, entry: Mapping[str, Any]) -> dict[str, Any]:
    spec = {"environments": {environment: entry}}
    return {"apiVersion": CURRENT, "kind": "Platform", "metadata": {"name": "inline"}, "spec": spec}


def _tree(value: Any, shown: str, layer: str) -> Node:
    """Return plain values as a tree; a value stands at its path, because it stands in no file."""

    def place(value: Any, path: tuple[str | int, ...]) -> Node:
        origin = Origin(file=shown, line=0, column=0, path=path, layer=layer)
        if isinstance(value, Mapping):
            entries = {key: place(child, (*path, key)) for key, child in value.items()}
            return Node({key: child.under(child.origin) for key, child in entries.items()}, origin)
        if isinstance(value, list | tuple):
            return Node(tuple(place(child, (*path, index)) for index, child in enumerate(value)), origin)
        return Node(value, origin)

    return place(value, ())


def _whole_numbers(value: Any) -> Any:
    """Return a value with whole numbers as integers: Pulumi hands every number over as a float."""
    if isinstance(value, Mapping):
        return {key: _whole_numbers(child) for key, child in value.items()}
    if isinstance(value, list | tuple):
        return [_whole_numbers(child) for child in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value
