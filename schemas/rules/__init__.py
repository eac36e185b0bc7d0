"""Rules over the model: what needs more than one field to be seen.

Each module holds the rules of one subject. A rule takes the spec and yields problems; it never stops at the first.
"""

from schemas.document import Node
from schemas.problems import Problem
from schemas.rules import access, images, ingress, jobs, names, ports, references, scaling, storage, timing
from schemas.spec import Spec


def check(spec: Spec, release: Node | None = None) -> list[Problem]:
    """Return every problem that the rules find in one environment."""
    found = [problem for subject in _SUBJECTS for problem in subject.check(spec)]
    return [*found, *images.check(spec, release)]


_SUBJECTS = (names, ports, references, access, scaling, storage, timing, jobs, ingress)
