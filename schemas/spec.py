"""A spec for one environment: its model, and where each value of it stands."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path as FilePath

from schemas.model import Application, Environment, Service
from schemas.problems import Origin, Path, Problem, nearest
from schemas.text.document import Node, descend, origin_of

_OWN_LAYERS = ("application", "environment", "location")
"""The first words of the layers that an application writes itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spec:
    """An application in one environment and location, merged and checked."""

    application: Application
    environment: Environment
    tree: Node
    """The merged spec with defaults; every value knows the layer and line that brought it."""
    platform: Node
    """The platform's entry of the environment and location, merged and with defaults; values know their lines."""
    plans: dict[str, Node] = field(default_factory=dict)
    """The files of the plans of `application.plans`, by the same names; values know their lines."""
    released: dict[str, str] = field(default_factory=dict)
    """Images by service or, for another version of one, by `<service>-<version>`, as a release names them."""
    folder: FilePath
    """The folder of the application file, from which the spec's paths start."""
    metadata: Node
    """The application's `metadata`, which no environment changes."""
    warnings: tuple[Problem, ...] = ()

    def image(self, service: Service) -> str:
        """Return the image of a service that names one: the release's, else the spec's own.

        Raises:
            KeyError: the service is built from source, and no release names its image.

        """
        if service.name not in self.released and service.image is not None:
            return service.image.reference
        return self.released[service.name]

    def running(self) -> Iterator[tuple[Path, Service]]:
        """Yield what has pods of its own, with its path: each service, and after it each other version of it."""
        for name, service in self.application.services.items():
            yield ("services", name), service
            for version, other in service.others.items():
                yield ("services", name, "versions", version), other

    def absence(self, service: str) -> str:
        """Return why a service that something refers to is not there, and which may have been meant."""
        declared = self.tree.entries["services"].entries if "services" in self.tree.entries else {}
        if service in declared:
            return f"`{service}` is not deployed in `{self.environment.name}`."
        return f"there is no service `{service}`.{nearest(service, declared)}"

    def origin(self, path: Path) -> Origin:
        """Return where the value at a path of the merged spec was written, or the nearest one around it."""
        return origin_of(self.tree, path)

    def platform_origin(self, path: Path) -> Origin:
        """Return where the platform says the value at a path of its entry, or the nearest one around it."""
        return origin_of(self.platform, path)

    def key(self, path: Path) -> Origin:
        """Return where the key at the end of a path was written."""
        found = descend(self.tree, path)
        return found.key if found is not None and found.key is not None else self.origin(path)

    def said(self, path: Path) -> bool:
        """Return whether the application itself gives the value at a path, and not its platform or a default.

        A platform gives defaults to every service, so what means nothing for one of them is no mistake there.
        """
        found = descend(self.tree, path)
        return found is not None and found.origin.layer.partition(" ")[0] in _OWN_LAYERS

    def inherited(self, path: Path) -> bool:
        """Return whether a version has the value at a path from its service; the version may have no use for it."""
        services, name, *rest = path
        if rest[:1] != ["versions"]:
            return False
        return self.origin(path) == self.origin((services, name, *rest[2:]))

    def where(self, path: Path) -> str:
        """Return where the value at a path was written, for a message at another place: a line, or a layer."""
        origin = self.origin(path)
        return f"line {origin.line}" if origin.line else origin.layer

    def problem(
        self, path: Path, code: str, message: str, hint: str = "", *, warning: bool = False, at_key: bool = False
    ) -> Problem:
        """Return a problem at a path of the merged spec."""
        origin = self.key(path) if at_key else self.origin(path)
        return Problem(origin=origin, code=code, message=message, hint=hint, severity="warning" if warning else "error")
