"""No field is a no-op: whatever a schema names changes an object, a plan or a report.

`tests/data/everything/` sets every leaf of the three schemas. Each is changed to another valid value, and each that may
be absent is taken away; what comes of the files must differ in some environment.
"""

import itertools
import json
import shutil
from collections.abc import Callable, Sequence
from copy import copy
from pathlib import Path
from typing import Any

import pulumi
import pytest
from pulumi.runtime import mocks

from components import MicroserviceStack
from components.manifests.checked import check
from components.manifests.offline import offline_objects
from components.microservice_stack import ResolvedStack
from schemas.problems import SpecError, errors_in
from schemas.project import Files, Project, read, read_file
from schemas.resolve import resolve
from schemas.shape.grammar import Kind, schema
from schemas.shape.vary import Pattern, others
from stacks.cluster import cluster_provider
from tests.components.conftest import Recorder, run
from tests.everything import (
    EVERY_LEAF,
    EVERYTHING,
    FILES,
    LEAVES,
    TODAY,
    Leaf,
    documents,
    value_at,
    with_value,
    without,
)

TRIED = 4
"""Of how many other values one must make a difference: the nearest may be a neighbour's, and so change nothing."""


Look = Callable[[Project], Any]


class Outcome:
    """What comes of three documents: several looks at it, of which each costs more than the one before."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        shutil.copytree(EVERYTHING, folder, dirs_exist_ok=True)
        self.whole = documents()
        for kind, document in self.whole.items():
            self.write(kind, document)
        self.files = Files(folder / FILES["application"], folder / FILES["platform"], today=TODAY)
        self.looks: tuple[Look, ...] = (objects, reported, registered)
        self.before = {look: self.seen(look, self.read()) for look in self.looks}
        """What each look shows of the files as they are."""
        self.first: dict[Pattern, Look] = {}
        """The look that showed the last leaf of a part of a schema."""

    def write(self, kind: Kind, document: Any) -> None:
        """Write a file on one line, so that no position changes with a value."""
        (self.folder / FILES[kind]).write_text(json.dumps(document))

    def read(self) -> Project | SpecError:
        """Read the files, or return why they can't be."""
        try:
            return read(self.folder / FILES["application"], self.folder / FILES["platform"], today=TODAY)
        except SpecError as error:
            return error

    def read_with(self, kind: Kind, document: Any) -> Project | SpecError:
        """Read the files with another document in the place of one; what is as it was is not read again."""
        self.write(kind, document)
        try:
            if kind == "release":
                return self.read()
            files = copy(self.files)
            files.problems = []
            setattr(files, kind, read_file(self.folder / FILES[kind], kind, files.problems))
            return files.whole()
        except SpecError as error:
            return error
        finally:
            self.write(kind, self.whole[kind])

    def seen(self, look: Look, project: Project | SpecError) -> Any:
        """Return what one look shows, or the problems that keep it from showing anything."""
        if isinstance(project, SpecError):
            return told(project.problems)
        try:
            return look(project)
        except SpecError as error:
            return told(error.problems)

    def differs(self, leaf: Leaf, documents: Sequence[Any]) -> bool:
        """Return whether something comes out otherwise with one of other documents.

        The look that showed the leaf before of the same part comes first: neighbours mostly change the same. The others
        follow, from the cheapest on.
        """
        part = (leaf.kind, *leaf.pattern[:-1])
        looks = sorted(self.looks, key=lambda look: look is not self.first.get(part))
        if "patches" in leaf.pattern:
            # A patch that does not fit has no objects, and only the report says so.
            looks.remove(objects)
        projects: list[Project | SpecError] = []
        for look, (number, document) in itertools.product(looks, enumerate(documents)):
            if number == len(projects):
                projects.append(self.read_with(leaf.kind, document))
            if self.seen(look, projects[number]) != self.before[look]:
                self.first[part] = look
                return True
        return False


def objects(project: Project, environment: str = "dev", location: str | None = None) -> Any:
    """Look at the objects of one environment."""
    return offline_objects(resolve(project, environment, location))


def reported(project: Project) -> Any:
    """Look at everything that is said of the files, and at the objects of every place."""
    problems = check(project)
    if errors_in(problems):
        return told(problems)
    return told(problems), [objects(project, *place) for place in project.places]


def told(problems: Any) -> list[Any]:
    return [(one.code, one.origin.path, one.message, one.hint, one.severity) for one in problems]


def registered(project: Project) -> list[bytes]:
    """Look at every registration of a program for one environment, as it goes to the engine."""
    spec = resolve(project, "dev")
    sent: list[bytes] = []

    class Monitor(mocks.MockMonitor):
        def RegisterResourceOutputs(self, request: Any) -> Any:  # noqa: N802 - the engine's word
            if "pulumi:pulumi:Stack::" not in request.urn:
                sent.append(request.SerializeToString(deterministic=True))
            return super().RegisterResourceOutputs(request)

        def RegisterResource(self, request: Any) -> Any:  # noqa: N802 - the engine's word
            # What a resource depends on is a set to the SDK; and where in a program it stands is no matter.
            request.ClearField("sourcePosition")
            request.ClearField("stackTrace")
            request.dependencies.sort()
            for needed in request.propertyDependencies.values():
                needed.urns.sort()
            if request.type != "pulumi:pulumi:Stack":
                sent.append(request.SerializeToString(deterministic=True))
            return super().RegisterResource(request)

    mocks.set_mocks(Recorder(), project="shop", stack="dev", preview=True, monitor=Monitor(Recorder()))
    pulumi.runtime.set_all_config({"stackwright:offline": "true", **VALUES}, list(VALUES))

    def program() -> None:
        opts = pulumi.ResourceOptions(provider=cluster_provider(spec))
        MicroserviceStack("shop", ResolvedStack(spec=spec), opts)  # type: ignore[arg-type]

    run(program)
    return sorted(sent)


VALUES = {"shop:store.password": "pw", "shop:registry.username": "me", "shop:registry.password": "pw"}


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    return Outcome(tmp_path_factory.mktemp("everything"))


def test_the_files_set_every_leaf() -> None:
    assert [f"{kind}:{'.'.join(pattern)}" for kind, pattern, _, found in EVERY_LEAF if not found] == []


def test_the_files_have_no_error(outcome: Outcome) -> None:
    problems, found = outcome.before[reported]
    assert [one for one in problems if one[-1] == "error"] == []
    assert len(found) == 4


def test_what_comes_of_the_files_is_the_same_each_time(outcome: Outcome) -> None:
    assert {look: outcome.seen(look, outcome.read()) for look in outcome.looks} == outcome.before


def test_a_layer_has_no_part_of_its_own() -> None:
    """What a layer may say stands in the schema by reference to what the base says."""
    parts = schema("application")["$defs"]
    base = parts["Spec"]["properties"]
    for layer, beside in (("Environment", {"locations"}), ("Overlay", set())):
        assert {k: v for k, v in parts[layer]["properties"].items() if k not in beside} == {
            k: v for k, v in base.items() if k != "environments"
        }
    for key, place in parts["Version"]["properties"].items():
        assert place == parts["Service"]["properties"][key]
    parts = schema("platform")["$defs"]
    service = "application.json#/$defs/Service"
    for place in (
        parts["Baseline"],
        parts["Baseline"]["properties"]["whenPresent"],
        parts["Environment"],
        parts["Location"],
    ):
        assert place["properties"]["services"]["$ref"] == service


@pytest.mark.no_cover
@pytest.mark.parametrize("leaf", LEAVES, ids=str)
def test_changing_a_leaf_changes_what_comes_of_it(leaf: Leaf, outcome: Outcome) -> None:
    whole = outcome.whole[leaf.kind]
    changed = [
        with_value(whole, place, other)
        for place in leaf.places
        for other in itertools.islice(others(leaf.grammar, value_at(whole, place)), TRIED)
    ]
    if not changed:
        value = value_at(whole, leaf.places[0])
        assert [form.get("enum", [form.get("const")]) for form in leaf.grammar.forms] == [[value]]
        return
    assert outcome.differs(leaf, changed)


@pytest.mark.prove
@pytest.mark.parametrize("leaf", LEAVES, ids=str)
def test_a_leaf_that_is_absent_is_missed(leaf: Leaf, outcome: Outcome) -> None:
    whole = outcome.whole[leaf.kind]
    assert outcome.differs(leaf, [without(whole, place) for place in leaf.places])
