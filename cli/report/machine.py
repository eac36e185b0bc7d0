"""Problems for programs: JSON, and the annotations of a pull request."""

import json
from collections.abc import Sequence

from schemas.problems import Problem


def as_json(problems: Sequence[Problem]) -> str:
    """Return problems as an array of objects."""
    rows = [
        {
            "file": problem.origin.file,
            "line": problem.origin.line,
            "column": problem.origin.column,
            "path": problem.path,
            "code": problem.code,
            "severity": problem.severity,
            "message": problem.message,
            "hint": problem.hint,
        }
        for problem in problems
    ]
    return json.dumps(rows, indent=2, ensure_ascii=False) + "\n"


def as_github(problems: Sequence[Problem]) -> str:
    """Return workflow commands, which a pull request shows beside the lines.

    Source: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
    """
    return "".join(_annotation(problem) for problem in problems)


def _annotation(problem: Problem) -> str:
    origin = problem.origin
    path = f"{problem.path}: " if origin.path else ""
    text = _data(f"{path}{problem.message} {problem.hint}".strip())
    place = {"file": origin.file, "line": origin.line, "col": origin.column, "title": problem.code}
    at = ",".join(f"{key}={_property(str(value))}" for key, value in place.items() if value)
    return f"::{problem.severity} {at}::{text}\n"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
