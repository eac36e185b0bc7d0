"""A platform, a release or a plan that is looked at by itself, without an application."""

from datetime import date
from pathlib import Path as FilePath

from schemas.layers import baselines
from schemas.layers.places import by_place
from schemas.plan.problems import own_problems
from schemas.platform import exemptions
from schemas.platform.environment import entry_problems, platform_entry
from schemas.problems import Problem
from schemas.project import Project, read_file
from schemas.shape.grammar import Kind
from schemas.text.document import Node, descend


def check(file: FilePath, kind: Kind, today: date) -> list[Problem]:
    """Return what is wrong with a file whatever application it is for."""
    problems: list[Problem] = []
    tree = read_file(file, kind, problems)
    if tree is None or problems or kind == "release":
        return problems
    if kind == "plan":
        return list(own_problems(tree, today))
    found = [*baselines.problems(tree), *exemptions.problems(tree)]
    # What a platform offers is a matter of its own file: the application may say nothing at all.
    project = Project(application=tree.with_entries({}), platform=tree, releases={}, folder=file.parent, today=today)
    found += by_place({place: entry_problems(platform_entry(project, *place)) for place in project.places})
    if not found:
        for application in _exempted(tree):
            found += exemptions.ended(exemptions.exemptions_of(tree, application), today)
    return found


def _exempted(platform: Node) -> list[str]:
    """Return the applications that have exemptions."""
    found = descend(platform, ("spec", "exemptions"))
    named = (one.entries.get("application") for one in (found.entries.values() if found is not None else ()))
    return list(dict.fromkeys(str(node.value) for node in named if node is not None))
