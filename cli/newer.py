"""Mentioning, to a person, that the platform has a newer baseline than the one that an application chose."""

import shlex
import sys
from pathlib import Path

from schemas.layers.baselines import newer
from schemas.project import Project
from schemas.text.document import descend


def mention(project: Project, application: Path) -> None:
    """Say in a line of the error stream how to take the newest baseline; nothing when that is no terminal."""
    chosen = descend(project.application, ("metadata", "platform", "baseline"))
    if not sys.stderr.isatty() or chosen is None or chosen.value is None:
        return
    if name := newer(project.platform, str(chosen.value)):
        command = shlex.join(["stackwright", "upgrade", "--baseline", name, str(application)])
        print(
            f"The platform has a newer baseline than {chosen.value}: `{command}` shows what it changes.",
            file=sys.stderr,
        )
