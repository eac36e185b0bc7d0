"""What a claim needs of the platform: a class that there is, and that gives what is asked of it."""

from schemas.platform.needs import Lack, Need
from schemas.problems import Path, listed, nearest_or_all
from schemas.text.document import Node, descend, plain


def _no_such_class(spec: Node, path: Path, entry: Node) -> Lack | None:
    classes = entry.entries.get("storageClasses")
    wanted = descend(spec, path)
    if classes is None or wanted is None or wanted.value in classes.entries:
        return None
    near = nearest_or_all(str(wanted.value), classes.entries, "There is")
    return Lack(f"the platform has no storage class `{wanted.value}`", near)


def _no_such_access(spec: Node, path: Path, entry: Node) -> Lack | None:
    chosen = descend(spec, (*path[:-1], "storageClass")) or entry.entries.get("storageClass")
    wanted = descend(spec, path)
    if chosen is None or wanted is None:
        return None
    modes = descend(entry, ("storageClasses", str(chosen.value), "accessModes"))
    if modes is None or wanted.value in plain(modes):
        return None
    sentence = f"the storage class `{chosen.value}` does not give `{wanted.value}`"
    return Lack(sentence, f" It gives {listed(plain(modes), 'and')}.")


_CLAIM: Path = ("services", "*", "volumes", "*", "claim")

NEEDS: tuple[Need, ...] = (
    Need((*_CLAIM, "storageClass"), "SW3202", _no_such_class, ("storageClasses",)),
    Need((*_CLAIM, "accessMode"), "SW3203", _no_such_access, ("storageClasses",)),
)
"""What storage needs."""
