"""Files that a spec names: texts to mount and folders to build."""

from collections.abc import Iterator
from pathlib import Path as FilePath

from schemas.problems import Problem
from schemas.text import disk
from schemas.text.document import Node, grafted
from schemas.text.load import MAX_BYTES


def read_sources(tree: Node, folder: FilePath) -> tuple[Node, list[Problem]]:
    """Return a merged spec in which the text of every `source` stands as `content`, and what could not be read."""
    problems: list[Problem] = []
    services = {}
    for name, service in _entries(tree, "services"):
        own = _with_texts(service, folder, problems)
        versions = {key: _with_texts(version, folder, problems) for key, version in _entries(service, "versions")}
        services[name] = _with(own, "versions", versions) if versions else own
    return (_with(tree, "services", services) if services else tree), problems


def missing_build_paths(tree: Node, folder: FilePath) -> list[Problem]:
    """Return the build contexts and Dockerfiles that are not there."""
    problems: list[Problem] = []
    for service in _running(tree):
        build = service.entries.get("build")
        context = build.entries.get("context") if build else None
        if build is None or context is None or not isinstance(context.value, str):
            continue
        root = folder / context.value
        if _linked_out(folder, str(context.value)):
            problems.append(_problem(context, "SW5007", f"a link in `{context.value}` leads out of the project."))
            continue
        if not root.is_dir():
            problems.append(_problem(context, "SW5002", f"the folder `{context.value}` does not exist."))
            continue
        dockerfile = build.entries.get("dockerfile")
        name = str(dockerfile.value) if dockerfile else "Dockerfile"
        if _linked_out(root, name):
            problems.append(_problem(dockerfile or context, "SW5007", f"a link in `{name}` leads out of the project."))
        elif "language" not in build.entries and not (root / name).is_file():
            hint = "" if dockerfile else "Write one, or let `language` render one."
            problems.append(_problem(dockerfile or context, "SW5003", f"`{context.value}` has no `{name}`.", hint))
    return list(dict.fromkeys(problems))


def _running(tree: Node) -> Iterator[Node]:
    """Yield every service, and every version of one."""
    for _, service in _entries(tree, "services"):
        yield service
        yield from (version for _, version in _entries(service, "versions"))


def _with_texts(service: Node, folder: FilePath, problems: list[Problem]) -> Node:
    files = {
        path: _read(file, folder, problems) if "source" in file.entries else file
        for path, file in _entries(service, "files")
    }
    return _with(service, "files", files) if files else service


def _read(file: Node, folder: FilePath, problems: list[Problem]) -> Node:
    """Return a file entry with its source's text in it."""
    source = file.entries["source"]
    entries = {key: child for key, child in file.entries.items() if key != "source"}
    content = ""
    data = _contents(source, folder, problems, MAX_BYTES + 1)
    if data is not None and len(data) > MAX_BYTES:
        problems.append(
            _problem(source, "SW5005", f"`{source.value}` is larger than 1 MiB, the most a ConfigMap holds.")
        )
    elif data is not None:
        try:
            content = data.decode("utf-8")
        except UnicodeDecodeError:
            problems.append(_problem(source, "SW5006", f"the file `{source.value}` is not UTF-8 text."))
    return file.with_entries({**entries, "content": grafted(content, source.origin).under(source.key)})


def is_readable(source: Node, folder: FilePath, problems: list[Problem]) -> bool:
    """Return whether a named file is there to be read; why it is not goes to `problems`."""
    return _contents(source, folder, problems, 0) is not None


def _contents(source: Node, folder: FilePath, problems: list[Problem], most: int) -> bytes | None:
    """Return at most so many bytes of a named file; or nothing, and why to `problems`."""
    try:
        if disk.is_inside(folder, str(source.value)):
            return disk.contents(folder / str(source.value), most)
        problems.append(_problem(source, "SW5004", f"`{source.value}` is outside the application's folder."))
    except FileNotFoundError:
        problems.append(_problem(source, "SW5001", f"the file `{source.value}` does not exist."))
    except disk.NotAFileError:
        problems.append(_problem(source, "SW5001", f"`{source.value}` is a pipe, a device or a socket, not a file."))
    except OSError as error:
        why = "it is a folder" if isinstance(error, IsADirectoryError) else error.strerror or "it is no path"
        problems.append(_problem(source, "SW5001", f"the file `{source.value}` cannot be read: {why}."))
    return None


def _linked_out(folder: FilePath, named: str) -> bool:
    try:
        return disk.leads_out(folder, named)
    except OSError:
        # It is no path, and so no folder either.
        return False


def _entries(node: Node, key: str) -> list[tuple[str, Node]]:
    child = node.entries.get(key)
    return list(child.entries.items()) if child else []


def _with(node: Node, key: str, entries: dict[str, Node]) -> Node:
    return node.with_entries({**node.entries, key: node.entries[key].with_entries(entries)})


def _problem(node: Node, code: str, message: str, hint: str = "") -> Problem:
    return Problem(origin=node.origin, code=code, message=message, hint=hint)
