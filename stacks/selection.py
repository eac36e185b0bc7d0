"""What a stack deploys, from its config: an application, a platform and one of its environments."""

import gc
from pathlib import Path

import pulumi

from components.failure import run_error
from components.manifests.checked import checked
from schemas.examine import read
from schemas.problems import DeployError
from schemas.resolve import resolve
from schemas.spec import Spec


def selected_spec() -> Spec:
    """Return the checked spec that the stack's config selects.

    Paths are taken from the Pulumi project's folder. The environment is the stack's name unless config says otherwise.

    Raises:
        RunError: with every problem of the files.

    """
    config = pulumi.Config("stackwright")
    root = Path(pulumi.get_root_directory())
    release = config.get("release")
    try:
        project = read(
            _shown(root, config.require("application")),
            _shown(root, config.require("platform")),
            (_shown(root, release),) if release else (),
        )
        spec = checked(resolve(project, config.get("environment") or pulumi.get_stack(), config.get("location")))
    except DeployError as error:
        raise run_error(error) from None
    # It stays as it is until the program ends. Else each of the many full collections of a large program looks through
    # all of it again, and its time grows with the square of the services.
    gc.freeze()
    return spec


def _shown(root: Path, path: str) -> Path:
    """Return a path as messages show it: from the project's folder, where the program runs, when it can be."""
    full = root / path
    return full.relative_to(Path.cwd()) if full.is_relative_to(Path.cwd()) else full
