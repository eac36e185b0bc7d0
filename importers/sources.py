"""Documents as they are found: several in a file, several files, folders; every value knows its line."""

from collections.abc import Iterable, Iterator
from pathlib import Path as FilePath
from typing import Any

import yaml

from schemas.problems import Origin, Path, Problem, SpecError
from schemas.text.document import Node

MAX_BYTES = 8 << 20
"""A folder of manifests that someone else generated may be larger than a spec."""
MAX_VALUES = 100_000
_SUFFIXES = (".yaml", ".yml", ".json")


def documents(paths: Iterable[FilePath]) -> list[Node]:
    """Return every document of the files, and of the folders' files in the order of their names.

    The words are those of YAML 1.1, which Kubernetes and compose read: `yes` is true there.

    Raises:
        SpecError: with every file that is missing, too large, not UTF-8 or not YAML.

    """
    found: list[Node] = []
    problems: list[Problem] = []
    for path in paths:
        for file in _files(path):
            try:
                found.extend(_documents(file))
            except SpecError as error:
                problems.extend(error.problems)
    if problems:
        raise SpecError(problems)
    return found


def _files(path: FilePath) -> list[FilePath]:
    if not path.is_dir():
        return [path]
    return sorted(file for file in path.rglob("*") if file.is_file() and file.suffix in _SUFFIXES)


def _documents(file: FilePath) -> Iterator[Node]:
    here = Origin(file=str(file), line=0, column=0, path=(), layer="source")
    try:
        data = file.read_bytes()
        text = data.decode("utf-8")
    except OSError as error:
        message = f"the file cannot be read: {error.strerror}."
        raise SpecError([Problem(origin=here, code="SW7001", message=message)]) from None
    except UnicodeDecodeError:
        raise SpecError([Problem(origin=here, code="SW7001", message="the file is not UTF-8 text.")]) from None
    if len(data) > MAX_BYTES:
        raise SpecError([Problem(origin=here, code="SW7001", message="the file is larger than 8 MiB.")])
    try:
        roots = list(yaml.compose_all(text, Loader=yaml.SafeLoader))
        trees = [_Reader(str(file)).node(root, ()) for root in roots]
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        at = (
            Origin(file=str(file), line=mark.line + 1, column=mark.column + 1, path=(), layer="source")
            if mark
            else here
        )
        message = f"this is not YAML: {error.problem}."
        raise SpecError([Problem(origin=at, code="SW7001", message=message)]) from None
    except (yaml.YAMLError, RecursionError, _TooMuchError):
        message = "this is not YAML, or has more values than anyone writes."
        raise SpecError([Problem(origin=here, code="SW7001", message=message)]) from None
    yield from (tree for tree in trees if tree.value is not None)


class _TooMuchError(Exception):
    """Raised when aliases make more values of a file than anyone writes."""


class _Reader:
    """Turns the library's tree into ours; a value that an alias repeats stands where it was written first."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._values = 0
        self._scalars: Any = yaml.SafeLoader("")

    def node(self, node: yaml.Node, path: Path) -> Node:
        """Return one value of the library's tree as ours."""
        self._values += 1
        if self._values > MAX_VALUES:
            raise _TooMuchError
        origin = self._origin(node, path)
        if isinstance(node, yaml.MappingNode):
            self._scalars.flatten_mapping(node)
            entries: dict[str, Node] = {}
            for key, value in node.value:
                name = str(key.value)
                entries[name] = self.node(value, (*path, name)).under(self._origin(key, (*path, name)))
            return Node(entries, origin)
        if isinstance(node, yaml.SequenceNode):
            return Node(tuple(self.node(one, (*path, index)) for index, one in enumerate(node.value)), origin)
        return Node(self._scalar(node), origin)

    def _scalar(self, node: yaml.Node) -> Any:
        """Return a scalar; what YAML takes for a date or for bytes is the text that stands there."""
        if node.tag in ("tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:binary"):
            return node.value
        try:
            return self._scalars.construct_object(node)
        except yaml.constructor.ConstructorError:
            return node.value

    def _origin(self, node: yaml.Node, path: Path) -> Origin:
        mark = node.start_mark
        return Origin(file=self._file, line=mark.line + 1, column=mark.column + 1, path=path, layer="source")
