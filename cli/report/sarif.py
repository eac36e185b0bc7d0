"""Problems as SARIF 2.1.0, which code scanning shows beside the lines.

Source: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

import json
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from schemas.codes import codes, page
from schemas.problems import Problem

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def as_sarif(problems: Sequence[Problem]) -> str:
    """Return a log of one run: its results, and the rules that they name with the text of their pages."""
    rules = sorted({problem.code for problem in problems})
    driver = {"name": "stackwright", "version": version("stackwright"), "rules": [_rule(code) for code in rules]}
    run = {
        "tool": {"driver": driver},
        # Columns count characters, as people and editors do, and not UTF-16 units.
        "columnKind": "unicodeCodePoints",
        "results": [_result(problem, rules.index(problem.code)) for problem in problems],
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2, ensure_ascii=False) + "\n"


def _rule(code: str) -> dict[str, Any]:
    if code not in codes():
        return {"id": code}
    found = page(code)
    plain = found.prose.replace("\n", " ").replace("  ", "\n\n")
    return {
        "id": code,
        "shortDescription": {"text": f"{found.title.replace('`', '')}."},
        "fullDescription": {"text": plain},
        "help": {"text": plain, "markdown": found.text},
    }


def _result(problem: Problem, rule: int) -> dict[str, Any]:
    return {
        "ruleId": problem.code,
        "ruleIndex": rule,
        "level": problem.severity,
        "message": {"text": f"{problem.message} {problem.hint}".strip()},
        "locations": [_location(problem)],
    }


def _location(problem: Problem) -> dict[str, Any]:
    origin = problem.origin
    place: dict[str, Any] = {"artifactLocation": {"uri": _uri(origin.file)}}
    if origin.line:
        place["region"] = {"startLine": origin.line, "startColumn": origin.column}
    location: dict[str, Any] = {"physicalLocation": place}
    if origin.path:
        location["logicalLocations"] = [{"fullyQualifiedName": problem.path}]
    return location


def _uri(file: str) -> str:
    """Return a file as a URI, relative when it is named so, because a checkout stands somewhere else in CI."""
    path = PurePath(file)
    return path.as_uri() if path.is_absolute() else quote(path.as_posix())
