"""Generated specs: the files that set every leaf, with leaves changed and taken away at random.

Whatever a schema names is set there, so a new field is generated as soon as it exists.
"""

import copy
import itertools
import json
import shutil
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from components.manifests.checked import check
from schemas.examine import read
from schemas.problems import SpecError, errors_in
from schemas.project import Project
from schemas.shape.vary import others
from tests.everything import EVERYTHING, FILES, LEAVES, TODAY, Place, documents, value_at, with_value, without

ONE_VERSION = ("spec", "patches", "merge")
"""A patch that Kubernetes understands from one version on, which the generated specs do without."""
LEFT_OUT = ("jobs", "ingress", "patches", "extraObjects")
"""Parts of an application that nothing else refers to."""
CHANGEABLE = [leaf for leaf in LEAVES if leaf.kind != "release" and leaf.pattern[0] == "spec"]


def start() -> dict[str, Any]:
    """Return the files from which specs are generated."""
    whole = documents()
    whole["application"] = without(whole["application"], ONE_VERSION)
    return {str(kind): document for kind, document in whole.items()}


@st.composite
def specs(draw: st.DrawFn) -> dict[str, Any]:
    """Generate the three files of an application; not all of them are right."""
    whole = start()
    for key in draw(st.lists(st.sampled_from(LEFT_OUT), unique=True, max_size=2)):
        whole["application"] = without(whole["application"], ("spec", key))
    for leaf in draw(st.lists(st.sampled_from(CHANGEABLE), max_size=4)):
        document = whole[leaf.kind]
        place = draw(st.sampled_from(leaf.places))
        if not _is_there(document, place):
            continue
        near = list(itertools.islice(others(leaf.grammar, value_at(document, place)), 4))
        if near and draw(st.integers(0, 3)):
            whole[leaf.kind] = with_value(document, place, draw(st.sampled_from(near)))
        else:
            whole[leaf.kind] = without(document, place)
    return copy.deepcopy(whole)


def _is_there(document: Any, place: Place) -> bool:
    try:
        value_at(document, place)
    except (KeyError, IndexError):
        return False
    return True


def write(whole: dict[str, Any], folder: Path) -> None:
    """Write generated files, beside those that they name."""
    if not folder.joinpath("src").exists():
        shutil.copytree(EVERYTHING, folder, dirs_exist_ok=True)
    for kind, file in FILES.items():
        (folder / file).write_text(json.dumps(whole[kind]))


def project_of(whole: dict[str, Any], folder: Path) -> Project | None:
    """Write generated files and return their project; nothing when a check of them finds an error."""
    write(whole, folder)
    try:
        project = read(folder / FILES["application"], folder / FILES["platform"], today=TODAY)
        problems = check(project)
    except SpecError:
        return None
    return None if errors_in(problems) else project
