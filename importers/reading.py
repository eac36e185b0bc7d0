"""From files to a spec: which kind of file it is, and what the application is called."""

from collections.abc import Sequence
from pathlib import Path as FilePath

from importers.compose.files import from_compose, is_compose
from importers.draft import Imported, named
from importers.kubernetes.manifests import from_manifests
from importers.sources import documents
from schemas.problems import Origin, Problem, SpecError
from schemas.text.document import Node, plain


def imported(files: Sequence[FilePath], name: str | None, owner: str) -> Imported:
    """Return the spec of manifests or compose files.

    Raises:
        SpecError: with every file that cannot be read or is of this language already, when nothing in them can stand
            in a spec, and when they are of both kinds.

    """
    found = documents(files)
    if not found:
        origin = Origin(file=str(files[0]), line=0, column=0, path=(), layer="source")
        raise SpecError([Problem(origin=origin, code="SW7003", message="there is nothing to import.")])
    if own := [problem for one in found if (problem := _own(one)) is not None]:
        raise SpecError(own)
    composed = [one for one in found if is_compose(one)]
    if composed and len(composed) != len(found):
        other = next(one for one in found if not is_compose(one))
        message = "this is no compose file, and others of the files are: import one kind at a time."
        raise SpecError([Problem(origin=other.origin, code="SW7004", message=message)])
    called = name or _name(found, files[0])
    made = from_compose(composed, called, owner) if composed else from_manifests(found, called, owner)
    if not any(made.spec["spec"].values()):
        message = "nothing that was found can stand in a spec, so none is printed."
        raise SpecError([*made.notes, Problem(origin=found[0].origin, code="SW7003", message=message)])
    return made


def _own(document: Node) -> Problem | None:
    """Return that a document is a file of this language, or nothing when it is not."""
    version, kind = document.entries.get("apiVersion"), document.entries.get("kind")
    if version is None or not str(version.value).startswith("stackwright.dev/"):
        return None
    named_kind = f" of the kind `{kind.value}`" if kind is not None and isinstance(kind.value, str) else ""
    message = f"this is a file of Stackwright{named_kind} already, and nothing is to be imported."
    return Problem(origin=version.origin, code="SW7007", message=message, hint="Name manifests or a compose file.")


def _name(found: Sequence[Node], file: FilePath) -> str:
    """Return what the files call the application: a compose project, a namespace, or their folder."""
    for document in found:
        told = plain(document).get("name") if is_compose(document) else None
        if isinstance(told, str):
            return named(told)
        metadata = plain(document).get("metadata") if document.entries else None
        if isinstance(metadata, dict) and isinstance(metadata.get("namespace"), str):
            return named(metadata["namespace"])
    return named(file.resolve().parent.name)
