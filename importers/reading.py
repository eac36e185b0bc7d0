"""From files to a spec: which kind of file it is, and what the application is called."""

from collections.abc import Sequence
from pathlib import Path as FilePath

from importers.draft import Imported, named
from importers.manifests import from_manifests
from importers.sources import documents
from schemas.document import Node, plain
from schemas.problems import Origin, Problem, SpecError


def imported(files: Sequence[FilePath], name: str | None, owner: str) -> Imported:
    """Return the spec of manifests.

    Raises:
        SpecError: with every file that cannot be read, and when there is nothing in them.

    """
    found = documents(files)
    if not found:
        origin = Origin(file=str(files[0]), line=0, column=0, path=(), layer="source")
        raise SpecError([Problem(origin=origin, code="SW7003", message="there is nothing to import.")])
    return from_manifests(found, name or _name(found, files[0]), owner)


def _name(found: Sequence[Node], file: FilePath) -> str:
    """Return what the files call the application: a namespace, or their folder."""
    for document in found:
        metadata = plain(document).get("metadata") if document.entries else None
        if isinstance(metadata, dict) and isinstance(metadata.get("namespace"), str):
            return named(metadata["namespace"])
    return named(file.resolve().parent.name)
