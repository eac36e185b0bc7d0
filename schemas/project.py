"""The files of one application: what was read, before an environment is chosen."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path as FilePath

from schemas.language import versions
from schemas.layers import baselines
from schemas.platform import exemptions
from schemas.problems import Problem, SpecError, nearest_or_all
from schemas.release import fit as releases
from schemas.shape.conformance import layer_problems
from schemas.shape.grammar import KINDS, Kind
from schemas.text import load
from schemas.text.document import Node, at, descend, text


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """An application, the platform it stands on and its releases, each of the right shape."""

    application: Node
    platform: Node
    releases: dict[str, Node]
    """By environment."""
    folder: FilePath
    """The folder of the application file."""
    today: date
    """The day on which limits are enforced and exemptions end."""

    @property
    def name(self) -> str:
        """The application's name."""
        return text(self.application, "metadata", "name")

    @property
    def environments(self) -> tuple[str, ...]:
        """The platform's environments, in its order."""
        return tuple(at(self.platform, "spec", "environments").entries)

    def locations(self, environment: str) -> tuple[str | None, ...]:
        """Return the locations of an environment; one without a name when the platform names none."""
        named = descend(self.platform, ("spec", "environments", environment, "locations"))
        return tuple(named.entries) if named is not None and named.entries else (None,)

    @property
    def places(self) -> tuple[tuple[str, str | None], ...]:
        """Every environment with each of its locations."""
        return tuple((name, place) for name in self.environments for place in self.locations(name))


def read(
    application: FilePath,
    platform: FilePath,
    named: Iterable[FilePath] = (),
    *,
    today: date | None = None,
    unsaved: FilePath | None = None,
) -> Project:
    """Read the files of an application; `schemas.examine.read` does and tells more of what is wrong.

    Raises:
        SpecError: with every problem of every file, before anything is merged.

    """
    return Files(application, platform, named, today=today, unsaved=unsaved).whole()


class Files:
    """The files of an application as far as they could be read, and what is wrong with each by itself.

    `named` are release files; for an environment without one, `releases/<environment>.yaml` beside the application is
    read when it is there. `today` is this day unless another one is given. `unsaved` is a file with the
    application's text, for an editor whose own file says something else, or nothing yet.
    """

    def __init__(
        self,
        application: FilePath,
        platform: FilePath,
        named: Iterable[FilePath] = (),
        *,
        today: date | None = None,
        unsaved: FilePath | None = None,
    ) -> None:
        self.problems: list[Problem] = []
        self.folder = application.parent
        self.today = today or datetime.now(UTC).date()
        self.application = read_file(application, "application", self.problems, unsaved)
        self.platform = read_file(platform, "platform", self.problems)
        self._named = [read_file(file, "release", self.problems) for file in named]
        self._beside = [read_file(file, "release", self.problems) for file in releases.beside(application)]

    def whole(self) -> Project:
        """Return the project of the files as they are.

        Raises:
            SpecError: with every problem of every file, before anything is merged.

        """
        if self.problems or self.application is None or self.platform is None:
            raise SpecError(self.problems)
        project, problems = self.project(self.application, self.platform)
        if problems:
            raise SpecError(problems)
        return project

    def project(self, application: Node, platform: Node) -> tuple[Project, list[Problem]]:
        """Return the project of an application and a platform of the right shape, and where the files disagree.

        A release that is wrong by itself says nothing.
        """
        wrong = {problem.origin.file for problem in self.problems}
        named, beside = (
            [tree for tree in trees if tree and tree.origin.file not in wrong] for trees in (self._named, self._beside)
        )
        chosen, clashes = releases.chosen(named, beside)
        project = Project(
            application=application, platform=platform, releases=chosen, folder=self.folder, today=self.today
        )
        return project, [*clashes, *_problems(project)]


def _problems(project: Project) -> Iterator[Problem]:
    yield from baselines.problems(project.platform)
    yield from exemptions.problems(project.platform)
    yield from _unknown_places(project)
    yield from _foreign_releases(project)


def read_file(file: FilePath, kind: Kind, problems: list[Problem], unsaved: FilePath | None = None) -> Node | None:
    """Return one file of a project, or nothing when it is none, and add what is wrong with it to `problems`."""
    reading = load.read(unsaved or file, kind, str(file))
    problems.extend(reading.problems)
    tree = reading.root
    if tree is None:
        return None
    if old := versions.problem_of_kind(tree) or versions.problem_of_age(tree):
        # What another language calls right, this one calls wrong, so nothing more is said.
        problems.append(old)
        return tree
    found = layer_problems(tree, kind, reading.unsure)
    # What another kind of file calls right, this one calls wrong.
    other = [one for one in found if one.origin.path == ("kind",) and str(at(tree, "kind").value).lower() in KINDS]
    problems.extend(other or found)
    return tree


def _unknown_places(project: Project) -> Iterator[Problem]:
    """Yield the application's environments, locations and baseline that the platform does not have."""
    known = project.environments
    overlays = descend(project.application, ("spec", "environments"))
    for name, overlay in overlays.entries.items() if overlays else ():
        if name not in known:
            yield _unknown(project, overlay, f"`{name}` is not an environment of the platform", name, known)
            continue
        locations = tuple(location for location in project.locations(name) if location)
        local = overlay.entries.get("locations")
        for location, place in local.entries.items() if local else ():
            if location not in locations:
                yield _unknown(project, place, f"`{location}` is not a location of `{name}`", location, locations)
    chosen = descend(project.application, ("metadata", "platform"))
    if chosen is None or chosen.value is None:
        return
    if text(chosen, "name") != text(project.platform, "metadata", "name"):
        message = f"the application names another platform than `{text(project.platform, 'metadata', 'name')}`."
        yield Problem(origin=at(chosen, "name").origin, code="SW3003", message=message)
    baseline = chosen.entries.get("baseline")
    baselines = descend(project.platform, ("spec", "baselines"))
    names = tuple(baselines.entries) if baselines else ()
    if baseline is not None and baseline.value is not None and baseline.value not in names:
        yield _unknown(
            project, baseline, f"`{baseline.value}` is not a baseline of the platform", str(baseline.value), names
        )


def _unknown(project: Project, node: Node, sentence: str, name: str, known: tuple[str, ...]) -> Problem:
    near = nearest_or_all(name, known)
    origin = node.key if node.key is not None and isinstance(node.value, Mapping) else node.origin
    return Problem(origin=origin, code="SW3001", message=f"{sentence} ({project.platform.origin.file}).{near}")


def _foreign_releases(project: Project) -> Iterator[Problem]:
    for tree in project.releases.values():
        released, environment = at(tree, "metadata", "application"), at(tree, "metadata", "environment")
        if released.value != project.name:
            message = f"this is a release of `{released.value}`, and the application is `{project.name}`."
            yield Problem(origin=released.origin, code="SW3002", message=message)
        if environment.value not in project.environments:
            sentence = f"`{environment.value}` is not an environment of the platform"
            yield _unknown(project, environment, sentence, str(environment.value), project.environments)


def problem_of_place(project: Project, environment: str, location: str | None) -> Problem | None:
    """Return why an environment or location can't be chosen, or nothing when it can."""
    environments = at(project.platform, "spec", "environments")
    if environment not in project.environments:
        near = nearest_or_all(environment, project.environments)
        message = f"the platform has no environment `{environment}`.{near}"
        return Problem(origin=environments.origin, code="SW3001", message=message)
    known = tuple(name for name in project.locations(environment) if name)
    if location is not None and location not in known:
        near = nearest_or_all(location, known) or " It has one cluster."
        message = f"`{environment}` has no location `{location}`.{near}"
        return Problem(origin=environments.entries[environment].origin, code="SW3001", message=message)
    return None
